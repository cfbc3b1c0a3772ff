"""Tables that pages give away as Excel: their numbers are the pages', and their formulas come to them."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

import python_calamine
from django.test import Client
from django.utils.html import strip_tags

from tests.people import appoint, sign_in
from tinhso.kernel.ledger.actor import OPERATOR
from tinhso.measure import writing
from tinhso.measure.periods import Period
from tinhso.measure.places import View
from tinhso.measure.targets import Standing
from tinhso.modules.plan.actions import publish
from tinhso.modules.plan.queries import PlanQueries
from tinhso.modules.plan.words import STANDINGS
from tinhso.modules.plan.workspace import workspace
from tinhso.modules.reporting.standing import WORDS
from tinhso.modules.urging.actions import remind
from tinhso.modules.urging.models import Reminder

PLAN, PROVINCE, MONDAY = "binh-phuoc-2025", "p75.2025", date(2025, 9, 8)
Rows = list[list[Any]]


class Book:
    """A workbook, read; every formula in it is worked out anew and compared with what is written."""

    def __init__(self, content: bytes) -> None:
        book = python_calamine.load_workbook(io.BytesIO(content))
        self.sheets: dict[str, Rows] = {
            name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for name in book.sheet_names
        }
        self.formulas = 0
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for number, name in enumerate(self.sheets, start=1):
                part = archive.read(f"xl/worksheets/sheet{number}.xml").decode()
                assert re.search(r'<pageSetup paperSize="9"[^>]* orientation="landscape"', part)
                assert "<autoFilter " in part
                assert 'state="frozen"' in part
                for at, text in re.findall(r'<c r="(\w+)"[^>]*><f>(.*?)</f>', part):
                    self._check(name, at, html.unescape(text))
            assert archive.read("xl/workbook.xml").count(b"_xlnm.Print_Titles") == len(self.sheets)

    def _check(self, sheet: str, at: str, formula: str) -> None:
        self.formulas += 1
        found = next(
            (
                come(self, sheet, *match.groups())
                for pattern, come in FORMULAS.items()
                if (match := re.fullmatch(pattern, formula))
            ),
            None,
        )
        assert found is not None, formula
        written = self.cell(sheet, at)
        assert written == found or abs(written - found) < 1e-9, (sheet, at, formula, written, found)

    def cell(self, sheet: str, at: str) -> Any:
        column, row = re.fullmatch(r"\$?([A-Z]+)\$?(\d+)", at).groups()  # type: ignore[union-attr]
        return self.sheets[sheet][int(row) - 1][ord(column) - ord("A")]

    def column(self, named: str, sheet: str = "") -> list[Any]:
        """The cells of 'Sheet'!$A$5:$A$9."""
        other, first, last = re.fullmatch(r"(?:'(.+)'!)?(\$?[A-Z]+\$?\d+):(.+)", named).groups()  # type: ignore[union-attr]
        rows = (int(re.sub(r"\D", "", one)) for one in (first, last))
        letter = re.sub(r"[^A-Z]", "", first)
        return [
            self.cell(other or sheet, f"{letter}{row}") for row in range(next(rows), next(rows) + 1)
        ]

    def table(self, sheet: str, heading: str) -> list[dict[str, Any]]:
        """The rows below the headings, the first of which is `heading`, by heading."""
        rows = self.sheets[sheet]
        top = next(number for number, row in enumerate(rows) if row[0] == heading)
        return [dict(zip(rows[top], row, strict=True)) for row in rows[top + 1 :]]


def _matching(book: Book, sheet: str, *pairs: str) -> list[bool]:
    wanted = [
        (book.column(pairs[n]), book.cell(sheet, pairs[n + 1])) for n in range(0, len(pairs), 2)
    ]
    return [
        all(one == value for one, (_, value) in zip(row, wanted, strict=True))
        for row in zip(*(cells for cells, _ in wanted), strict=True)
    ]


def _share(book: Book, sheet: str, above: str, below: str) -> Any:
    top, bottom = book.cell(sheet, above), book.cell(sheet, below)
    return "" if "" in (top, bottom) or not bottom else top / bottom


_RANGE, _AT = r"('[^']+'!\$[A-Z]+\$\d+:\$[A-Z]+\$\d+)", r"(\$?[A-Z]+\$?\d+)"
#: What these workbooks work out, as Excel does.
FORMULAS: Mapping[str, Callable[..., Any]] = {
    rf"COUNTIFS?\({_RANGE},{_AT}\)": lambda *a: sum(_matching(*a)),
    rf"COUNTIFS\({_RANGE},{_AT},{_RANGE},{_AT}\)": lambda *a: sum(_matching(*a)),
    rf"SUMIFS\({_RANGE},{_RANGE},{_AT}\)": lambda book, sheet, what, *by: sum(
        one
        for one, is_it in zip(book.column(what), _matching(book, sheet, *by), strict=True)
        if is_it
    ),
    rf"SUMPRODUCT\(MAX\(\({_RANGE}={_AT}\)\*{_RANGE}\)\)": lambda book, sheet, where, at, what: max(
        one * is_it
        for one, is_it in zip(book.column(what), _matching(book, sheet, where, at), strict=True)
    ),
    r"SUBTOTAL\(9,(\w+:\w+)\)": lambda book, sheet, cells: sum(
        one for one in book.column(cells, sheet) if one != ""
    ),
    r'IF\(OR\(\w+="",\w+="",\w+=0\),"",(\w+)/(\w+)\)': _share,
    r"(\w+)-(\w+)": lambda book, sheet, *at: book.cell(sheet, at[0]) - book.cell(sheet, at[1]),
    r"\((\w+)-(\w+)\)\*100": lambda book, sheet, *at: (
        100 * (book.cell(sheet, at[0]) - book.cell(sheet, at[1]))
    ),
    r"ABS\((\w+)-(\w+)\)\*(\d+)": lambda book, sheet, one, other, times: (
        abs(book.cell(sheet, one) - book.cell(sheet, other)) * int(times)
    ),
}


def _seen(page: str) -> str:
    """A page's text, with single spaces."""
    return " ".join(html.unescape(strip_tags(page)).split())


def test_numbers_of_the_workbooks_are_those_of_the_pages(site: None) -> None:
    queries = PlanQueries(workspace(), PLAN)
    for code in ("2025-Q1r", "2025-Q2r"):
        period = Period.parse(code)
        publish(OPERATOR, queries, period, View(), by="Sở", reason="", all_levels=False)
    client = Client()
    appoint("leader", "c25363.2025", "lanh-dao")
    sign_in(client, appoint("standing-agency", PROVINCE, "thuong-truc"), strong=True)
    assert remind(MONDAY)

    def taken(page: str, address: str, query: str = "") -> tuple[str, Book]:
        book = client.get(f"{page}{address}{query}")
        assert book["Content-Type"].endswith("spreadsheetml.sheet")
        return client.get(f"{page}{query}").content.decode(), Book(book.content)

    # Who reported, who is late.
    asked = f"?ky={PLAN}/XA-THANG/2025-12r"
    page, book = taken("/bao-cao-so-lieu/tong-hop/", "tai-ve.xlsx", asked)
    *units, total = book.table("Theo đơn vị", "Mã")
    figures = book.table("Từng số liệu", "Mã")[:-1]
    tally = {one.vi: int(total[one.vi]) for one in WORDS.values() if total[one.vi]}
    assert tally == {
        text: int(count) for count, text in re.findall(r'class="standing \w+">(\d+) ([^<]+)<', page)
    }
    assert len(units) == page.count('<th scope="row">')
    assert len(figures) == sum(tally.values()) == total["Số liệu phải báo cáo"]
    shares = [one["Tỷ lệ"] for one in figures if one["Tỷ lệ"] != ""]
    assert len(shares) > 20
    assert all(isinstance(one["Hạn"], date) for one in figures)
    assert all(
        f">{writing.percent(_exact(one), 'vi')}<" in page for one in figures if one["Tỷ lệ"] != ""
    )

    # What was sent to whom.
    page, book = taken("/don-doc/", "tai-ve.xlsx")
    sent = book.table("Đã nhắc", "Ngày")
    *people, total = book.table("Theo người", "Người số")
    assert len(sent) == total["Số lời nhắc"] == Reminder.objects.count() > 10
    assert {one["Ai"] for one in people} == {"lanh-dao", "thuong-truc"}
    assert {one["Ngày"] for one in sent} == {MONDAY}
    assert all(one["Việc"] in _seen(page) for one in sent[:50])  # a page lists so many

    # A meeting.
    page, book = taken("/hop/", "tai-ve.xlsx")
    *rows, total = book.table("Tổng quan", "Trạng thái")
    for standing in Standing:
        row = next(one for one in rows if one["Trạng thái"] == STANDINGS[standing].vi)
        told = re.search(
            rf'<b class="num {standing}">.*?(\d+)</b>.*?kỳ trước (\d+)<', page, re.DOTALL
        )
        assert told is not None
        assert (row["Nay"], row["Kỳ trước"]) == (int(told[1]), int(told[2]))
    unmet = book.table("Chưa đạt", "Thứ tự")
    reds = re.findall(
        r"<li><p><strong>([^<]+)</strong>(.*?)</p>", page.split('class="gaps on-paper"')[0]
    )
    assert [one["Chỉ tiêu"] for one in unmet] == [html.unescape(name) for name, _ in reds]
    for one, (_, said) in zip(unmet, reds, strict=True):
        if one["Còn thiếu"] != "":
            assert f"thiếu {writing.number(int(one['Còn thiếu']), 'vi')} " in f"{_seen(said)} "
    assert len(book.table("Mọi chỉ tiêu", "Mã")) == total["Nay"]
    assert book.formulas > 50


def _exact(one: Mapping[str, Any]) -> Fraction:
    return Fraction(int(one["Tử số"]), int(one["Mẫu số"]))
