"""No sheet reaches further than we see: whatever its cells tell of their places, a reader finds no more."""

from __future__ import annotations

import io
import zipfile

import python_calamine
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from tinhso.measure.extent import is_too_sparse, reached

_LETTERS = st.sampled_from(["", "A", "C", "H", "Z", "AB"])
_QUOTE = st.sampled_from(["'", '"'])


@st.composite
def rows_told(draw: st.DrawFn) -> str:
    """A row as files write it, in part or wholly without its places, with odd spaces and quotes."""
    number = draw(st.one_of(st.none(), st.integers(1, 60)))
    cells = []
    for _ in range(draw(st.integers(0, 4))):
        letters, quote = draw(_LETTERS), draw(_QUOTE)
        at = f" r{draw(st.sampled_from(['', ' ']))}={quote}{letters}{number or 1}{quote}"
        odd = draw(st.sampled_from(["", ' x=">"', " y='<c r=\"B9\">'", "\n"]))
        cells.append(f"<c{odd}{at if letters else ''}><v>1</v></c>")
    told = f' r="{number}"' if number else ""
    return f"<row{told}>{''.join(cells)}</row>"


def book(sheet: str) -> bytes:
    out, made = io.BytesIO(), io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as empty:
        empty.add_worksheet()
    with zipfile.ZipFile(out) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            new.writestr(name, sheet if name.endswith("sheet1.xml") else old.read(name))
    return made.getvalue()


@given(st.lists(rows_told(), max_size=5))
def test_a_reader_finds_no_cell_beyond_the_rectangle(told: list[str]) -> None:
    xml = f"<worksheet><sheetData>{''.join(told)}</sheetData></worksheet>"
    rows, columns, _ = reached(xml.encode())
    try:
        read = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(book(xml)))
        sheet = read.get_sheet_by_index(0)
    except python_calamine.CalamineError:
        return
    assert sheet.total_height <= rows
    assert sheet.total_width <= columns


def test_tags_made_to_cost_time_cost_none_and_a_full_table_is_none_too_sparse() -> None:
    assert not is_too_sparse(b"<c" + b' r="A1"' * 300_000 + b"<", 1)
    full = b"".join(b'<row r="%d"><c r="A%d"/><c r="B%d"/></row>' % (n, n, n) for n in range(1, 9))
    assert not is_too_sparse(full, 1)
    assert is_too_sparse(full + b'<row r="1048576"><c r="XFD1048576"/></row>', 4_000_000)
