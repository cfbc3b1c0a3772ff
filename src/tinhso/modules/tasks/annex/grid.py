"""A table as a rectangle of cells: what is merged in the file stands in each place that it covers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tinhso.measure.text import message

#: What an annex may have at most: beyond it, the file is none that a person wants to check by eye.
MOST_ROWS, MOST_COLUMNS, MOST_TABLES = 2000, 60, 60

TOO_LARGE = message(
    "annex-too-large",
    vi="Bảng có hơn {rows} dòng hoặc {columns} cột. Tách phụ lục thành nhiều tệp rồi gửi từng tệp.",
    en="The table has more than {rows} rows or {columns} columns. Split the annex and send each file.",
)
NO_TABLE = message(
    "annex-no-table",
    vi="Tệp không có bảng nào. Phụ lục nhiệm vụ phải là bảng trong Word (.docx) hoặc Excel (.xlsx).",
    en="The file has no table. The annex has to be a table in Word (.docx) or Excel (.xlsx).",
)
UNREADABLE = message(
    "annex-unreadable",
    vi="Không đọc được tệp ({reason}). Mở tệp bằng Word hoặc Excel, lưu lại rồi gửi lại.",
    en="The file cannot be read ({reason}). Open it in Word or Excel, save it, and send it again.",
)


@dataclass(frozen=True)
class Cell:
    """`origin` is equal for all places of one merged cell; `day` where the file holds a real date."""

    text: str
    origin: tuple[int, int]
    day: date | None = None


@dataclass(frozen=True)
class Grid:
    """A table: rows of equal lengths; `first` is the number that people give the first of them."""

    name: str
    rows: tuple[tuple[Cell, ...], ...]
    first: int = 1


def text_of(raw: str) -> str:
    """A cell's text with its lines kept and everything else that is white made single spaces."""
    lines = (" ".join(line.split()) for line in raw.replace("\r", "\n").split("\n"))
    return "\n".join(line for line in lines if line)
