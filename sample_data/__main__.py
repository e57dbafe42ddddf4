"""`python -m sample_data`: build, serve."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from data_sources.command_line import bad_input_ends, moment, shown_progress
from data_sources.lake import Lake
from data_sources.load import load_utility
from data_sources.problems import ROOT
from data_sources.settings import Settings
from sample_data.build import build as build_lake
from sample_data.bwdf_build import build_bwdf
from sample_data.serve import Serving
from sample_data.serve import serve as run_serving

app = typer.Typer(help="A demonstration utility: made-up readings that obey physics.", no_args_is_help=True)
NAMED = {"utility": ROOT / "sample_data" / "utility", "bwdf": ROOT / "sample_data" / "bwdf"}


@app.callback()
def main() -> None:
    """A demonstration utility: made-up readings that obey physics."""


@app.command()
def build(
    utility: Annotated[str, typer.Option(help="utility (made up), bwdf (real, public), or a folder")] = "utility",
    as_of: Annotated[
        datetime | None, typer.Option("--as-of", parser=moment, help="the newest moment; now where not given")
    ] = None,
    days: Annotated[int, typer.Option(min=1, help="days of readings every five minutes")] = 30,
    months: Annotated[int, typer.Option(min=0, help="months of hourly means before them")] = 13,
) -> None:
    """Fill the utility's lake with sample data; an earlier sample is replaced."""
    with bad_input_ends():
        read = load_utility(NAMED.get(utility, Path(utility)))
        lake = Lake(Settings().lake_of(read.id), read)
        with shown_progress("sample data") as tick:
            if read.id == "bwdf":
                build_bwdf(lake, read, tick)
            else:
                build_lake(lake, read, as_of or datetime.now(UTC), days, months, tick)
    typer.echo(lake.root)


@app.command()
def serve(
    command: Annotated[
        list[str] | None, typer.Argument(help="runs beside it, with WATER_UTILITY naming the live utility's folder")
    ] = None,
    port: Annotated[int, typer.Option(help="the port that HJ 212 stations send to")] = 8590,
) -> None:
    """The demonstration utility's systems, live: a PostgreSQL, a folder that fills, stations that send HJ 212."""
    with bad_input_ends():
        utility = load_utility(NAMED["utility"])
        lake = Lake(Settings().lake_of(utility.id), utility)
        if not lake.exists("reading"):
            with shown_progress("sample data") as tick:
                build_lake(lake, utility, datetime.now(UTC), 30, 13, tick)
        serving = Serving(lake, utility, lake.root.with_name(f"{lake.root.name}-live"), port)
    typer.echo(serving.folder)
    try:
        ended = run_serving(serving, command or [])
    finally:
        serving.stop()
    raise typer.Exit(ended)


if __name__ == "__main__":
    app(prog_name="python -m sample_data")
