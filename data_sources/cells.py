"""Cells of a file, mostly text at first, as typed columns: numbers, dates, times with changes of clock. Pure.

What can't be read becomes null; who calls tells it from an empty cell, which was null before.
"""

import polars as pl

NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
ISO_TIMES = ("%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%d")
OFFSET = r"(?:[Zz]|[+-]\d{2}:?\d{2})$"
BOOLEANS = {"true": True, "yes": True, "1": True, "是": True, "false": False, "no": False, "0": False, "否": False}


def one_line(header: str) -> str:
    """A header as it is looked up: line breaks and repeated spaces in it are one space."""
    return " ".join(header.split())


def numbers(text: pl.Series, decimal: str = ".", workbook: bool = False) -> pl.Series:
    """Text as f64; inf and NaN are no numbers. With a decimal comma, a dot isn't one either: it may mean thousands.

    A workbook's real numbers come with a dot whatever its text cells look like, so there both are read.
    """
    if decimal == ",":
        dotted = text.str.replace(",", ".", literal=True)
        text = dotted if workbook else _only(dotted, ~text.str.contains(".", literal=True))
    value = _only(text, text.str.contains(NUMBER)).cast(pl.Float64, strict=False)
    return _only(value, value.is_finite())


def whole_numbers(text: pl.Series, decimal: str = ".", workbook: bool = False) -> pl.Series:
    """Text as i64; 5.0, as spreadsheets like to write, is 5."""
    value = numbers(text, decimal, workbook)
    return _only(value, value == value.round()).cast(pl.Int64, strict=False)


def booleans(text: pl.Series) -> pl.Series:
    """true, yes, 1, 是 and their opposites as bool."""
    return text.str.to_lowercase().replace_strict(BOOLEANS, default=None, return_dtype=pl.Boolean)


def dates(text: pl.Series, layout: str | None = None) -> pl.Series:
    """Text as dates by a strptime layout, else ISO 8601 (a time of day is cut off); a layout without day: the first."""
    ways = [
        text.str.to_datetime(iso, strict=False, time_unit="us").dt.date() for iso in (*ISO_TIMES, "%Y-%m-%dT%H:%M:%S")
    ]
    if layout and "%d" not in layout:
        ways = [(text + " 01").str.to_date(f"{layout} %d", strict=False), *ways]
    elif layout:
        ways = [text.str.to_datetime(layout, strict=False, time_unit="us").dt.date() if "%H" in layout
                else text.str.to_date(layout, strict=False), *ways]  # fmt: skip
    return pl.select(pl.coalesce(ways).alias(text.name))[text.name]


def times(text: pl.Series, zone: str, layout: str | None = None, series: pl.Series | None = None) -> pl.Series:
    """Text as UTC times; those without an offset are of `zone`. Times that a change of clock leaves out are null.

    The hour that a change of clock repeats is told apart by the order of the rows within each of `series` (the whole
    column where that is None): see `second_pass`.
    """
    if layout and "%z" in layout:
        return text.str.to_datetime(layout, strict=False, time_unit="us").dt.convert_time_zone("UTC")
    iso = text.str.replace(r"^(\d{4}-\d{2}-\d{2})[Tt]", "$1 ")
    with_offset = _only(iso, iso.str.contains(OFFSET))
    with_offset = with_offset.str.replace(r"[Zz]$", "+0000").str.replace(r"([+-]\d{2}):(\d{2})$", "$1$2")
    aware = [with_offset.str.to_datetime(f"{way}%z", strict=False, time_unit="us") for way in ISO_TIMES[:2]]
    # a workbook's real dates come as ISO 8601 whatever the layout of its text cells
    naive = [iso.str.to_datetime(way, strict=False, time_unit="us") for way in ISO_TIMES]
    if layout:
        naive.insert(0, text.str.to_datetime(layout, strict=False, time_unit="us"))
    local = pl.select(pl.coalesce(naive).alias("local"))["local"]
    utc = [column.dt.convert_time_zone("UTC") for column in aware]
    return pl.select(pl.coalesce([*utc, _utc_of(local, zone, series)]).alias(text.name))[text.name]


def floats(column: pl.Series) -> pl.Series:
    """Numbers of any type as f64; inf and NaN are no numbers, and neither is a moment, though it is kept as one."""
    if column.dtype.is_temporal():
        return pl.Series(column.name, [None] * len(column), dtype=pl.Float64)
    value = column.cast(pl.Float64, strict=False)
    return _only(value, value.is_finite())


def of_type(column: pl.Series, dtype: pl.DataType, zone: str, series: pl.Series | None = None) -> pl.Series:
    """A column that has a type already, as a database gives it, in the type of the table; null where that can't be.

    A time without an offset is of `zone`, as in `times`.
    """
    if isinstance(dtype, pl.Datetime):
        if column.dtype == pl.Date:
            column = column.cast(pl.Datetime("us"))
        if not isinstance(column.dtype, pl.Datetime):
            return pl.Series(column.name, [None] * len(column), dtype=dtype)
        micros = column.dt.cast_time_unit("us")
        aware = column.dtype.time_zone is not None
        utc = micros.dt.convert_time_zone("UTC") if aware else _utc_of(micros, zone, series)
        return utc.alias(column.name)
    if isinstance(dtype, pl.Float64):
        return floats(column)
    if isinstance(dtype, pl.Int64) and not column.dtype.is_integer():
        value = floats(column)
        return _only(value, value == value.round()).cast(pl.Int64, strict=False)
    return column.cast(dtype, strict=False)


def second_pass(local: pl.Series, series: pl.Series) -> pl.Series:
    """Which of these local times, all of repeated hours, are of the hour's second pass (standard time).

    In rows that run forward, the one that is not after an earlier row of its series on that night; in rows that run
    backward the same, read from the end.
    """
    frame = pl.DataFrame({"local": local, "series": series}).with_columns(night=pl.col("local").dt.date())
    before = pl.col("local").cum_max().shift().over("series", "night")
    return frame.select(second=(before >= pl.col("local")).fill_null(value=False))["second"]


def _utc_of(local: pl.Series, zone: str, series: pl.Series | None) -> pl.Series:
    first = local.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    second = local.dt.replace_time_zone(zone, ambiguous="latest", non_existent="null")
    frame = pl.DataFrame({"local": local, "first": first, "second": second}).with_columns(
        series if series is not None else pl.lit(0).alias("series")
    )
    frame.columns = ["local", "first", "second", "series"]
    repeated = frame.with_row_index("at").filter(pl.col("first") != pl.col("second"))
    if repeated.is_empty():
        return first.dt.convert_time_zone("UTC")
    if _runs_backward(local):
        repeated = repeated.reverse()
    late = repeated.filter(second_pass(repeated["local"], repeated["series"]))["at"]
    told = frame.with_row_index("at").select(
        utc=pl.when(pl.col("at").is_in(late.implode())).then("second").otherwise("first")
    )["utc"]
    return told.dt.convert_time_zone("UTC")


def _runs_backward(local: pl.Series) -> bool:
    steps = local.drop_nulls().diff().dt.total_seconds()
    return int((steps < 0).sum()) > int((steps > 0).sum())


def _only(column: pl.Series, where: pl.Series) -> pl.Series:
    """The values where `where` is true, else null."""
    return pl.select(pl.when(where).then(column).alias(column.name))[column.name]
