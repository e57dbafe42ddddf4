"""`data_sources backup`, `restore` and `verify`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from data_sources.backup import back_up, read_manifest
from data_sources.backup import restore as lay_down
from data_sources.command_line import FOUND_SOMETHING, bad_input_ends, print_json, shown_progress
from data_sources.lake import Lake
from data_sources.load import load_utility
from data_sources.locks import LockHeld
from data_sources.problems import BadInput, Problem
from data_sources.settings import Settings
from data_sources.verify import verify_backup, verify_lake

Json = Annotated[bool, typer.Option("--json", help="one JSON document on stdout")]
Into = Annotated[Path, typer.Argument(help="the folder that gets the backup, a folder a backup", file_okay=False)]
Backup = Annotated[Path, typer.Argument(help="the folder of one backup", exists=True, file_okay=False)]
MaybeBackup = Annotated[
    Path | None, typer.Argument(help="the folder of one backup; the lake where none is named", file_okay=False)
]


@contextmanager
def no_room_is_bad_input() -> Iterator[None]:
    """A disk that is full, or a folder that can't be written to, is said in one line."""
    try:
        yield
    except OSError as error:
        raise BadInput([Problem(str(error.filename or "backup"), 0, "", error.strerror or str(error))]) from error


def backup(to: Into, as_json: Json = False) -> None:
    """Copy lake and utility while everything runs; what is unchanged since the last backup there is shared with it."""
    settings = Settings()
    with bad_input_ends(), no_room_is_bad_input(), shown_progress("backup") as progress:
        utility = load_utility(settings.utility)
        try:
            made = back_up(Lake(settings.lake_of(utility.id), utility), to, progress)
        except LockHeld as held:
            raise BadInput([Problem(str(to), 0, "", str(held))]) from held
    files = read_manifest(made).files
    facts = {"backup": str(made), "files": len(files), "bytes": sum(size for size, _ in files.values())}
    print_json(facts) if as_json else typer.echo(f"{made}: {facts['files']} files, {facts['bytes']} bytes")


def restore(backup: Backup, as_json: Json = False) -> None:
    """Lay a backup down where WATER_LAKE says, and the utility's folder where WATER_UTILITY isn't there yet."""
    settings = Settings()
    with bad_input_ends(), no_room_is_bad_input():
        lake = settings.lake_of(read_manifest(backup).utility)
        written = lay_down(backup, lake, settings.utility)
    print_json({"written": written}) if as_json else typer.echo("\n".join(f"written: {path}" for path in written))


def verify(backup: MaybeBackup = None, as_json: Json = False) -> None:
    """Whether every file of the lake, or of a backup, is there and readable; exit 1 where one isn't."""
    settings = Settings()
    with bad_input_ends(), shown_progress("verify") as progress:
        if backup is not None:
            found = verify_backup(backup, progress)
        else:
            found = verify_lake(settings.lake_of(load_utility(settings.utility).id), progress)
    if as_json:
        print_json(found.as_json())
    else:
        for fact in found.tables:
            counts = f"{fact['files']:>6} files {fact['rows']:>12} rows"
            typer.echo(f"{fact['table']:<16} version {fact['version']:>6} {counts}")
        typer.echo("\n".join(map(str, found.problems)) or "all whole")
    raise typer.Exit(FOUND_SOMETHING if found.problems else 0)
