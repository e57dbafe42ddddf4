"""`python -m metrics`: list, check, preview, new, build, board, lineage, docs."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from data_sources.command_line import FOUND_SOMETHING, bad_input_ends, moment, print_json, shown_progress
from data_sources.lake import Lake
from data_sources.load import load_utility
from data_sources.problems import BadInput, Problem
from data_sources.settings import ROOT, Settings
from data_sources.utility import Utility
from data_sources.vocabulary import MODULES
from metrics.board import make_board, shown_board
from metrics.build import build_marts
from metrics.catalogue import Catalogue, Indicator, load_catalogue
from metrics.check import check_catalogue, check_indicator
from metrics.clock import now_of
from metrics.engine import Engine
from metrics.indicator_docs import write_pages
from metrics.indicator_lineage import lineage_of
from metrics.limits import shipped_limits
from metrics.skeleton import skeleton

app = typer.Typer(help="What a number means: the catalogue of indicators, its marts, the board.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="one JSON document on stdout")]
AsOf = Annotated[datetime | None, typer.Option("--as-of", parser=moment, help="computed from rows up to this moment")]
AsShown = Annotated[datetime | None, typer.Option("--as-shown", parser=moment, help="what the screen showed then")]
Id = Annotated[str, typer.Argument(help="an indicator's id")]


def _utility() -> Utility:
    return load_utility(Settings().utility)


def _lake(utility: Utility) -> Lake:
    return Lake(Settings().lake_of(utility.id), utility)


def _indicator(catalogue: Catalogue, indicator_id: str) -> Indicator:
    """The indicator of that id. Raises BadInput with what is wrong with its file, or with the ids that there are."""
    if indicator_id in catalogue.indicators:
        return catalogue.indicators[indicator_id]
    broken = [problem for problem in catalogue.problems if Path(problem.file).stem == indicator_id]
    known = f"no such indicator; there are {', '.join(sorted(catalogue.indicators))}"
    raise BadInput(broken or [Problem(indicator_id, 0, "", known)])


def _engine_at(as_of: datetime | None, catalogue: Catalogue, utility: Utility) -> tuple[Engine, datetime]:
    """An engine whose marts and closed periods are up to date, and the moment asked for."""
    lake = _lake(utility)
    now = now_of(utility, lake)
    engine = Engine(utility, lake, catalogue)
    with shown_progress("marts") as progress:
        build_marts(lake, utility, now, progress)
    with shown_progress("closed periods") as progress:
        engine.close_periods(now, progress)
    return engine, as_of or now


@app.command("list")
def list_indicators(as_json: Json = False) -> None:
    """Every indicator, in the board's order."""
    with bad_input_ends():
        catalogue = load_catalogue(_utility())
    facts = [
        {
            "id": one.id,
            "module": one.module,
            "name_zh": one.name.zh,
            "name_en": one.name.en,
            "unit": one.unit,
            "direction": one.direction,
            "period": one.period,
            "file": one.file,
        }
        for one in catalogue.indicators.values()
    ]
    if as_json:
        print_json(facts)
        return
    for fact in facts:
        typer.echo(f"{fact['id']:<28} {fact['module']:<13} {fact['name_zh']}  {fact['name_en']} ({fact['unit']})")


@app.command()
def check(as_json: Json = False) -> None:
    """Read every catalogue file, compile it, run its examples; exit 1 where something is wrong."""
    with bad_input_ends():
        problems = check_catalogue(_utility())
    if as_json:
        named = [{"file": one.file, "line": one.line, "message": one.message} for one in problems]
        print_json({"ok": not problems, "problems": named})
    else:
        typer.echo("\n".join(map(str, problems)) or "all indicators are well")
    raise typer.Exit(FOUND_SOMETHING if problems else 0)


@app.command()
def preview(indicator_id: Id, as_of: AsOf = None, as_json: Json = False) -> None:
    """One indicator's value, state, sites and rows, after the same checks as `check`."""
    with bad_input_ends():
        utility = _utility()
        catalogue = load_catalogue(utility)
        indicator = _indicator(catalogue, indicator_id)
        problems = check_indicator(indicator, utility)
        if problems:
            raise BadInput(problems)
        engine, at = _engine_at(as_of, catalogue, utility)
        fact = _preview(engine, indicator, at)
    if as_json:
        print_json(fact)
        return
    shown = "unknown" if fact["value"] is None else f"{fact['value']:.6g} {fact['unit']}"
    typer.echo(f"{indicator.id}: {shown}, {fact['state']} ({fact['reason'] or 'no reason'})")
    for site in fact["sites"]:
        typer.echo(f"  {site['site_id']:<20} {site['value']!s:<20} {site['state']}")


def _preview(engine: Engine, indicator: Indicator, at: datetime) -> dict[str, Any]:
    judged = engine.evaluate(at, [indicator.id])[indicator.id]
    rows = engine.rows(indicator.id, at)
    columns = ["period", "site_id", "numerator", "denominator", "valid", "expected"]
    return {
        "id": indicator.id,
        "value": judged.value,
        "unit": indicator.unit,
        "state": judged.state,
        "reason": judged.reason,
        "validity": judged.validity,
        "sites": [{"site_id": one.site_id, "value": one.value, "state": one.state} for one in judged.sites],
        "rows": rows.select(columns).sort("period", "site_id").to_dicts(),
    }


@app.command()
def new(place: Annotated[str, typer.Argument(help="MODULE/ID, such as distribution/night_share")]) -> None:
    """Write a complete, working skeleton into the utility's own catalog."""
    module, _, indicator_id = place.partition("/")
    with bad_input_ends():
        utility = _utility()
        if module not in MODULES or not indicator_id.isidentifier() or not indicator_id.islower():
            wanted = f"expected MODULE/ID: one of {', '.join(MODULES)}, then lower-case letters, digits and _"
            raise BadInput([Problem(place, 0, "", wanted)])
        path = utility.folder / "catalog" / module / f"{indicator_id}.sql"
        if path.exists() or indicator_id in load_catalogue(utility).indicators:
            raise BadInput([Problem(place, 0, "", "an indicator of this id is already there")])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(skeleton(module, indicator_id), encoding="utf-8")
    typer.echo(path)


@app.command()
def build(as_of: AsOf = None) -> None:
    """Bring the marts and the closed periods up to date with the lake."""
    with bad_input_ends():
        utility = _utility()
        _engine_at(as_of, load_catalogue(utility), utility)


@app.command()
def board(as_of: AsOf = None, as_shown: AsShown = None, as_json: Json = False) -> None:
    """The board: computed at a moment, or what the screen showed then."""
    if as_of and as_shown:
        raise typer.BadParameter("one of --as-of and --as-shown")
    with bad_input_ends():
        utility = _utility()
        if as_shown:
            fact = shown_board(_lake(utility), as_shown)
            if fact is None:
                raise BadInput([Problem(as_shown.isoformat(), 0, "", "no board was kept at or before this moment")])
        else:
            engine, at = _engine_at(as_of, load_catalogue(utility), utility)
            fact = make_board(engine, at, datetime.now(UTC)).model_dump(mode="json")
    if as_json:
        print_json(fact)
        return
    for one in fact["indicators"]:
        shown = "unknown" if one["value"] is None else f"{one['value']:.4g} {one['unit']}"
        typer.echo(f"{one['tile']:>2} {one['id']:<28} {shown:<16} {one['state']:<8} {one['reason'] or ''}")
    for exception in fact["exceptions"]:
        typer.echo(f"! {exception['state']:<8} {exception['subject']} {exception['code']} since {exception['since']}")


@app.command()
def lineage(indicator_id: Id, as_json: Json = False) -> None:
    """What an indicator stands on: file, marts, tables, points, sources, limits."""
    with bad_input_ends():
        utility = _utility()
        fact = lineage_of(_indicator(load_catalogue(utility), indicator_id), utility, _lake(utility))
    if as_json:
        print_json(fact)
        return
    for key, value in fact.items():
        typer.echo(f"{key}: {', '.join(map(str, value)) if isinstance(value, list) else value}")


@app.command()
def docs(folder: Annotated[Path, typer.Option(help="where the pages go")] = ROOT / "docs" / "indicators") -> None:
    """Write a page per shipped indicator."""
    written = write_pages(folder, load_catalogue(), shipped_limits())
    typer.echo(f"{len(written)} pages in {folder}")


if __name__ == "__main__":
    app(prog_name="python -m metrics")
