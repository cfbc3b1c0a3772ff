"""Workbooks that go out to be filled in and come back: safe to write, bounded to read, rows signed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import python_calamine
import xlsxwriter
from django.utils.crypto import constant_time_compare, salted_hmac


class UnreadableError(ValueError):
    """It is no workbook, has no such sheet, or is bigger than anything that was written here."""


def written(fill: Callable[[xlsxwriter.Workbook], None]) -> bytes:
    """A workbook as `fill` fills it; texts are written as texts, never as formulas or links."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    fill(book)
    book.close()
    return out.getvalue()


def cells_of(path: Path, sheet: int | str, rows: int, columns: int) -> list[list[str]]:
    """The cells of a sheet (by place or name) as texts, from A1 on.

    Raises UnreadableError, also for more than `rows` rows or `columns` columns.
    """
    try:
        with python_calamine.load_workbook(path) as book:
            if isinstance(sheet, str):
                found = book.get_sheet_by_name(sheet)
            else:
                found = book.get_sheet_by_index(sheet)
            if found.height > rows or found.width > columns:
                raise UnreadableError(f"{found.height} x {found.width}")
            table = found.to_python(skip_empty_area=False)
    except (
        *(python_calamine.CalamineError, OSError, ValueError, IndexError, zipfile.BadZipFile),
    ) as error:
        raise UnreadableError(str(error)[:120]) from error
    return [[cell_text(one) for one in row] for row in table]


def cell_text(value: object) -> str:
    """What a cell says: a number without a float's noise, with a point; else the text, trimmed.

    >>> cell_text(12.0), cell_text(0.1 + 0.2), cell_text(" a "), cell_text(None)
    ('12', '0.3', 'a', '')
    """
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, float | int):
        plain = f"{value:.9f}".rstrip("0").rstrip(".")
        return "0" if plain in ("", "-0") else plain
    return "" if value is None else str(value).strip()


def mark_of(salt: str, *named: str) -> str:
    """The signature of a row: whose it is cannot be changed without its being seen."""
    return salted_hmac(f"tinhso.workbook.{salt}", "\n".join(named)).hexdigest()[:16]


def is_marked(mark: str, salt: str, *named: str) -> bool:
    return constant_time_compare(mark_of(salt, *named), mark)
