"""The board snapshot: everything the screen shows, computed once for all viewers, and kept as it was shown."""

import json
import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import polars as pl

from data_sources.lake import Lake
from data_sources.utility import Utility
from metrics import compare
from metrics.board_model import (
    Board,
    BoardAdvice,
    BoardIndicator,
    BoardSite,
    Compare,
    Inflow,
    PlannedFlow,
    Rain,
    Sewage,
    Station,
    Today,
)
from metrics.board_times import data_times, state_since
from metrics.breaches import breaches
from metrics.catalogue import Indicator
from metrics.engine import Engine
from metrics.exceptions import Situation, exceptions
from metrics.groups import LastBatches, count_groups
from metrics.judge import SEVERITY, Judged
from metrics.moment_queries import ask
from metrics.point_lineage import points_read
from metrics.queries.advice import acts, open_advice
from metrics.spans import HOUR, last_closed
from metrics.thresholds import KINDS

VERSION = "1"
KEEP_EVERY = timedelta(minutes=15)
QUERIES = [
    "today", "supply_expected", "rain", "rain_forecast", "inflow", "stations", "groups", "watched", "freshness",
    "plan_hours",
]  # fmt: skip
PLANNED = 4
"""Stations whose schedule stands on the board: those nearest to their alarm level."""


class _Kept:
    """What one engine's boards need again and again, and what changes only with a table or with the folder."""

    def __init__(self, engine: Engine) -> None:
        self.batches = LastBatches(engine.lake)
        self.points = {one.id: points_read(one.sql, engine.utility) for one in engine.catalogue.tiles}
        self._tiles = engine.catalogue.tiles
        self._history: pl.DataFrame | None = None
        self._pasts: dict[str, compare.Past] = {}

    def pasts(self, history: pl.DataFrame) -> dict[str, compare.Past]:
        """The past of each tile, made anew only where the history is another one."""
        if history is not self._history:
            self._history, self._pasts = history, {one.id: compare.past_of(one, history) for one in self._tiles}
        return self._pasts


_KEPT: WeakKeyDictionary[Engine, _Kept] = WeakKeyDictionary()


def make_board(engine: Engine, as_of: datetime, made_at: datetime) -> Board:
    """The board as at `as_of`: the same rows and moment give the same board but for `made_at`."""
    utility = engine.utility
    kept = _KEPT[engine] if engine in _KEPT else _KEPT.setdefault(engine, _Kept(engine))
    tiles = [indicator.id for indicator in engine.catalogue.tiles]
    verdicts = engine.evaluate(as_of, tiles)
    pasts = kept.pasts(engine.history(tiles, as_of))
    answers = ask(engine, as_of, QUERIES)
    past_limit = breaches(engine, answers["watched"], as_of)
    situation = Situation(
        utility=utility,
        catalogue=engine.catalogue,
        verdicts=verdicts,
        freshness=answers["freshness"],
        breaches=past_limit,
        as_of=as_of,
        since=lambda indicator, judged: state_since(engine, indicator, judged, as_of),
        acknowledged=set(acts(engine, as_of).filter(pl.col("verb") == "acknowledge")["subject"]),
    )
    times = data_times(engine, verdicts, kept.points, answers["freshness"], as_of)
    return Board(
        utility=utility.id,
        name_zh=utility.name_zh,
        name_en=utility.name_en,
        timezone=utility.timezone,
        sample=utility.sample,
        clock=utility.clock,
        refresh_seconds=utility.refresh_seconds,
        as_of=as_of,
        made_at=made_at,
        groups=count_groups(utility, answers["groups"], kept.batches.now(), as_of),
        today=_today(utility, answers, as_of),
        indicators=tuple(
            _indicator(engine, indicator, verdicts[indicator.id], pasts[indicator.id], times[indicator.id], as_of)
            for indicator in engine.catalogue.tiles
        ),
        sites=_sites(engine, verdicts, past_limit, answers["freshness"]),
        sewage=_sewage(answers),
        exceptions=exceptions(situation),
        advice=_advice(engine, as_of),
    )


def write_board(lake: Lake, board: Board) -> None:
    """Rename the board into place; keep it in table `board` every 15 minutes and at each change of a state."""
    document = board.model_dump(mode="json")
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    before = read_board(lake)
    kept_at = lake.newest("board")
    if kept_at is None or board.as_of >= kept_at + KEEP_EVERY or before is None or _states(before) != _states(document):
        row = pl.DataFrame({"as_of": [board.as_of], "version": [VERSION], "json": [text]})
        lake.write("board", row.with_columns(pl.col("as_of").cast(pl.Datetime("us", "UTC"))), source="metrics")
    path = board_file(lake.root)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.parent.mkdir(parents=True, exist_ok=True)
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)


def read_board(lake: Lake) -> dict[str, Any] | None:
    """The newest snapshot; None where none was ever made."""
    path = board_file(lake.root)
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def shown_board(lake: Lake, at: datetime) -> dict[str, Any] | None:
    """What the screen showed at a moment: the newest board kept until then; None where none was."""
    kept = lake.scan("board").filter(pl.col("as_of") <= at).sort("as_of").tail(1).collect()
    return json.loads(kept["json"][0]) if kept.height else None


def board_file(lake_folder: Path) -> Path:
    """Where the newest snapshot stands."""
    return lake_folder / "board.json"


def _states(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What must not get lost between two boards: states of tiles, sites and exceptions."""
    tiles = [(one["id"], one["state"]) for one in document["indicators"]]
    sites = [(one["site_id"], one["state"]) for one in document["sites"]]
    return [*tiles, *sites, *((one["id"], one["state"]) for one in document["exceptions"])]


def _today(utility: Utility, answers: Mapping[str, pl.DataFrame], as_of: datetime) -> Today:
    today = answers["today"].row(0, named=True)
    return Today(
        **today,
        **answers["supply_expected"].row(0, named=True),
        treated_expected_m3=_treated_expected(utility, today["treated_m3"], answers["inflow"], as_of),
    )


def _treated_expected(utility: Utility, so_far: float | None, inflow: pl.DataFrame, as_of: datetime) -> float | None:
    """What was treated so far and the median inflow of the rest of the business day, m³; None if a works has none."""
    ends_at = utility.day_start(utility.day_of(as_of) + timedelta(days=1))
    begins = pl.max_horizontal(pl.col("valid_at"), pl.lit(as_of))
    left = (pl.min_horizontal(pl.col("valid_at") + HOUR, pl.lit(ends_at)) - begins).dt.total_seconds() / HOUR.seconds
    ahead = inflow.with_columns(left=left).filter((pl.col("left") > 0) & pl.col("p50").is_not_null())
    covered = ahead.group_by("site_id").agg(pl.col("left").sum())["left"].round(6)
    due = round((ends_at - as_of) / HOUR, 6)
    if so_far is None or len(covered) < inflow["site_id"].n_unique() or (covered < due).any():
        return None
    return so_far + float((ahead["left"] * ahead["p50"]).sum())


def _indicator(
    engine: Engine, one: Indicator, judged: Judged, past: compare.Past, data_time: datetime | None, as_of: datetime
) -> BoardIndicator:
    period = judged.period or engine.utility.day_of(as_of)
    short = one.short or one.name
    return BoardIndicator.model_validate(
        dict(
            id=one.id,
            tile=one.tile or 0,
            module=one.module,
            name_zh=one.name.zh,
            name_en=one.name.en,
            short_zh=short.zh,
            short_en=short.en,
            owner=one.owner,
            unit=one.unit,
            direction=one.direction,
            shows=one.shows,
            period=judged.period,
            value=judged.value,
            **{kind: getattr(judged.thresholds, kind) for kind in KINDS},
            gap=judged.gap,
            state=judged.state,
            reason=judged.reason,
            partial=judged.partial,
            validity=judged.validity,
            beside=judged.beside,
            beside_zh=one.beside.zh if one.beside else None,
            beside_en=one.beside.en if one.beside else None,
            beside_unit=one.beside.unit if one.beside else None,
            data_time=data_time,
            compare=Compare(previous=compare.previous(past, period), last_year=compare.year_before(past, period)),
            trend=tuple(
                {"period": when, "value": value, "state": state}
                for when, value, state in compare.trend(past, last_closed(one, engine.utility, as_of))
            ),
            band=compare.band(past, period),
            sites=tuple({"site_id": s.site_id, "value": s.value, "state": s.state} for s in judged.sites),
        )
    )


def _sites(
    engine: Engine, verdicts: Mapping[str, Judged], past_limit: pl.DataFrame, freshness: pl.DataFrame
) -> tuple[BoardSite, ...]:
    """Each site with the worst that is said of it; one whose points are all late is unknown.

    What an indicator does not know for want of a forecast or a source is the indicator's affair, not its sites'.
    """
    said: dict[str, list[tuple[str, str | None]]] = {}
    for judged in verdicts.values():
        for site in judged.sites:
            if site.state != "unknown" or site.reason == "too_few_data":
                said.setdefault(site.site_id, []).append((site.state, site.reason or f"indicator_{site.state}"))
    for site_id, is_over in past_limit.select("site_id", "is_over").iter_rows():
        said.setdefault(site_id, []).append(("alarm", "point_limit") if is_over else ("warning", "early_warning"))
    silent = freshness.group_by("site_id").agg(pl.col("is_late").all()).filter("is_late")["site_id"]
    for site_id in silent:
        said.setdefault(site_id, []).append(("unknown", "source_silent"))
    boards = []
    for row in engine.utility.sites.iter_rows(named=True):
        state, reason = max(said.get(row["site_id"], [("normal", None)]), key=lambda one: SEVERITY[one[0]])
        place = {key: row[key] for key in ("site_id", "kind", "name_zh", "name_en", "lon", "lat")}
        boards.append(
            BoardSite.model_validate({**place, "state": state, "reason": None if state == "normal" else reason})
        )
    return tuple(boards)


def _sewage(answers: Mapping[str, pl.DataFrame]) -> Sewage:
    ahead = answers["rain_forecast"]
    planned = answers["plan_hours"].filter(
        pl.col("site_id").is_in(answers["stations"]["site_id"].head(PLANNED).to_list())
    )
    return Sewage(
        issued_at=ahead["issued_at"][0] if ahead.height else None,
        rain=tuple(Rain(**row) for row in (*answers["rain"].to_dicts(), *ahead.drop("issued_at").to_dicts())),
        inflow=tuple(Inflow(**row) for row in answers["inflow"].to_dicts()),
        stations=tuple(Station(**row) for row in answers["stations"].to_dicts()),
        plan=tuple(PlannedFlow(**row) for row in planned.to_dicts()),
    )


def _advice(engine: Engine, as_of: datetime) -> tuple[BoardAdvice, ...]:
    """Advice that stands and was neither declined nor done, worst harm first."""
    rows = open_advice(engine, as_of).filter(pl.col("status").is_in(["open", "accept"]))
    fields = list(BoardAdvice.model_fields)
    return tuple(BoardAdvice(**{name: row[name] for name in fields}) for row in rows.to_dicts())
