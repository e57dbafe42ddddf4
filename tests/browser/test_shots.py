"""The lists of pictures hold what they say: everything, and any two choices together. Pure, no browser."""

from itertools import combinations, product

import pytest

from pages.components.page_list import PAGES
from pages.components.theme import themes
from pages.components.words import LANGUAGES
from tests.browser.contact_sheet import index, sheet_of
from tests.browser.shots import BOARDS, SCENES, SIZES, WALL, all_shots, name_of, pages, pairwise_shots, rows_of

CHOICES = {
    "page": [page for page in pages() if page not in BOARDS],
    "scene": SCENES,
    "width": [width for width, _ in SIZES],
    "theme": list(themes()),
    "lang": LANGUAGES,
}


@pytest.mark.parametrize(("one", "other"), list(combinations(CHOICES, 2)))
def test_any_two_choices_meet_in_the_pairwise_pictures(one, other):
    met = {(getattr(shot, one), getattr(shot, other)) for shot in pairwise_shots()}
    assert met == set(product(CHOICES[one], CHOICES[other]))


def test_the_pairwise_pictures_are_as_few_as_can_be():
    assert len(pairwise_shots()) == len(CHOICES["page"]) * len(SIZES)


def test_the_pages_are_those_of_the_list_and_the_wall():
    assert len(pages()) == len(PAGES) + 1
    assert len({name_of(page) for page in pages()}) == len(pages())


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_all_pictures_show_a_page_in_every_way(page):
    ways = {(shot.scene, shot.width, shot.theme, shot.lang) for shot in all_shots() if shot.page == page}
    scenes = ("now", "bwdf") if page == WALL else ("ordinary", "storm", "bwdf")
    assert set(product(scenes, CHOICES["width"], CHOICES["theme"], LANGUAGES)) <= ways
    assert {width for scene, width, *_ in ways if scene == "unknown"} >= set(CHOICES["width"])


def test_no_picture_overwrites_another():
    assert len({shot.file for shot in all_shots()}) == len(all_shots())


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_a_contact_sheet_has_its_choices_in_columns(page):
    for row in rows_of(page):
        assert [(shot.width, shot.height) for shot in row] == [*SIZES, *SIZES]
        assert [shot.theme for shot in row] == ["dark"] * 4 + ["light"] * 4


def test_the_index_leads_to_the_sheets_that_there_are(tmp_path):
    (tmp_path / sheet_of("module?id=sewage")).touch()
    assert "](page-module-sewage.webp) | `.pictures/module-sewage/` |" in index(tmp_path)
    assert index(tmp_path).count(".webp") == 1
