"""`data_sources decode` and `listen`: protocols that bring packets, without a lake."""

import asyncio
import signal
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from data_sources.command_line import BAD_INPUT, FOUND_SOMETHING, print_json
from data_sources.hj212_protocol.capture_files import capture_files
from data_sources.hj212_protocol.decode import decode
from data_sources.hj212_protocol.packet import Packet
from data_sources.hj212_protocol.receiver import Limits, Receiver
from data_sources.locks import LockHeld


class Protocol(StrEnum):
    """What arrives as packets."""

    hj212 = "hj212"


Json = Annotated[bool, typer.Option("--json", help="one JSON document on stdout")]
Capture = Annotated[Path, typer.Argument(help="raw bytes as a station sent them", exists=True, dir_okay=False)]
Port = Annotated[int, typer.Option("--port", help="the port that stations send to", min=0, max=65535)]
Address = Annotated[str, typer.Option("--address", help="the address to listen on")]
Folder = Annotated[Path, typer.Option("--spool", help="the folder that gets the captures", file_okay=False)]
Stations = Annotated[list[str] | None, typer.Option("--station", help="an MN to listen to; all where none is named")]
Every = Annotated[float, typer.Option("--every", help="seconds after which a file is done", min=1)]


def decode_file(protocol: Protocol, file: Capture, as_json: Json = False) -> None:
    """What each packet of a raw capture says, and why a bad one is bad; exit 1 where one is."""
    packets = decode(file.read_bytes())
    if as_json:
        print_json([one.as_json() for one in packets])
    else:
        typer.echo("\n".join(map(_in_a_line, packets)) or "no packets")
    raise typer.Exit(FOUND_SOMETHING if any(one.problem for one in packets) else 0)


def listen(
    protocol: Protocol,
    port: Port,
    spool: Folder,
    address: Address = "127.0.0.1",
    station: Stations = None,
    every: Every = 10.0,
) -> None:
    """Receive on the field side of a one-way gate and write files, which the other side takes in as a folder."""
    try:
        with capture_files(spool, every) as files:
            receiver = Receiver(files.append, frozenset(station) if station else None, Limits())
            asyncio.run(_until_told(receiver, address, port))
    except (LockHeld, OSError) as problem:
        sys.stderr.write(f"{problem}\n")
        raise typer.Exit(BAD_INPUT) from problem


async def _until_told(receiver: Receiver, address: str, port: int) -> None:
    """Receive until SIGINT or SIGTERM."""
    serving = asyncio.create_task(
        receiver.serve(address, port, lambda bound: typer.echo(f"listening on {address}:{bound}"))
    )
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, serving.cancel)
    (outcome,) = await asyncio.gather(serving, return_exceptions=True)
    if isinstance(outcome, Exception):
        raise outcome


def _in_a_line(packet: Packet) -> str:
    said = [f"{one.code}-{one.suffix}={'' if one.value is None else one.value}" for one in packet.values]
    when = "" if packet.data_time is None else packet.data_time.isoformat().replace("+00:00", "Z")
    facts = [str(packet.version or ""), packet.mn or "", packet.cn or "", when, *said]
    line = " ".join(filter(None, facts))
    return f"bad {line} ({packet.problem})" if packet.problem else f"ok  {line}"
