"""Excel workbooks (.xlsx, .xlsb): the first sheet whose header fits.

The reader holds one sheet in memory, of at most 1,048,576 rows: some 40 bytes a cell.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import islice
from pathlib import Path

import python_calamine

from tinhso.measure.ingest import messages
from tinhso.measure.ingest.header import SEARCHED_ROWS, Layout, find_header, matches
from tinhso.measure.ingest.sources import Cells, Row, RowSource
from tinhso.measure.streams import Stream
from tinhso.measure.text import InputError

_DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - Excel's dates are wall time
_LAST_SERIAL = 80_000  # in the year 2119
_EXACT = 1e15  # Excel keeps 15 digits; a longer number has lost its end


def open_xlsx(path: Path, stream: Stream) -> RowSource:
    """The first sheet that holds records of `stream`; else InputError for the nearest one."""
    try:
        book = python_calamine.CalamineWorkbook.from_path(path)
        sheets = [book.get_sheet_by_name(name) for name in book.sheet_names]
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise InputError([messages.DAMAGED(kind="XLSX", reason=str(error)[:200])]) from error
    failure: InputError | None = None
    nearest = -1
    for sheet in sheets:
        top = [cells for _, cells in islice(_cells(sheet), SEARCHED_ROWS)]
        if not top:
            continue
        try:
            layout = find_header(top, stream)
        except InputError as error:
            fit = max(matches(cells, stream) for cells in top)
            if fit > nearest:
                failure, nearest = error, fit
            continue
        read = partial(_rows, sheet, stream, layout)
        return RowSource("xlsx", layout, read, sheet=sheet.name)
    raise failure or InputError([messages.EMPTY_FILE()])


def _cells(sheet: python_calamine.CalamineSheet) -> Iterator[tuple[int, Cells]]:
    """Rows as text with their numbers, from row 1 and column A on."""
    # The reader leaves out empty columns on the left, but no empty rows above.
    left = sheet.start[1] if sheet.start else 0
    for number, row in enumerate(sheet.iter_rows(), start=1):
        yield number, [*[None] * left, *map(_text, row)]


def _rows(sheet: python_calamine.CalamineSheet, stream: Stream, layout: Layout) -> Iterator[Row]:
    dates = [layout.columns[f.name] for f in stream.dates if f.name in layout.columns]
    for number, cells in _cells(sheet):
        if number <= layout.header_row or not any(cells):
            continue
        while len(cells) > layout.width and not cells[-1]:
            cells.pop()
        if len(cells) > layout.width:
            fault = messages.WRONG_WIDTH(found=len(cells), expected=layout.width)
            yield Row(number, [], fault, "\x1f".join(cell or "" for cell in cells))
            continue
        for index in dates:
            if index < len(cells):
                cells[index] = _unserial(cells[index])
        yield Row(number, cells)


def _unserial(cell: str | None) -> str | None:
    """A date that lost its format is a number of days; give it back its date."""
    if cell is None or not cell.isascii() or not cell.replace(",", "", 1).isdecimal():
        return cell
    days = float(cell.replace(",", "."))
    if not 1 <= days <= _LAST_SERIAL:
        return cell
    return (_DAY_ZERO + timedelta(seconds=round(days * 86_400))).isoformat(" ", "seconds")


def _text(cell: object) -> str | None:
    """One cell as the text that a CSV export of it would hold."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        if cell.is_integer() and abs(cell) < _EXACT:
            return str(int(cell))
        # A decimal comma, as Vietnamese write it: "123.456" would be read as thousands.
        return f"{cell:.14E}" if abs(cell) >= _EXACT else repr(cell).replace(".", ",").upper()
    if isinstance(cell, datetime):
        moment = cell + timedelta(microseconds=500_000)  # Excel's fractions fall short of seconds
        return moment.isoformat(" ", "seconds")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell)
