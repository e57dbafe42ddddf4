"""Streams between nodes as a Sankey diagram: widths are amounts, a stream's tone says how it is known."""

from collections.abc import Callable, Mapping
from html import escape
from textwrap import wrap

import plotly.graph_objects as go
import polars as pl

from pages.components.theme import themes

OPACITY = {"metered": 0.55, "billed": 0.32, "difference": 0.08}
"""What nobody measured is hardly more than an outline, as rain that is only forecast; a name on it stays legible."""
MARGIN = 0.05
"""Of the height above and below the streams, where the labels of thin ones reach."""
LONGEST = 10
"""Characters of a line of a name."""
THINNEST = 0.001
"""Of the widest stream: what is thinner would not be seen, and is not drawn."""
PAD = 30
"""Between the nodes of a column, px: a label has two lines."""


def sankey(
    streams: pl.DataFrame,
    name: Callable[[str], str],
    amount: Callable[[float], str],
    words: Mapping[str, str],
    theme: str,
) -> go.Figure:
    """The figure of `streams` (source, target, m3, basis). `name` gives a node its words, `words` a basis its own.

    `amount` writes how much water passes a node.
    """
    colours = themes()[theme]
    drawn = streams.filter(pl.col("m3") >= THINNEST * pl.col("m3").max())
    nodes = {*drawn["source"], *drawn["target"]}
    passes = {node: m3 for node, m3 in _passes(streams).items() if node in nodes}
    names = {node: escape(name(node)) for node in passes}
    place = {node: at for at, node in enumerate(passes)}
    tones = _tones(theme)
    figure = go.Figure()
    figure.add_sankey(
        arrangement="snap",
        domain={"y": [MARGIN, 1 - MARGIN]},
        textfont={"color": colours["text"], "size": 13, "shadow": ", ".join([f"0 0 3px {colours['ground']}"] * 3)},
        node={
            "label": [f"{_lines(name(node))}<br>{amount(m3)}" for node, m3 in passes.items()],
            "color": colours["spark"], "line_width": 0, "pad": PAD, "thickness": 14, "align": "left",
            "customdata": list(names.values()),
            "hovertemplate": "%{customdata}: %{value:,.0f} m³<extra></extra>",
        },
        link={
            "source": [place[node] for node in drawn["source"]],
            "target": [place[node] for node in drawn["target"]],
            "value": drawn["m3"].to_list(),
            "color": [tones[basis] for basis in drawn["basis"]],
            "line_width": 1,
            "line_color": colours["muted"],
            "customdata": [words[basis] for basis in drawn["basis"]],
            "hovertemplate": (
                "%{source.customdata} → %{target.customdata}<br>%{value:,.0f} m³ · %{customdata}<extra></extra>"
            ),
        },
    )  # fmt: skip
    return figure


def basis_key(words: Mapping[str, str], unit: str, theme: str) -> str:
    """HTML that says which tone stands for which way of knowing, and in what `unit` the numbers are."""
    tones = _tones(theme)
    told = "".join(f'<span><i style="background:{tones[one]}"></i> {escape(words[one])}</span>' for one in tones)
    return f'<p class="key">{told}<span>{escape(unit)}</span></p>'


def _lines(name: str) -> str:
    """A name in lines, so that it ends before the next node."""
    return "<br>".join(map(escape, wrap(name, LONGEST, break_long_words=False)))


def _passes(streams: pl.DataFrame) -> dict[str, float]:
    """How much passes each node, m³, in the order in which the streams name them."""
    into = dict(streams.group_by("target").agg(pl.col("m3").sum()).rows())
    out = dict(streams.group_by("source").agg(pl.col("m3").sum()).rows())
    nodes = pl.concat([streams["source"], streams["target"]]).unique(maintain_order=True)
    return {node: max(into.get(node, 0.0), out.get(node, 0.0)) for node in nodes}


def _tones(theme: str) -> dict[str, str]:
    """The colour of a stream by how it is known."""
    return {basis: _rgba(themes()[theme]["spark"], opacity) for basis, opacity in OPACITY.items()}


def _rgba(colour: str, opacity: float) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"
