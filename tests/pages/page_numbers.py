"""What a page's HTML says: its figures, and the cells of its tables."""

import re


def figures(html: str) -> dict[str, float | None]:
    """Each figure's unrounded value by its name; None where unknown."""
    found = re.findall(r'data-figure="([^"]+)" data-value="([^"]*)"', html)
    return {name: float(value) if value else None for name, value in found}


def cells(html: str, table: str) -> list[list[str]]:
    """The text of a table's cells, row by row."""
    body = re.search(rf'data-table="{table}".*?<tbody>(.*?)</tbody>', html, re.S)
    assert body, f"there is no table {table}"
    rows = [re.findall(r"<td[^>]*>(.*?)</td>", row, re.S) for row in body[1].split("</tr>") if row]
    return [[re.sub(r"<[^>]+>", "", cell).strip() for cell in row] for row in rows]
