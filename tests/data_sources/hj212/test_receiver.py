"""The receiver over real sockets: answers, half and joined packets, strangers, limits, a disk that refuses."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

import pytest

from data_sources.hj212_protocol import receiver as subject
from data_sources.hj212_protocol.decode import decode
from data_sources.hj212_protocol.receiver import Limits, Receiver
from tests.data_sources.hj212.packets import ANSWER_TO_MINUTES, HOUR, MINUTES, OLD, sent


class Disk:
    """Where captures go; refuses while `full`, waits while `slow` is set."""

    def __init__(self):
        self.kept, self.full, self.go_on = [], False, threading.Event()
        self.go_on.set()

    def append(self, captures):
        self.go_on.wait(5)
        if self.full:
            raise OSError(28, "No space left on device")
        self.kept += captures

    def packets(self):
        return [packet for capture in self.kept for packet in decode(capture)]


@asynccontextmanager
async def receiving(disk, stations=None, limits=Limits()):
    port = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(Receiver(disk.append, stations, limits).serve("127.0.0.1", 0, port.set_result))
    try:
        yield await port
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(condition):
    for _ in range(500):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came")


def run(scenario):
    """Run in a thread of its own: a browser of the same test process keeps a loop in the main one."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, asyncio.wait_for(scenario, 30)).result()


def test_the_answer_comes_after_the_disk():
    async def scenario():
        disk = Disk()
        async with receiving(disk) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            disk.go_on.clear()
            writer.write(MINUTES)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(reader.read(1), 0.2)
            assert disk.kept == []
            disk.go_on.set()
            assert await reader.readexactly(len(ANSWER_TO_MINUTES)) == ANSWER_TO_MINUTES
            assert disk.kept == [MINUTES]
            writer.close()

    run(scenario())


def test_half_and_joined_packets_and_what_follows_noise():
    async def scenario():
        disk = Disk()
        async with receiving(disk) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            whole = b"noise" + OLD + HOUR.removesuffix(b"\r\n") + MINUTES
            for at in range(0, len(whole), 97):
                writer.write(whole[at : at + 97])
                await writer.drain()
            answers = decode(await reader.readuntil(b"\r\n") + await reader.readuntil(b"\r\n"))
            assert [one.cn for one in answers] == ["9014", "9014"]
            assert [one.cn for one in disk.packets() if one.error is None] == ["2011", "2061", "2051"]
            assert [one.raw for one in disk.packets() if one.error is not None] == [b"noise"]
            writer.write(MINUTES[:100])
            writer.close()
            await until(lambda: MINUTES[:100] in disk.kept)

    run(scenario())


def test_strangers_are_kept_but_not_answered():
    async def scenario():
        disk = Disk()
        async with receiving(disk, stations=frozenset({"010000A8900016F000169DC0"})) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(HOUR + MINUTES)
            assert await reader.readexactly(len(ANSWER_TO_MINUTES)) == ANSWER_TO_MINUTES
            assert [one.cn for one in disk.packets()] == ["2061", "2051"]
            writer.close()

    run(scenario())


def test_stations_wait_while_the_disk_is_full(monkeypatch):
    monkeypatch.setattr(subject, "RETRY_S", 0.02)

    async def scenario():
        disk = Disk()
        disk.full = True
        async with receiving(disk) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(OLD + MINUTES)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(reader.read(1), 0.2)
            disk.full = False
            assert await reader.readexactly(len(ANSWER_TO_MINUTES)) == ANSWER_TO_MINUTES
            assert [one.cn for one in disk.packets()] == ["2011", "2051"]
            writer.close()

    run(scenario())


def test_later_parts_come_with_the_earlier_ones():
    first = sent("DataTime=20260915081500;w01018-Rtd=7", flag=7, more="PNUM=2;PNO=1;")
    second = sent("w01018-Flag=T", flag=7, more="PNUM=2;PNO=2;")

    async def scenario():
        disk = Disk()
        async with receiving(disk) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            for part in (first, second):  # a station that waits for the answer before it goes on
                writer.write(part)
                assert decode(await reader.readuntil(b"\r\n"))[0].cn == "9014"
            assert disk.kept == [first, first + second]
            writer.close()

    run(scenario())


def test_parts_that_come_in_another_order_are_together_at_last():
    parts = [
        sent(text, flag=7, more=f"PNUM=3;PNO={number};")
        for number, text in enumerate(["DataTime=20260915081500", "w01018-Rtd=7", "w21003-Rtd=2"], 1)
    ]

    async def scenario():
        disk = Disk()
        async with receiving(disk) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            for number in (3, 1, 1, 2):  # the first is sent again
                writer.write(parts[number - 1])
                await reader.readuntil(b"\r\n")
            whole = decode(disk.kept[-1])
            assert [(one.problem, [value.code for value in one.values]) for one in whole] == [
                (None, ["w01018", "w21003"])
            ]
            writer.close()

    run(scenario())


def test_one_that_sends_noise_holds_up_no_other():
    async def scenario():
        disk = Disk()
        async with receiving(disk) as port:
            noisy, noise = await asyncio.open_connection("127.0.0.1", port)
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            noise.write(b"##0001" * 10_900)
            writer.write(MINUTES)
            assert await asyncio.wait_for(reader.readexactly(len(ANSWER_TO_MINUTES)), 5) == ANSWER_TO_MINUTES
            with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
                await noisy.readexactly(1)
            await until(lambda: b"".join(disk.kept).count(b"##0001") >= Limits().bad_in_a_row)
            assert b"".join(disk.kept).count(b"##0001") == Limits().bad_in_a_row
            writer.close()

    run(scenario())


def test_limits():
    async def scenario():
        disk = Disk()
        async with receiving(disk, limits=Limits(connections=1, idle_s=0.3, bad_in_a_row=3)) as port:
            reader, _ = await asyncio.open_connection("127.0.0.1", port)
            refused, _ = await asyncio.open_connection("127.0.0.1", port)
            assert await refused.read() == b""
            assert await asyncio.wait_for(reader.read(), 5) == b""  # idle
            noisy, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"x##0001y\r\n" * 50)
            with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
                await noisy.readexactly(1)

    run(scenario())


def test_many_stations_at_once():
    async def station(port, number):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for minute in range(3):
            packet = sent(f"DataTime=202609150815{minute:02d};w01018-Rtd=7", mn=f"MN{number:03d}")
            writer.write(packet)
            assert decode(await reader.readuntil(b"\r\n"))[0].mn == f"MN{number:03d}"
        writer.close()

    async def scenario():
        disk = Disk()
        async with receiving(disk) as port:
            await asyncio.gather(*(station(port, number) for number in range(500)))
        assert len({(one.mn, one.data_time) for one in disk.packets()}) == 1500

    run(scenario())


def test_what_has_arrived_is_kept_when_the_receiver_ends():
    async def scenario():
        disk = Disk()
        async with receiving(disk) as port:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            disk.go_on.clear()
            writer.write(MINUTES)
            await asyncio.sleep(0.1)
            writer.write(HOUR)
            await asyncio.sleep(0.1)
            threading.Timer(0.1, disk.go_on.set).start()
        await until(lambda: len(disk.packets()) == 2)

    run(scenario())
