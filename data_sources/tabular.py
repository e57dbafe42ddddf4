"""A CSV file or a workbook's sheet as a frame of text, its rows numbered as they stand in the file."""

import csv
import io
import re
import zipfile
from itertools import islice
from pathlib import Path

import fastexcel
import polars as pl

from data_sources.cells import one_line
from data_sources.problems import BadInput, Problem, shown_path

ROW = "row"
MOST_SAID = 5
"""Rows that are named of a file that can't be read because of them."""
_QUOTED = re.compile(r'"[^"]*"')
WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")


def is_workbook(file: Path) -> bool:
    """Whether a file is read as a workbook; every other one is read as CSV."""
    return file.suffix.lower() in WORKBOOKS


def read_text(file: Path, encoding: str = "utf-8", delimiter: str = ",", sheet: str | None = None) -> pl.DataFrame:
    """The cells of a file, as `cells_of` its content. Raises BadInput where it can't be read."""
    if not file.is_file():
        raise BadInput([Problem(shown_path(file), 0, "", "no such file")])
    return cells_of(file.read_bytes(), shown_path(file), encoding, delimiter, sheet)


def cells_of(
    content: bytes, name: str, encoding: str = "utf-8", delimiter: str = ",", sheet: str | None = None
) -> pl.DataFrame:
    """All cells as text (null where empty), headers in one line, and `row`: the header is row 1, the first record 2.

    Raises BadInput where the content of the file `name` can't be read, has no rows, or names a column twice.
    """
    workbook = is_workbook(Path(name))
    frame = _workbook(content, name, sheet) if workbook else _csv(content, name, encoding, delimiter)
    # libraries rename a header that comes twice, so it is read as a row like the others
    headers = [one_line(header or "") for header in frame.row(0)] if frame.height else []
    if not any(headers):
        raise BadInput([Problem(name, 1, "", "is empty; expected a header and rows")])
    if twice := sorted({header for header in headers if header and headers.count(header) > 1}):
        raise BadInput([Problem(name, 1, header, "two columns have this name") for header in twice])
    frame.columns = [header or f"column {number}" for number, header in enumerate(headers, 1)]
    if ROW in frame.columns:
        raise BadInput([Problem(name, 1, ROW, "is a word of the import's own; rename this column")])
    cells = frame.slice(1).with_columns(pl.all().str.strip_chars().replace("", None))
    return cells.with_row_index(ROW, offset=2).with_columns(pl.col(ROW).cast(pl.Int64))


def _csv(content: bytes, name: str, encoding: str, delimiter: str) -> pl.DataFrame:
    try:
        text = content.decode("utf-8-sig" if encoding.lower() in ("utf-8", "utf8") else encoding)
    except UnicodeDecodeError as error:
        message = f"is not {encoding}: byte {error.start + 1} can't be read; name its encoding in the map (gbk, …)"
        raise BadInput([Problem(name, 0, "", message)]) from error
    if not text.strip():
        return pl.DataFrame()
    first = text.partition("\n")[0].rstrip("\r")
    if "\r" in first and "\r" in _QUOTED.sub("", first):
        message = "its lines end in a bare CR (0x0D), as on old Macs; expected LF or CRLF: save it anew as CSV"
        raise BadInput([Problem(name, 0, "", message)])
    try:
        return _records(text, delimiter, truncate=False)
    except pl.exceptions.PolarsError as error:
        if problems := _surplus(text, delimiter, name):
            raise BadInput(problems) from error
    try:
        return _records(text, delimiter, truncate=True)
    except pl.exceptions.PolarsError as error:
        raise BadInput([Problem(name, 0, "", f"can't be read as CSV: {error}")]) from error


def _records(text: str, delimiter: str, *, truncate: bool) -> pl.DataFrame:
    return pl.read_csv(
        io.BytesIO(text.encode()),
        has_header=False,
        separator=delimiter,
        infer_schema=False,
        truncate_ragged_lines=truncate,
    )


def _surplus(text: str, delimiter: str, name: str) -> list[Problem]:
    """Rows with more cells than the header, most often by a decimal comma: which cell is whose can't be known. Empty
    cells at their end are none.
    """
    try:
        header, *records = csv.reader(io.StringIO(text), delimiter=delimiter)
    except csv.Error as error:
        return [Problem(name, 0, "", f"can't be read as CSV: {error}")]
    width = len(header)
    longer = ((row, record) for row, record in enumerate(records, 2) if any(record[width:]))
    return [
        Problem(name, row, "", f"has {len(record)} cells, the header has {width}")
        for row, record in islice(longer, MOST_SAID)
    ]


def _workbook(content: bytes, name: str, sheet: str | None) -> pl.DataFrame:
    try:
        book = fastexcel.read_excel(content)
        if sheet is None or sheet in book.sheet_names:
            return _sheet(book, sheet or 0)
    except (fastexcel.FastExcelError, zipfile.BadZipFile, OSError, pl.exceptions.PolarsError) as error:
        said = str(error).partition("\nContext:")[0]
        raise BadInput([Problem(name, 0, "", f"can't be read as a workbook: {said}")]) from error
    message = f"has no sheet {sheet!r}; it has {', '.join(book.sheet_names)}"
    raise BadInput([Problem(name, 0, "", message)])


def _sheet(book: fastexcel.ExcelReader, sheet: str | int) -> pl.DataFrame:
    cells: pl.DataFrame = book.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="string").to_polars()
    return cells
