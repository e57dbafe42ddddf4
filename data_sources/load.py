"""A utility's folder → Utility. Every mistake is found at once, each with file, line, column and what was expected."""

from collections.abc import Collection
from datetime import time
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

import holidays
import polars as pl
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from data_sources import vocabulary as words
from data_sources.contracts import TABLES as LAKE_TABLES
from data_sources.folder_checks import Folder, folder_problems
from data_sources.folder_files import LINE, TABLES, empty_table, read_csv, read_geojson, read_toml
from data_sources.limit_checks import limit_row_problems
from data_sources.problems import BadInput, Problem, shown_path
from data_sources.sources import FILE, source_problems
from data_sources.tariff_checks import tariff_problems
from data_sources.units import convert
from data_sources.utility import MapView, Utility

OPTIONAL_FILES = ("machines.csv", "tariff.csv", "limits.csv")


class _Map(BaseModel):
    model_config = ConfigDict(extra="forbid")
    lon: float = Field(ge=-180, le=180)
    lat: float = Field(ge=-90, le=90)
    zoom: float = Field(ge=0, le=22)


class _Toml(BaseModel):
    model_config = ConfigDict(extra="forbid")
    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name_zh: str = Field(min_length=1)
    name_en: str = Field(min_length=1)
    timezone: str
    business_day_start: str = Field("00:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    clock: Literal["wall", "data"] = "wall"
    languages: tuple[Literal["zh", "en"], ...] = Field(("zh", "en"), min_length=1)
    refresh_seconds: float = Field(5, ge=1)
    sample: bool = False
    keep_days: dict[str, Annotated[int, Field(ge=1)]] = Field(default_factory=dict)
    holidays: str = ""
    map: _Map

    @field_validator("keep_days")
    @classmethod
    def _of_tables(cls, value: dict[str, int]) -> dict[str, int]:
        if strange := sorted(value.keys() - {*LAKE_TABLES, "raw"}):
            raise ValueError(f"{strange[0]!r} is no table of the lake, nor raw")
        return value

    @field_validator("timezone")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError(f"{value!r} is no time zone such as Asia/Shanghai")
        return value

    @field_validator("holidays")
    @classmethod
    def _with_calendar(cls, value: str) -> str:
        country, _, part = value.partition("-")
        known = holidays.list_supported_countries()
        if value and (country not in known or (part and part not in known[country])):
            raise ValueError(f"{value!r} is no ISO code of a country, or country-subdivision, such as CN or IT-TS")
        return value


def load_utility(folder: Path) -> Utility:
    """The utility that `folder` describes. Raises BadInput with every mistake in it."""
    utility, problems = _read(Path(folder), None)
    if problems or utility is None:
        raise BadInput(problems)
    return utility


def check_utility(folder: Path, indicators: Collection[str] | None = None) -> list[Problem]:
    """Every mistake in a utility's folder; [] where there is none. `indicators`: the ids that limits may name."""
    return sorted(_read(Path(folder), indicators)[1])


def read_limits(
    path: Path, problems: list[Problem], indicators: Collection[str] | None = None, **references: Collection[str]
) -> pl.DataFrame:
    """The rows of a limits.csv in canonical units, with their `line`; mistakes go to `problems`."""
    shown = shown_path(path)
    rows = read_csv(path, "limits.csv", shown, problems)
    wrong = limit_row_problems(rows.to_dicts(), shown, indicators, **references)
    problems += wrong
    return rows if wrong else _canonical(rows)


def _read(folder: Path, indicators: Collection[str] | None) -> tuple[Utility | None, list[Problem]]:
    problems: list[Problem] = []
    if not folder.is_dir():
        return None, [Problem(str(folder), 0, "", "no such folder; WATER_UTILITY names the utility's")]
    settings = _settings(folder, problems)
    sources = _sources(folder, settings.timezone if settings else "UTC", problems)
    tables = {name: _table(folder, name, problems) for name in TABLES if name != "limits.csv"}
    checked = Folder(tables, sources, lambda name: shown_path(folder / name))
    problems += folder_problems(checked)
    problems += tariff_problems(checked)
    limits = empty_table("limits.csv")
    if (folder / "limits.csv").exists():
        known = {"sites": checked.by_id("sites.csv").keys(), "points": checked.by_id("points.csv").keys()}
        limits = read_limits(folder / "limits.csv", problems, indicators, **known)
    geo = _geo(folder, problems)
    problems += _catalog(folder)
    if problems or settings is None:
        return None, problems
    frames = {name.removesuffix(".csv"): rows.drop(LINE) for name, rows in tables.items()}
    return _utility(folder, settings, frames, limits, sources, geo), []


def _utility(
    folder: Path,
    settings: _Toml,
    frames: dict[str, pl.DataFrame],
    limits: pl.DataFrame,
    sources: dict[str, dict[str, Any]],
    geo: dict[str, dict[str, Any]],
) -> Utility:
    values: dict[str, Any] = settings.model_dump() | frames
    values["business_day_start"] = time.fromisoformat(settings.business_day_start)
    values["map"] = MapView(**settings.map.model_dump())
    return Utility(folder=folder, limits=limits, sources=sources, geo=geo, **values)


def _table(folder: Path, name: str, problems: list[Problem]) -> pl.DataFrame:
    if name in OPTIONAL_FILES and not (folder / name).exists():
        return empty_table(name)
    return read_csv(folder / name, name, shown_path(folder / name), problems)


def _settings(folder: Path, problems: list[Problem]) -> _Toml | None:
    shown = shown_path(folder / "utility.toml")
    raw = read_toml(folder / "utility.toml", shown, problems)
    if not raw:
        return None
    try:
        return _Toml.model_validate(raw)
    except ValidationError as error:
        text = (folder / "utility.toml").read_text(encoding="utf-8-sig").splitlines()
        for one in error.errors():
            key = ".".join(str(part) for part in one["loc"])
            line = next((n for n, words_ in enumerate(text, 1) if words_.split("=")[0].strip() == one["loc"][-1]), 0)
            problems.append(Problem(shown, line, key, one["msg"].removeprefix("Value error, ")))
        return None


def _sources(folder: Path, timezone: str, problems: list[Problem]) -> dict[str, dict[str, Any]]:
    sources = read_toml(folder / FILE, shown_path(folder / FILE), problems)
    problems += source_problems(folder, sources, timezone)
    return sources


def _geo(folder: Path, problems: list[Problem]) -> dict[str, dict[str, Any]]:
    found = {
        path.stem: read_geojson(path, shown_path(path), problems) for path in sorted((folder / "geo").glob("*.geojson"))
    }
    return {name: value for name, value in found.items() if value is not None}


def _catalog(folder: Path) -> list[Problem]:
    strange = [path for path in sorted((folder / "catalog").glob("*")) if path.name not in words.MODULES]
    expected = f"expected a folder named {', '.join(words.MODULES)}"
    return [Problem(shown_path(path), 0, "", expected) for path in strange]


def _canonical(limits: pl.DataFrame) -> pl.DataFrame:
    """Values of quantities and parameters in their canonical unit; shares and indicators' rows as they are."""
    rows = []
    for row in limits.to_dicts():
        canonical = words.QUANTITIES.get(row["subject"]) or words.PARAMETERS.get(row["subject"])
        if canonical and row["kind"] != "warning_share":
            if row["unit"]:
                row["value"] = float(convert(pl.Series([row["value"]]), row["unit"], canonical)[0])
            row["unit"] = canonical
        rows.append(row)
    return pl.DataFrame(rows, schema=limits.schema)
