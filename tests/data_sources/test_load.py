"""Every mistake in a utility's folder is named with file, line, column; a good one becomes a Utility."""

from datetime import date, time
from pathlib import Path

import pytest

from data_sources.load import check_utility, load_utility
from data_sources.problems import BadInput
from tests.small_utility import FILES, write_small_utility


@pytest.fixture
def folder(tmp_path):
    return write_small_utility(tmp_path / "tiny")


def change(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def found(folder: Path) -> list[tuple[str, int, str]]:
    return [(Path(one.file).name, one.line, one.column) for one in check_utility(folder)]


def test_a_good_folder_loads(folder):
    utility = load_utility(folder)
    assert check_utility(folder) == []
    assert (utility.id, utility.name_en, utility.sample) == ("tiny", "Tiny Water", False)
    assert utility.business_day_start == time(0)
    assert (utility.sites.height, utility.groups.height, utility.points.height) == (9, 12, 19)
    assert utility.points.filter(point_id="P1.a.available")["hold_s"].to_list() == [900]
    assert utility.limits.filter(subject="cod")["effective_from"].to_list() == [date(2019, 1, 1)]


def test_a_byte_order_mark_and_empty_lines_are_fine(folder):
    path = folder / "sites.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\nS1,", b"\n\n,,,,,,,,,,,,\nS1,"))
    assert check_utility(folder) == []


@pytest.mark.parametrize(
    ("name", "old", "new", "where"),
    [
        ("utility.toml", 'timezone = "Asia/Shanghai"', 'timezone = "Asia/Pinghu"', ("utility.toml", 4, "timezone")),
        ("utility.toml", "zoom = 10", "zoom = 99", ("utility.toml", 13, "map.zoom")),
        ("utility.toml", 'clock = "wall"', 'clock = "sun"', ("utility.toml", 6, "clock")),
        ("utility.toml", "[map]", "[map", ("utility.toml", 10, "")),
        ("sites.csv", "S1,source", "S1,spring", ("sites.csv", 3, "kind")),
        ("sites.csv", "121.00,30.72,N", "121.00,130.72,N", ("sites.csv", 3, "lat")),
        ("sites.csv", "N,,30000", "X,,30000", ("sites.csv", 3, "parent_id")),
        ("sites.csv", "W1,P1,,4000", "S1,P1,,4000", ("sites.csv", 5, "parent_id")),
        ("sites.csv", "N,T1,,,,", "N,P1,,,,", ("sites.csv", 7, "drains_to")),
        ("sites.csv", "4000,12000", "many,12000", ("sites.csv", 5, "connections")),
        ("sites.csv", "L1,large_user", "Z1,large_user", ("sites.csv", 6, "site_id")),
        ("sites.csv", "N,network", "N,zone", ("sites.csv", 0, "kind")),
        ("groups.csv", "S1.in,S1", "S1.in,S9", ("groups.csv", 2, "site_id")),
        ("groups.csv", "30.70,hotline", "30.70,", ("groups.csv", 13, "source")),
        ("groups.csv", "30.70,hotline", "30.70,phone", ("groups.csv", 13, "source")),
        ("points.csv", "codmn,mg/L", "codmn,m³/h", ("points.csv", 2, "unit")),
        ("points.csv", "codmn,mg/L", "codmn,widgets", ("points.csv", 2, "unit")),
        ("points.csv", "codmn,mg/L", "gold,mg/L", ("points.csv", 2, "quantity")),
        ("points.csv", "sampled,300,,0,50", "sampled,,,0,50", ("points.csv", 2, "interval_s")),
        ("points.csv", "sampled,300,,0,50", "sampled,300,,50,50", ("points.csv", 2, "low")),
        ("points.csv", "state,,S1.a,", "state,,P1.a,", ("points.csv", 4, "machine_id")),
        ("points.csv", "S1_DO", "S1_COD", ("points.csv", 3, "tag")),
        ("points.csv", "flow,m³/h,finished", "flow,m³/h,", ("points.csv", 6, "role")),
        ("machines.csv", "P1.a,P1,pump", "P1.a,P1,rotor", ("machines.csv", 3, "kind")),
        ("tariff.csv", "08:00,24:00", "09:00,24:00", ("tariff.csv", 3, "from")),
        ("tariff.csv", "08:00,24:00", "07:00,24:00", ("tariff.csv", 3, "from")),
        ("tariff.csv", "08:00,24:00", "08:00,23:00", ("tariff.csv", 3, "to")),
        ("tariff.csv", "1-12,any,00:00", "1-13,any,00:00", ("tariff.csv", 2, "months")),
        ("limits.csv", "cod,effluent,T1", "cod,effluent,T9", ("limits.csv", 2, "site_id")),
        ("sources.toml", 'kind = "import"', 'kind = "magic"', ("sources.toml", 2, "scada.kind")),
    ],
)  # fmt: skip
def test_each_mistake_has_its_place(folder, name, old, new, where):
    change(folder, name, old, new)
    assert where in found(folder)


def test_all_mistakes_at_once(folder):
    change(folder, "sites.csv", "S1,source", "S1,spring")
    change(folder, "points.csv", "codmn,mg/L", "gold,mg/L")
    change(folder, "tariff.csv", "2026-01-01", "next year")
    with pytest.raises(BadInput) as caught:
        load_utility(folder)
    assert {Path(one.file).name for one in caught.value.problems} >= {"sites.csv", "points.csv", "tariff.csv"}


def test_a_cycle_is_named_whole(folder):
    change(folder, "sites.csv", "N,T1,,,,", "N,P2,,,,")
    with (folder / "sites.csv").open("a", encoding="utf-8") as file:
        file.write("P2,sewage_station,sewage,二号泵站,Station 2,121.04,30.69,N,P1,,,,\n")
    messages = [one.message for one in check_utility(folder)]
    assert "leads around: P1 → P2 → P1" in messages


@pytest.mark.parametrize("name", [name for name in FILES if name not in ("machines.csv", "tariff.csv", "limits.csv")])
def test_a_missing_file_is_said(folder, name):
    (folder / name).unlink()
    assert (name, 0, "") in found(folder)


def test_gbk_is_refused_at_its_line(folder):
    path = folder / "groups.csv"
    path.write_bytes(path.read_text(encoding="utf-8").encode("gbk"))
    assert ("groups.csv", 2, "") in found(folder)


@pytest.mark.parametrize(
    ("header", "column"),
    [("site_id,kind,", "colour"), ("site_id,kind,module,", "module")],
)
def test_the_header_is_held_to_the_list(folder, header, column):
    if column == "colour":
        change(folder, "sites.csv", header, "site_id,colour,")
    else:
        change(folder, "sites.csv", header, "site_id,kind,kind,")
    assert {("sites.csv", 1, column), ("sites.csv", 1, "kind")} & set(found(folder))


def test_a_ragged_row_is_said(folder):
    change(folder, "machines.csv", "600,12,37", "600,12,37,9")
    assert ("machines.csv", 3, "") in found(folder)


def test_no_folder(tmp_path):
    (problem,) = check_utility(tmp_path / "nowhere")
    assert "no such folder" in problem.message


@pytest.mark.parametrize(("text", "line"), [("{", 1), ('{"type": "Point"}', 1)])
def test_maps_must_be_geojson(folder, text, line):
    (folder / "geo").mkdir()
    (folder / "geo" / "boundary.geojson").write_text(text, encoding="utf-8")
    assert [where[:2] for where in found(folder)] == [("boundary.geojson", line)]
