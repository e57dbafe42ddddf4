"""Rows of table plan as tests write them: flow, level, overflow and cost of a station by the quarter of an hour."""

from datetime import UTC, datetime, timedelta

import polars as pl

NOW = datetime(2026, 9, 15, 8, tzinfo=UTC)
"""16:00 in Shanghai."""


def rows(site_id, variant, flow, level, overflow=(0.0,), cost=(0.0,), issued_at=NOW):
    """Lists shorter than `flow` repeat their last value; the first step begins at NOW."""

    def at(values, step):
        value = values[min(step, len(values) - 1)]
        return None if value is None else float(value)

    return pl.DataFrame(
        [
            {
                "site_id": site_id,
                "variant": variant,
                "issued_at": issued_at,
                "valid_at": NOW + timedelta(minutes=15 * step),
                "flow_m3h": float(value),
                "level_m": at(level, step),
                "overflow_m3": at(overflow, step),
                "kwh": at(cost, step) / 0.5,
                "cost_cny": at(cost, step),
                "starts": None,
                "binding": None,
                "binding_m3": None,
            }
            for step, value in enumerate(flow)
        ],
        schema_overrides={
            "level_m": pl.Float64(),
            "issued_at": pl.Datetime("us", "UTC"),
            "valid_at": pl.Datetime("us", "UTC"),
            "starts": pl.Float64(),
            "binding": pl.String(),
            "binding_m3": pl.Float64(),
        },
    )
