"""The sample's stations against the real receiver: what they send is what was made up."""

import asyncio
import threading
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from data_sources.hj212_protocol.decode import decode
from data_sources.hj212_protocol.readings import READINGS, readings
from data_sources.hj212_protocol.receiver import Limits, Receiver
from sample_data.hj212_stations import packets, send

AT = datetime(2026, 9, 15, 8, 15, tzinfo=UTC)
ROWS = pl.DataFrame(
    [
        ("MN1/w01018", AT, 0, 18.25, "good"),
        ("MN1/w00000", AT, 0, 301.123456, "suspect"),
        ("MN2/w01018", AT, 0, 0.1 + 0.2, "bad"),
        ("MN1/w01018", AT + timedelta(minutes=5), 0, 18.5, "manual"),
    ],
    schema=READINGS,
    orient="row",
)


@pytest.fixture
def receiver():
    kept, bound, started = [], [], threading.Event()

    async def serve():
        loop.append(asyncio.get_running_loop())
        stop.append(asyncio.current_task())
        ready = lambda port: (bound.append(port), started.set())  # noqa: E731
        await Receiver(kept.extend, None, Limits()).serve("127.0.0.1", 0, ready)

    def run():
        try:
            asyncio.run(serve())
        except asyncio.CancelledError:
            return

    loop, stop = [], []
    thread = threading.Thread(target=run)
    thread.start()
    assert started.wait(10)
    yield ("127.0.0.1", bound[0]), kept
    loop[0].call_soon_threadsafe(stop[0].cancel)
    thread.join()


def test_what_arrives_is_what_was_made_up(receiver):
    address, kept = receiver
    reports = packets(ROWS)
    assert len(reports) == 3
    send(address, reports)
    arrived = readings([packet for capture in kept for packet in decode(capture)], 600)
    assert arrived.sort("ts", "tag").rows() == [
        (tag, ts, span, pytest.approx(value, rel=1e-9), quality)
        for tag, ts, span, value, quality in ROWS.sort("ts", "tag").rows()
    ]


def test_a_receiver_that_is_not_there():
    with pytest.raises(OSError, match="refused"):
        send(("127.0.0.1", 1), packets(ROWS))
