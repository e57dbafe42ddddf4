"""The board's HTML: what it says of each state, in both languages, and that nothing from data becomes HTML."""

import re
from html.parser import HTMLParser

import pytest

from data_sources.vocabulary import MODULES
from metrics.catalogue import load_catalogue
from pages.components.board import board_html
from pages.components.exception_list import NAMED
from pages.components.links import View
from tests.pages.boards import HOSTILE, alarming, board, exception, hostile, knowing_nothing, tile

LANGUAGES = ("zh", "en")


class Elements(HTMLParser):
    """Start tags with their attributes, and the text of each element of a class."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text.append(data)

    def having(self, attribute: str) -> list[dict[str, str | None]]:
        return [attrs for _, attrs in self.found if attribute in attrs]


def body(html: str) -> str:
    return re.sub(r"<(style|script)>.*?</\1>", "", html, flags=re.DOTALL)


def words(html: str) -> str:
    return "\n".join(Elements(body(html)).text)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_tile_carries_what_tests_hold_on_to(lang):
    tiles = Elements(board_html(board(), View(lang, "dark"))).having("data-indicator")
    assert [one["data-indicator"] for one in tiles] == [
        one.id for module in MODULES for one in load_catalogue().tiles if one.module == module
    ]
    assert {one["data-state"] for one in tiles} == {"normal"}
    assert {one["data-value"] for one in tiles} == {"99.5"}


def test_tiles_stand_in_seven_columns_by_module():
    tiles = Elements(board_html(board(), View("zh", "dark"))).having("data-indicator")
    columns = {one["data-indicator"]: re.search(r"grid-column:(\d)", one["style"])[1] for one in tiles}
    modules = {one.id: str(MODULES.index(one.module) + 1) for one in load_catalogue().tiles}
    assert columns == modules


def test_an_unknown_tile_has_no_value_and_says_why():
    html = board_html(knowing_nothing(), View("zh", "dark"))
    tiles = Elements(html).having("data-indicator")
    assert {(one["data-state"], one["data-value"]) for one in tiles} == {("unknown", "")}
    assert words(html).count("无数据源") >= 18
    assert "正常" not in words(html)


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("zh", ["▲", "报警", "◆", "预警", "数据不全", "另有 2 条"]),
        ("en", ["▲", "alarm", "◆", "warning", "partial", "2 more"]),
    ],
)
def test_a_state_is_shape_and_word(lang, expected):
    text = words(board_html(alarming(), View(lang, "dark")))
    assert [word for word in expected if word not in text] == []


def test_a_breached_value_never_reads_like_its_threshold():
    # 89.97 % against 90 %: three digits would read 90
    assert "89.97" in words(board_html(alarming(), View("zh", "dark")))


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("zh", ["一区 压力超限", "0.101 MPa", "15:45 起", "超限 27.9 %", "2 处", "管网部"]),
        ("en", ["Zone 1 pressure over", "0.101 MPa", "since 15:45", "27.9 % past the limit", "2 places"]),
    ],
)
def test_an_exception_says_what_where_since_how_far_whose(lang, expected):
    text = words(board_html(board(exceptions=[exception()]), View(lang, "dark")))
    assert [word for word in expected if word not in text] == []


def test_exceptions_come_in_the_boards_order_five_at_most():
    shown = Elements(board_html(alarming(), View("zh", "dark"))).having("data-exception")
    assert [one["data-exception"] for one in shown] == ["Z1", "pressure_compliance", "P1", "scada", "more0"]


def test_only_an_unseen_alarm_blinks():
    shown = Elements(board_html(alarming(), View("zh", "dark"))).having("data-exception")
    assert ["unseen" in one["class"] for one in shown] == [True, False, False, False, False]


def test_all_normal_is_said_only_where_nothing_is_unknown():
    assert "18 项均正常" in words(board_html(board(), View("zh", "dark")))
    tiles = [tile(one.id) for one in load_catalogue().tiles]
    tiles[2] |= {"value": None, "gap": None, "state": "unknown", "reason": "no_forecast"}
    text = words(board_html(board(indicators=tiles), View("zh", "dark")))
    assert "均正常" not in text
    assert "无例外；1 项未知" in text
    assert "日供水量偏差（尚无预测）" in text
    assert "…" not in text


def test_more_unknown_than_are_named_is_shown_by_dots():
    tiles = [
        {**tile(one.id), "value": None, "gap": None, "state": "unknown", "reason": "no_source"}
        for one in load_catalogue().tiles
    ]
    text = words(board_html(board(indicators=tiles), View("en", "dark")))
    assert f"no exceptions; {len(tiles)} unknown" in text
    assert text.count("(no source)") == NAMED
    assert "(no source)…" in text


def test_header_volumes_groups_and_marks():
    text = words(board_html(board(sample=True), View("zh", "dark"))).replace("\n", "")
    assert "样例数据" in text
    assert "今日供水 12.2 万m³" in text  # 121 947 m³
    assert "今日处理 8.73 万m³" in text
    assert "今日降雨 4.25 mm" in text
    assert "385 组监测：381 在报，3 迟报，1 故障" in text
    assert "09-15 16:20:00" in text
    assert "样例" not in words(board_html(board(), View("zh", "dark")))
    assert "历史数据" in words(board_html(board(clock="data"), View("zh", "dark")))


def test_the_board_says_as_of_when_and_that_it_is_fresh():
    (attributes,) = Elements(board_html(board(), View("zh", "dark"))).having("data-board-as-of")
    assert attributes["data-board-as-of"] == "2026-09-15T08:20:00Z"
    assert attributes["data-stale"] == "false"
    assert attributes["data-stale-after"] == "30"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_from_data_becomes_html(lang):
    html = body(board_html(hostile(), View(lang, "dark")))
    assert HOSTILE not in html
    assert "script" not in {tag for tag, _ in Elements(html).found}
    assert Elements(html).text.count(HOSTILE) >= 3


def test_a_band_tile_shows_its_number_beside():
    tiles = [tile(one.id) for one in load_catalogue().tiles]
    leak = next(one for one in tiles if one["id"] == "leakage_rate")
    leak |= {"beside": 10.418}
    assert "综合漏损率 10.4 %" in words(board_html(board(indicators=tiles), View("zh", "dark")))


def test_before_the_first_board_it_says_so():
    assert "尚无画面" in words(board_html(None, View("zh", "dark")))
    assert "No board yet" in words(board_html(None, View("en", "light")))
