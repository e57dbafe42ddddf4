"""The demonstration utility as its sources would really deliver: its folder, with connectors in place of the sample.

SCADA and business systems hand over by a database, laboratory, weather and programme office by files, and what the
works' inlets and outlets measure comes in HJ 212.
"""

import shutil
from pathlib import Path
from typing import Any

import polars as pl

from data_sources.contracts import TABLES
from data_sources.folder_files import TABLES as FOLDER_FILES
from data_sources.hj212_protocol.codes import UNITS
from data_sources.utility import Utility
from sample_data.business import BUSINESS, MONTHLY, WHOLE_LIFE

BY_FILE = ("lab", "weather_stations", "weather_service", "programme_office")
STATIONS = "hj212_stations"
"""The source of what comes in HJ 212."""
OF_WORKS = "wwtp_scada"
CODES = {
    "flow": "w00000", "ph": "w01001", "temperature": "w01010", "cod": "w01018", "total_nitrogen": "w21001",
    "ammonia_nitrogen": "w21003", "total_phosphorus": "w21011", "suspended_solids": "w01012",
}  # fmt: skip
MADE = (*BUSINESS, *WHOLE_LIFE, *MONTHLY)
L_PER_S = 1 / 3.6
"""Of a cubic metre an hour: HJ 212 reports flows so, and nothing else in another unit than the points have."""
POLL_S, BUSINESS_POLL_S = 5, 30
SILENCE_S = 40 * 86_400
"""Balances and actions come once a month."""


def write_live_utility(utility: Utility, folder: Path, database_url: str, drop: Path, port: int) -> None:
    """Write the folder anew: the utility's files, but points of HJ 212 stations and a sources.toml of connectors."""
    if folder.exists():
        shutil.rmtree(folder)
    shutil.copytree(utility.folder, folder)
    points = live_points(utility.points)
    points.select(list(FOLDER_FILES["points.csv"])).write_csv(folder / "points.csv")
    stations = points.filter(source=STATIONS)["tag"].str.split("/").list.first().unique(maintain_order=True).to_list()
    sections = [_hj212(port, stations)]
    for source in utility.sources:
        tables = dict.fromkeys(made.table for made in MADE if made.source == source)
        tables |= {"reading": None} if source in points["source"] else {}
        if tables:
            sections.append(_files(source, tables, drop) if source in BY_FILE else _sql(source, tables, database_url))
        else:
            sections.append(f'[{source}]\nkind = "import"\n')
    (folder / "sources.toml").write_text("\n".join(sections), encoding="utf-8")


def live_points(points: pl.DataFrame) -> pl.DataFrame:
    """The points with those of works' inlets and outlets as an HJ 212 station reports them."""
    station = pl.format(
        "PH{}0{}", pl.col("group_id").str.replace_all(r"[^A-Za-z0-9]", ""), pl.col("role").str.len_chars()
    )
    sent = (pl.col("source") == OF_WORKS) & pl.col("role").is_in(["influent", "effluent"])
    sent &= pl.col("quantity").is_in(list(CODES))
    code = pl.col("quantity").replace_strict(CODES, default=None)
    per = pl.when(sent & (pl.col("quantity") == "flow")).then(L_PER_S).otherwise(1.0)
    return points.with_columns(
        pl.col("low", "high") * per,
        source=pl.when(sent).then(pl.lit(STATIONS)).otherwise("source"),
        tag=pl.when(sent).then(pl.format("{}/{}", station, code)).otherwise("tag"),
        unit=pl.when(sent).then(code.replace_strict(UNITS, default=None)).otherwise("unit"),
    )


def _hj212(port: int, stations: list[str]) -> str:
    named = ", ".join(f'"{station}"' for station in stations)
    return f'[{STATIONS}]\nkind = "hj212"\nport = {port}\nstations = [{named}]\n'


def _sql(source: str, tables: dict[str, Any], url: str) -> str:
    poll = POLL_S if "reading" in tables else BUSINESS_POLL_S
    head = f'[{source}]\nkind = "sql"\nurl = "{url}"\nevery_s = {poll}\nsilence_s = {SILENCE_S}\n'
    return "\n".join([head, *(_sql_map(source, table) for table in tables)])


def _sql_map(source: str, table: str) -> str:
    if table == "reading":
        names, order, start, asked = ["tag", "ts", "value", "quality"], "number", "0", "history"
    else:
        names, order, start, asked = list(TABLES[table].columns), "changed_at", "2000-01-01", f'"{table}"'
    given = ", ".join(f'"{name}"' for name in [*names, order])
    query = " ".join(["SELECT", given, "FROM", asked, "WHERE", f"source = '{source}' AND {order} > :since"])
    columns = ", ".join(f'{name} = "{name}"' for name in names)
    return (
        f"[[{source}.map]]\ntable = \"{table}\"\nquery = '''{query} ORDER BY {order}'''\n"
        f'watermark = "{order}"\nstart = {start}\ncolumns = {{ {columns} }}\n'
    )


def _files(source: str, tables: dict[str, Any], drop: Path) -> str:
    asked = f"every_s = {POLL_S}\nsettle_s = 0\nsilence_s = {SILENCE_S}"
    sections = [f'[{source}]\nkind = "files"\nfolder = "{drop / source}"\n{asked}\n']
    for table in tables:
        names = ["ts"] if table == "reading" else list(TABLES[table].columns)
        shape = "wide" if table == "reading" else "long"
        columns = ", ".join(f'{name} = "{name}"' for name in names)
        head = f'[[{source}.map]]\ntable = "{table}"\npattern = "{table}-*"'
        sections.append(f'{head}\nshape = "{shape}"\ncolumns = {{ {columns} }}\n')
    return "\n".join(sections)
