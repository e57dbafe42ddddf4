"""Where sewage drains, as a tree: a works, the stations that drain to it, those above them, with the flow now."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from pages.components.numbers import number
from pages.components.page import Page
from pages.components.states import SHAPES

Row = Mapping[str, Any]


def drainage_tree(
    page: Page, stations: Sequence[Row], works: Sequence[Row], states: Mapping[str, tuple[str, str | None]]
) -> str:
    """The tree's HTML, a works a column, larger flows first; stations that reach no works come last.

    `stations` need site_id, drains_to, flow_m3h; `works` site_id, inflow_m3h.
    """
    below: dict[str | None, list[Row]] = {}
    for row in sorted(stations, key=lambda one: -(one["flow_m3h"] or 0)):
        below.setdefault(row["drains_to"], []).append(row)
    flows = [*(row["flow_m3h"] for row in stations), *(row["inflow_m3h"] for row in works)]
    most = max([1.0, *(flow for flow in flows if flow is not None)])
    drawn: set[str] = set()

    def node(row: Row) -> str:
        drawn.add(row["site_id"])
        line = _line(page, row["site_id"], row["flow_m3h"], most, states.get(row["site_id"], ("unknown", None))[0])
        inner = [one for one in below.get(row["site_id"], []) if one["site_id"] not in drawn]
        return f"<li>{line}{_list(node, inner)}</li>"

    columns = []
    for row in works:
        state = states.get(row["site_id"], ("unknown", None))[0]
        head = _line(page, row["site_id"], row["inflow_m3h"], most, state)
        columns.append(f"<section><h3>{head}</h3>{_list(node, below.get(row['site_id'], []))}</section>")
    loose = [row for row in stations if row["site_id"] not in drawn]
    roots = [row for row in loose if row["drains_to"] not in {one["site_id"] for one in loose}] or loose[:1]
    if roots:
        columns.append(f"<section><h3>{escape(page.say('drainage', 'loose'))}</h3>{_list(node, roots)}</section>")
    legend = f'<p class="legend">{escape(page.say("drainage", "flow"))}</p>'
    return f'{legend}<div class="drains">{"".join(columns)}</div>'


def _list(node: Any, rows: Sequence[Row]) -> str:
    return f"<ul>{''.join(node(row) for row in rows)}</ul>" if rows else ""


def _line(page: Page, site_id: str, flow: float | None, most: float, state: str) -> str:
    bar = '<u class="none"></u>' if flow is None else f'<u><s style="width:{100 * min(1.0, flow / most):.1f}%"></s></u>'
    value = "" if flow is None else repr(float(flow))
    mark = f'<i class="{state}">{SHAPES[state]}</i>'
    link = page.link("site", site=site_id)
    return (
        f'<a href="{link}" target="_self" data-drains="{escape(site_id)}" data-flow="{value}">'
        f"{mark}<b>{escape(page.named('sites', site_id))}</b>{bar}<span>{number(flow)}</span></a>"
    )
