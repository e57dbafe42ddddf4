"""Rain hanging from the top, and inflow of one works under its capacity, on one time axis: 24 hours back, 24 ahead.

Pictures without words: an SVG in an <img> can't use the page's fonts, so labels are the panel's HTML.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

WIDTH, RAIN_HEIGHT, FLOW_HEIGHT = 540.0, 44.0, 46.0
BACK, AHEAD = timedelta(hours=24), timedelta(hours=24)
HEAVY_MM = 10.0
"""The scale of rain reaches at least this far, so that a drizzle looks like one."""
HEADROOM = 1.08


def rain_picture(rain: Sequence[Mapping[str, Any]], as_of: str, colours: Mapping[str, str]) -> str:
    """Hourly rain (valid_at, mm, kind) as bars: filled where observed, outlined where forecast."""
    most = max([HEAVY_MM, *(hour["mm"] for hour in rain)])
    hour_wide = WIDTH * timedelta(hours=1) / (BACK + AHEAD)
    bars = []
    for hour in rain:
        left, high = _x(hour["valid_at"], as_of), (RAIN_HEIGHT - 4) * hour["mm"] / most
        if high <= 0:
            continue
        fill = colours["spark"] if hour["kind"] == "observed" else "none"
        bars.append(
            f'<rect x="{left + 1:.1f}" y="0" width="{hour_wide - 2:.1f}" height="{high:.1f}" fill="{fill}" '
            f'stroke="{colours["spark"]}"/>'
        )
    return _picture("".join(bars), RAIN_HEIGHT, colours)


def inflow_picture(flow: Sequence[Mapping[str, Any]], as_of: str, colours: Mapping[str, str]) -> str:
    """One works' inflow (valid_at, observed, p10, p50, p90, capacity_m3h): line, forecast band, capacity dashed."""
    known = [hour[name] for hour in flow for name in ("observed", "p90", "capacity_m3h") if hour[name] is not None]
    most = HEADROOM * max(known, default=1.0)

    def points(name: str, hours: Sequence[Mapping[str, Any]]) -> str:
        return " ".join(
            f"{_x(hour['valid_at'], as_of, 0.5):.1f},{FLOW_HEIGHT * (1 - hour[name] / most):.1f}"
            for hour in hours
            if hour[name] is not None
        )

    band = f"{points('p90', flow)} {points('p10', flow[::-1])}".strip()
    capacity = points("capacity_m3h", flow[:1])
    parts = [
        f'<polygon points="{band}" fill="{colours["band"]}"/>' if band else "",
        f'<polyline points="{points("p50", flow)}" fill="none" stroke="{colours["spark"]}" stroke-dasharray="2 2"/>',
        f'<polyline points="{points("observed", flow)}" fill="none" stroke="{colours["text"]}" stroke-width="1.6"/>',
    ]
    if capacity:
        height = capacity.split(",")[1]
        parts.append(f'<path d="M0 {height}H{WIDTH:g}" stroke="{colours["muted"]}" stroke-dasharray="6 4"/>')
    return _picture("".join(parts), FLOW_HEIGHT, colours)


def _x(moment: str, as_of: str, hours_later: float = 0.0) -> float:
    since = datetime.fromisoformat(moment) + timedelta(hours=hours_later) - datetime.fromisoformat(as_of)
    return WIDTH * ((since + BACK) / (BACK + AHEAD))


def _picture(body: str, height: float, colours: Mapping[str, str]) -> str:
    """The body with the line of now, as an <img>; what it shows is said in words beside it."""
    now = WIDTH * (BACK / (BACK + AHEAD))
    frame = f'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {height:g}" preserveAspectRatio="none"'
    line = f'<path d="M{now:g} 0V{height:g}" stroke="{colours["line"]}" stroke-width="1.5"/>'
    return f'<img class="storm" alt="" src="data:image/svg+xml,{quote(f"<svg {frame}>{line}{body}</svg>")}">'
