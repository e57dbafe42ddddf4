"""A catalogue file is read whole or its mistakes are named, with file and line; a utility's own takes a tile."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from metrics.catalogue import SHIPPED, TILES, load_catalogue, read_indicator, shown_path
from metrics.skeleton import skeleton

TEXT = skeleton("sewage", "hours_kept")


@pytest.fixture
def write(tmp_path):
    """Write a file of a utility's own catalogue: write(text, id, module) → its path."""

    def one(text=TEXT, id_="hours_kept", module="sewage"):
        folder = tmp_path / "catalog" / module
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{id_}.sql"
        path.write_text(text, encoding="utf-8")
        return path

    return one


@pytest.fixture
def utility(tmp_path):
    return SimpleNamespace(folder=tmp_path)


def changed(old, new):
    assert old in TEXT
    return TEXT.replace(old, new, 1)


def line_of(text, start):
    return next(i for i, line in enumerate(text.splitlines(), start=1) if line.startswith(start))


def test_a_good_file_is_read_whole(write):
    indicator, problems = read_indicator(write())
    assert problems == []
    assert (indicator.id, indicator.module, indicator.unit, indicator.tile) == ("hours_kept", "sewage", "%", None)
    assert indicator.sql.startswith("SELECT")
    assert TEXT.splitlines()[indicator.sql_line - 1] == "SELECT"
    first = indicator.examples[0]
    assert TEXT.splitlines()[first.line - 1].startswith("- sites: &sites |")
    assert first.views.keys() == {"sites", "points", "point_limit", "limits", "hourly"}
    assert first.expect[0].named.keys() == {"numerator", "denominator", "valid", "expected", "value", "state"}
    midnight = next(example for example in indicator.examples if example.as_of)
    assert midnight.as_of == datetime(2026, 3, 15, 0, 10, tzinfo=UTC)
    assert midnight.expect[0].period == date(2026, 3, 15)


def test_the_window_is_the_period_unless_it_is_said(write):
    indicator, _ = read_indicator(write(changed("window: 24 h", "lag_days: 0")))
    assert indicator.window == "day"


@pytest.mark.parametrize(
    ("old", "new", "at", "says"),
    [
        ("direction: up", "direction: sideways", "direction:", "Input should be 'up', 'down' or 'band'"),
        ("window: 24 h", "window: a while", "window:", "expected now, day, week, month, or a number"),
        ("aggregate: sum", "tile: 19", "tile:", "Input should be less than or equal to 18"),
        ("owner: 值班负责人", "boss: 值班负责人", "boss:", "Extra inputs are not permitted"),
        ("zh: Hours kept, en:", "de: Stunden, en:", "name:", "Field required"),
        ("aggregate: sum", "id: other", "id:", "comes from the file's place, leave it out"),
        ("period: day  #", "period: week  #", "/*---", "only an indicator of period day can be current"),
        ("window: 24 h", "window: 12 months", "/*---", "a running window is counted in h or days"),
        ("aggregate: sum", "short: {zh: 一二三四五六七, en: Seven}", "/*---", "too long in zh"),
        ("as_of: 2026-03-15T00:10Z", "as_of: 2026-03-15T00:10", "- as_of:", "needs an offset or Z"),
        ('unit: "%"', "unit: [", "period:", "the header is not YAML"),
    ],
)
def test_a_mistake_in_the_header_is_named_with_its_line(write, old, new, at, says):
    text = changed(old, new)
    indicator, problems = read_indicator(write(text))
    assert indicator is None
    problem = next(one for one in problems if says in one.message)
    assert problem.line == line_of(text, at)


def test_all_mistakes_of_a_header_are_told_at_once(write):
    text = changed("direction: up", "direction: sideways").replace("period: day ", "period: year ", 1)
    _, problems = read_indicator(write(text))
    assert {problem.column for problem in problems} >= {"direction", "period"}


@pytest.mark.parametrize(
    ("id_", "module", "text", "says"),
    [
        ("Hours", "sewage", TEXT, "its name must be a lower-case id"),
        ("hours", "sewers", TEXT, "its folder must be one of raw_water, production"),
        ("hours", "sewage", "SELECT 1", "must begin with a header"),
    ],
)
def test_name_folder_and_header_are_what_they_must_be(write, id_, module, text, says):
    indicator, (problem,) = read_indicator(write(text, id_, module))
    assert indicator is None
    assert says in problem.message


def test_a_file_in_another_encoding_is_named(write):
    path = write()
    path.write_bytes(TEXT.encode("gb18030"))
    indicator, (problem,) = read_indicator(path)
    assert indicator is None
    assert problem.message.startswith("not UTF-8")


def test_a_file_is_read_again_when_it_changed(write):
    assert read_indicator(write())[0].unit == "%"
    assert read_indicator(write(changed('unit: "%"', "unit: hours")))[0].unit == "hours"


def test_the_shipped_ones_come_by_tile(utility):
    catalogue = load_catalogue(utility)
    assert catalogue.problems == []
    assert [indicator.tile for indicator in catalogue.indicators.values()] == list(range(1, TILES + 1))


def test_a_utilitys_own_stands_after_them(write, utility):
    write()
    catalogue = load_catalogue(utility)
    assert list(catalogue.indicators)[-1] == "hours_kept"
    assert len(catalogue.tiles) == TILES


def test_a_utilitys_own_takes_a_tile(write, utility):
    write(changed("aggregate: sum", "tile: 9"))
    catalogue = load_catalogue(utility)
    assert catalogue.tiles[8].id == "hours_kept"
    assert catalogue.indicators["overflow_risk_stations"].tile is None
    assert len(catalogue.tiles) == TILES


def test_a_utilitys_own_may_have_a_shipped_id(write, utility):
    write(skeleton("sewage", "pump_availability"), "pump_availability")
    catalogue = load_catalogue(utility)
    assert catalogue.indicators["pump_availability"].owner == "值班负责人"
    assert [tile.id for tile in catalogue.tiles].count("pump_availability") == 0


def test_a_broken_file_is_a_problem_and_the_rest_load(write, utility):
    write("SELECT 1", "broken")
    write()
    catalogue = load_catalogue(utility)
    assert len(catalogue.indicators) == TILES + 1
    assert [problem.message[:26] for problem in catalogue.problems] == ["must begin with a header: "]


def test_tiles_and_ids_are_taken_once(write, utility):
    write(changed("aggregate: sum", "tile: 9"), "one")
    write(changed("aggregate: sum", "tile: 9"), "two")
    write(TEXT, "one", "treatment")
    messages = [problem.message for problem in load_catalogue(utility).problems]
    assert len(messages) == 2
    assert any("tile 9 is taken by" in message for message in messages)
    assert any("the id one is taken by" in message for message in messages)


def test_paths_are_shown_from_the_products_folder(tmp_path):
    assert shown_path(SHIPPED / "sewage" / "x.sql") == "metrics/catalog/sewage/x.sql"
    assert shown_path(tmp_path) == str(tmp_path.resolve())
