"""The views catalogue SQL may read: every name, every column, its DuckDB type. One closed list for all.

The engine fills them from lake and marts, `check` compiles against them empty, an example fills them from its rows.
"""

import polars as pl

from data_sources.contracts import TABLES

POLARS_TYPES = {
    "VARCHAR": pl.String(),
    "DOUBLE": pl.Float64(),
    "BIGINT": pl.Int64(),
    "BOOLEAN": pl.Boolean(),
    "DATE": pl.Date(),
    "TIMESTAMPTZ": pl.Datetime("us", "UTC"),
}
"""How a frame holds each of the types."""

_OF_A_POINT = {
    "group_kind": "VARCHAR",
    "site_id": "VARCHAR",
    "site_kind": "VARCHAR",
    "quantity": "VARCHAR",
    "role": "VARCHAR",
    "medium": "VARCHAR",
    "machine_id": "VARCHAR",
    "to_site_id": "VARCHAR",
}
"""What a row of a mart repeats of its point."""


def _text(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, "VARCHAR")


def _number(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, "DOUBLE")


SPAN_VIEWS: dict[str, dict[str, str]] = {
    "span": {
        "period": "DATE",
        "first_day": "DATE",
        "last_day": "DATE",
        "starts_at": "TIMESTAMPTZ",
        "ends_at": "TIMESTAMPTZ",
        "hours": "BIGINT",
    },
    "moment": {"as_of": "TIMESTAMPTZ", "day": "DATE"},
}

MART_VIEWS: dict[str, dict[str, str]] = {
    "hourly": {
        **_text("point_id"),
        "hour": "TIMESTAMPTZ",
        "day": "DATE",
        "local_hour": "BIGINT",
        **_number("mean", "min", "max", "last", "covered_s"),
        "due_s": "BIGINT",
        "is_valid": "BOOLEAN",
        **_OF_A_POINT,
    },
    "daily": {
        **_text("point_id"),
        "day": "DATE",
        **_number("mean", "min", "max", "last", "amount"),
        "valid_hours": "BIGINT",
        "due_hours": "BIGINT",
        "is_valid": "BOOLEAN",
        **_OF_A_POINT,
    },
    "latest": {
        **_text("point_id"),
        "ts": "TIMESTAMPTZ",
        **_number("value"),
        **_text("quality"),
        **_number("age_s"),
        **_OF_A_POINT,
    },
}

FILE_VIEWS: dict[str, dict[str, str]] = {
    "points": {
        **_text("point_id", "group_id", "unit", "mode"),
        "interval_s": "BIGINT",
        "hold_s": "BIGINT",
        **_number("low", "high"),
        **_text("source", "tag", "name_zh", "name_en"),
        **_OF_A_POINT,
    },
    "groups": {
        **_text("group_id", "site_id", "kind", "name_zh", "name_en"),
        **_number("lon", "lat"),
        **_text("source"),
    },
    "sites": {
        **_text("site_id", "kind", "module", "name_zh", "name_en"),
        **_number("lon", "lat"),
        **_text("parent_id", "drains_to"),
        **_number("capacity_m3d", "connections", "users"),
        **_text("tags"),
    },
    "machines": {
        **_text("machine_id", "site_id", "kind", "name_zh", "name_en"),
        **_number("rated_flow_m3h", "rated_head_m", "rated_kw"),
    },
    "tariff": {
        "effective_from": "DATE",
        **_text("months", "day_kind", "from", "to", "period"),
        **_number("price_cny_kwh"),
    },
    "limits": {
        **_text("subject", "medium", "site_id", "point_id", "kind"),
        **_number("value"),
        **_text("unit", "when_quantity"),
        **_number("when_max"),
        **_text("standard", "clause"),
        "effective_from": "DATE",
        "effective_to": "DATE",
        **_text("season_from", "season_to"),
    },
}

DERIVED_VIEWS: dict[str, dict[str, str]] = {
    "point_limit": {**_text("point_id"), "day": "DATE", **_number("min", "max", "warning_min", "warning_max")},
    "parameter": {**_text("subject", "site_id"), **_number("value"), "from_day": "DATE", "to_day": "DATE"},
    "state_at": {"period": "DATE", **_text("point_id"), **_number("value")},
    "risk_at": {"period": "DATE", **_text("site_id", "kind"), **_number("probability")},
    "energy_points": _text("point_id", "site_id"),
    "site_energy": {**_text("site_id"), "day": "DATE", **_number("kwh"), "is_valid": "BOOLEAN"},
    "sold": {**_text("site_id"), "day": "DATE", **_number("m3")},
    "drains": _text("site_id", "works_id"),
    "sewer_forecast": {**_text("site_id", "quantity"), "valid_at": "TIMESTAMPTZ", **_number("p10", "p50", "p90")},
    "works_capacity": {**_text("site_id"), **_number("m3h")},
    "well_alarm": {**_text("point_id", "site_id"), "day": "DATE", **_number("max")},
}

_DUCKDB_TYPES = {
    pl.String: "VARCHAR",
    pl.Float64: "DOUBLE",
    pl.Int64: "BIGINT",
    pl.Boolean: "BOOLEAN",
    pl.Date: "DATE",
    pl.Datetime: "TIMESTAMPTZ",
}
_STORED = {"source": "VARCHAR", "received_at": "TIMESTAMPTZ", "batch_seq": "BIGINT", "day": "DATE"}

TABLE_VIEWS: dict[str, dict[str, str]] = {
    table.name: {name: _DUCKDB_TYPES[type(dtype)] for name, dtype in table.columns.items()} | _STORED
    for table in TABLES.values()
}

VIEW_COLUMNS: dict[str, dict[str, str]] = SPAN_VIEWS | MART_VIEWS | FILE_VIEWS | DERIVED_VIEWS | TABLE_VIEWS
"""View → column → DuckDB type."""
