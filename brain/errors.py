"""How far forecasts were off: pinball loss, absolute errors, coverage. Pure, over frames of forecast and observed."""

import polars as pl

LOW, MEDIAN, HIGH = 0.1, 0.5, 0.9
_PAIR = ("series", "valid_at")


def pinball(quantile: pl.Expr, forecast: pl.Expr, observed: pl.Expr) -> pl.Expr:
    """Pinball loss of a quantile forecast, in the unit of the values: q (y − f) where y ≥ f, else (1 − q)(f − y).

    Source: Koenker and Bassett (1978), Regression quantiles, Econometrica 46.
    """
    gap = observed - forecast
    return pl.when(gap >= 0).then(quantile * gap).otherwise((quantile - 1) * gap)


def paired(forecasts: pl.DataFrame, observed: pl.DataFrame) -> pl.DataFrame:
    """Forecast rows (series, model, issued_at, valid_at, quantile, value) with `came`, where something came."""
    return forecasts.join(observed.select(*_PAIR, came="value").drop_nulls(), on=_PAIR)


def losses(pairs: pl.DataFrame) -> dict[str, float | int]:
    """Of paired rows of one model: pinball (mean over quantiles) and mae of the median, both in % of each series' mean,
    mape in %, coverage (share of what came inside P10–P90, in %), and n, the medians judged. Empty without rows.
    """
    if pairs.is_empty():
        return {}
    scale = pl.col("came").abs().mean().over("series")
    scaled = pairs.with_columns(
        loss=pinball(pl.col("quantile"), pl.col("value"), pl.col("came")) / scale,
        off=(pl.col("value") - pl.col("came")).abs() / scale,
        share=(pl.col("value") - pl.col("came")).abs() / pl.col("came").abs(),
    )
    medians = scaled.filter(pl.col("quantile") == MEDIAN)
    ends = pairs.filter(pl.col("quantile").is_in([LOW, HIGH])).group_by("series", "issued_at", "valid_at")
    inside = ends.agg(
        pl.len(), inside=pl.col("came").is_between(pl.col("value").min(), pl.col("value").max()).all()
    ).filter(pl.col("len") == 2)["inside"]
    facts = {
        "pinball": scaled["loss"].mean(),
        "mae": medians["off"].mean(),
        "mape": medians.filter(pl.col("came") != 0)["share"].mean(),
        "coverage": inside.mean(),
    }
    measured = {name: 100 * value for name, value in facts.items() if isinstance(value, float)}
    return {**measured, "n": medians.height}
