"""Docs say what there is: every command, setting, indicator and link, and what is generated is fresh."""

import re
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
