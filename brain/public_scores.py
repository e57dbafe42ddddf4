"""What the brain's benches measured on public data, kept here so that it can be shown without the data."""

import csv
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "public_scores.csv"
COLUMNS = ("question", "model", "baseline", "metric", "value", "baseline_value", "window", "n")


def public_scores() -> list[dict[str, Any]]:
    """Rows as `brain score --json` gives them; `window` names the data set and its period."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return [_typed(row) for row in csv.DictReader(file)]


def keep(question: str, rows: list[dict[str, Any]]) -> None:
    """Replace the rows of a question by what its bench has just measured."""
    others = [row for row in public_scores() if row["question"] != question]
    with FILE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(others + rows, key=lambda row: row["question"]))


def _typed(row: dict[str, str]) -> dict[str, Any]:
    beside = float(row["baseline_value"]) if row["baseline_value"] else None
    return row | {"value": float(row["value"]), "baseline_value": beside, "n": int(row["n"])}
