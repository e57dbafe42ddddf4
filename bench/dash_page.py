"""The peer of the first paint: a plain Dash page with the same eighteen tiles, a map and a chart. `--port N`."""

import argparse
from typing import Any
from urllib.parse import quote

import plotly.graph_objects as go
from dash import Dash, dcc, html

from bench.served import storm_board
from bench.synthetic import demonstration
from pages.components.geography import geography_of
from pages.components.numbers import number


def tile(one: dict[str, Any]) -> html.Div:
    """Name, value, unit, state and a sparkline, as Dash users draw them."""
    trend = [point["value"] for point in one["trend"]]
    low, high = min(trend), max(trend)
    points = " ".join(f"{4 * x},{30 - 28 * (y - low) / ((high - low) or 1):.1f}" for x, y in enumerate(trend))
    line = f"<polyline points='{points}' fill='none' stroke='gray'/>"
    picture = quote(f"<svg xmlns='http://www.w3.org/2000/svg' width='120' height='32'>{line}</svg>")
    return html.Div(
        [html.H3(one["short_zh"]), html.B(f"{number(one['value'])} {one['unit']}", className="value"),
         html.P(one["state"]), html.Img(src=f"data:image/svg+xml,{picture}")],
        className="tile", style={"border": "1px solid #ccc", "padding": "4px"},
    )  # fmt: skip


def map_figure(board: dict[str, Any]) -> go.Figure:
    """Boundary, mains and sites as lines and marks."""
    figure = go.Figure()
    geography = geography_of(demonstration())
    for line in (*geography.boundary, *geography.mains):
        figure.add_scatter(x=[x for x, _ in line], y=[y for _, y in line], mode="lines", line={"color": "gray"})
    for state, colour in (("normal", "gray"), ("alarm", "red")):
        sites = [site for site in board["sites"] if site["state"] == state]
        figure.add_scatter(
            x=[site["lon"] for site in sites],
            y=[site["lat"] for site in sites],
            mode="markers",
            marker={"color": colour},
        )
    return figure.update_layout(showlegend=False)


def chart(board: dict[str, Any]) -> go.Figure:
    """Inflow of a works."""
    rows = board["sewage"]["inflow"]
    return go.Figure(go.Scatter(x=[row["valid_at"] for row in rows], y=[row["observed"] for row in rows]))


def page() -> Dash:
    """The page; everything is served from here."""
    board = storm_board()
    dash = Dash(__name__, serve_locally=True)
    tiles = html.Div(
        [tile(one) for one in board["indicators"]], style={"display": "grid", "gridTemplateColumns": "repeat(7, 1fr)"}
    )
    dash.layout = html.Div([tiles, dcc.Graph(figure=map_figure(board), id="map"), dcc.Graph(figure=chart(board))])
    return dash


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    page().run(host="127.0.0.1", port=parser.parse_args().port, debug=False)
