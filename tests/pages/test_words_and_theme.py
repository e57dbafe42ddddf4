"""words.toml has every word in both languages; theme.toml keeps WCAG AA contrast."""

import re

import pytest

from brain.public_scores import public_scores
from brain.questions import QUESTIONS
from brain.scores import LEADS
from data_sources.vocabulary import MODULES, QUANTITIES, STATES
from metrics.judge import REASONS
from pages.components.theme import theme_css, themes
from pages.components.words import LANGUAGES, all_words, words_in

ENTRIES = [(section, name, texts) for section, names in all_words().items() for name, texts in names.items()]
TEXT, MARK = 4.5, 3.0
"""WCAG 2.2: contrast of text (1.4.3) and of graphics (1.4.11)."""


@pytest.mark.parametrize(("section", "name", "texts"), ENTRIES, ids=lambda one: one if isinstance(one, str) else "")
def test_every_word_is_in_both_languages_with_the_same_blanks(section, name, texts):
    assert set(texts) == set(LANGUAGES)
    assert section == "unit" or all(texts.values())
    blanks = {lang: sorted(re.findall(r"\{(\w+)\}", text)) for lang, text in texts.items()}
    assert blanks["zh"] == blanks["en"]


@pytest.mark.parametrize(
    ("section", "names"),
    [("module", MODULES), ("state", STATES), ("reason", REASONS), ("quantity", QUANTITIES)],
)
def test_closed_lists_have_their_words(section, names):
    assert set(names) <= all_words()[section].keys()


def test_all_that_is_scored_has_its_words():
    rows = public_scores()
    words = all_words()
    losses_told = [f"{loss}_{lead}" for loss in ("pinball", "mae", "mape", "coverage") for lead in LEADS]
    assert {row["metric"] for row in rows} | {one.decides for one in QUESTIONS} | set(losses_told) <= words[
        "metric_name"
    ].keys()
    models = {row[side] for row in rows for side in ("model", "baseline") if row[side]}
    of_questions = {name for one in QUESTIONS for name in (one.model, one.baseline_model)}
    assert models | of_questions <= words["model_name"].keys()
    assert {row["window"] for row in rows} <= words["window_name"].keys()


def test_a_name_that_has_no_word_stays_as_it_is():
    assert words_in("zh")("unit", "mg/L") == "mg/L"
    assert words_in("en")("unit", "座") == "stations"


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb (WCAG 2.2)."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_of_known_pairs():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#E69F00".lower(), "#ffffff") == pytest.approx(2.25, abs=0.01)
    assert contrast("#D55E00".lower(), "#ffffff") == pytest.approx(3.87, abs=0.01)


@pytest.mark.parametrize("theme", themes())
@pytest.mark.parametrize("ground", ["ground", "panel"])
def test_the_theme_keeps_aa(theme, ground):
    colours = themes()[theme]
    for name in ("text", "muted"):
        assert contrast(colours[name], colours[ground]) >= TEXT, name
    for name in ("alarm", "warning", "normal", "unknown", "spark"):
        assert contrast(colours[name], colours[ground]) >= MARK, name


def test_hatched_ground_keeps_text_legible():
    for colours in themes().values():
        assert contrast(colours["text"], colours["band"]) >= TEXT


def test_themes_have_the_same_colours():
    dark, light = themes()["dark"], themes()["light"]
    assert dark.keys() == light.keys()
    assert f"--alarm:{dark['alarm']}" in theme_css("dark")
