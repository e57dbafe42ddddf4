"""HJ 212: online stations at outlets of works and large users send water quality and flow over TCP.

Sample: ##0097ST=32;CN=2011;PW=123456;MN=0873HHMZWSLH02;CP=&&DataTime=20160103133030;011-Rtd=18.04,011-Flag=N&&95C1
"""

import asyncio
import socket
from collections.abc import Sequence

import polars as pl
from pydantic import Field, field_validator

from data_sources.connector import WITHOUT_DATA, Source, SourceSettings
from data_sources.hj212_protocol.codes import DATA, HOUR, INSTANT, MINUTES
from data_sources.hj212_protocol.decode import decode
from data_sources.hj212_protocol.packet import Packet
from data_sources.hj212_protocol.readings import READINGS, readings, taken
from data_sources.hj212_protocol.receiver import Limits, Receiver
from data_sources.hj212_protocol.segment import text_of
from data_sources.hj212_protocol.sm4 import key_of
from data_sources.problems import Problem
from data_sources.spool import Raw, Spool

TABLE = "reading"
SILENCE_S = 3600.0
COLUMNS = {name: name for name in READINGS}

PACKET, REASON = "packet", "reason"


class Stations(SourceSettings):
    """Which stations, and which of their data."""

    stations: tuple[str, ...] = Field(min_length=1, description="MN of the stations that are listened to")
    data: tuple[str, ...] = Field((INSTANT, MINUTES, HOUR), description="kinds of data (CN) that become readings")
    minutes_s: int = Field(600, gt=0, le=3600, description="seconds that minute data (2051) of these stations spans")

    @field_validator("data")
    @classmethod
    def _known(cls, data: tuple[str, ...]) -> tuple[str, ...]:
        if strange := sorted(set(data) - DATA):
            raise ValueError(f"{strange[0]!r} carries no values, expected some of {', '.join(sorted(DATA))}")
        return data


class Settings(Stations):
    """What a source of this kind may say."""

    port: int = Field(ge=1, le=65535, description="the port that stations send to")
    address: str = Field("127.0.0.1", description="the address to listen on; 0.0.0.0 is every one of this machine")
    connections: int = Field(1000, gt=0, description="connections at once")
    idle_s: float = Field(900, gt=0, description="seconds after which a silent connection is closed")


def listen(source: Source, spool: Spool) -> None:
    """Receive until the process ends."""
    settings: Settings = source.settings

    def append(captures: Sequence[bytes]) -> None:
        spool.append([Raw(capture) for capture in captures])

    limits = Limits(connections=settings.connections, idle_s=settings.idle_s)
    receiver = Receiver(append, frozenset(settings.stations), limits)
    asyncio.run(receiver.serve(settings.address, settings.port))


def parse(payload: bytes, source: Source) -> pl.DataFrame:
    """Readings of the known stations; as rows with a reason what can't be read, who isn't known, what holds none."""
    settings: Stations = source.settings
    packets = decode(payload)
    asked = [one for one in packets if one.mn in settings.stations and one.cn in settings.data]
    others = [(_shown(one), why) for one in packets if (why := _why_none(one, settings))]
    bad = pl.DataFrame(others, schema={PACKET: pl.String, REASON: pl.String}, orient="row")
    return pl.concat([readings(asked, settings.minutes_s), bad], how="diagonal")


def check(source: Source) -> list[Problem]:
    """Whether the port can be had (or is listened on already), and whether the keys in the environment are some."""
    settings: Settings = source.settings
    problems = key_problems(source)
    try:
        with socket.socket() as ours:
            ours.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            ours.bind((settings.address, settings.port))
    except OSError as error:
        if not _somebody_listens(settings.port):
            problems.append(Problem(source.name, 0, "port", f"{settings.address}:{settings.port}: {error.strerror}"))
    return problems


def key_problems(source: Source) -> list[Problem]:
    """Keys of stations in the environment that are none."""
    problems = []
    for mn in source.settings.stations:
        try:
            key_of(mn)
        except ValueError as error:
            problems.append(Problem(source.name, 0, "stations", str(error)))
    return problems


def _why_none(packet: Packet, settings: Stations) -> str | None:
    """Why a packet gives no reading, or not all; None where it gives what it says."""
    if packet.mn is not None and packet.mn not in settings.stations:
        return f"{packet.mn} is none of the stations of this source"
    if packet.error is None and (packet.cn not in settings.data or not taken(packet)):
        return WITHOUT_DATA
    return packet.error


def _shown(packet: Packet) -> str:
    return text_of(packet.raw).strip()


def _somebody_listens(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False
