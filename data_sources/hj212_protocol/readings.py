"""Readings from packets: which number of which kind of data becomes one, of what moment and span. Pure."""

from collections.abc import Iterable

import polars as pl

from data_sources.hj212_protocol.codes import MINUTES, SPANS_S, quality
from data_sources.hj212_protocol.packet import Packet
from data_sources.hj212_protocol.segment import Value

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


def taken(packet: Packet) -> list[Value]:
    """The numbers of a packet that become readings; those left empty are none."""
    if packet.mn is None or packet.data_time is None:
        return []
    return [one for one in packet.values if one.suffix in TAKEN and one.value is not None]


def readings(packets: Iterable[Packet], minutes_s: int) -> pl.DataFrame:
    """tag, ts (UTC, start of the span), span_s, value (as the station sent it), quality, in the packets' order.

    `minutes_s` is the span of minute data (CN 2051), which no packet says.
    """
    spans = SPANS_S | {MINUTES: minutes_s}
    rows = [
        (
            tag_of(str(packet.mn), one.code),
            packet.data_time,
            spans.get(packet.cn or "", 0),
            one.value,
            quality(one.flag),
        )
        for packet in packets
        for one in taken(packet)
    ]
    return pl.DataFrame(rows, schema=READINGS, orient="row")
