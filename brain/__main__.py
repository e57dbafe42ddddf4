"""`python -m brain`: run, backtest, score, explain."""

import json
from collections import Counter
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

import polars as pl
import typer

from brain.backtest import backtest as ask_backwards
from brain.public_scores import public_scores
from brain.questions import QUESTIONS
from brain.run import run as ask_now
from brain.score_table import score_facts
from brain.scores import score as score_now
from brain.scores import score_once_a_day
from brain.status import note_backtest
from brain.track_record import newest_scores
from data_sources.command_line import FOUND_SOMETHING, bad_input_ends, moment, print_json, shown_progress
from data_sources.heartbeat import age_s as pulse_age_s
from data_sources.lake import Lake
from data_sources.load import load_utility
from data_sources.logs import log_to_stderr
from data_sources.problems import BadInput, Problem
from data_sources.settings import Settings
from metrics.build import build_marts
from metrics.catalogue import load_catalogue
from metrics.clock import now_of
from metrics.engine import Engine

app = typer.Typer(
    help="What follows from the numbers: forecasts, risk, plans, advice.",
    no_args_is_help=True,
    callback=log_to_stderr,
)
Json = Annotated[bool, typer.Option("--json", help="one JSON document on stdout")]
AsOf = Annotated[datetime | None, typer.Option("--as-of", parser=moment, help="answered from rows up to this moment")]
Only = Annotated[list[str] | None, typer.Option("--question", help="only this one; may be repeated")]
Days = Annotated[int, typer.Option(help="how many days back", min=1)]


def _engine() -> tuple[Engine, datetime]:
    """An engine whose marts are up to date, and the present moment. While a worker lives, it keeps the marts."""
    utility = load_utility(Settings().utility)
    lake = Lake(Settings().lake_of(utility.id), utility)
    now = now_of(utility, lake)
    if pulse_age_s(lake.root) is None:
        with shown_progress("marts") as progress:
            build_marts(lake, utility, now, progress)
    return Engine(utility, lake, load_catalogue(utility)), now


def _known(only: list[str] | None) -> list[str]:
    """The ids asked for. Raises BadInput where one is no question."""
    ids = [question.id for question in QUESTIONS]
    if strange := [one for one in only or [] if one not in ids]:
        raise BadInput([Problem(one, 0, "", f"no such question; there are {', '.join(ids)}") for one in strange])
    return only or []


@app.command()
def run(as_of: AsOf = None, question: Only = None, as_json: Json = False) -> None:
    """Ask every question whose time has come; exit 1 where one could not be answered at all."""
    with bad_input_ends():
        only = _known(question)
        engine, now = _engine()
        outcomes = ask_now(engine, as_of or now, only)
    if as_json:
        print_json([asdict(outcome) for outcome in outcomes])
    for one in [] if as_json else outcomes:
        said = f"  ({one.reason})" if one.reason else ""
        typer.echo(f"{one.question:<20} {one.at:%Y-%m-%d %H:%M}Z {one.state:<9} {one.shown} {one.seconds:.1f} s{said}")
    raise typer.Exit(FOUND_SOMETHING if any(one.state == "failed" for one in outcomes) else 0)


@app.command()
def backtest(days: Days = 30, as_of: AsOf = None, question: Only = None, as_json: Json = False) -> None:
    """Answer as at the days before, from what was known then, and score it; what was issued already stays."""
    with bad_input_ends():
        only = _known(question)
        engine, now = _engine()
        with shown_progress("backtest") as progress:
            outcomes = ask_backwards(engine, as_of or now, days, only, progress)
        score_now(engine, as_of or now, only)
        note_backtest(engine.lake)
        rows = newest_scores(engine.lake, as_of or now).filter(pl.col("question").is_in(only or _ids()))
    states = {id_: Counter(one.state for one in outcomes if one.question == id_) for id_ in only or _ids()}
    if as_json:
        print_json({"asked": states, "scores": score_facts(rows)})
        return
    for id_, counted in states.items():
        typer.echo(f"{id_}: {', '.join(f'{count} {state}' for state, count in counted.items())}")
    _show(score_facts(rows))


@app.command()
def score(as_json: Json = False) -> None:
    """Each method against its baseline: on public data, and on this utility's last 30 days."""
    with bad_input_ends():
        engine, now = _engine()
        score_once_a_day(engine, now)
        facts = public_scores() + score_facts(newest_scores(engine.lake, now))
    if as_json:
        print_json(facts)
    else:
        _show(facts)


@app.command()
def explain(advice: Annotated[str, typer.Argument(help="an advice's id")], as_json: Json = False) -> None:
    """What an advice stands on: its row, and its evidence taken apart."""
    with bad_input_ends():
        engine, _ = _engine()
        rows = engine.lake.scan("advice").filter(pl.col("advice_id") == advice).collect()
        if rows.is_empty():
            raise BadInput([Problem(advice, 0, "", "no such advice in the lake")])
        fact = rows.drop("source", "received_at", "batch_seq").to_dicts()[0]
        fact["evidence"] = json.loads(fact["evidence"])
    if as_json:
        print_json(fact)
        return
    for key, value in fact.items():
        typer.echo(f"{key}: {json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value}")


def _ids() -> list[str]:
    return [question.id for question in QUESTIONS]


def _show(facts: list[dict[str, Any]]) -> None:
    for fact in facts:
        beside = "" if fact["baseline_value"] is None else f"{fact['baseline_value']:.4g} {fact['baseline']}"
        typer.echo(
            f"{fact['question']:<20} {fact['metric']:<16} {fact['value']:<10.4g} {fact['model']:<18} "
            f"{beside:<28} {fact['window']} n={fact['n']}"
        )


if __name__ == "__main__":
    app(prog_name="python -m brain")
