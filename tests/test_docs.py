"""Docs say what there is: every command, setting, indicator and link, and what is generated is fresh."""

import re
import tomllib
from pathlib import Path

import pytest
import typer

import brain.__main__
import data_sources.__main__
import metrics.__main__
import sample_data.__main__
from data_sources.settings import ROOT, Settings
from metrics.catalogue import load_catalogue
from metrics.indicator_docs import pages
from metrics.limits import shipped_limits

COMMAND_LINES = {
    "brain": brain.__main__.app,
    "data_sources": data_sources.__main__.app,
    "metrics": metrics.__main__.app,
    "sample_data": sample_data.__main__.app,
}
PAGES = [path for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")] if path.name != "CHANGELOG.md"]
TEXT = "\n".join(path.read_text(encoding="utf-8") for path in PAGES)
INDICATOR_PAGES = pages(load_catalogue(), shipped_limits())


def verbs() -> list[str]:
    found = []
    for package, app in COMMAND_LINES.items():
        group = typer.main.get_command(app)
        names = getattr(group, "commands", None) or {group.name: group}
        found += [f"{package} {name}" for name in names]
    return found


@pytest.mark.parametrize("verb", verbs())
def test_every_command_is_in_the_docs(verb):
    assert f"-m {verb}" in TEXT


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_in_the_docs(name):
    assert f"`WATER_{name.upper()}`" in (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


HEALTH = tomllib.loads((ROOT / "pages" / "components" / "words_health.toml").read_text(encoding="utf-8"))
SAID = ("since", "clock_ahead", "clock_back", "columns_come", "columns_gone", "unasked", "refused", "set_apart")
ALARMS = {
    **{f"trouble.{name}": words for name, words in HEALTH["trouble"].items()},
    **{f"source_state.{name}": words for name, words in HEALTH["source_state"].items()},
    **{f"sources.{name}": HEALTH["sources"][name] for name in SAID if name != "since"},
    **{f"group_state.{name}": HEALTH["group_state"][name] for name in ("late", "faulty")},
}


@pytest.mark.parametrize("name", ALARMS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_alarm_of_data_health_is_in_the_docs_by_its_own_words(name, lang):
    begins = re.split(r"[:：，,(（{]", re.sub(r"^\{n\} ", "", ALARMS[name][lang]))[0].strip()
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    rows = [line.partition("|")[2].partition("|")[0] for line in page.splitlines() if line.startswith("| ")]
    assert begins
    assert any(begins in row for row in rows)


def test_no_remark_of_a_source_is_left_out():
    page = (ROOT / "pages" / "components" / "health_sources.py").read_text(encoding="utf-8")
    said = page.partition("def _wrong")[2].partition("def _wrapped")[0]
    assert {name for name in HEALTH["sources"] if f'"{name}"' in said} == set(SAID)


@pytest.mark.parametrize("name", INDICATOR_PAGES)
def test_generated_pages_are_fresh(name):
    path = ROOT / "docs" / "indicators" / name
    assert path.exists(), "run make docs"
    assert path.read_text(encoding="utf-8") == INDICATOR_PAGES[name], "run make docs"


def test_no_page_of_an_indicator_that_is_gone():
    assert {path.name for path in (ROOT / "docs" / "indicators").glob("*.md")} == INDICATOR_PAGES.keys()


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path):
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    lost = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert lost == []
