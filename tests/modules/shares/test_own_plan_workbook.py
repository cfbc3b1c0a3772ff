"""A unit's draft goes out to Excel and comes back: looked at by cell, kept whole or not at all."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import Any
from xml.sax.saxutils import escape

import pytest
import python_calamine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.modules.shares.test_own_plans import (
    BY,
    DUE,
    PLAN,
    WARD,
    WHERE,
    approved,
    give,
    items,
    led,
    queries,
)
from tests.people import appoint, sign_in
from tinhso.kernel.ledger.models import Entry
from tinhso.modules.shares.models import OwnPlan, OwnPlanItem
from tinhso.modules.shares.own_plan_items import Typed, add, change, take_over
from tinhso.modules.shares.own_plan_workbook import SHEET, TOP
from tinhso.modules.shares.own_plans import discard, start, submit
from tinhso.modules.shares.promises import Kind
from tinhso.modules.shares.queries import ShareQueries

__all__ = ["queries"]  # a fixture

pytestmark = pytest.mark.usefixtures("site")

EXCEL = f"{WHERE}excel/"
#: The first row of items, as Excel counts.
FIRST = TOP + 2
SOONER = DUE - timedelta(days=9)


def edited(content: bytes, cells: Mapping[str, Any], **parts: tuple[str, str]) -> bytes:
    """The very file with other values in some cells ("J6"): days, numbers, texts; "=..." a formula with
    what it came to. `parts`: a text of a part (book, meta) for another."""
    out, names = io.BytesIO(), {"book": "xl/workbook.xml", "meta": "xl/sharedStrings.xml"}
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            if name == "xl/worksheets/sheet1.xml":
                for at, value in cells.items():
                    text = _with(text, at, value)
            for part, (was, now) in parts.items():
                if name == names[part]:
                    assert was in text
                    text = text.replace(was, now)
            new.writestr(name, text)
    return out.getvalue()


def _with(sheet: str, at: str, value: Any) -> str:
    if isinstance(value, date):
        value = (value - date(1899, 12, 30)).days
    if isinstance(value, str) and value.startswith("="):
        inner, kind = f"<f>{value[1:]}</f><v>90</v>", ""
    elif isinstance(value, str):
        inner, kind = f"<is><t>{escape(value)}</t></is>", ' t="inlineStr"'
    else:
        inner, kind = f"<v>{value}</v>", ""
    cell = rf'<c r="{at}"( s="\d+")?[^>]*?(?:/>|>.*?</c>)'
    text, count = re.subn(cell, rf'<c r="{at}"\1{kind}>{inner}</c>', sheet)
    assert count == 1, at
    return text


class Desk:
    """An officer of the ward at its page."""

    def __init__(self) -> None:
        self.client = Client()
        sign_in(self.client, appoint("officer", WARD, "phuong"))

    def file(self) -> bytes:
        answer = self.client.get(f"{EXCEL}soan.xlsx")
        assert answer.status_code == 200
        return answer.content

    def rows(self, content: bytes) -> dict[str, int]:
        """By code or name: the row of an item, as Excel counts."""
        book = python_calamine.load_workbook(io.BytesIO(content))
        table = book.get_sheet_by_name(SHEET).to_python(skip_empty_area=False)
        found = enumerate(table[FIRST - 1 :], start=FIRST)
        return {str(row[4] or row[5]): number for number, row in found if row[3]}

    def send(self, content: bytes, name: str = "bang.xlsx") -> tuple[int, str]:
        sent = {"viec": "xem", "tep": SimpleUploadedFile(name, content)}
        answer = self.client.post(EXCEL, sent)
        return answer.status_code, answer.content.decode()

    def save(self, page: str) -> tuple[int, str]:
        kept = {name: _field(page, name) for name in ("stored", "da-xem")}
        answer = self.client.post(EXCEL, {"viec": "luu", **kept})
        return answer.status_code, answer.content.decode()


def _field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def state() -> tuple[int, list[dict[str, Any]]]:
    """All that a workbook may change: the ledger's acts on plans, and every item."""
    acts = Entry.objects.filter(act__startswith="shares.own-plan.").count()
    return acts, list(OwnPlanItem.objects.order_by("pk").values())


def test_a_draft_goes_out_is_filled_in_and_comes_back_by_the_acts_of_the_page(
    queries: ShareQueries,
) -> None:
    give(queries, Fraction(3, 4))
    task = led()
    take_over(BY, queries, WARD)
    typed = Typed(name="Mở lớp", product="Hai lớp", deadline=DUE)
    add(BY, PLAN, WARD, Kind.TASK, typed)
    desk = Desk()
    content = desk.file()
    at = desk.rows(content)
    share, work, own = at["CQS-03"], at[task.code], at["Mở lớp"]
    new = max(at.values()) + 1
    decomposed = unicodedata.normalize("NFD", "Chủ tịch phường")
    filled = edited(
        content,
        {
            f"J{share}": 80.5,
            f"N{share}": decomposed,
            f"L{work}": SOONER,
            f"L{own}": f"{SOONER.day}/{SOONER.month}/{SOONER.year}",  # as a text
            f"D{new}": unicodedata.normalize("NFD", "Chỉ tiêu"),
            f"F{new}": "Hộ có tài khoản",
            f"J{new}": 1200,
            f"K{new}": "hộ",
            f"D{new + 1}": "Nhiệm vụ",
            f"F{new + 1}": "Tập huấn",
            f"M{new + 1}": "Một lớp",
            f"L{new + 1}": DUE,
        },
    )
    before = state()
    status, page = desk.send(filled)
    assert status == 200
    assert state() == before  # looked at, not kept
    for said in ("5 mục sẽ đổi", f"J{share}", "80,5\u00a0%", "1.200\u00a0hộ", "Chủ tịch phường"):
        assert said in page
    change(BY, PLAN, WARD, items(1)[str(task.pk)].pk, Typed(note="Người khác ghi"))
    status, page = desk.save(page)
    assert status == 400  # what was looked at is no longer what would be saved
    assert "đã được sửa trên trang" in page
    assert len(items(1)) == 3
    fresh = edited(filled, {f"L{work}": ""})  # leaves the other's row alone
    status, page = desk.send(fresh)
    assert (status, desk.save(page)[0]) == (200, 302)
    found = items(1)
    assert found["CQS-03"].own_value == Fraction(161, 200)
    assert found["CQS-03"].answers == "Chủ tịch phường"
    assert found[str(task.pk)].note == "Người khác ghi"
    assert found["Mở lớp"].deadline == SOONER
    assert found["Hộ có tài khoản"].own_value == 1200
    assert found["Tập huấn"].product == "Một lớp"
    last = Entry.objects.filter(act="shares.own-plan.item").order_by("-id")[:4]
    assert {(one.unit, bool(one.position)) for one in last} == {(WARD, True)}
    assert "không đổi gì" in desk.send(desk.file())[1]
    again = desk.send(fresh)  # the same file once more adds nothing twice
    assert (again[0], "Đã có mục “Tập huấn”" in again[1]) == (400, True)
    dropped = desk.file()
    status, page = desk.send(edited(dropped, {f"P{desk.rows(dropped)['Tập huấn']}": "bỏ"}))
    assert (status, desk.save(page)[0]) == (200, 302)
    assert "Tập huấn" not in items(1)


def test_what_is_wrong_is_named_by_cell_and_nothing_is_kept(queries: ShareQueries) -> None:
    give(queries, Fraction(3, 4))
    task = led()
    take_over(BY, queries, WARD)
    desk = Desk()
    content = desk.file()
    at = desk.rows(content)
    share, work = at["CQS-03"], at[task.code]
    new = max(at.values()) + 1
    before = state()
    wrong: list[tuple[dict[str, Any], str, str]] = [
        ({f"J{share}": 74}, f"J{share}", "không đạt mức được giao"),
        ({f"J{share}": 0.8}, f"J{share}", "không ghi 0,75 hay 75%"),
        ({f"J{share}": "tám mươi"}, f"J{share}", "không phải tỷ lệ phần trăm"),
        ({f"J{share}": "=80+10"}, f"J{share}", "Ô là công thức"),
        ({f"L{work}": "31/12/25"}, f"L{work}", "không phải ngày"),
        ({f"L{work}": DUE + timedelta(days=1)}, f"L{work}", "muộn hơn hạn được giao"),
        ({f"O{work}": "x" * 501}, f"O{work}", "Dài quá 500 ký tự"),
        ({f"G{share}": "đạt 10 %"}, f"E{share}", "Ô khóa của dòng đã bị sửa"),
        ({f"F{new}": "Không có loại"}, f"D{new}", "không phải loại mục"),
        ({f"D{new}": "Nhiệm vụ", f"F{new}": "Việc", f"J{new}": 3}, f"J{new}", "Để trống"),
        ({f"D{new}": "Chỉ tiêu", f"F{new}": "Hộ", f"J{new}": -3}, f"J{new}", "không phải một số"),
    ]
    for cells, cell, said in wrong:
        status, page = desk.send(edited(content, {f"N{work}": "Phó Chủ tịch"} | cells))
        told = re.search(rf"<strong>{cell}</strong>: ([^<]*)", page)
        assert status == 400
        assert told is not None, (cells, page)
        assert said in told[1]
        assert 'value="luu"' not in page
    assert state() == before


def test_a_wrong_file_is_told_what_it_is(queries: ShareQueries) -> None:
    give(queries, Fraction(3, 4))
    take_over(BY, queries, WARD)
    desk = Desk()
    content = desk.file()
    other = edited(content, {}, meta=(PLAN, "ke-hoach-khac"))
    files: list[tuple[str, bytes, str]] = [
        ("a.xlsx", other, "của kế hoạch ke-hoach-khac"),
        ("a.xlsx", edited(content, {}, meta=(f">{WARD}<", ">a.BP-STC<")), "Bảng này của Sở"),
        ("a.xlsx", edited(content, {}, book=(SHEET, "Bảng 1")), "Không thấy trang tính"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "Excel kiểu cũ"),
        ("a.csv", "Mã;Mức\nCQS-03;80\n".encode(), "chỉ có chữ (CSV)"),
        ("a.xlsx", b"", "Tệp rỗng"),
        ("a.xlsx", desk.client.get(f"{WHERE}ban/1/tai-ve.xlsx").content, "không phải bảng"),
    ]
    before = state()
    for name, sent, said in files:
        status, page = desk.send(sent, name)
        assert (status, said in page) == (400, True), (said, page)
    assert state() == before
    submit(BY, queries, WARD)
    assert "đã khóa" in desk.send(content)[1]
    OwnPlan.objects.all().delete()
    one = approved(queries)
    start(BY, PLAN, WARD)
    mine = desk.file()
    assert "không đổi gì" in desk.send(mine)[1]
    discard(BY, PLAN, WARD)
    assert "Bản nháp của bảng này đã bỏ" in desk.send(mine)[1]
    assert OwnPlan.objects.get(unit=WARD).pk == one.pk
