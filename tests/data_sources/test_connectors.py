"""Every connector keeps to the contract: names, signatures, a sample, a page whose configuration works, its row."""

import importlib.util
import inspect
import re
import shutil
import subprocess
import sys
import tomllib

import pytest

from data_sources.connector import HERE, SourceSettings, TableMap, connector, kinds
from data_sources.connector_skeleton import write_skeleton
from data_sources.contracts import TABLES
from data_sources.load import check_utility, load_utility
from data_sources.problems import ROOT, BadInput
from data_sources.sources import READY_MADE, read_source, sources_of

QUALITY = (ROOT / "docs" / "connectors" / "README.md").read_text(encoding="utf-8")
SIGNATURES = {
    "fetch": ["source", "since"],
    "listen": ["source", "spool"],
    "parse": ["payload", "source"],
    "check": ["source"],
    "sample": ["source"],
}


def breaches(module) -> list[str]:
    """What of the contract a connector's module doesn't keep."""
    found = []
    if not re.search(r"^Sample: \S", module.__doc__ or "", re.MULTILINE):
        found.append("the docstring has no line Sample: …")
    if hasattr(module, "fetch") == hasattr(module, "listen"):
        found.append("it needs fetch or listen, and not both")
    for name, wanted in SIGNATURES.items():
        if hasattr(module, name) and list(inspect.signature(getattr(module, name)).parameters) != wanted:
            found.append(f"{name} takes {', '.join(wanted)}")
    if module.TABLE is not None and module.TABLE not in TABLES:
        found.append(f"{module.TABLE} is no table")
    if not module.COLUMNS and not issubclass(module.Map, TableMap):
        found.append("without COLUMNS it needs a Map")
    if bool(module.COLUMNS) == hasattr(module, "sample"):
        found.append("sample is for those with maps")
    if not issubclass(module.Settings, SourceSettings) or module.SILENCE_S <= 0:
        found.append("Settings or SILENCE_S are no good")
    order = ["TABLE", "SILENCE_S", "COLUMNS", "class Settings", "def fetch", "def listen", "def parse", "def check",
             "def sample"]  # fmt: skip
    text = inspect.getsource(module)
    places = [place.start() for name in order if (place := re.search(rf"^{name}\b", text, re.MULTILINE))]
    if places != sorted(places):
        found.append(f"its parts don't stand in the order {', '.join(order)}")
    return found


def blocks(page: str, title: str) -> list[str]:
    """The blocks of a page that are to be pasted into that file."""
    return re.findall(rf'^```\w+ title="{title}"\n(.*?)^```', page, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("kind", kinds())
def test_it_keeps_to_the_contract(kind):
    assert breaches(connector(kind)) == []


@pytest.mark.parametrize("kind", kinds())
def test_it_has_a_test_and_touches_no_lake(kind):
    assert list((ROOT / "tests" / "data_sources").rglob(f"*{kind}*"))
    assert not re.search(r"^(from|import) data_sources\.(lake|write|runner)", (HERE / f"{kind}.py").read_text(), re.M)


@pytest.mark.parametrize("kind", kinds())
def test_the_configuration_of_its_page_works_when_pasted(kind, tmp_path):
    """Into the demonstration's folder, in place of its sources of those names."""
    folder = shutil.copytree(ROOT / "sample_data" / "utility", tmp_path / "utility")
    page = (ROOT / "docs" / "connectors" / f"{kind}.md").read_text(encoding="utf-8")
    pasted = blocks(page, "sources.toml")
    assert pasted, "no block titled sources.toml"
    for number, block in enumerate(pasted):
        kept = [
            text for text in (folder / "sources.toml").read_text().split("\n\n") if text.split("\n")[0] not in block
        ]
        (folder / "sources.toml").write_text("\n\n".join([*kept, block]))
        if number == 0:
            with (folder / "points.csv").open("a", encoding="utf-8") as points:
                points.writelines(blocks(page, "points.csv"))
        assert [str(problem) for problem in check_utility(folder)] == []
    utility = load_utility(folder)
    assert {one.settings.kind for name in utility.sources for one in sources_of(utility, name)} == {kind}


@pytest.mark.parametrize("kind", kinds())
def test_every_setting_is_on_its_page(kind):
    page = (ROOT / "docs" / "connectors" / f"{kind}.md").read_text(encoding="utf-8")
    shared = SourceSettings.model_fields.keys()
    module = connector(kind)
    own = set(module.Settings.model_fields) - shared
    if not module.COLUMNS:
        own |= set(module.Map.model_fields) - set(TableMap.model_fields)
    assert {name for name in own if f"`{name}`" not in page} == set()
    assert {name for name in shared if f"`{name}`" not in QUALITY} == set()


def quality_rows() -> dict[str, list[str]]:
    rows = [line.strip("|").split("|") for line in QUALITY.splitlines() if line.startswith("| [")]
    return {re.sub(r"\W*\[(\w+)\].*", r"\1", row[0]): [cell.strip() for cell in row[1:]] for row in rows}


@pytest.mark.parametrize("kind", kinds())
def test_its_quality_is_told_honestly(kind):
    cells = quality_rows()[kind]
    rules = re.search(r"^\| connector \|(.*)\|$", QUALITY, re.MULTILINE)[1].split("|")
    assert len(cells) == len(rules)
    assert all(re.fullmatch(r"done|to do|exempt: .+", cell) for cell in cells), cells


def test_a_new_connector_keeps_to_the_contract_and_its_test_passes(tmp_path, monkeypatch):
    (tmp_path / "docs" / "connectors").mkdir(parents=True)
    (tmp_path / "docs" / "connectors" / "README.md").write_text(QUALITY, encoding="utf-8")
    files = write_skeleton(tmp_path, "made_up")
    assert "| [made_up](made_up.md) |" + " to do |" * len(quality_rows()["sql"]) in files[3].read_text()
    spec = importlib.util.spec_from_file_location("data_sources.made_up", files[0])
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "data_sources.made_up", module)
    spec.loader.exec_module(module)
    assert breaches(module) == []
    assert pytest.main(["-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), str(files[1])]) == 0
    with pytest.raises(BadInput, match="is there already"):
        write_skeleton(tmp_path, "made_up")


@pytest.mark.parametrize("kind", ["acme", "made_up", "zigbee"])  # before, between and after what stands in the imports
def test_a_new_connector_passes_the_linter(kind, tmp_path):
    (tmp_path / "docs" / "connectors").mkdir(parents=True)
    (tmp_path / "docs" / "connectors" / "README.md").write_text(QUALITY, encoding="utf-8")
    for path in write_skeleton(tmp_path, kind)[:2]:
        place = str(ROOT / path.relative_to(tmp_path))  # the settings of this house, and of that folder
        for act in (["check", "-q"], ["format", "--check", "-q"]):
            command = [sys.executable, "-m", "ruff", *act, "--stdin-filename", place, "-"]
            said = subprocess.run(command, input=path.read_bytes(), capture_output=True, check=False, cwd=ROOT)
            assert said.returncode == 0, said.stdout.decode()


def test_ready_made_maps_are_named_in_the_docs():
    page = (ROOT / "docs" / "connectors" / "sql.md").read_text(encoding="utf-8")
    assert [path.stem for path in READY_MADE.glob("*.toml") if f"`{path.stem}`" not in page] == []


def test_databases_that_were_never_asked_are_said_to_be():
    page = (ROOT / "docs" / "connectors" / "sql.md").read_text(encoding="utf-8")
    others = re.findall(r"\]\((\w+)\.md\) \| `", page)
    assert set(others) == {"mssql", "kingbase", "dm", "opengauss", "tdengine"}
    for name in others:
        text = (ROOT / "docs" / "connectors" / f"{name}.md").read_text(encoding="utf-8")
        assert text.count("*Not tried against a server:") == 1
        assert "\n## Traps\n" in text
        assert re.search(r'^url = "\w+(\+\w+)?://\w+:\$\{\w+\}@', text, re.MULTILINE)
        (pasted,) = re.findall(r"^```toml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
        for source, given in tomllib.loads(pasted).items():
            assert read_source(ROOT / "sample_data" / "utility", source, given, "Asia/Shanghai")
