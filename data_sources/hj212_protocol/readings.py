"""Readings from packets: which number of which kind of data becomes one, of what moment and span. Pure."""

from collections.abc import Iterable

import polars as pl

from data_sources.hj212_protocol.codes import MINUTES, SPANS_S, quality
from data_sources.hj212_protocol.packet import Packet

TAKEN = {"Rtd", "Avg", "RS"}
"""An instant's value, a span's mean, a device's state. Minimum, maximum and amount say more of the same span and stay
in the raw copy."""
READINGS = {
    "tag": pl.String(),
    "ts": pl.Datetime("us", "UTC"),
    "span_s": pl.Int64(),
    "value": pl.Float64(),
    "quality": pl.String(),
}


def tag_of(mn: str, code: str) -> str:
    """What points.csv calls a factor of a station: `0873HHMZWSLH02/w01018`, the code that of 2017."""
    return f"{mn}/{code}"


def readings(packets: Iterable[Packet], minutes_s: int) -> pl.DataFrame:
    """tag, ts (UTC, start of the span), span_s, value (as the station sent it), quality, in the packets' order.

    `minutes_s` is the span of minute data (CN 2051), which no packet says. Values left empty are no readings.
    """
    spans = SPANS_S | {MINUTES: minutes_s}
    rows = [
        (tag_of(packet.mn, one.code), packet.data_time, spans.get(packet.cn or "", 0), one.value, quality(one.flag))
        for packet in packets
        if packet.mn is not None and packet.data_time is not None
        for one in packet.values
        if one.suffix in TAKEN and one.value is not None
    ]
    return pl.DataFrame(rows, schema=READINGS, orient="row")
