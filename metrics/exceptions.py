"""What somebody should look at now: one cause, one line, worst first. Pure."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import polars as pl

from data_sources.utility import Utility
from metrics.board_model import BoardException
from metrics.catalogue import Catalogue, Indicator
from metrics.judge import SEVERITY, Judged

Since = Callable[[Indicator, Judged], datetime]


@dataclass(frozen=True)
class Situation:
    """What exceptions follow from.

    `freshness` and `breaches` are the answers of queries/freshness.sql and of `breaches.breaches`; `since` tells from
    when an indicator has been in its state; `acknowledged` are ids of exceptions that somebody has seen.
    """

    utility: Utility
    catalogue: Catalogue
    verdicts: Mapping[str, Judged]
    freshness: pl.DataFrame
    breaches: pl.DataFrame
    as_of: datetime
    since: Since
    acknowledged: Collection[str]

    @cached_property
    def modules(self) -> dict[str, str]:
        """Site → its module."""
        return dict(self.utility.sites.select("site_id", "module").rows())


def exceptions(now: Situation) -> tuple[BoardException, ...]:
    """Every exception: by severity, then by the distance past the limit, then by age."""
    found = [*_indicators(now), *_breaches(now), *_silent_sources(now), *_silent_sites(now)]
    return tuple(sorted(found, key=lambda one: (-SEVERITY[one.state], -(one.distance or 0), one.since, one.id)))


def _made(now: Situation, subject: str, since: datetime, code: str, **fields: Any) -> BoardException:
    id_ = f"{code}/{subject}/{since:%Y-%m-%dT%H:%M:%SZ}"
    return BoardException.model_validate(
        {"id": id_, "subject": subject, "since": since, "code": code, "acknowledged": id_ in now.acknowledged, **fields}
    )


def _indicators(now: Situation) -> Iterator[BoardException]:
    """Indicators in warning or alarm; the site is the one that stands worst, where it is worse than normal."""
    for id_, judged in now.verdicts.items():
        indicator = now.catalogue.indicators[id_]
        if judged.state not in ("warning", "alarm") or indicator.tile is None:
            continue
        bad = [site for site in judged.sites if site.state in ("warning", "alarm")]
        worst = max(bad, key=lambda site: (SEVERITY[site.state], site.distance or 0), default=None)
        yield _made(
            now,
            id_,
            now.since(indicator, judged),
            "indicator_state",
            site_id=worst.site_id if worst else None,
            state=judged.state,
            args={"value": judged.value, "unit": indicator.unit, "gap": judged.gap, "reason": judged.reason},
            count=max(1, len(bad)),
            owner=indicator.owner,
            distance=judged.distance,
        )


def _breaches(now: Situation) -> Iterator[BoardException]:
    """Readings past a limit, one line a site: its worst point, and how many there are."""
    for (site_id,), rows in now.breaches.group_by("site_id", maintain_order=True):
        worst = rows.sort("is_over", "distance", descending=True).row(0, named=True)
        over = bool(worst["is_over"])
        limits = ("min", "max") if over else ("warning_min", "warning_max")
        yield _made(
            now,
            str(site_id),
            min(rows["since"]),
            "point_limit" if over else "early_warning",
            site_id=site_id,
            state="alarm" if over else "warning",
            args={
                "point_id": worst["point_id"],
                "quantity": worst["quantity"],
                "value": worst["value"],
                "low": worst[limits[0]],
                "high": worst[limits[1]],
            },
            count=rows.height,
            owner=_owner(now, str(site_id)),
            distance=worst["distance"],
        )


def _silent_sources(now: Situation) -> Iterator[BoardException]:
    """A source none of whose points tells anything any more: one line, not one a point."""
    for source in silent_sources(now.freshness):
        points = now.freshness.filter(pl.col("source") == source)
        since = points["heard_at"].max()
        yield _made(
            now,
            source,
            since if isinstance(since, datetime) else now.as_of,
            "source_silent",
            site_id=None,
            state="unknown",
            args={"points": points.height, "sites": points["site_id"].n_unique()},
            count=points.height,
            owner=_owner(now, points["site_id"][0]),
            distance=None,
        )


def silent_sources(freshness: pl.DataFrame) -> list[str]:
    """Sources that once told something and of which every point is late now."""
    by_source = freshness.group_by("source").agg(
        pl.col("is_late").all().alias("silent"), pl.col("heard_at").is_not_null().any().alias("known")
    )
    return by_source.filter("silent", "known")["source"].sort().to_list()


def _silent_sites(now: Situation) -> Iterator[BoardException]:
    """Sites with too few data for some indicator, unless all of theirs that are late belong to a silent source."""
    silent = silent_sources(now.freshness)
    few = Counter(
        site.site_id
        for judged in now.verdicts.values()
        for site in judged.sites
        if site.reason == "too_few_data" and site.validity < 1
    )
    worst = {
        site.site_id: min(site.validity, 1.0)
        for judged in now.verdicts.values()
        for site in sorted(judged.sites, key=lambda one: -one.validity)
        if site.reason == "too_few_data"
    }
    heard = _heard_of_sites(now.freshness)
    for site_id, count in few.items():
        late_sources, since = heard.get(site_id, ([], None))
        if late_sources and set(late_sources) <= set(silent):
            continue
        yield _made(
            now,
            site_id,
            since or now.as_of,
            "few_data",
            site_id=site_id,
            state="unknown",
            args={"validity": worst[site_id]},
            count=count,
            owner=_owner(now, site_id),
            distance=None,
        )


def _heard_of_sites(freshness: pl.DataFrame) -> dict[str, tuple[list[str], datetime | None]]:
    """Site → the sources of its late points, and when the oldest of these (of all its points, if none) was heard."""
    late, heard = pl.col("is_late"), pl.col("heard_at")
    of_sites = freshness.group_by("site_id").agg(
        pl.col("source").filter(late).unique().alias("late_sources"),
        pl.when(late.any()).then(heard.filter(late).min()).otherwise(heard.min()).alias("since"),
    )
    return {site_id: (sources, since) for site_id, sources, since in of_sites.iter_rows()}


def _owner(now: Situation, site_id: str) -> str:
    """Who answers for a site: the owner of the first tile of its module."""
    module = now.modules.get(site_id)
    return next((one.owner for one in now.catalogue.tiles if one.module == module), "")
