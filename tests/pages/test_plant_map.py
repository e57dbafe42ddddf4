"""The plant map: what lies where, which sites are marked and named, what the live map is made of."""

import json
import re
from math import cos, radians

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_sources.load import load_utility
from data_sources.utility import MapView
from pages.components.board import board_html
from pages.components.deck_map import deck_map
from pages.components.geography import Geography, geography_of, plane_for, plane_seen
from pages.components.links import View
from pages.components.map_labels import LABEL, NAMED, sides
from pages.components.plant_map import plant_map
from pages.components.site_list import ranked_sites, site_list
from pages.components.words import words_in
from tests.pages import boards
from tests.small_utility import write_small_utility

SQUARE = Geography(boundary=(((121.0, 30.0), (122.0, 30.0), (122.0, 31.0), (121.0, 31.0), (121.0, 30.0)),))


def test_north_is_up_and_nothing_is_distorted():
    plane = plane_for(SQUARE, [], 600, 400)
    (west, south), (east, north) = plane.at(121.0, 30.0), plane.at(122.0, 31.0)
    assert (south, north) == pytest.approx((400 - 24, 24))  # 6 % room above and below
    assert (east - west) / (south - north) == pytest.approx(cos(radians(30.5)))
    assert (west + east) / 2 == pytest.approx(300)


places = st.lists(st.tuples(st.floats(-170, 170), st.floats(-60, 60)), min_size=1, max_size=20)


@given(places)
def test_every_place_lies_in_the_frame(held):
    plane = plane_for(Geography(), held, 600, 400)
    for lon, lat in held:
        x, y = plane.at(lon, lat)
        assert -0.01 <= x <= 600.01
        assert -0.01 <= y <= 400.01


def test_nothing_to_draw_is_no_map_but_a_sentence():
    assert plane_for(Geography(), [], 600, 400) is None
    nowhere = boards.board(sites=[boards.site("Z1", "一区", "Zone 1", lon=None, lat=None)])
    html = board_html(nowhere, View("zh", "dark"), Geography())
    assert "站点没有坐标" in html
    assert 'class="plant"' not in html


def test_a_web_map_doubles_with_each_zoom_level():
    near, far = plane_seen(MapView(121, 30, 10), 600, 400), plane_seen(MapView(121, 30, 9), 600, 400)
    assert near.at(121, 30) == far.at(121, 30) == pytest.approx((300, 200))
    # 512 px × 2⁹ round the equator: 728.18 px a degree of longitude
    assert far.at(121.1, 30)[0] - 300 == pytest.approx(72.818, abs=0.001)
    assert near.at(121.1, 30)[0] - 300 == pytest.approx(2 * 72.818, abs=0.002)


def test_islands_far_out_do_not_make_the_town_small():
    island = ((130.0, 25.0), (130.1, 25.0), (130.1, 25.1), (130.0, 25.0))
    with_island = Geography(boundary=(*SQUARE.boundary, island))
    assert plane_for(with_island, [], 600, 400) == plane_for(SQUARE, [], 600, 400)


def test_a_folder_without_maps_has_an_empty_geography(tmp_path):
    assert geography_of(load_utility(write_small_utility(tmp_path / "tiny"))) == Geography()


def test_names_cover_neither_each_other_nor_marks():
    plane = plane_for(SQUARE, [], 600, 400)
    # the second mark stands where the first one's name would: the name goes left; the third has room on neither side
    marks = [(300.0, 200.0), (340.0, 200.0), (316.0, 204.0)]
    assert sides(["一号站", "二号站", "三号站"], marks, plane)[:2] == ["left", "right"]
    assert sides(["一号站", "二号站", "三号站"], marks, plane)[2] is None
    assert sides(["x" * 200], [(300.0, 200.0)], plane) == [None]  # wider than the frame


@given(st.lists(st.tuples(st.floats(0, 600), st.floats(0, 400)), max_size=30))
def test_named_sites_have_room_of_their_own(marks):
    plane = plane_for(SQUARE, [], 600, 400)
    named = sides(["泵站"] * len(marks), marks, plane)
    assert len(named) == len(marks)
    assert sum(side is not None for side in named) <= NAMED
    boxes = [(x + 12 if side == "right" else x - 52, y) for (x, y), side in zip(marks, named, strict=True) if side]
    for at, (x, y) in enumerate(boxes):
        assert all(abs(x - other_x) >= 40 or abs(y - other_y) >= LABEL for other_x, other_y in boxes[:at])


def test_abnormal_sites_come_worst_first_then_as_the_exceptions_do():
    assert [site["site_id"] for site in ranked_sites(boards.storm())] == ["P1", "X", "W1", "P2"]


def test_only_abnormal_sites_are_shaped_and_named():
    board = boards.storm()
    html = plant_map(board, ranked_sites(board), Geography(), "zh", "dark")
    assert re.findall(r'<i class="(\w+)"', html) == ["unknown", "warning", "alarm"]  # the worst on top
    assert "一号泵站" in html
    assert "一区" not in html
    assert "无坐标" not in html


def test_the_list_names_shape_and_reason():
    html = site_list(ranked_sites(boards.storm()), View("en", "dark"), words_in("en"))
    assert re.findall(r'data-site="(\w+)" data-state="(\w+)"', html) == [
        ("P1", "alarm"), ("X", "alarm"), ("W1", "warning"), ("P2", "unknown"),
    ]  # fmt: skip
    assert "▲" in html
    assert "no data" in html
    assert "no abnormal sites" in site_list([], View("en", "dark"), words_in("en"))


def test_names_from_data_stay_text_on_the_map():
    bad = boards.site("Z1", boards.HOSTILE, boards.HOSTILE, state="alarm", reason="point_limit")
    board = boards.board(sites=[bad, boards.site("Z2", "二区", "Zone 2", lon=122.0)])
    assert boards.HOSTILE not in plant_map(board, ranked_sites(board), Geography(), "zh", "dark")
    assert boards.HOSTILE not in site_list(ranked_sites(board), View("zh", "dark"), words_in("zh"))


def test_the_live_map_has_the_same_marks_and_no_base_map():
    board = boards.storm()
    spec = json.loads(deck_map(board, ranked_sites(board), SQUARE, MapView(121, 30, 9), "zh", "dark").to_json())
    layers = {layer["id"]: layer for layer in spec["layers"]}
    assert [mark["shape"] for mark in layers["marks"]["data"]] == ["▨", "◆", "▲"]
    assert [one["name"] for one in layers["normal"]["data"]] == ["一区"]
    assert layers["boundary"]["data"][0]["path"][0] == [121.0, 30.0]
    assert spec.get("mapProvider") is None
