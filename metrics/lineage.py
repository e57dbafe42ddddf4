"""What an indicator stands on: views → marts and tables, the points it reads, their sources, the limits."""

from data_sources.contracts import TABLES
from metrics.sql_rules import relations

TABLE_OF_VIEW = {
    "hourly": "reading",
    "daily": "reading",
    "latest": "reading",
    "state_at": "reading",
    "site_energy": "reading",
    "risk_at": "risk",
    "sewer_forecast": "forecast",
    "sold": "sale",
}
"""Views made of a table of the lake that has another name."""

OPTIONAL_TABLES = frozenset({"forecast", "risk", "act", "meter_event"})
"""Tables an indicator can do without: where they are empty it is not for want of a source."""


def tables_read(sql: str) -> frozenset[str]:
    """The tables of the lake a SELECT reads, directly or through views."""
    return frozenset(TABLE_OF_VIEW.get(view, view) for view in relations(sql)) & TABLES.keys()


def tables_needed(sql: str) -> frozenset[str]:
    """Those without any row of which, at any time, there is no source for the indicator."""
    return tables_read(sql) - OPTIONAL_TABLES
