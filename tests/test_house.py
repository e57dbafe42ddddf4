"""The house keeps its shape: who may import whom, how long a file may be."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("data_sources", "metrics", "brain", "pages", "sample_data")
MAY_IMPORT = {
    "data_sources": set(),
    "metrics": {"data_sources"},
    "brain": {"metrics", "data_sources"},
    "pages": {"brain", "metrics", "data_sources"},
    "sample_data": {"data_sources"},
    "app": {"worker", *PACKAGES},
    "worker": set(PACKAGES),
}
STREAMLIT_MAY_STAND_IN = {"app", "pages"}
SOURCES = sorted(
    path for path in ROOT.rglob("*.py") if not any(part.startswith(".") for part in path.relative_to(ROOT).parts)
)


def _owner(path: Path) -> str:
    parts = path.relative_to(ROOT).parts
    return parts[0] if len(parts) > 1 else path.stem


def _imports(path: Path) -> set[str]:
    """The top names a file imports, wherever in the file."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: relative import"
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize(
    "path", [p for p in SOURCES if _owner(p) in MAY_IMPORT], ids=lambda p: str(p.relative_to(ROOT))
)
def test_imports_go_one_way(path: Path) -> None:
    owner = _owner(path)
    ours = _imports(path) & {*PACKAGES, "app", "worker", "tests", "bench"}
    assert ours <= MAY_IMPORT[owner] | {owner}
    if owner not in STREAMLIT_MAY_STAND_IN:
        assert "streamlit" not in _imports(path)


def test_no_page_is_named_like_a_package() -> None:
    installed = {"streamlit", "plotly", "duckdb", "polars", "pydeck", "requests"} | set(PACKAGES)
    assert not {path.stem for path in (ROOT / "pages").glob("*.py")} & installed


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_files_stay_short(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 400
    for node in ast.walk(ast.parse("\n".join(lines))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= 50, f"{node.name} has {length} lines"
