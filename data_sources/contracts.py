"""The lake's tables, one contract each: types, key, ranges, own time, personal columns.

The columns a batch brings are declared here; every stored row also has `source`, `received_at` and `batch_seq`, and
the tables of `PARTITIONED` a `day`. Names and meanings are those of docs/tables.md.
"""

from dataclasses import dataclass, field
from typing import Any

import dataframely as dy
import polars as pl

from data_sources import vocabulary as words


def _one_of(allowed: tuple[str, ...], **options: Any) -> dy.String:
    return dy.String(check=lambda column: column.is_in(allowed), **options)


def _time(**options: Any) -> dy.Datetime:
    return dy.Datetime(time_zone="UTC", time_unit="us", **options)


def _text(**options: Any) -> dy.String:
    return dy.String(**options)


class Reading(dy.Schema):
    point_id = dy.String(primary_key=True, min_length=1)
    ts = _time(primary_key=True)
    span_s = dy.Int64(primary_key=True, min=0)
    value = dy.Float64(allow_inf=False, allow_nan=False)
    quality = _one_of(words.QUALITIES)


class LabSample(dy.Schema):
    site_id = dy.String(primary_key=True, min_length=1)
    medium = dy.String(primary_key=True, check=lambda column: column.is_in(words.MEDIA))
    sampled_at = _time(primary_key=True)
    quantity = dy.String(primary_key=True, check=lambda column: column.is_in(tuple(words.QUANTITIES)))
    value = dy.Float64(allow_inf=False, allow_nan=False)
    method = _text(nullable=True)
    lab = _text(nullable=True)


class Weather(dy.Schema):
    place_id = dy.String(primary_key=True, min_length=1)
    kind = dy.String(primary_key=True, check=lambda column: column.is_in(("observed", "forecast")))
    issued_at = _time(primary_key=True)
    valid_at = _time(primary_key=True)
    member = dy.Int64(primary_key=True, min=0)
    rain_mm = dy.Float64(min=0, allow_inf=False, allow_nan=False)
    temperature_c = dy.Float64(nullable=True, min=-60, max=60)


class Sale(dy.Schema):
    site_id = dy.String(primary_key=True, min_length=1)
    month = dy.Date(primary_key=True, check=lambda column: column.dt.day() == 1)
    use_class = dy.String(primary_key=True, check=lambda column: column.is_in(words.USE_CLASSES))
    volume_m3 = dy.Float64(allow_inf=False, allow_nan=False)
    amount_cny = dy.Float64(nullable=True)


class WaterBalance(dy.Schema):
    site_id = dy.String(primary_key=True, min_length=1)
    month = dy.Date(primary_key=True, check=lambda column: column.dt.day() == 1)
    supplied_m3 = dy.Float64(min=0, allow_inf=False, allow_nan=False)
    billed_m3 = dy.Float64(nullable=True, min=0)
    unbilled_registered_m3 = dy.Float64(nullable=True, min=0)
    household_share = dy.Float64(nullable=True, min=0, max=1)
    mains_km = dy.Float64(nullable=True, min=0)


class Call(dy.Schema):
    call_id = dy.String(primary_key=True, min_length=1)
    channel = _one_of(words.CHANNELS)
    started_at = _time()
    answered_at = _time(nullable=True)
    ended_at = _time(nullable=True)
    category = _one_of(words.CALL_CATEGORIES)
    site_id = _text(nullable=True)
    lon = dy.Float64(nullable=True, min=-180, max=180)
    lat = dy.Float64(nullable=True, min=-90, max=90)
    repeat_of = _text(nullable=True)
    caller = _text(nullable=True, metadata={"personal": True})


class HallTicket(dy.Schema):
    ticket_id = dy.String(primary_key=True, min_length=1)
    hall = _text()
    window = _text(nullable=True)
    service = _text()
    taken_at = _time()
    called_at = _time(nullable=True)
    finished_at = _time(nullable=True)
    state = _one_of(words.TICKET_STATES)
    rating = dy.Int64(nullable=True, min=1, max=5)


class WorkOrder(dy.Schema):
    order_id = dy.String(primary_key=True, min_length=1)
    kind = _text()
    call_id = _text(nullable=True)
    site_id = _text(nullable=True)
    lon = dy.Float64(nullable=True, min=-180, max=180)
    lat = dy.Float64(nullable=True, min=-90, max=90)
    opened_at = _time()
    dispatched_at = _time(nullable=True)
    on_site_at = _time(nullable=True)
    closed_at = _time(nullable=True)
    due_at = _time()
    revisited_at = _time(nullable=True)
    satisfaction = dy.Int64(nullable=True)


class Meter(dy.Schema):
    meter_id = dy.String(primary_key=True, min_length=1)
    dn_mm = dy.Int64(min=1)
    q3_m3h = dy.Float64(min=0)
    kind = _one_of(words.METER_KINDS)
    maker = _text()
    lot = _text()
    state = _one_of(words.METER_STATES)
    first_verified_on = dy.Date(nullable=True)
    verified_until = dy.Date(nullable=True)
    site_id = _text(nullable=True)
    account = _text(nullable=True, metadata={"personal": True})


class MeterEvent(dy.Schema):
    meter_id = dy.String(primary_key=True, min_length=1)
    event = dy.String(primary_key=True, check=lambda column: column.is_in(words.METER_EVENTS))
    happened_at = _time(primary_key=True)
    reason = _text(nullable=True)


class StockItem(dy.Schema):
    item_id = dy.String(primary_key=True, min_length=1)
    name_zh = _text()
    category = _one_of(words.STOCK_CATEGORIES)
    unit = _text()
    critical = dy.Bool()
    safety_stock = dy.Float64(min=0)
    lead_time_days = dy.Float64(min=0)
    unit_cost_cny = dy.Float64(nullable=True, min=0)


class StockMove(dy.Schema):
    move_id = dy.String(primary_key=True, min_length=1)
    item_id = _text()
    warehouse = _text()
    moved_at = _time()
    kind = _one_of(words.STOCK_MOVES)
    quantity = dy.Float64(allow_inf=False, allow_nan=False)
    order_id = _text(nullable=True)


class ActionItem(dy.Schema):
    item_id = dy.String(primary_key=True, min_length=1)
    programme = _text()
    theme = _text()
    title_zh = _text()
    title_en = _text(nullable=True)
    owner = _text()
    starts_on = dy.Date()
    due_on = dy.Date()
    progress = dy.Float64(min=0, max=1)
    updated_at = _time(primary_key=True)


class Forecast(dy.Schema):
    series = dy.String(primary_key=True, min_length=1)
    model = dy.String(primary_key=True, min_length=1)
    issued_at = _time(primary_key=True)
    valid_at = _time(primary_key=True)
    quantile = dy.Float64(primary_key=True, min=0, max=1)
    value = dy.Float64(allow_inf=False, allow_nan=False)
    inputs_age_s = dy.Float64(min=0)


class Risk(dy.Schema):
    site_id = dy.String(primary_key=True, min_length=1)
    kind = dy.String(primary_key=True, min_length=1)
    issued_at = _time(primary_key=True)
    horizon_h = dy.Float64(primary_key=True, min=0)
    probability = dy.Float64(min=0, max=1)


class Plan(dy.Schema):
    site_id = dy.String(primary_key=True, min_length=1)
    variant = dy.String(primary_key=True, min_length=1)
    issued_at = _time(primary_key=True)
    valid_at = _time(primary_key=True)
    flow_m3h = dy.Float64()
    level_m = dy.Float64(nullable=True)
    overflow_m3 = dy.Float64()
    kwh = dy.Float64()
    cost_cny = dy.Float64()
    starts = dy.Float64(nullable=True, min=0)
    binding = _one_of(words.BINDINGS, nullable=True)
    binding_m3 = dy.Float64(nullable=True, min=0)


class Fault(dy.Schema):
    fault_id = dy.String(primary_key=True, min_length=1)
    point_id = _text(nullable=True)
    site_id = _text()
    kind = _text()
    since = _time()
    until = _time(nullable=True)
    confidence = dy.Float64(min=0, max=1)
    evidence = _text()


class Advice(dy.Schema):
    advice_id = dy.String(primary_key=True, min_length=1)
    kind = _text()
    site_id = _text()
    made_at = _time()
    act_by = _time(nullable=True)
    expires_at = _time()
    action_zh = _text()
    action_en = _text()
    gain = dy.Float64(nullable=True)
    gain_unit = _text(nullable=True)
    harm_cny = dy.Float64(nullable=True)
    confidence = dy.Float64(min=0, max=1)
    inputs_age_s = dy.Float64(min=0)
    evidence = _text()


class Act(dy.Schema):
    act_id = dy.String(primary_key=True, min_length=1)
    done_at = _time()
    user = _text()
    verb = _one_of(words.ACT_VERBS)
    subject = _text()
    note = _text(nullable=True)


class Score(dy.Schema):
    question = dy.String(primary_key=True, min_length=1)
    model = dy.String(primary_key=True, min_length=1)
    metric = dy.String(primary_key=True, min_length=1)
    window_start = _time(primary_key=True)
    window_end = _time(primary_key=True)
    value = dy.Float64()
    baseline = _text(nullable=True)
    baseline_value = dy.Float64(nullable=True)
    n = dy.Int64(min=0)


class IndicatorRow(dy.Schema):
    indicator_id = dy.String(primary_key=True, min_length=1)
    site_id = dy.String(primary_key=True)
    period = dy.Date(primary_key=True)
    computed_at = _time()
    numerator = dy.Float64(nullable=True)
    denominator = dy.Float64(nullable=True)
    value = dy.Float64(nullable=True)
    valid = dy.Float64()
    expected = dy.Float64()
    target = dy.Float64(nullable=True)
    state = _one_of(words.STATES)
    reason = _text(nullable=True)


class BoardRow(dy.Schema):
    as_of = _time(primary_key=True)
    version = dy.String(primary_key=True)
    json = _text()


class Quarantine(dy.Schema):
    batch = dy.String(primary_key=True, min_length=1)
    row = dy.Int64(primary_key=True, min=0)
    table = dy.String(primary_key=True)
    reason = _text()
    payload = _text()


@dataclass(frozen=True)
class Table:
    """A table of the lake: its contract, its own time, and what a past moment leaves of a row.

    `own_time` names the column from which a row exists (None: it always did); a reading exists from the end of its
    span, a month's row from the end of the month. `planned` are instants that lie ahead by nature and so stay at a
    past moment; other instants after it are null.
    """

    name: str
    schema: type[dy.Schema]
    own_time: str | None
    planned: tuple[str, ...] = field(default=())

    @property
    def key(self) -> list[str]:
        """Its key columns, in the contract's order."""
        return list(self.schema.primary_key())

    @property
    def columns(self) -> dict[str, pl.DataType]:
        """What a batch brings: column → polars type."""
        return {name: column.dtype for name, column in self.schema.columns().items()}

    @property
    def personal(self) -> tuple[str, ...]:
        """Columns to be masked wherever people look."""
        return tuple(n for n, c in self.schema.columns().items() if (c.metadata or {}).get("personal"))


TABLES = {
    table.name: table
    for table in (
        Table("reading", Reading, "ts"),
        Table("lab_sample", LabSample, "sampled_at"),
        Table("weather", Weather, "issued_at", ("valid_at",)),
        Table("sale", Sale, "month"),
        Table("water_balance", WaterBalance, "month"),
        Table("call", Call, "started_at"),
        Table("hall_ticket", HallTicket, "taken_at"),
        Table("work_order", WorkOrder, "opened_at", ("due_at",)),
        Table("meter", Meter, None),
        Table("meter_event", MeterEvent, "happened_at"),
        Table("stock_item", StockItem, None),
        Table("stock_move", StockMove, "moved_at"),
        Table("action_item", ActionItem, "updated_at"),
        Table("forecast", Forecast, "issued_at", ("valid_at",)),
        Table("risk", Risk, "issued_at"),
        Table("plan", Plan, "issued_at", ("valid_at",)),
        Table("fault", Fault, "since"),
        Table("advice", Advice, "made_at", ("act_by", "expires_at")),
        Table("act", Act, "done_at"),
        Table("score", Score, "window_end"),
        Table("indicator", IndicatorRow, None),
        Table("board", BoardRow, "as_of"),
        Table("quarantine", Quarantine, None),
    )
}
"""Every table of the lake by name."""

PARTITIONED = ("reading", "weather", "forecast", "plan", "indicator")
"""Tables partitioned by `day`, the business day of the row's own time (reading: of `ts`, where what it covers
begins, so that a day's marts read one partition; indicator: its period)."""
