"""The workbook: what is filled in, and every way in which what comes back can be wrong."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from python_calamine import load_workbook

from tests.modules.reporting.conftest import BESIDE, COMMUNE, World, somebody
from tests.people import appoint
from tinhso.kernel.people.policy import ForbiddenError
from tinhso.measure.text import InputError
from tinhso.modules.reporting.files import requests_below
from tinhso.modules.reporting.models import Answer
from tinhso.modules.reporting.upload import Taken, take
from tinhso.modules.reporting.workbook import COLUMNS, META, SHEET, TOP, workbook

#: The first row of figures, as Excel counts.
FIRST = TOP + 2


def filled(
    content: bytes, cells: Mapping[str, Any], into: Path, meta: Mapping[int, str] | None = None
) -> Path:
    """The workbook as somebody sends it back, with other values in some cells ("K6")."""
    book = load_workbook(io.BytesIO(content))
    sheets = {
        name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for name in book.sheet_names
    }
    for at, value in cells.items():
        sheets[SHEET][int(at[1:]) - 1][ord(at[0]) - ord("A")] = value
    for column, text in (meta or {}).items():
        sheets[META][0][column] = text
    with xlsxwriter.Workbook(into, {"strings_to_formulas": False}) as again:
        for name, rows in sheets.items():
            sheet = again.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return into


def book(world: World, *units: str) -> bytes:
    known = world.known()
    return workbook(known, [known.requests[one] for one in units or (COMMUNE,)], "vi")


def sent_back(
    world: World, path: Path, *, keep_good: bool = False, period: str = "2025-12r"
) -> Taken:
    known = world.known(period=period)
    wanted = {COMMUNE: known.requests[COMMUNE]}
    return take(world.clerk, known, wanted, path, "vi", keep_good=keep_good)


def problems(world: World, path: Path, **how: Any) -> list[tuple[str, str]]:
    with pytest.raises(InputError) as raised:
        sent_back(world, path, **how)
    assert all(one.to("vi") and one.to("en") for one in raised.value.problems)
    return [(one.place.file, one.code) for one in raised.value.problems]


GOOD = {"K6": 812, "L6": 1034, "N6": "15/BC-UBND"}


def test_units_and_last_values_are_filled_in_and_the_rest_is_empty(world: World) -> None:
    world.from_elsewhere(COMMUNE, "2025-11-14", 500, 1034)
    rows = load_workbook(io.BytesIO(book(world))).get_sheet_by_name(SHEET).to_python()
    by_heading = dict(zip([c.heading.vi for c in COLUMNS], rows[-2], strict=False))
    assert by_heading["Mã chỉ số"] == "HTS-02"
    assert (by_heading["Tử số lần trước"], by_heading["Mẫu số lần trước"]) == (500, 1034)
    assert (by_heading["TỬ SỐ"], by_heading["MẪU SỐ"]) == ("", 1034)


def test_a_denominator_filled_in_beforehand_is_no_answer_until_a_numerator_stands_beside_it(
    world: World, tmp_path: Path
) -> None:
    world.from_elsewhere(COMMUNE, "2025-11-14", 800, 1034)
    content = book(world)
    assert problems(world, filled(content, {}, tmp_path / "a.xlsx")) == [("", "report-empty")]
    assert problems(world, filled(content, {"L6": 1035}, tmp_path / "b.xlsx")) == [
        ("K6", "numerator-needed")
    ]
    none = {"J6": "Chưa có số liệu", "O6": "mất sổ"}
    assert sent_back(world, filled(content, none, tmp_path / "c.xlsx")).sent == 1
    assert Answer.objects.get().denominator is None
    # Once something was answered, last time's denominator would be beside the point.
    again = load_workbook(io.BytesIO(book(world))).get_sheet_by_name(SHEET).to_python()
    assert again[TOP + 1][11] == ""


def test_the_share_is_live_and_locked_and_only_two_numbers_are_read_back(
    world: World, tmp_path: Path
) -> None:
    content = book(world)
    sheet = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()
    formulas = dict(re.findall(r'<c r="(\w+)"[^>]*><f>(.*?)</f>', sheet))
    assert formulas["M6"] == 'IF(OR(K6="",L6="",L6=0),"",K6/L6)'
    assert {at[0] for at in formulas} == {"M"}  # nothing that somebody typed is ever a formula
    assert "<sheetProtection " in sheet
    assert sent_back(world, filled(content, GOOD | {"M6": 0.1}, tmp_path / "a.xlsx")).sent == 1


def test_a_filled_in_workbook_is_sent_and_empty_rows_stay_owed(
    world: World, tmp_path: Path
) -> None:
    assert sent_back(world, filled(book(world), GOOD, tmp_path / "a.xlsx")).sent == 1
    [answer] = Answer.objects.all()
    assert (answer.numerator, answer.denominator, answer.evidence) == (812, 1034, "15/BC-UBND")


def test_each_wrong_cell_is_named_and_nothing_is_sent(world: World, tmp_path: Path) -> None:
    cells = GOOD | {"J7": "có lẽ", "K7": 1}
    assert problems(world, filled(book(world), cells, tmp_path / "a.xlsx")) == [
        ("J7", "workbook-answer")
    ]
    cells = GOOD | {"K7": 12.5, "L7": "mười"}
    assert problems(world, filled(book(world), cells, tmp_path / "b.xlsx")) == [
        ("K7", "number-not-whole"),
        ("L7", "number-not"),
    ]
    cells = GOOD | {"J7": "Chưa có số liệu"}
    assert problems(world, filled(book(world), cells, tmp_path / "c.xlsx")) == [
        ("O7", "answer-reason")
    ]
    assert not Answer.objects.exists()


def test_who_chooses_so_sends_the_good_rows(world: World, tmp_path: Path) -> None:
    path = filled(book(world), GOOD | {"K7": 5, "L7": 4, "N7": "15/BC-UBND"}, tmp_path / "a.xlsx")
    taken = sent_back(world, path, keep_good=True)
    assert taken.sent == 1
    assert [(one.place.file, one.code) for one in taken.problems] == [("K7", "numerator-above")]


def test_codes_that_were_changed_are_seen(world: World, tmp_path: Path) -> None:
    for at, value in (("A6", BESIDE), ("D6", "XHS-08"), ("B6", "0" * 16)):
        path = filled(book(world), GOOD | {at: value}, tmp_path / f"{at}.xlsx")
        assert problems(world, path) == [("A6", "workbook-code")]
    # A row that is genuine, of a unit that this person does not report for.
    path = filled(book(world, COMMUNE, BESIDE), {"K8": 1, "L8": 2, "N8": "x"}, tmp_path / "b.xlsx")
    assert problems(world, path) == [("C8", "workbook-unit")]


def test_a_row_that_is_there_twice_is_refused(world: World, tmp_path: Path) -> None:
    content = book(world)
    rows = (
        load_workbook(io.BytesIO(content)).get_sheet_by_name(SHEET).to_python(skip_empty_area=False)
    )
    twice = {f"{chr(65 + i)}7": value for i, value in enumerate(rows[FIRST - 1])}
    path = filled(content, twice | GOOD | {"K7": 3, "L7": 4, "N7": "x"}, tmp_path / "a.xlsx")
    assert problems(world, path) == [("D7", "workbook-twice")]


def test_another_period_an_old_form_and_any_other_file_are_recognised(
    world: World, tmp_path: Path
) -> None:
    path = filled(book(world), GOOD, tmp_path / "a.xlsx")
    assert problems(world, path, period="2025-11r") == [("upload", "workbook-another")]
    path = filled(book(world), GOOD, tmp_path / "b.xlsx", {1: "0"})
    assert problems(world, path) == [("upload", "workbook-old")]
    with xlsxwriter.Workbook(tmp_path / "c.xlsx") as other:
        other.add_worksheet("Sheet1")
    assert problems(world, tmp_path / "c.xlsx") == [("upload", "workbook-not-ours")]
    (tmp_path / "d.xlsx").write_bytes(b"PK\x03\x04 not a zip")
    assert problems(world, tmp_path / "d.xlsx") == [("upload", "workbook-not-ours")]


def test_a_bigger_unit_gets_all_its_units_as_far_as_one_may(world: World) -> None:
    known = world.known()
    head = somebody(appoint("leader", "p75.2025", "giam-doc"))
    assert len(requests_below(head, known, "p75.2025")) == 40
    assert list(requests_below(world.clerk, known, COMMUNE)) == [COMMUNE]


def test_what_a_cell_holds_is_never_run(world: World, tmp_path: Path) -> None:
    path = filled(book(world), GOOD | {"N6": "=HYPERLINK(1)"}, tmp_path / "a.xlsx")
    sent_back(world, path)
    assert Answer.objects.get().evidence == "=HYPERLINK(1)"


def test_who_may_not_enter_sends_nothing(world: World, tmp_path: Path) -> None:
    known = world.known()
    path = filled(book(world), GOOD, tmp_path / "a.xlsx")
    stranger = somebody(appoint("officer", BESIDE))
    with pytest.raises(ForbiddenError):
        take(stranger, known, dict(known.requests), path, "vi", keep_good=False)
