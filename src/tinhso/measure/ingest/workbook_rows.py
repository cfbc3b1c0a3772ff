"""Rows of a sheet as bytes (dòng của trang tính): read one at a time, changed only where it is ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO
from xml.sax.saxutils import escape

from xlsxwriter.utility import xl_col_to_name

from tinhso.measure.ingest.workbook_xml import MOST_XML, odd

_BLOCK = 1 << 20
_LONGEST_CELL = 32_767
_LAST_ROW = 1_048_576
_UNWRITABLE = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ROW = re.compile(rb'\s*<(?:\w+:)?row\s(?:\s*[\w:]+="[^"<]*")*\s*/?>')


class CellsOf:
    """The cells of a row as bytes; those in `column` (from 0) are ours."""

    def __init__(self, prefix: bytes, column: int) -> None:
        self._prefix, self._column = prefix, column
        cell = rb"<" + prefix + rb"c\s(?:[^<>]*?\s)?r="
        letters = xl_col_to_name(column).encode()
        self._any = re.compile(cell + rb'"([A-Z]{1,3})([0-9]{1,7})"')
        self._own = re.compile(cell + rb'"' + letters + rb'[0-9]+"[^<>]*>')
        self._open, self._shut = b"<" + prefix + b"c ", b"</" + prefix + b"c>"
        self._formula = b"<" + prefix + b"f"

    def used(self, body: bytes, number: int) -> int:
        """How many columns there are up to the last cell that holds anything; 0 for none."""
        end = body.rfind(self._shut)
        if end < 0:
            return 0
        found = self._any.match(body, body.rfind(self._open, 0, end))
        if found is None or int(found[2]) != number:
            raise odd()
        return column_of(found[1]) + 1

    def holds_formula(self, body: bytes) -> bool:
        start, end = self._span(body)
        return self._formula in body[start:end]

    def without(self, body: bytes) -> bytes:
        start, end = self._span(body)
        return body[:start] + body[end:]

    def put(self, body: bytes, number: int, text: str, *, like_last: bool = False) -> bytes:
        """`body` with `text` in our column, styled as the cell that was there or as the last one."""
        start, end = self._span(body)
        model = body[start:end]
        if not model and like_last:
            model = body[body.rfind(self._open, 0, body.rfind(self._shut)) :]
        styled = re.search(rb'\ss="[0-9]+"', model.partition(b">")[0])
        p = self._prefix.decode()
        said = escape(_UNWRITABLE.sub("\ufffd", text[:_LONGEST_CELL]))
        cell = (
            f'<{p}c r="{xl_col_to_name(self._column)}{number}"{styled[0].decode() if styled else ""}'
            f' t="inlineStr"><{p}is><{p}t xml:space="preserve">{said}</{p}t></{p}is></{p}c>'
        )
        return body[:start] + cell.encode() + body[end:]

    def _span(self, body: bytes) -> tuple[int, int]:
        """From where to where our cell is, or would be: cells stand in order."""
        if own := self._own.search(body):
            closed = own[0].endswith(b"/>")
            return own.start(), own.end() if closed else self._end(body, own.end())
        later = (at.start() for at in self._any.finditer(body) if column_of(at[1]) > self._column)
        start = next(later, max(0, body.rfind(b"</" + self._prefix + b"row>")))
        return start, start

    def _end(self, body: bytes, start: int) -> int:
        end = body.find(self._shut, start)
        if end < 0:
            raise odd()
        return end + len(self._shut)


class Reader:
    """Bytes up to a mark, one stretch after another; no stretch is long."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._held, self._at = file, b"", 0

    def until(self, mark: bytes) -> bytes:
        looked = self._at
        while (found := self._held.find(mark, looked)) < 0:
            looked = max(0, len(self._held) - self._at - len(mark))
            piece = self._file.read(_BLOCK)
            if not piece or len(self._held) - self._at > MOST_XML:
                raise odd()
            self._held, self._at = self._held[self._at :] + piece, 0
        start, self._at = self._at, found + len(mark)
        return self._held[start : self._at]

    def rest(self) -> bytes:
        held = self._held[self._at :] + self._file.read(MOST_XML)
        if len(held) > MOST_XML:
            raise odd()
        return held


def rows_of(reader: Reader, prefix: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Number, start tag, and all the rest of each row."""
    end, closing = b"</" + prefix + b"sheetData>", b"</" + prefix + b"row>"
    last = 0
    while not (tag := reader.until(b">")).endswith(end):
        number = re.search(rb'\sr="([0-9]{1,7})"', tag)
        if number is None or not _ROW.fullmatch(tag) or not last < int(number[1]) <= _LAST_ROW:
            raise odd()
        last = int(number[1])
        yield last, tag, b"" if tag.endswith(b"/>") else reader.until(closing)


def row_tag(tag: bytes, *, hidden: bool = False) -> bytes:
    """A row's start tag that says whether it is hidden, and no longer how far it reaches."""
    bare = re.sub(rb'\s(?:hidden|spans)="[^"]*"', b"", tag)
    end = b"/>" if bare.endswith(b"/>") else b">"
    return bare[: -len(end)] + (b' hidden="1"' if hidden else b"") + end


def column_of(letters: bytes) -> int:
    """
    >>> column_of(b"A"), column_of(b"AB")
    (0, 27)
    """
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def right_edge(ref: str) -> int:
    """How many columns there are up to the right edge of a range."""
    return column_of(re.sub(r"[^A-Z]", "", ref.rpartition(":")[2]).encode()) + 1


def bottom_edge(ref: str) -> int:
    return int(re.sub(r"\D", "", ref.rpartition(":")[2]) or 0)
