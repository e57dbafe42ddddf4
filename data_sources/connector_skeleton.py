"""What `python -m data_sources new` writes: a connector that runs, its test and its page, to be made one's own."""

import re
from pathlib import Path

from data_sources.connector import HERE
from data_sources.problems import BadInput, Problem

TEMPLATES = HERE / "skeleton"


def write_skeleton(root: Path, kind: str) -> list[Path]:
    """Write connector, test and page of a new kind below the product's folder, and its row into the table of quality.

    Returns the files. Raises BadInput where one of the first three is there already.
    """
    docs = root / "docs" / "connectors"
    files = {
        root / "data_sources" / f"{kind}.py": "connector.txt",
        root / "tests" / "data_sources" / f"test_{kind}.py": "test.txt",
        docs / f"{kind}.md": "page.txt",
    }
    if there := [path for path in files if path.exists()]:
        raise BadInput([Problem(str(path), 0, "", "is there already; choose another name") for path in there])
    for path, template in files.items():
        text = (TEMPLATES / template).read_text(encoding="utf-8")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            text.replace("<KIND>", kind).replace("<NAME>", kind.replace("_", " ").upper()), encoding="utf-8"
        )
    _add_row(docs / "README.md", kind)
    return [*files, docs / "README.md"]


def _add_row(page: Path, kind: str) -> None:
    """A row for the new kind below those that are there: nothing is done yet."""
    lines = page.read_text(encoding="utf-8").splitlines()
    last = max(number for number, line in enumerate(lines) if line.startswith("| ["))
    rules = len(re.findall(r"\|", lines[last])) - 2
    lines.insert(last + 1, f"| [{kind}]({kind}.md) |{' to do |' * rules}")
    page.write_text("\n".join(lines) + "\n", encoding="utf-8")
