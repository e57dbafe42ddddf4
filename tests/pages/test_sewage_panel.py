"""The sewage panel: rain, inflow against capacity, wells against their alarm level; what is missing is said."""

import re
from urllib.parse import unquote

from pages.components.sewage_panel import sewage_panel
from pages.components.storm_chart import inflow_picture, rain_picture
from pages.components.theme import themes
from pages.components.words import words_in
from tests.pages import boards

COLOURS = themes()["dark"]


def panel(board, lang="zh"):
    return sewage_panel(board, lang, "dark", words_in(lang))


def test_wells_against_their_alarm_level():
    html = panel(boards.storm())
    assert "4.5 / 4.2 m" in html
    assert re.findall(r'data-station="(\w+)"', html) == ["P1", "P2"]
    first, second = html.split('data-station="P2"')
    assert "▲" in first
    assert "▨" in second
    assert "– / 4.2 m" in second


def test_works_inflow_now_against_capacity():
    assert "2230 / 2200 m³/h" in panel(boards.storm())


def test_a_forecast_risk_is_shown_in_place_of_the_level():
    board = boards.storm()
    board["sewage"]["stations"][0]["probability"] = 0.62
    assert "62 %" in panel(board)


def test_what_is_missing_is_said():
    text = panel(boards.board())
    assert "无雨量数据" in text
    assert "无污水厂进水流量" in text
    assert "无污水泵站" in text
    assert "<img" not in text


def test_rain_observed_is_filled_and_forecast_outlined():
    rain = [
        {"valid_at": "2026-09-15T07:00:00Z", "mm": 5.0, "kind": "observed"},
        {"valid_at": "2026-09-15T08:00:00Z", "mm": 0.0, "kind": "observed"},
        {"valid_at": "2026-09-15T09:00:00Z", "mm": 20.0, "kind": "forecast"},
    ]
    bars = re.findall(
        r'<rect x="([\d.]+)".*?height="([\d.]+)" fill="(\S+)"',
        unquote(rain_picture(rain, boards.AS_OF.isoformat(), COLOURS)),
    )
    # 540 px for 48 h, now in the middle: 08:20 − 07:00 = 80 min before it; the highest bar is 40 px
    assert bars == [("256.0", "10.0", COLOURS["spark"]), ("278.5", "40.0", "none")]


def test_a_forecast_of_inflow_is_a_band():
    hour = {"valid_at": "2026-09-15T09:00:00Z", "observed": None, "p10": 900.0, "p50": 1000.0, "p90": 1200.0}
    later = {**hour, "valid_at": "2026-09-15T10:00:00Z"}
    svg = unquote(
        inflow_picture(
            [hour | {"capacity_m3h": None}, later | {"capacity_m3h": None}], boards.AS_OF.isoformat(), COLOURS
        )
    )
    assert svg.count("<polygon") == 1
    assert 'stroke-dasharray="6 4"' not in svg  # no capacity, no line


def test_the_schedule_of_a_shown_station_is_a_strip_of_its_hours():
    board = boards.storm()
    hours = [("2026-09-15T08:00:00Z", 0.0), ("2026-09-15T09:00:00Z", 300.0), ("2026-09-15T10:00:00Z", 600.0)]
    board["sewage"]["plan"] = [{"site_id": "P1", "valid_at": at, "flow_m3h": flow} for at, flow in hours]
    first, second = panel(board).split('data-station="P2"')
    assert [int(share) for share in re.findall(r"var\(--text\) (\d+)%", first)] == [0, 50, 100]
    assert "建议逐时抽排，最大 600 m³/h" in first
    assert 'class="schedule"' not in second
    assert 'class="schedule"' not in panel(boards.storm())
