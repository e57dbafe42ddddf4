"""`python -m data_sources`: list, check, sync, status, import, new, decode, listen, backup, restore, verify."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from data_sources.command_line import FOUND_SOMETHING, bad_input_ends, print_json, shown_progress
from data_sources.importer import import_file
from data_sources.lake import Lake
from data_sources.load import check_utility, load_utility
from data_sources.logs import log_to_stderr
from data_sources.probe import probe
from data_sources.problems import BadInput, Problem
from data_sources.protocol_commands import decode_file, listen
from data_sources.safekeeping import backup, restore, verify
from data_sources.settings import Settings
from data_sources.source_commands import new, sync
from data_sources.sources import FILE
from data_sources.status import remarks, source_status
from data_sources.utility import Utility

app = typer.Typer(
    help="What comes in: the utility's folder, its sources, imports.", no_args_is_help=True, callback=log_to_stderr
)
Json = Annotated[bool, typer.Option("--json", help="one JSON document on stdout")]
File = Annotated[Path, typer.Argument(help="a CSV file or a workbook")]
Table = Annotated[str, typer.Option("--table", help="the table its rows go to (docs/tables.md)")]
MapFile = Annotated[Path, typer.Option("--map", help="which column is which (docs/import.md)")]
Source = Annotated[str | None, typer.Option("--source", help="only what concerns this source")]


def _open() -> tuple[Utility, Lake]:
    settings = Settings()
    utility = load_utility(settings.utility)
    return utility, Lake(settings.lake_of(utility.id), utility)


def _asked(source: str) -> list[Problem]:
    with bad_input_ends():
        utility, _ = _open()
        if source not in utility.sources:
            raise BadInput([Problem(FILE, 0, "", f"{source!r} is no source; there are {', '.join(utility.sources)}")])
    return probe(utility, source)


@app.command("list")
def list_sources(as_json: Json = False) -> None:
    """Every source of the utility: its kind, and how many points it feeds."""
    with bad_input_ends():
        utility, _ = _open()
    facts = [
        {"source": name, "kind": settings["kind"], "points": utility.points.filter(source=name).height}
        for name, settings in utility.sources.items()
    ]
    if as_json:
        print_json(facts)
        return
    for fact in facts:
        typer.echo(f"{fact['source']:<24} {fact['kind']:<10} {fact['points']:>6} points")


@app.command()
def check(source: Source = None, as_json: Json = False) -> None:
    """Every mistake in the utility's folder, with file, line and column; exit 1 where there is one.

    With --source the source itself is asked, too: whether it answers, and whether it has what its map expects.
    """
    folder = Settings().utility
    problems = check_utility(folder)
    if source is not None:
        problems = [one for one in problems if source in one.message or one.column.split(".")[0] == source]
        problems = problems or _asked(source)
    if as_json:
        print_json({"ok": not problems, "problems": [one.as_json() for one in problems]})
    else:
        typer.echo("\n".join(map(str, problems)) or f"{folder} is well")
    raise typer.Exit(FOUND_SOMETHING if problems else 0)


@app.command()
def status(as_json: Json = False) -> None:
    """What each source has delivered, and whether it still does."""
    with bad_input_ends():
        utility, lake = _open()
    now = datetime.now(UTC)
    if utility.clock == "data":
        now = lake.newest("reading") or now
    facts = source_status(lake, utility, now)
    if as_json:
        print_json(facts)
        return
    for fact in facts:
        newest = fact["last_data_time"] or "no data yet"
        counts = f"{fact['rows']:>10} rows {fact['quarantined']:>6} in quarantine"
        typer.echo(f"{fact['source']:<24} {fact['state']:<7} {counts}  {newest}  {fact['error'] or ''}".rstrip())
        for remark in remarks(fact):
            typer.echo(f"{'':<24} {remark}")


@app.command("import")
def import_rows(file: File, table: Table, map_file: MapFile, as_json: Json = False) -> None:
    """Bring a CSV file or a workbook into a table; importing it again changes nothing."""
    with bad_input_ends(), shown_progress(file.name) as progress:
        utility, lake = _open()
        report = import_file(lake, utility, file, table, map_file, progress)
    if as_json:
        print_json(report.as_json())
        return
    typer.echo(
        f"{report.table}: {report.rows_read} rows read, {report.rows_written} written, "
        f"{report.rows_duplicate} there already, {report.rows_quarantined} in quarantine"
    )
    if report.quarantine_file is not None:
        typer.echo(f"what is wrong with them: {report.quarantine_file}")
    if report.ignored:
        typer.echo(f"columns nobody asked for: {', '.join(report.ignored)}")


app.command("sync")(sync)
app.command("new")(new)
app.command("decode")(decode_file)
app.command("listen")(listen)
app.command("backup")(backup)
app.command("restore")(restore)
app.command("verify")(verify)


if __name__ == "__main__":
    app()
