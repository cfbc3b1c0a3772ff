"""The sender's own workbook comes back with what is wrong in it, and can be sent in again whole."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
import python_calamine
import xlsxwriter
from ingest_office import Office
from lxml import etree

from tinhso.measure.ingest import Mode, Receipt, Status, returned_workbook, withdraw

HEAD = ["Mã hồ sơ", "Mã đơn vị", "Mã thủ tục", "Mức dịch vụ", "Ngày tiếp nhận", "Nộp trực tuyến"]
SHEET = "xl/worksheets/sheet1.xml"
CHANGED = {SHEET, "xl/workbook.xml", "xl/styles.xml"}


def dossiers(path: Path, *, protected: bool = False) -> Path:
    """Ten dossiers under a merged title, codes by formula, and a second sheet that counts them.

    The unit of the third and the answer of the seventh are wrong.
    """
    with xlsxwriter.Workbook(path) as book:
        sheet, sums = book.add_worksheet("Hồ sơ tháng 6"), book.add_worksheet("Tổng hợp")
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.merge_range("A1:F1", "DANH SÁCH HỒ SƠ", bold)
        sheet.set_column("A:F", 17)
        sheet.set_column("G:XFD", 3)
        sheet.write_row("A3", HEAD, bold)
        for number in range(1, 11):
            row = number + 2
            sheet.write_formula(row, 0, "='Tổng hợp'!$B$9&ROW()-3", None, f"HS-{number}")
            sheet.write_string(row, 1, "99999" if number == 3 else "25001")
            sheet.write_string(row, 2, "1.1")
            sheet.write_string(row, 3, "full")
            sheet.write_datetime(row, 4, datetime(2025, 1, number), day)  # noqa: DTZ001
            sheet.write_string(row, 5, "chắc là" if number == 7 else "Có")
        lists = {"validate": "list", "source": "='Tổng hợp'!$A$5:$A$6"}
        sheet.data_validation("F4:F99", lists)
        sheet.conditional_format("E4:E99", {"type": "blanks", "format": bold})
        sheet.autofilter("A3:F13")
        if protected:
            sheet.protect()
        sums.write_formula("B1", "=COUNTA('Hồ sơ tháng 6'!A4:A13)", None, 10)
        sums.write_column("A5", ["Có", "Không"])
        sums.write("B9", "HS-")
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "='Tổng hợp'!$B$1:$B$1"})
        sums.insert_chart("D2", chart)
    return path


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def edited(path: Path, **changes: Callable[[bytes], bytes]) -> Path:
    """The same workbook with parts changed, as if it had been saved: `sheet1=lambda xml: ...`."""
    old = parts(path)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in old.items():
            change = changes.get(Path(name).stem, bytes)
            archive.writestr(name, change(content))
    return path


def mended(path: Path) -> Path:
    return edited(
        path,
        sharedStrings=lambda t: t.replace(b"99999", b"25001").replace("chắc là".encode(), b"1"),
    )


def rows(path: Path) -> dict[int, etree._Element]:
    sheet = etree.fromstring(parts(path)[SHEET])
    return {int(row.get("r")): row for row in sheet.iterfind("{*}sheetData/{*}row")}


def shown(path: Path) -> list[int]:
    return [number for number, row in rows(path).items() if number > 3 and not row.get("hidden")]


def back(receipt: Receipt) -> Path:
    assert receipt.returned is not None
    return receipt.returned


def test_all_that_the_sender_made_is_still_there_and_only_bad_rows_are_shown(
    office: Office,
) -> None:
    sent = dossiers(office.folder / "so.xlsx")
    receipt = office.send(sent, returned_to=office.folder)
    path = back(receipt)
    assert (path.name, receipt.added, receipt.bad) == ("so.loi.xlsx", 8, 2)
    before, after = parts(sent), parts(path)
    assert {name for name in before if before[name] != after[name]} == CHANGED
    assert before.keys() == after.keys()
    assert shown(path) == [6, 10]
    # Cells, and with them formulas with what they came to, formats and strings, byte for byte.
    cells = re.compile(rb'<c r="[A-F]\d+".*?(?:/>|</c>)(?=<|$)')
    assert cells.findall(before[SHEET]) == cells.findall(after[SHEET])
    assert after[SHEET].count(b"<f>") == 10
    old, new = etree.fromstring(before[SHEET]), etree.fromstring(after[SHEET])
    for kept in ("mergeCells", "dataValidations", "sheetViews", "pageMargins"):
        assert etree.tostring(new.find(f"{{*}}{kept}")) == etree.tostring(old.find(f"{{*}}{kept}"))
    order = [etree.QName(one).localname for one in new]
    assert order == sorted(order, key=returned_workbook.IN_SHEET.index)
    assert [(c.get("min"), c.get("max")) for c in new.find("{*}cols")] == [
        *(("1", "6"), ("7", "7"), ("8", "16384"))
    ]
    book = python_calamine.CalamineWorkbook.from_path(path)
    table = book.get_sheet_by_index(0).to_python()
    assert table[2] == [*HEAD, "Lỗi"]
    assert "không có đơn vị nào mang mã “99999”" in table[5][6]
    assert table[3][6] == ""
    assert book.get_sheet_by_name("Tổng hợp").to_python()[0][1] == 10
    # The cell that is wrong is the one that its own row's problems name.
    formulas = {
        block.get("sqref"): block.findtext("{*}cfRule/{*}formula")
        for block in new.iterfind("{*}conditionalFormatting")
    }
    assert formulas["B4:B13"] == 'ISNUMBER(FIND("; Mã đơn vị:","; "&$G4))'
    assert formulas["E4:E99"] == "LEN(TRIM(E4))=0"


def test_a_mended_workbook_brings_each_record_once(office: Office) -> None:
    path = back(office.send(dossiers(office.folder / "so.xlsx"), returned_to=office.folder))
    again = office.send(path, returned_to=office.folder)
    assert (again.added, again.same, again.bad) == (0, 8, 2)
    twice = back(again)
    assert shown(twice) == [6, 10]
    # One column of problems, and its colours once, however often it comes back.
    assert parts(twice)[SHEET].count(">Lỗi<".encode()) == 1
    assert parts(twice)[SHEET].count(b"ISNUMBER(FIND(") == len(HEAD)
    last = office.send(mended(twice), returned_to=office.folder)
    assert (last.added, last.corrected, last.same, last.bad) == (2, 0, 8, 0)
    assert office.rows("SELECT count(*), count(DISTINCT dossier_code) FROM lake.dossiers") == [
        (10, 10)
    ]


def test_a_refused_workbook_is_mended_where_it_came_back(office: Office) -> None:
    sent = dossiers(office.folder / "so.xlsx")
    refused = office.send(sent, mode=Mode.ALL_OR_NOTHING, returned_to=office.folder)
    assert (refused.status, refused.added) == (Status.REFUSED, 0)
    whole = office.send(mended(back(refused)), mode=Mode.ALL_OR_NOTHING)
    assert (whole.added, whole.bad) == (10, 0)


def test_good_rows_that_come_again_do_not_undo_what_others_corrected_since(
    office: Office,
) -> None:
    first = office.send(dossiers(office.folder / "so.xlsx"), returned_to=office.folder)
    path = back(first)
    elsewhere = office.send(
        "dossier_code,unit_code,procedure_code,service_level,received_at,submitted_online\n"
        "HS-1,25001,1.1,partial,2025-01-01,true\nHS-2,25001,1.1,partial,2025-01-02,true\n"
    )
    assert elsewhere.corrected == 2
    # HS-1 stands in the workbook as it stood; HS-2 is changed there as well: that is news.
    path = edited(
        mended(path), sheet1=lambda xml: re.sub(rb'(<c r="E5"[^>]*><v>)\d+', rb"\g<1>45700", xml)
    )
    receipt = office.send(path)
    assert (receipt.added, receipt.corrected, receipt.same) == (2, 1, 7)
    levels = "SELECT dossier_code, service_level FROM lake.dossiers WHERE dossier_code <= 'HS-2'"
    assert sorted(office.rows(levels)) == [("HS-1", "partial"), ("HS-10", "full"), ("HS-2", "full")]
    # Where the batch that it answers was withdrawn, it is a file like any other.
    assert first.batch is not None
    assert receipt.batch is not None
    for batch in (receipt.batch, first.batch):
        withdraw(office.lake, batch, reason="thử")
    assert office.send(path).added == 8


def test_a_protected_sheet_hides_nothing_that_its_reader_could_not_show_again(
    office: Office,
) -> None:
    sent = dossiers(office.folder / "so.xlsx", protected=True)
    assert shown(back(office.send(sent, returned_to=office.folder))) == list(range(4, 14))


def test_the_file_is_read_by_whoever_could_read_the_sender_s(office: Office) -> None:
    sent = dossiers(office.folder / "so.xlsm")
    sent.chmod(0o640)
    path = back(office.send(sent, returned_to=office.folder))
    assert (path.suffix, path.stat().st_mode & 0o777) == (".xlsm", 0o640)


def prefixed(xml: bytes) -> bytes:
    """As some programs write it: every name with a prefix."""
    return re.sub(rb"<(/?)(?=\w)", rb"<\1x:", xml).replace(b"xmlns=", b"xmlns:x=")


def test_a_sheet_whose_names_have_a_prefix_comes_back_too(office: Office) -> None:
    sent = edited(dossiers(office.folder / "so.xlsx"), sheet1=prefixed)
    path = back(office.send(sent, returned_to=office.folder))
    assert shown(path) == [6, 10]
    assert office.send(mended(path)).added == 2


def test_rows_keep_their_numbers_under_empty_ones_and_a_table_its_own_filter(
    office: Office,
) -> None:
    sent = office.folder / "bang.xlsx"
    with xlsxwriter.Workbook(sent) as book:
        good = ["HS-1", "25001", "1.1", "full", "2025-01-02", "x"]
        table = {"data": [good, ["HS-2", "99999", *good[2:]]]}
        table["columns"] = [{"header": name} for name in HEAD]  # type: ignore[list-item]
        book.add_worksheet().add_table("C6:H8", table)
    receipt = office.send(sent, returned_to=office.folder)
    assert (receipt.added, receipt.problems[0].row) == (1, 8)
    path = back(receipt)
    assert {n for n, row in rows(path).items() if not row.get("hidden")} == {6, 8}
    # Two filters may not overlap: ours is on its own column, beside the table.
    assert b'<autoFilter ref="I6:I8"' in parts(path)[SHEET]
    assert (office.send(path).same, office.send(mended(path)).added) == (1, 1)


LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


def with_doctype(xml: bytes) -> bytes:
    return xml.replace(b"?>", b"?>" + LAUGHS, 1)


@pytest.mark.parametrize(
    "change",
    [
        {"styles": with_doctype},
        {"styles": lambda xml: b" " * (9 << 20) + xml},
        {"sheet1": lambda xml: xml.replace(b"</row>", b"<!-- </row> --></row>", 1)},
        {"sheet1": lambda xml: re.sub(rb'<row r="\d+"', b"<row", xml)},
        {"sheet1": lambda xml: xml.replace(b"</worksheet>", b"")},
    ],
    ids=["entities", "styles too large", "a comment among rows", "rows without numbers", "cut off"],
)
def test_what_cannot_be_kept_comes_back_as_text_and_the_receipt_says_so(
    office: Office, change: dict[str, Callable[[bytes], bytes]]
) -> None:
    sent = edited(dossiers(office.folder / "so.xlsm"), **change)
    receipt = office.send(sent, returned_to=office.folder)
    assert [w.code for w in receipt.warnings][-1] == "returned-odd"
    assert "công thức" in receipt.to("vi")
    assert back(receipt).name == "so.loi.xlsx"
    table = python_calamine.CalamineWorkbook.from_path(back(receipt)).get_sheet_by_index(0)
    assert [row[0] for row in table.to_python()] == ["Mã hồ sơ", "HS-3", "HS-7"]


def test_a_workbook_above_the_bound_comes_back_as_text(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(returned_workbook, "MOST_RETURNED", 5_000)
    receipt = office.send(dossiers(office.folder / "so.xlsx"), returned_to=office.folder)
    assert [w.code for w in receipt.warnings][-1] == "returned-too-large"
    assert b"<f>" not in parts(back(receipt))[SHEET]
