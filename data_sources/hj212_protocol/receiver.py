"""The receiving end of HJ 212 over TCP: any number of stations on one port, answered once their packets are on disk.

Packets that arrive while others are being made safe wait together for the next turn, so that one fsync serves them all.
Nothing but 9014 is ever sent, and only to stations of the list.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import structlog

from data_sources.hj212_protocol.encode import answer
from data_sources.hj212_protocol.frame import FrameReader, Piece
from data_sources.hj212_protocol.packet import read_header
from data_sources.hj212_protocol.parts import Parts

log = structlog.get_logger()

Append = Callable[[Sequence[bytes]], object]
"""Makes captures safe on disk before it returns; raises OSError where it can't."""

CHUNK = 64 * 1024
WAITING = 4096
"""Packets that may wait for the disk; further ones stay in the stations' connections."""
RETRY_S = 1.0
UNREAD_ANSWERS = 64 * 1024
"""Bytes of answers a station may leave unread before its connection is closed."""


@dataclass(frozen=True)
class Limits:
    """What one station, or many, may take of the receiver."""

    connections: int = 1000
    idle_s: float = 900.0
    bad_in_a_row: int = 50
    """Stretches that are no packet, one after another, after which a connection is closed."""


@dataclass(frozen=True)
class _Arrived:
    capture: bytes
    good: bool
    reply: bytes | None
    writer: asyncio.StreamWriter


class Receiver:
    """Receives on one port; `stations` are the MN that are answered, None: all."""

    def __init__(self, append: Append, stations: frozenset[str] | None, limits: Limits) -> None:
        self._append, self._stations, self._limits = append, stations, limits
        self._queue: asyncio.Queue[_Arrived] = asyncio.Queue(WAITING)
        self._open: set[asyncio.Task[None]] = set()
        self._parts = Parts()
        self._strangers: set[str] = set()

    async def serve(self, host: str, port: int, ready: Callable[[int], object] = lambda port: None) -> None:
        """Receive until cancelled; then what has arrived is made safe. `ready` is told the port."""
        server = await asyncio.start_server(self._connected, host, port, limit=CHUNK, backlog=1024)
        commits = asyncio.create_task(self._commits())
        ready(server.sockets[0].getsockname()[1])
        try:
            await commits  # until cancelled, or until a mistake of ours ends it
        finally:
            server.close()
            for task in self._open:
                task.cancel()
            await asyncio.gather(*self._open, return_exceptions=True)
            commits.cancel()
            if left := self._arrived():
                self._append(_captures(left))

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        peer = writer.get_extra_info("peername")
        if len(self._open) >= self._limits.connections:
            log.warning("connection refused, there are enough", peer=peer, connections=len(self._open))
            writer.close()
            return
        self._open.add(task)
        try:
            await self._receive(reader, writer)
        except TimeoutError:
            log.info("connection closed, nothing came", peer=peer, idle_s=self._limits.idle_s)
        except OSError as error:
            log.info("connection lost", peer=peer, error=str(error))
        finally:
            self._open.discard(task)
            writer.close()

    async def _receive(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        frames, bad, peer = FrameReader(), 0, writer.get_extra_info("peername")
        try:
            while data := await asyncio.wait_for(reader.read(CHUNK), self._limits.idle_s):
                for piece in frames.feed(data):
                    bad = 0 if piece.error is None else bad + 1
                    await self._queue.put(self._arrival(piece, writer))
                    if bad >= self._limits.bad_in_a_row:
                        log.warning("connection closed, it sends no packets", peer=peer, unread_bytes=len(frames))
                        frames = FrameReader()
                        return
                if writer.transport.get_write_buffer_size() > UNREAD_ANSWERS:
                    log.warning("connection closed, its answers are not read", peer=peer)
                    return
        finally:
            for piece in frames.flush():
                with suppress(asyncio.QueueFull):  # half a packet, which the station will send again
                    self._queue.put_nowait(self._arrival(piece, writer))

    def _arrival(self, piece: Piece, writer: asyncio.StreamWriter) -> _Arrived:
        packet = read_header(piece)
        known = packet.mn is not None and (self._stations is None or packet.mn in self._stations)
        if packet.mn is not None and not known and packet.mn not in self._strangers and len(self._strangers) < WAITING:
            self._strangers.add(packet.mn)
            log.warning("unknown station", mn=packet.mn, peer=writer.get_extra_info("peername"))
        reply = answer(packet) if known and packet.error is None and packet.wants_answer else None
        return _Arrived(self._parts.with_earlier(packet) if known else packet.raw, packet.error is None, reply, writer)

    async def _commits(self) -> None:
        """Make safe what has arrived, then answer; while the disk refuses, stations wait unanswered."""
        loop, refused = asyncio.get_running_loop(), False
        while True:
            arrived = [await self._queue.get(), *self._arrived()]
            captures = _captures(arrived)
            while True:
                try:
                    await loop.run_in_executor(None, partial(self._append, captures))
                    break
                except OSError as error:
                    if not refused:
                        log.error("nothing can be kept, stations wait", error=str(error))
                    refused = True
                    await asyncio.sleep(RETRY_S)
            if refused:
                log.info("kept again")
            refused = False
            for one in arrived:
                if one.reply is not None and not one.writer.is_closing():
                    one.writer.write(one.reply)

    def _arrived(self) -> list[_Arrived]:
        return [self._queue.get_nowait() for _ in range(self._queue.qsize())]


def _captures(arrived: Sequence[_Arrived]) -> list[bytes]:
    """Good packets together; what is none stays apart, so that it can't reach into its neighbours."""
    good = b"".join(_ended(one.capture) for one in arrived if one.good)
    return [*([good] if good else []), *(one.capture for one in arrived if not one.good)]


def _ended(capture: bytes) -> bytes:
    return capture if capture.endswith(b"\n") else capture + b"\r\n"
