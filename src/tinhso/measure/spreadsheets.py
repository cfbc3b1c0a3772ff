"""Text in spreadsheets that we write: shown, never run (CSV injection; ASVS 5.0, 1.2.10)."""

from __future__ import annotations

#: A cell that begins like this, after what a spreadsheet leaves out, would be taken for a formula.
_FORMULA = frozenset("=+-@\t\r\n\0|%＝＋－＠")
_LEFT_OUT = " \u00a0\u200b\ufeff'"


def safe_cell(text: str) -> str:
    """Text for a cell of CSV: with an apostrophe before it where it could be run.

    >>> safe_cell("=1+1"), safe_cell(" @SUM(A1)"), safe_cell("Xã Đồng Phú")
    ("'=1+1", "' @SUM(A1)", 'Xã Đồng Phú')
    """
    seen = text.lstrip(_LEFT_OUT)
    return f"'{text}" if {text[:1], seen[:1]} & _FORMULA else text
