"""`metrics docs`: one page an indicator, written from its catalogue file and the shipped limits."""

from pathlib import Path

import polars as pl

from metrics.catalogue import Catalogue, Indicator
from metrics.view_columns import DERIVED_VIEWS, FILE_VIEWS, MART_VIEWS, SPAN_VIEWS, TABLE_VIEWS

DIRECTIONS = {"up": "↑ 越高越好 better", "down": "↓ 越低越好 better", "band": "↔ 区间内 inside a band"}
PERIODS = {"day": "日 day", "week": "周 week", "month": "月 month"}
SHOWS = {"current": "当前值，随数据刷新 the running value", "closed": "最近一个结束的周期 the last closed period"}
NOTE = "<!-- written by `python -m metrics docs`; change the catalogue file instead -->"


def pages(catalogue: Catalogue, limits: pl.DataFrame) -> dict[str, str]:
    """File name → text of every page of docs/indicators, the index as README.md."""
    written = {f"{one.id}.md": page(one, limits) for one in catalogue.indicators.values()}
    return {"README.md": index(catalogue), "views.md": views(), **written}


def write_pages(folder: Path, catalogue: Catalogue, limits: pl.DataFrame) -> list[Path]:
    """Write all pages, drop those of indicators that are gone; returns what was written."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = pages(catalogue, limits)
    for stale in set(folder.glob("*.md")) - {folder / name for name in texts}:
        stale.unlink()
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in texts]


def index(catalogue: Catalogue) -> str:
    """The table of all indicators, in the board's order."""
    rows = [
        f"| {one.tile or ''} | [{one.id}]({one.id}.md) | {one.name.zh} | {one.name.en} | {one.unit} | {one.owner} |"
        for one in catalogue.indicators.values()
    ]
    head = ["| 位置 tile | id | 中文 | English | 单位 unit | 负责 owner |", "|---|---|---|---|---|---|"]
    return "\n".join([NOTE, "", "# 指标 Indicators", "", *head, *rows, ""])


def views() -> str:
    """The views that catalogue SQL may read, with every column and its type."""
    kinds = {
        "时段 The periods asked for": SPAN_VIEWS,
        "集市 Marts": MART_VIEWS,
        "水司文件 The utility's files": FILE_VIEWS,
        "推导 Derived": DERIVED_VIEWS,
        "湖表 Tables of the lake, as at the moment": TABLE_VIEWS,
    }
    lines = [NOTE, "", "# 视图 Views", ""]
    for title, group in kinds.items():
        lines += [f"## {title}", "", "| 视图 view | 列 columns |", "|---|---|"]
        for name, columns in group.items():
            fields = ", ".join(f"{column} {kind.lower()}" for column, kind in columns.items())
            lines.append(f"| `{name}` | {fields} |")
        lines.append("")
    return "\n".join(lines)


def page(indicator: Indicator, limits: pl.DataFrame) -> str:
    """One indicator's page: what it asks, means and leaves out, how it is computed, what judges it."""
    one = indicator
    facts = {
        "模块 module": one.module,
        "单位 unit": one.unit,
        "方向 direction": DIRECTIONS[one.direction],
        "周期 period": f"{PERIODS[one.period]}；窗口 window: {one.window}",
        "显示 shows": SHOWS[one.shows],
        "负责 owner": one.owner,
        "公式 formula": " ".join(dict.fromkeys((one.formula.zh, one.formula.en))),
        "依据 standard": one.standard,
        "文件 file": f"[{one.file}](../../{one.file})",
    }
    lines = [NOTE, "", f"# {one.name.zh} {one.name.en}", "", one.question.zh, "", one.question.en, ""]
    lines += ["| | |", "|---|---|", *(f"| {key} | {_cell(value)} |" for key, value in facts.items()), ""]
    lines += ["## 定义 Definition", "", one.definition.zh, "", one.definition.en, ""]
    lines += ["## 注意 Caveat", "", one.caveat.zh, "", one.caveat.en, ""]
    return "\n".join([*lines, *_thresholds(limits.filter(pl.col("subject") == one.id)), ""])


def _thresholds(rows: pl.DataFrame) -> list[str]:
    head = ["## 阈值 Thresholds", ""]
    if rows.is_empty():
        return [*head, "取决于数据，见公式。 They depend on data, see the formula."]
    table = ["| 种类 kind | 值 value | 依据 standard | 条款 clause | 生效 from |", "|---|---|---|---|---|"]
    for row in rows.iter_rows(named=True):
        cells = (row["kind"], f"{row['value']:g}", row["standard"], row["clause"], row["effective_from"])
        table.append("| " + " | ".join(_cell("" if cell is None else str(cell)) for cell in cells) + " |")
    return [*head, *table]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
