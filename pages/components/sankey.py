"""Streams between nodes as a Sankey diagram: widths are amounts, a stream's tone says how it is known."""

from collections.abc import Callable, Mapping

import plotly.graph_objects as go
import polars as pl

from pages.components.theme import themes

OPACITY = {"metered": 0.55, "billed": 0.32, "difference": 0.8}


def sankey(streams: pl.DataFrame, name: Callable[[str], str], words: Mapping[str, str], theme: str) -> go.Figure:
    """The figure of `streams` (source, target, m3, basis). `name` gives a node its words, `words` a basis its own.

    Differences are drawn in the tone of text, since they are what nobody measured; the others in grey.
    """
    colours = themes()[theme]
    nodes = pl.concat([streams["source"], streams["target"]]).unique(maintain_order=True).to_list()
    place = {node: at for at, node in enumerate(nodes)}
    tones = {basis: _rgba(colours["muted" if basis == "difference" else "spark"], OPACITY[basis]) for basis in OPACITY}
    figure = go.Figure()
    figure.add_sankey(
        arrangement="snap",
        textfont={"color": colours["text"], "size": 13, "shadow": "none"},
        node={
            "label": [name(node) for node in nodes], "color": colours["spark"], "line_width": 0, "pad": 18,
            "thickness": 14, "hovertemplate": "%{label}: %{value:,.0f} m³<extra></extra>",
        },
        link={
            "source": [place[node] for node in streams["source"]],
            "target": [place[node] for node in streams["target"]],
            "value": streams["m3"].to_list(),
            "color": [tones[basis] for basis in streams["basis"]],
            "customdata": [words[basis] for basis in streams["basis"]],
            "hovertemplate": "%{source.label} → %{target.label}<br>%{value:,.0f} m³ · %{customdata}<extra></extra>",
        },
    )  # fmt: skip
    return figure


def _rgba(colour: str, opacity: float) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"
