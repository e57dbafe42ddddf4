"""All tables but readings: which function makes each, for which source, and from when on."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from data_sources.utility import Utility
from sample_data import actions, billing, customers, laboratory, meters, stock

Maker = Callable[[Utility, datetime, datetime], pl.DataFrame]


@dataclass(frozen=True)
class Made:
    """Rows of one table from one source whose own time lies in a window.

    `looks_back_days`: rows that change later (a ticket is called, an order closed) are made again so long.
    """

    table: str
    source: str
    rows: Maker
    looks_back_days: int = 0


def _calls_of(source: str) -> Maker:
    channels = [channel for channel, of in customers.SOURCE_OF_CHANNEL.items() if of == source]
    return lambda utility, start, end: customers.calls(utility, start, end).filter(pl.col("channel").is_in(channels))


BUSINESS: tuple[Made, ...] = (
    *(Made("call", source, _calls_of(source)) for source in ("hotline", "wechat", "app", "self_service")),
    Made("hall_ticket", "hall", customers.tickets, 1),
    Made("work_order", "workorders", customers.orders, 5),
    Made("stock_item", "u8", stock.stock_items),
    Made("stock_move", "u8", stock.stock_moves),
    Made("lab_sample", "lab", laboratory.lab_samples),
    Made("weather", "weather_service", laboratory.observed),
    Made("weather", "weather_service", laboratory.forecasts),
)
WHOLE_LIFE: tuple[Made, ...] = (
    Made("meter_event", "meters", meters.meter_events),
    Made("meter", "meters", meters.meters),
    Made("action_item", "programme_office", actions.action_items),
)
"""Tables whose rows reach back: a meter's life begins with its purchase, an action is updated once a month."""
MONTHLY: tuple[Made, ...] = (
    Made("sale", "billing", billing.sales),
    Made("water_balance", "billing", billing.balances),
)


def business_rows(
    utility: Utility, made: tuple[Made, ...], start: datetime, end: datetime
) -> Iterator[tuple[Made, pl.DataFrame]]:
    """The rows of these tables whose own time lies in [start, end), table by table."""
    for one in made:
        yield one, one.rows(utility, start, end)
