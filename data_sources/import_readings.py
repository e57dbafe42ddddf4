"""Readings from the cells of a file, wide (a column a point) or long (a reading a row): points by tag, units, range."""

from pathlib import Path

import polars as pl

from data_sources.cells import one_line
from data_sources.contracts import TABLES
from data_sources.import_map import TAG, ImportMap
from data_sources.import_rows import Cells, Unread, rows_of
from data_sources.problems import BadInput, shown_path
from data_sources.tabular import ROW
from data_sources.units import compatible, conversion
from data_sources.utility import Utility
from data_sources.vocabulary import QUANTITIES

HOUR_S = 3600
ROWS_AND_KEY = [ROW, "point_id", "ts", "span_s"]


def mapped(
    how: ImportMap, utility: Utility, cells: pl.DataFrame, file: Path, table: str
) -> tuple[pl.DataFrame, Unread, set[str]]:
    """The rows of a table from a batch's cells (with `row`), the rows that never became any, and the headers used.

    `file` is how the batch is called in messages. Raises BadInput where the map doesn't fit the cells or the utility.
    """
    if table != "reading":
        return rows_of(how, utility, cells, file, table)
    return (wide_readings if how.shape == "wide" else long_readings)(how, utility, cells, file)


def wide_readings(
    how: ImportMap, utility: Utility, text: pl.DataFrame, file: Path
) -> tuple[pl.DataFrame, Unread, set[str]]:
    """Every header that is a tag of the map's source is a point; empty cells are no readings.

    Returns (readings with the row of the file each stood in, what couldn't be read, headers used).
    """
    cells = Cells(how, utility.timezone, text, file)
    points = _points(how, utility.points.filter(source=how.source))
    tags = [tag for tag in points[TAG] if tag in cells.text.columns]
    if not tags:
        some = ", ".join(points[TAG].head(3)) or "none"
        message = f"no header of {shown_path(file)} is a tag of this source; points.csv has {some} …"
        raise BadInput([how.problem("source", message)])
    rows, why = _shared_columns(cells, None)
    unread = Unread()
    unread.add(cells.text.select(ROW, *sorted(cells.used), *tags), why)
    readable = pl.concat([rows, cells.text.select(tags)], how="horizontal").filter(why == "")
    long = readable.unpivot(tags, index=rows.columns, variable_name=TAG, value_name="cell").filter(
        pl.col("cell").is_not_null()
    )
    return _readings(long.join(points, on=TAG, maintain_order="left"), cells, unread), unread, cells.used | set(tags)


def long_readings(
    how: ImportMap, utility: Utility, text: pl.DataFrame, file: Path
) -> tuple[pl.DataFrame, Unread, set[str]]:
    """A reading a row, its point named by `tag` (of the map's source) or `point_id`; returns as `wide_readings`."""
    cells = Cells(how, utility.timezone, text, file)
    name = TAG if TAG in how.columns else "point_id"
    given = cells.cell(name)
    assert given is not None  # the map was checked
    given = given.cast(pl.String)
    if name == TAG:
        given = given.str.replace_all(r"\s+", " ")
    named = pl.col(name).str.replace_all(r"\s+", " ").is_in(given.implode())
    points = _points(how, utility.points.filter(pl.col("source") == how.source, named))
    rows, why = _shared_columns(cells, given)
    strange = ~given.is_in(points[name].implode()).fill_null(value=False)
    reason = pl.format(f"{name}: '{{}}' is no point of {how.source} in points.csv", given.fill_null(""))
    why = pl.select(pl.when(strange).then(reason).otherwise(why))[:, 0]
    unread = Unread()
    unread.add(cells.text.select(ROW, *sorted(cells.used)), why)
    cell = cells.cell("value")
    assert cell is not None
    long = rows.with_columns(given.alias(name), cell.alias("cell")).filter((why == "") & cell.is_not_null())
    return _readings(long.join(points, on=name, maintain_order="left"), cells, unread), unread, cells.used


def _points(how: ImportMap, points: pl.DataFrame) -> pl.DataFrame:
    """Points with what turns their file's unit into the canonical one, and their plausible range in that."""
    unit = how.columns["value"].unit if "value" in how.columns else None
    rows = []
    for point in points.iter_rows(named=True):
        canonical = QUANTITIES[point["quantity"]]
        own = point["unit"] or canonical
        if unit is not None and not compatible(unit, canonical):
            message = f"{unit} is no unit of {point['quantity']} ({point['point_id']}); expected as {canonical}"
            raise BadInput([how.problem("columns.value", message)])
        factor, offset = conversion(unit or own, canonical)
        own_factor, own_offset = conversion(own, canonical)
        low, high = (None if end is None else end * own_factor + own_offset for end in (point["low"], point["high"]))
        is_sum = point["quantity"] == "rainfall"
        rows.append((point["point_id"], one_line(point["tag"]), is_sum, factor, offset, low, high))
    numbers = dict.fromkeys(("factor", "offset", "low", "high"), pl.Float64)
    schema = {"point_id": pl.String, TAG: pl.String, "is_sum": pl.Boolean} | numbers
    return pl.DataFrame(rows, schema=schema, orient="row")


def _shared_columns(cells: Cells, series: pl.Series | None) -> tuple[pl.DataFrame, pl.Series]:
    """row, ts, span_s and quality of each row of the file, and why a row can't be read ('' where it can)."""
    types = TABLES["reading"].columns
    columns, reasons = [cells.text[ROW]], []
    for name, default in {"ts": None, "span_s": 0, "quality": "good"}.items():
        value, reason = cells.typed(name, types[name], series)
        if default is None:
            nothing = value.is_null() & (reason == "")
            reason = pl.select(pl.when(nothing).then(pl.lit(f"{name}: must not be empty")).otherwise(reason))[:, 0]
        else:
            value = value.fill_null(default)
        columns.append(value.alias(name))
        reasons.append(reason.alias(name))
    why = pl.DataFrame(reasons).select(
        pl.concat_str(pl.all().replace("", None), separator="; ", ignore_nulls=True).alias("why")
    )
    return pl.DataFrame(columns), why["why"]


def _readings(long: pl.DataFrame, cells: Cells, unread: Unread) -> pl.DataFrame:
    """Readings in canonical units from rows with point, time and cell; those out of the point's range are suspect."""
    value = cells.numbers(long["cell"])
    reason = pl.select(
        pl.when(value.is_null())
        .then(pl.format("{}: expected a number, found '{}'", long[TAG], long["cell"]))
        .otherwise(pl.lit(""))
    )[:, 0]
    unread.add(long.select(ROW, TAG, "cell"), reason)
    good = long.with_columns(value=value * long["factor"] + long["offset"]).filter(reason == "")
    outside = (pl.col("value") < pl.col("low")) | (pl.col("value") > pl.col("high"))
    plausible = pl.when(outside & (pl.col("quality") != "bad")).then(pl.lit("suspect")).otherwise("quality")
    return _by_hours(good.with_columns(quality=plausible)).select(*ROWS_AND_KEY, "value", "quality")


def _by_hours(readings: pl.DataFrame) -> pl.DataFrame:
    """A mean or sum of several whole hours as that many of one: the same mean, or an equal part of the sum.

    Everything that is computed from readings goes by hours; a value of a day alone would fill one of them.
    """
    hours = pl.when(pl.col("span_s") % HOUR_S == 0).then((pl.col("span_s") // HOUR_S).clip(1)).otherwise(1)
    counted = readings.with_columns(hours=hours, nth=pl.int_ranges(0, hours)).explode("nth")
    several = pl.col("hours") > 1
    return counted.with_columns(
        ts=pl.col("ts") + pl.duration(hours="nth"),
        span_s=pl.when(several).then(HOUR_S).otherwise("span_s"),
        value=pl.when(several & pl.col("is_sum")).then(pl.col("value") / pl.col("hours")).otherwise("value"),
    )
