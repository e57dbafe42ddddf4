"""`data_sources sync` and `new`."""

import re
import sys
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from data_sources.collect import LAST_TRY, read_json, spool_folder
from data_sources.command_line import BAD_INPUT, FOUND_SOMETHING, bad_input_ends, print_json
from data_sources.connector import connector, kinds, receives
from data_sources.connector_skeleton import write_skeleton
from data_sources.lake import Lake
from data_sources.load import load_utility
from data_sources.locks import LockHeld
from data_sources.problems import ROOT, BadInput, Problem, shown_path
from data_sources.runner import Runner
from data_sources.settings import Settings
from data_sources.sources import FILE
from data_sources.supervise import collecting, how_ended
from data_sources.utility import Utility

COUNTED = ("batches", "rows", "duplicates", "quarantined")
Name = Annotated[str | None, typer.Argument(help="a source of sources.toml; all that are asked where none is named")]
Kind = Annotated[str, typer.Argument(help="the protocol or file shape, such as mqtt")]
Json = Annotated[bool, typer.Option("--json", help="one JSON document on stdout")]


def sync(source: Name = None, as_json: Json = False) -> None:
    """Ask sources once, now, and take in what they have; for where no worker runs. Exit 1 where one failed."""
    with bad_input_ends():
        settings = Settings()
        utility = load_utility(settings.utility)
        names = [_known(utility, source)] if source else list(utility.sources)
        lake = Lake(settings.lake_of(utility.id), utility)
    try:
        with lake.worker_lock():
            facts = [_synced(lake, name) for name in names if _is_asked(utility, name)]
    except LockHeld as held:
        sys.stderr.write(f"{held}: the worker asks the sources by itself\n")
        raise typer.Exit(BAD_INPUT) from held
    if as_json:
        print_json(facts)
    for fact in () if as_json else facts:
        counts = ", ".join(f"{fact[name]} {name}" for name in COUNTED)
        typer.echo(f"{fact['source']:<24} {fact['error'] or counts}")
    raise typer.Exit(FOUND_SOMETHING if any(fact["error"] for fact in facts) else 0)


def new(kind: Kind) -> None:
    """Write the skeleton of a connector: its file, its test with a raw sample, and its page of docs."""
    with bad_input_ends():
        if not re.fullmatch(r"[a-z][a-z0-9_]*", kind):
            raise BadInput([Problem(kind, 0, "", "expected a name such as mqtt: small letters, digits, underscores")])
        written = write_skeleton(ROOT, kind)
    for path in written:
        typer.echo(shown_path(path))


def _synced(lake: Lake, name: str) -> dict[str, Any]:
    folder = spool_folder(lake.root, name)
    runner = Runner(lake, [name])
    feed = runner.feeds[0]
    before = {count: feed.log.facts[count] for count in COUNTED}
    code = collecting(name, list(feed.sources.values()), lake.root, "--once").wait()
    runner.take_all(datetime.now(UTC))
    error = None
    if code < 0:
        error = how_ended(code)
    elif code:
        error = read_json(folder / LAST_TRY).get("error") or how_ended(code)
    return {"source": name, **{count: feed.log.facts[count] - before[count] for count in COUNTED}, "error": error}


def _is_asked(utility: Utility, name: str) -> bool:
    kind = utility.sources[name]["kind"]
    return kind in kinds() and not receives(connector(kind))


def _known(utility: Utility, name: str) -> str:
    if name not in utility.sources:
        known = ", ".join(utility.sources)
        raise BadInput([Problem(FILE, 0, "", f"{name!r} is no source; expected one of {known}")])
    if not _is_asked(utility, name):
        kind = utility.sources[name]["kind"]
        raise BadInput([Problem(FILE, 0, name, f"is of kind {kind}: nobody can ask it, its rows come by themselves")])
    return name
