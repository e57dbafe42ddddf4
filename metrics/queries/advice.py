"""What pages and brain ask of advice: what is open, what became of it, who did what."""

from datetime import date, datetime, timedelta

import polars as pl

from metrics.engine import Engine

DEEDS = ("accept", "decline", "done")
"""What a person says of an advice; the last word counts."""
RECORD_DAYS = 30


def open_advice(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """Advice that has not expired, worst harm first, with `status`: open, accept, decline or done."""
    today = engine.utility.day_of(as_of)
    rows = engine.stored.rows("advice", today, today)
    standing = rows.filter(pl.col("made_at") <= as_of, pl.col("expires_at") > as_of)
    return with_status(standing, acts(engine, as_of)).sort(
        "harm_cny", "made_at", descending=True, nulls_last=True
    )  # fmt: skip


def past_advice(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """Advice made in the 30 days before, newest first, with `status` and `came`: kept, not_kept, unknown or null."""
    rows = engine.stored.rows("advice", date.min, date.max)
    made = rows.filter(pl.col("made_at").is_between(as_of - timedelta(days=RECORD_DAYS), as_of))
    done = acts(engine, as_of)
    return with_status(made, done).join(_verified(done), on="advice_id", how="left").sort("made_at", descending=True)


def acts(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """What anybody did until then, newest first. Columns of table act."""
    rows = engine.stored.rows("act", date.min, date.max)
    return rows.filter(pl.col("done_at") <= as_of).sort("done_at", descending=True)


def with_status(advice: pl.DataFrame, done: pl.DataFrame) -> pl.DataFrame:
    """Each advice with the last thing somebody said of it, open where nobody did."""
    said = done.filter(pl.col("verb").is_in(DEEDS)).sort("done_at").unique("subject", keep="last")
    return advice.join(
        said.select(pl.col("subject").alias("advice_id"), pl.col("verb").alias("status")), on="advice_id", how="left"
    ).with_columns(pl.col("status").fill_null("open"))


def track_record(advice: pl.DataFrame, done: pl.DataFrame) -> dict[str, int]:
    """How many were issued, kept, not_kept, unknown, and how many wait to be told."""
    came = advice.select("advice_id").join(_verified(done), on="advice_id", how="left")["came"]
    counts = {word: int((came == word).sum()) for word in ("kept", "not_kept", "unknown")}
    return {"issued": advice.height, **counts, "waiting": int(came.null_count())}


def _verified(done: pl.DataFrame) -> pl.DataFrame:
    told = done.filter(pl.col("verb") == "verify").sort("done_at").unique("subject", keep="last")
    return told.select(pl.col("subject").alias("advice_id"), pl.col("note").alias("came"))
