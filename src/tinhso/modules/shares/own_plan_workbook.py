"""A unit's draft in Excel, on its way out: what was assigned is locked and signed, the unit's own is open.

A row is an item. Hidden columns say which one and which of its cells are open, signed together with the
locked ones, and what stood in the open ones, so that a row nobody touched changes nothing, and what somebody else wrote meanwhile is
not undone. Below them are empty rows for items to be added.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

import xlsxwriter
import xlsxwriter.worksheet
from django.utils import timezone

from tinhso.kernel.files.tables import for_paper, height
from tinhso.kernel.files.workbooks import cell_text, mark_of, written
from tinhso.kernel.units.queries import card
from tinhso.measure import writing
from tinhso.measure.text import Language, Text
from tinhso.modules.shares import own_plan_words as words
from tinhso.modules.shares.models import OwnPlan, OwnPlanItem
from tinhso.modules.shares.own_plan_queries import Contents
from tinhso.modules.shares.promises import Kind, least, recurs
from tinhso.modules.shares.queries import ShareQueries

META, SHEET, WHAT, VERSION = "tinhso", "Kế hoạch", "own-plan", "1"
#: The line of headings, from 0; rows for items to be added.
TOP, NEW_ROWS = 4, 20
_SALT = "own-plan"
LETTERS = "ABCDEFGHIJKLMNOP"

Cell = str | float | date | None


@dataclass(frozen=True)
class Column:
    """`field`: what of an item it holds; "" for what is read by the software alone, hidden."""

    heading: Text
    width: int
    field: str = ""


COLUMNS = (
    Column(Text("mã mục", "item"), 8),
    Column(Text("dấu", "mark"), 10),
    Column(Text("đã có", "before"), 10),
    Column(Text("Loại", "Kind"), 10, "kind"),
    Column(Text("Mã", "Code"), 10, "code"),
    Column(Text("Nội dung", "What"), 40, "name"),
    Column(Text("Mức được giao", "Assigned level"), 13, "level"),
    Column(Text("Mốc quý (%)", "Milestones (%)"), 18, "steps"),
    Column(Text("Hạn được giao", "Assigned deadline"), 12, "when"),
    Column(Text("MỨC ĐƠN VỊ ĐẶT", "THE UNIT'S LEVEL"), 10, "value"),
    Column(Text("ĐƠN VỊ TÍNH", "MEASURE"), 9, "measure"),
    Column(Text("HẠN ĐƠN VỊ ĐẶT", "THE UNIT'S DEADLINE"), 11, "deadline"),
    Column(Text("SẢN PHẨM", "PRODUCT"), 26, "product"),
    Column(Text("NGƯỜI CHỊU TRÁCH NHIỆM (chức danh)", "WHO ANSWERS (position)"), 24, "answers"),
    Column(Text("GHI CHÚ", "NOTE"), 24, "note"),
    Column(Text("BỎ MỤC đơn vị đã thêm", "REMOVE an item of one's own"), 10, "drop"),
)
AT = {column.field: at for at, column in enumerate(COLUMNS) if column.field}
HIDDEN = 3

#: The fields that a unit fills in of a row it adds, by kind, and of its own items.
OWN = {
    Kind.TARGET: ("name", "value", "measure", "deadline", "answers", "note"),
    Kind.TASK: ("name", "product", "deadline", "answers", "note"),
}
NEW = ("kind", *dict.fromkeys((*OWN[Kind.TARGET], *OWN[Kind.TASK])))
DROP = Text("bỏ", "remove")

_HELP = Text(
    "Chỉ điền các ô màu vàng. Mức, hạn để trống là giữ như được giao; chỉ đặt được mức tốt hơn, hạn sớm hơn. Thêm mục ở các dòng vàng cuối bảng. Không chép, đổi chỗ dòng.",
    "Fill in the yellow cells only. An empty level or deadline keeps what was assigned; only a better level or an earlier day can be set. Add items in the yellow rows at the end. Do not copy or move rows.",
)
_SIMULATED = Text(
    "MÔ PHỎNG: kế hoạch hoặc phần được giao do phần mềm tạo để giới thiệu.",
    "SIMULATED: the plan, or what was assigned, was made by the software to show it.",
)


def plain(value: object) -> str:
    """What a cell says, for comparing: days as days, composed letters, single spaces.

    >>> plain(date(2025, 7, 1)), plain(80.0), plain(" Xa\\u0303 \\n A ")
    ('2025-07-01', '80', 'Xã A')
    """
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else str(value)
    if isinstance(value, date):
        return value.isoformat()
    return " ".join(unicodedata.normalize("NFC", cell_text(value)).split())


def open_fields(item: OwnPlanItem) -> tuple[str, ...]:
    """What the unit fills in of an item."""
    assigned = item.assigned
    if assigned is None:
        return (*OWN[Kind(item.kind)], "drop")
    value = ("value",) if assigned.kind is Kind.TARGET else ()
    day = () if recurs(assigned) else ("deadline",)
    return (*value, *day, "answers", "note")


def cells(item: OwnPlanItem, language: Language) -> dict[str, Cell]:
    """An item's cells by field, as they stand."""
    assigned, value = item.assigned, item.own_value
    return {
        "kind": words.KINDS[Kind(item.kind)].to(language),
        "code": item.code,
        "name": item.text.to(language),
        "level": words.level(assigned, language) if assigned else "",
        "steps": words.steps(assigned.milestones, language) if assigned else "",
        "when": words.due(assigned, language) if assigned else "",
        "value": None if value is None else float(value * 100 if assigned else value),
        "measure": "%" if assigned and assigned.kind is Kind.TARGET else item.measure,
        "deadline": item.deadline,
        "product": item.product,
        "answers": item.answers,
        "note": item.note,
        "drop": "",
    }


def mark(draft: OwnPlan, item: str, told: Mapping[str, str], is_open: Sequence[str]) -> str:
    """Which item of which draft a row is, which cells are open, and what the locked ones say: none of it
    can be changed unseen."""
    locked = (told[one] for one in AT if one not in is_open)
    return mark_of(_SALT, str(draft.pk), item, *is_open, *locked)


def stood(told: Mapping[str, str], is_open: Sequence[str]) -> str:
    """What stands in a row's open cells, in short."""
    return mark_of(_SALT, *(told[one] for one in is_open))


def write(queries: ShareQueries, draft: OwnPlan, shown: Contents, language: Language) -> bytes:
    """The workbook of a draft."""

    def fill(book: xlsxwriter.Workbook) -> None:
        sheet, meta = book.add_worksheet(SHEET), book.add_worksheet(META)
        meta.hide()
        named = (META, VERSION, WHAT, draft.plan, draft.unit_id, str(draft.pk))
        for at, text in enumerate(named):
            meta.write_string(0, at, text)
        forms = _Forms(book)
        for row, text in enumerate(_about(queries, draft, shown, language)):
            sheet.write_string(row, HIDDEN, text, None if row else forms.bold)
        for at, column in enumerate(COLUMNS):
            sheet.set_column(at, at, column.width, None, {"hidden": at < HIDDEN})
            sheet.write_string(TOP, at, column.heading.to(language), forms.head)
        sheet.set_row(TOP, height((one.heading.to(language), one.width) for one in COLUMNS))
        items = [view.item for view in shown.items]
        for row, item in enumerate(items, start=TOP + 1):
            _write_item(sheet, forms, row, draft, item, language)
        first = TOP + 1 + len(items)
        last = first + NEW_ROWS - 1
        for row in range(first, last + 1):
            for field in NEW:
                sheet.write_blank(row, AT[field], None, forms.open(field))
        _check(
            sheet,
            language,
            first,
            last,
            "kind",
            _listed([one.to(language) for one in words.KINDS.values()], language),
        )
        _check_row(sheet, language, first, last, NEW)
        sheet.autofilter(TOP, HIDDEN, last, len(COLUMNS) - 1)
        sheet.freeze_panes(TOP + 1, AT["level"])
        allowed = ("select_locked_cells", "format_columns", "format_rows", "autofilter", "sort")
        sheet.protect("", dict.fromkeys(allowed, True))
        for_paper(sheet, TOP)

    return written(fill)


def _about(queries: ShareQueries, draft: OwnPlan, shown: Contents, language: Language) -> list[str]:
    unit = card(draft.unit_id).name.to(language)
    moment = writing.moment(timezone.localtime(), language)
    title = Text(f"Kế hoạch riêng: {unit}", f"Own plan: {unit}")
    what = Text(
        f"Để thực hiện {queries.plan.plan.document}. Phiên bản {draft.version}, bản nháp; tải lúc {moment}.",
        f"To carry out {queries.plan.plan.document}. Version {draft.version}, a draft; downloaded {moment}.",
    )
    lines = [title, what, _HELP]
    if draft.simulated or shown.simulated:
        lines.append(_SIMULATED)
    return [one.to(language) for one in lines]


class _Forms:
    """How cells look: known ones plain, open ones yellow, by what they hold."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        top = {"valign": "top", "text_wrap": True}
        yellow = top | {"locked": False, "bg_color": "#FFF8DC", "border": 1}
        yellow |= {"border_color": "#B9B5A8"}
        self.bold = book.add_format({"bold": True, "font_size": 14})
        self.head = book.add_format(top | {"bold": True, "bottom": 1})
        self._known = {"": book.add_format(top)}
        self._open = {"": book.add_format(yellow | {"num_format": "@"})}
        for field, shape in (
            ("value", "General"),
            ("deadline", "d/m/yyyy"),
            ("when", "d/m/yyyy"),
        ):
            self._known[field] = book.add_format(top | {"num_format": shape})
            self._open[field] = book.add_format(yellow | {"num_format": shape})

    def known(self, field: str) -> object:
        return self._known.get(field, self._known[""])

    def open(self, field: str) -> object:
        return self._open.get(field, self._open[""])


def _write_item(
    sheet: xlsxwriter.worksheet.Worksheet,
    forms: _Forms,
    row: int,
    draft: OwnPlan,
    item: OwnPlanItem,
    language: Language,
) -> None:
    found, is_open = cells(item, language), open_fields(item)
    told = {field: plain(value) for field, value in found.items()}
    sheet.set_row(row, height((value, COLUMNS[AT[field]].width) for field, value in found.items()))
    sheet.write_string(row, 0, " ".join((str(item.pk), *is_open)))
    sheet.write_string(row, 1, mark(draft, str(item.pk), told, is_open))
    sheet.write_string(row, 2, stood(told, is_open))
    for field, value in found.items():
        shape = forms.open(field) if field in is_open else forms.known(field)
        if value is None or value == "":
            sheet.write_blank(row, AT[field], None, shape)
        elif isinstance(value, str):
            sheet.write_string(row, AT[field], value.replace("\r\n", "\n"), shape)
        elif isinstance(value, date):
            sheet.write_datetime(row, AT[field], value, shape)
        else:
            sheet.write_number(row, AT[field], value, shape)
    _check_row(sheet, language, row, row, is_open, item)


def _check_row(
    sheet: xlsxwriter.worksheet.Worksheet,
    language: Language,
    first: int,
    last: int,
    is_open: Sequence[str],
    item: OwnPlanItem | None = None,
) -> None:
    """What Excel itself checks while somebody types."""
    if "value" in is_open:
        _check(sheet, language, first, last, "value", _level(item, language))
    if "deadline" in is_open:
        _check(sheet, language, first, last, "deadline", _day(item, language))
    if "drop" in is_open:
        _check(sheet, language, first, last, "drop", _listed([DROP.to(language)], language))
    for field, most in (("answers", 200), ("note", 500)):
        said = Text(f"Nhiều nhất {most} ký tự.", f"At most {most} characters.")
        rule = {"validate": "length", "criteria": "<=", "value": most}
        _check(sheet, language, first, last, field, rule | {"error_message": said.to(language)})


def _check(
    sheet: xlsxwriter.worksheet.Worksheet,
    language: Language,
    first: int,
    last: int,
    field: str,
    rule: Mapping[str, object],
) -> None:
    title = COLUMNS[AT[field]].heading.to(language)[:32]
    sheet.data_validation(first, AT[field], last, AT[field], {"error_title": title, **rule})


def _listed(known: list[str], language: Language) -> dict[str, object]:
    said = Text("Chọn trong danh sách.", "Choose from the list.")
    return {"validate": "list", "source": known, "error_message": said.to(language)}


def _level(item: OwnPlanItem | None, language: Language) -> dict[str, object]:
    assigned = item.assigned if item else None
    if assigned is None:
        said = Text("Ghi một số từ 0 trở lên.", "Write a number, 0 or more.")
        rule: dict[str, object] = {"validate": "decimal", "criteria": ">=", "value": 0}
        return rule | {"error_message": said.to(language)}
    down = assigned.operator.startswith("<")
    bound = assigned.value if assigned.value is not None else Fraction(down)
    edge = least(bound, down=down)
    low, high = ("0", edge) if down else (edge, "100")
    said = Text(
        f"Phần trăm, từ {low} đến {high}. Để trống để giữ mức được giao.",
        f"Per cent, from {low.replace(',', '.')} to {high.replace(',', '.')}. Leave it empty to keep the assigned level.",
    )
    limits = {"minimum": float(low.replace(",", ".")), "maximum": float(high.replace(",", "."))}
    rule = {"validate": "decimal", "criteria": "between", **limits}
    return rule | {"error_message": said.to(language), "input_message": said.to(language)}


def _day(item: OwnPlanItem | None, language: Language) -> dict[str, object]:
    assigned = item.assigned if item else None
    until = assigned.deadline if assigned and assigned.deadline else date(2100, 12, 31)
    told = {one: writing.day(until, one) for one in ("vi", "en")}
    said = Text(f"Ghi một ngày, không sau {told['vi']}.", f"Write a day, not after {told['en']}.")
    rule = {
        "validate": "date",
        "criteria": "between",
        "minimum": date(2000, 1, 1),
        "maximum": until,
    }
    return rule | {"error_message": said.to(language)}
