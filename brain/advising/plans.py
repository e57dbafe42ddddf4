"""The newest plan and the installed rule beside it, as the list of advice reads them from table plan."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from brain.dispatch.rows import ADVISED, INSTALLED

STEP = timedelta(minutes=15)


@dataclass(frozen=True)
class Plans:
    """Rows of table plan of one issue, both variants, valid from now on."""

    rows: pl.DataFrame
    issued_at: datetime

    def inputs_age_s(self, now: datetime) -> float:
        """Seconds since the plan was issued."""
        return (now - self.issued_at).total_seconds()


def newest_plans(plan: pl.DataFrame, now: datetime) -> Plans | None:
    """The newest issue that has both variants; None where there is none."""
    both = plan.group_by("issued_at").agg((pl.col("variant") == one).any().alias(one) for one in (ADVISED, INSTALLED))
    issued = both.filter(ADVISED, INSTALLED)["issued_at"].max()
    if not isinstance(issued, datetime):
        return None
    rows = plan.filter((pl.col("issued_at") == issued) & (pl.col("valid_at") >= now - STEP))
    return Plans(rows.filter(pl.col("variant").is_in([ADVISED, INSTALLED])), issued)


def step_hours() -> float:
    """Hours of one step of a plan."""
    return STEP / timedelta(hours=1)
