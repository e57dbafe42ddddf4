"""Viewers of the board at once: CPU of a refresh, and how long a viewer waits for it, by real websocket sessions."""

import argparse
import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from http import HTTPStatus
from pathlib import Path
from time import perf_counter
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.typing import Subprotocol

from bench.claim import Claim
from bench.served import storm_served

GOAL = "CPU of a refresh and viewer at most 10 ms; 100 viewers at a refresh of 5 s with p95 at most 1 s"
REFRESH_S = 5.0
MOST_CPU_MS, MOST_WAIT_S, WANTED = 10.0, 1.0, 100
STEPS = (25, 50, 100, 150)

Refresh = Callable[[], Awaitable[None]]
Viewer = Callable[[str], AbstractAsyncContextManager[Refresh]]


@asynccontextmanager
async def app_viewer(address: str) -> AsyncIterator[Refresh]:
    """One browser's session: ran the page once; its refresh asks for the page's fragment again."""
    uri = address.replace("http", "ws") + "/_stcore/stream"
    async with websockets.connect(uri, subprotocols=[Subprotocol("streamlit")], max_size=None) as session:
        fragment = await _run(session, BackMsg())
        assert fragment, "the page has no refreshing fragment"

        async def refresh() -> None:
            again = BackMsg()
            again.rerun_script.fragment_id = fragment
            await _run(session, again)

        yield refresh


async def _run(session: websockets.ClientConnection, ask: BackMsg) -> str:
    """Ask for a run and read until it is finished; the id of the fragment that wants to be asked again."""
    ask.rerun_script.query_string = ""
    await session.send(ask.SerializeToString())
    fragment = ""
    while True:
        message = ForwardMsg.FromString(await session.recv())
        if message.WhichOneof("type") == "auto_rerun":
            fragment = message.auto_rerun.fragment_id
        if message.WhichOneof("type") == "script_finished":
            return fragment


@asynccontextmanager
async def wall_viewer(address: str) -> AsyncIterator[Refresh]:
    """One wall display: its refresh asks for the board's HTML, if that is another."""
    tag = await asyncio.to_thread(_fetch, f"{address}/api/board.html", "")

    async def refresh() -> None:
        nonlocal tag
        tag = await asyncio.to_thread(_fetch, f"{address}/api/board.html", tag)

    yield refresh


def _fetch(url: str, tag: str) -> str:
    try:
        with urlopen(Request(url, headers={"if-none-match": tag} if tag else {}), timeout=30) as answer:
            answer.read()
            return str(answer.headers["etag"])
    except HTTPError as same:
        assert same.code == HTTPStatus.NOT_MODIFIED, same
        return tag


async def watched(viewer: Viewer, address: str, count: int, seconds: float, pid: int) -> tuple[float, float]:
    """p95 of the waits of `count` viewers in seconds, and the server's CPU a refresh and viewer in ms.

    Counts refreshes only: the pages are open before.
    """
    waits: list[float] = []

    async def look(refresh: Refresh, number: int) -> None:
        await asyncio.sleep(REFRESH_S * number / count)
        ends = perf_counter() + seconds
        while perf_counter() < ends:
            started = perf_counter()
            await refresh()
            waits.append(perf_counter() - started)
            await asyncio.sleep(max(0.0, REFRESH_S - waits[-1]))

    async with AsyncExitStack() as open_pages:
        pages = [await open_pages.enter_async_context(viewer(address)) for _ in range(count)]
        before = cpu_s(pid)
        await asyncio.gather(*(look(refresh, number) for number, refresh in enumerate(pages)))
        used = cpu_s(pid) - before
    return sorted(waits)[int(0.95 * len(waits))], 1000 * used / len(waits)


def cpu_s(pid: int) -> float:
    """CPU seconds, user and system, that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def server_pid(address: str) -> int:
    """The process that listens on the address's port: our only child that runs app.py."""
    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text(encoding="utf-8").split()
    return next(int(one) for one in children if b"app.py" in Path(f"/proc/{one}/cmdline").read_bytes())


def main(seconds: float) -> Claim:
    """Steps of more and more viewers, until a step is too slow; the app's and the wall's."""
    measured: dict[str, float] = {}
    with storm_served(REFRESH_S) as address:
        pid = server_pid(address)
        for name, viewer in (("app", app_viewer), ("wall", wall_viewer)):
            measured[f"{name}_viewers_held"] = 0
            for count in STEPS:
                p95, cpu_ms = asyncio.run(watched(viewer, address, count, seconds, pid))
                measured[f"{name}_{count}_p95_s"], measured[f"{name}_{count}_cpu_ms"] = p95, cpu_ms
                if p95 > MOST_WAIT_S:
                    break
                measured[f"{name}_viewers_held"] = count
    held = all(measured[f"{name}_viewers_held"] >= WANTED for name in ("app", "wall"))
    cheap = all(measured.get(f"{name}_{WANTED}_cpu_ms", MOST_CPU_MS + 1) <= MOST_CPU_MS for name in ("app", "wall"))
    return Claim("viewers", GOAL, measured, held and cheap, {"seconds_a_step": int(seconds)})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0, help="of refreshing at each step")
    print(main(parser.parse_args().seconds).line())
