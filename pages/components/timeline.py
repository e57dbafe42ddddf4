"""States along time: which machine ran when, as bars on one axis; a day's validity as a strip in a line of a table."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape

import plotly.graph_objects as go
import polars as pl

from pages.components.theme import themes

ROW_HEIGHT = 34
ENDS = 104


def state_timeline(
    spans: pl.DataFrame, states: Mapping[str, tuple[str, str]], starts_at: datetime, ends_at: datetime, theme: str
) -> go.Figure:
    """The figure of `spans` (name, state, starts_at, ends_at; one line a name, in the frame's order, from the top).

    `states` are the states in the order of the legend, which has all of them: state → (word, colour of the theme).
    """
    colours = themes()[theme]
    figure = go.Figure()
    names = spans["name"].unique(maintain_order=True).to_list()
    for state, (word, colour) in states.items():
        own = spans.filter(pl.col("state") == state)
        lengths = (own["ends_at"] - own["starts_at"]).dt.total_milliseconds().to_list()
        edge = {"color": colours["muted"], "width": 1 if colour == "band" else 0}  # alone it is lost on the ground
        figure.add_bar(  # where there is none, one of no length: the legend would leave the state out
            x=lengths or [None], base=own["starts_at"].to_list() or [starts_at], y=own["name"].to_list() or names[:1],
            orientation="h", name=word, marker={"color": colours[colour], "line": edge},
            hovertemplate="%{y}: %{base|%m-%d %H:%M}",
        )  # fmt: skip
    figure.update_layout(barmode="overlay", bargap=0.35, hovermode="closest")
    figure.update_yaxes(categoryorder="array", categoryarray=names[::-1], showgrid=False)
    return figure.update_xaxes(type="date", range=[starts_at, ends_at])


def timeline_height(rows: int) -> int:
    """The height in px of a timeline of so many lines."""
    return ENDS + ROW_HEIGHT * max(1, rows)


def strip(shares: Sequence[float | None], label: str, least: float = 0.8) -> str:
    """A strip's HTML, one cell an hour: full where valid (at least `least`), coloured where some data is.

    `label` is what it says in words.
    """
    step = 100 / max(1, len(shares))
    tones = [f"var(--{_tone(share, least)})" for share in shares]
    stops = ", ".join(f"{tone} {at * step:.2f}% {(at + 1) * step:.2f}%" for at, tone in enumerate(tones))
    style = f"background:linear-gradient(90deg,{stops})"
    return f'<span class="strip" role="img" aria-label="{escape(label)}" style="{style}"></span>'


def _tone(share: float | None, least: float) -> str:
    if share is None or share == 0:
        return "ground"
    return "spark" if share >= least else "warning"
