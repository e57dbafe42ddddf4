"""Stations that report made-up readings in real HJ 212 and wait for the answer, as the boxes at outlets do."""

import socket
from collections.abc import Sequence
from datetime import datetime

import polars as pl

from data_sources.hj212_protocol.encode import report

FLAG = {"good": "N", "manual": "S", "suspect": "T", "bad": "D"}


def packets(readings: pl.DataFrame) -> list[bytes]:
    """One packet for each station and moment, in order of time.

    `readings`: tag (`<MN>/<code>`), ts, value in the unit that points.csv names, quality.
    """
    parts = pl.col("tag").str.split_exact("/", 1).struct.rename_fields(["mn", "code"])
    named = readings.with_columns(parts).unnest("tag").sort("ts")
    together = named.group_by("ts", "mn", maintain_order=True).agg("code", "value", "quality")
    return [_packet(*row) for row in together.iter_rows()]


def send(address: tuple[str, int], reports: Sequence[bytes], timeout_s: float = 30) -> None:
    """Send reports over one connection, each once the one before was answered.

    Raises OSError where the receiver can't be reached or doesn't answer: then what was not answered has to be sent
    again, and what was sent twice counts once.
    """
    with socket.create_connection(address, timeout_s) as connection, connection.makefile("rb") as answers:
        for one in reports:
            connection.sendall(one)
            if b"CN=9014" not in answers.readline():
                raise ConnectionError(f"{address[0]}:{address[1]} gave no answer")


def _packet(ts: datetime, mn: str, codes: list[str], values: list[float], qualities: list[str]) -> bytes:
    return report(mn, ts, zip(codes, values, (FLAG[quality] for quality in qualities), strict=True))
