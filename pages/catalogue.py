"""The catalogue: every indicator with its file, examples and freshness; one in full; a draft tried on today's data."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from html import escape
from pathlib import Path

import polars as pl
import streamlit as st

from metrics.queries import catalogue
from pages.components.answers import answer
from pages.components.blocks import show_heading
from pages.components.catalogue_detail import show_detail
from pages.components.catalogue_draft import show_draft
from pages.components.catalogue_problems import problem_list
from pages.components.choices import select
from pages.components.frozen import shared_engine
from pages.components.page import open_page
from pages.components.table import Column, show_table, table_html

page = open_page("catalogue")
say, at = page.say, page.at
files = answer(catalogue.listing, at)
problems = answer(catalogue.problems_of, at)
with shared_engine() as shared:
    indicators = shared.catalogue.indicators


@lru_cache(maxsize=1)
def style() -> str:
    """What only this page's drawings need."""
    return (Path(__file__).parent / "components" / "catalogue.css").read_text(encoding="utf-8")


def verdicts(ids: Sequence[str]) -> pl.DataFrame:
    """What the snapshot says of them; what isn't on it (an indicator without a tile) is computed."""
    told = {one["id"]: {**one, "newest": one["data_time"]} for one in (page.board or {}).get("indicators", [])}
    rows = [[told[id_][name] for name in catalogue.VERDICT] for id_ in ids if id_ in told]
    text = {**catalogue.VERDICT, "newest": pl.String()}
    shown = pl.DataFrame(rows, schema=text, orient="row").with_columns(
        pl.col("newest").str.to_datetime("%+", time_unit="us", time_zone="UTC")
    )
    missing = tuple(id_ for id_ in ids if id_ not in told)
    return pl.concat([shown, answer(catalogue.verdicts, at, missing)]) if missing else shown


def show_checks() -> None:
    """Whether all files pass as they are now; of those that don't, file, line and what goes on meanwhile."""
    if not problems:
        st.html(f'<div class="checked" data-checked="well">○ {escape(say("catalogue", "well", n=files.height))}</div>')
        return
    goes_on = {one.file for one in indicators.values()}

    def meanwhile(file: str) -> str:
        """What is on the board while a file does not pass."""
        word = "kept" if file in goes_on else "other" if Path(file).stem in indicators else "not_there"
        return say("catalogue", word)

    broken = dict.fromkeys(problem.file for problem in problems)
    told = "".join(f"<p><code>{escape(file)}</code> {escape(meanwhile(file))}</p>" for file in broken)
    st.html(
        f'<div class="checked alarm" data-checked="broken"><i class="alarm">▲</i> '
        f"<b>{escape(say('catalogue', 'broken'))}</b>{told}{problem_list(problems, page.lang)}</div>"
    )


def columns() -> list[Column]:
    """The columns of the list."""

    def label(name: str) -> str:
        return say("catalogue", name)

    return [
        Column("name", label("name"), link=lambda row: page.here(id=row["id"]) + "#chosen"),
        Column("module", label("module"), words="module"),
        Column("tile", label("tile")),
        Column("state", label("state")),
        Column("reason", label("reason"), words="reason"),
        Column("value", label("value")),
        Column("of_unit", label("unit")),
        Column("percent", label("validity"), "%"),
        Column("newest", label("newest")),
        Column("points", label("points")),
        Column("tables", label("tables")),
        Column("checked", label("checked")),
        Column("origin", label("origin")),
        Column("file", label("file"), draw=lambda row: short_path(row["file"])),
    ]


def short_path(file: str) -> str:
    """Module and name of a file, broken where it must be; where it lies else is told by where it comes from."""
    shown = "/<wbr>".join(escape(part) for part in file.split("/")[-2:])
    return f'<span class="path" title="{escape(file)}">{shown}</span>'


def checked(indicator_id: str, examples: int) -> str:
    """What running an indicator's examples says."""
    wrong = catalogue.examples_of(indicators[indicator_id], page.utility)
    return say("catalogue", "fails", n=len(wrong)) if wrong else say("catalogue", "passes", n=examples)


def show_list() -> Callable[[], None]:
    """All indicators at once, their examples said to run; what it returns runs them and puts their verdicts in."""
    show_heading(page, say("catalogue", "list"), say("catalogue", "list_means"))
    listed = files.join(verdicts(files["id"].to_list()), on="id", how="left", maintain_order="left")
    names = pl.Series([getattr(indicators[id_].name, page.lang) for id_ in listed["id"]], dtype=pl.String)
    units = pl.Series([say("unit", unit) for unit in listed["unit"]], dtype=pl.String)
    origin = pl.when("shipped").then(pl.lit(say("catalogue", "shipped"))).otherwise(pl.lit(say("catalogue", "own")))
    has_source = pl.col("reason").ne_missing("no_source")  # without one nothing was due, and nothing is valid
    rows = listed.with_columns(
        name=names, of_unit=units, origin=origin, tables=pl.col("tables").list.join(", "),
        percent=pl.when(has_source).then(100 * pl.col("validity")), checked=pl.lit(say("catalogue", "running")),
    )  # fmt: skip
    shown = [one for one in columns() if one.name != "reason" or rows["reason"].count()]
    place = st.empty()
    place.html(table_html(page, rows, shown, "indicators", None))

    def run_examples() -> None:
        told = [checked(id_, examples) for id_, examples in rows.select("id", "examples").iter_rows()]
        with place.container():
            show_table(page, rows.with_columns(checked=pl.Series(told, dtype=pl.String)), shown, "indicators", None)

    return run_examples


st.html(f"<style>{style()}</style>")
show_checks()
run_examples = show_list()
ids = files["id"].to_list()
st.html('<i id="chosen"></i>')
chosen = select(
    page, "id", say("catalogue", "which"), ids, lambda id_: f"{getattr(indicators[id_].name, page.lang)} · {id_}",
    say("catalogue", "pick"),
)  # fmt: skip
text = ""
if chosen is not None:
    detail = answer(catalogue.detail, at, chosen)
    text = detail.text
    show_detail(page, detail, catalogue.examples_of(indicators[chosen], page.utility))
show_draft(page, at, indicators[chosen] if chosen else None, text)
run_examples()  # last, as all of them take seconds: whoever came for something else has it by then
