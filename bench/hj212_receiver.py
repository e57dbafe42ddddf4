"""HJ 212: packets a second that one port answers once they are on disk, against an fsync for each packet."""

import argparse
import asyncio
import contextlib
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.claim import Claim
from data_sources.hj212_protocol.encode import framed
from data_sources.hj212_protocol.receiver import Limits, Receiver
from data_sources.spool import Raw, Spool

GOAL = "2,000 packets a second on one port, each answered after the fsync"
FACTORS = ("w00000", "w01001", "w01018", "w21001", "w21003", "w21011")
WINDOW = 8
"""Packets a station sends before it waits for the oldest answer."""


def packet(station: int, number: int) -> bytes:
    """What an outlet's station sends: six factors with flags, about 330 bytes."""
    values = ";".join(f"{code}-Rtd={7 + number % 90 / 100:.2f},{code}-Flag=N" for code in FACTORS)
    head = f"QN=20260915{number:09d};ST=32;CN=2011;PW=123456;MN=BENCH{station:05d};Flag=5;CP=&&"
    return framed(f"{head}DataTime=20260915081500;{values}&&".encode())


async def station(port: int, name: int, packets: int) -> None:
    """Send packets and take the answers, a few of them under way at once."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for number in range(packets):
        writer.write(packet(name, number))
        if number >= WINDOW:
            await reader.readuntil(b"\r\n")
    for _ in range(min(WINDOW, packets)):
        await reader.readuntil(b"\r\n")
    writer.close()


async def rate(append: Callable[[Sequence[bytes]], object], stations: int, packets: int) -> float:
    """Packets a second, from the first connection to the last answer; stations and receiver share the machine."""
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(Receiver(append, None, Limits()).serve("127.0.0.1", 0, port.set_result))
    bound = await port
    started = time.perf_counter()
    await asyncio.gather(*(station(bound, name, packets) for name in range(stations)))
    taken = time.perf_counter() - started
    serving.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await serving
    return stations * packets / taken


def fsync_each(path: Path) -> Callable[[Sequence[bytes]], object]:
    """The peer: every packet is a write and an fsync of its own."""
    file = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND)

    def append(captures: Sequence[bytes]) -> None:
        for capture in captures:
            for one in capture.splitlines(keepends=True):
                os.write(file, one)
                os.fdatasync(file)

    return append


def main(stations: int, packets: int) -> Claim:
    """Both sides in one run; the peer with fewer packets, as it takes longer."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        spool = Spool(Path(name) / "spool")
        ours = asyncio.run(rate(lambda many: spool.append([Raw(one) for one in many]), stations, packets))
        spool.close()
        peer = asyncio.run(rate(fsync_each(Path(name) / "peer"), stations, max(1, packets // 20)))
    return Claim(
        "hj212_receiver",
        GOAL,
        {"packets_per_s": ours, "fsync_each_packets_per_s": peer, "ratio": ours / peer},
        ours >= 2000,
        {"stations": stations, "packets": stations * packets, "bytes": len(packet(0, 0))},
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stations", type=int, default=500)
    parser.add_argument("--packets", type=int, default=40)
    given = parser.parse_args()
    print(main(given.stations, given.packets).line())
