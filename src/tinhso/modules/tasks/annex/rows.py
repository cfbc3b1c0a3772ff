"""The rows of an annex: sections, tasks, repetitions; what was understood of each and what was not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from tinhso.measure.text import InputError, Text, message
from tinhso.modules.tasks.annex.agencies import Directory, Named
from tinhso.modules.tasks.annex.columns import Header, find_header, repeats
from tinhso.modules.tasks.annex.deadlines import Due, understood
from tinhso.modules.tasks.annex.grid import Cell, Grid
from tinhso.modules.tasks.annex.reading import PLACE
from tinhso.modules.tasks.annex.words import plain

NO_HEADER = message(
    "annex-no-header",
    vi="Không thấy dòng tiêu đề bảng nhiệm vụ. Cần ít nhất cột nội dung nhiệm vụ và cột cơ quan chủ trì hoặc thời hạn. Đã đọc: {read}.",
    en="No header of a table of tasks was found. It needs at least a column for the task and one for the lead agency or the deadline. Read: {read}.",
)


class Part(StrEnum):
    """What a row of the file is."""

    TASK = "task"
    SECTION = "section"
    LEFT_OUT = "left-out"


REPEATED = Text("Dòng tiêu đề lặp lại.", "The header again.")
BLANK = Text("Dòng trống.", "An empty row.")
TOTAL = Text("Dòng cộng.", "A row of totals.")
UNTITLED = Text(
    "Dòng không có nội dung nhiệm vụ nên không đọc.",
    "The row names no task, so it is left out.",
)
SAME = Text("“{written}”: lấy như dòng trên.", "“{written}”: as in the row above.")
NOTHING_ABOVE = Text(
    "“{written}” nhưng dòng trên không có gì để lấy.",
    "“{written}”, but nothing stands above to take.",
)
DASH = Text("“{written}”: hiểu là không nêu.", "“{written}”: taken as not stated.")
NO_LEAD = Text("Văn bản không nêu cơ quan chủ trì.", "The text names no lead agency.")
UNKNOWN_LEAD = Text(
    "Chưa nhận ra cơ quan chủ trì “{written}” trong danh mục đơn vị.",
    "The lead agency “{written}” is not known in the register of units.",
)
SEVERAL_LEADS = Text(
    "Nêu nhiều cơ quan chủ trì; lấy cơ quan đầu, các cơ quan sau là phối hợp.",
    "Several lead agencies; the first leads, the others coordinate.",
)
UNKNOWN_HELP = Text(
    "Chưa nhận ra cơ quan phối hợp “{written}”; giữ nguyên chữ.",
    "The coordinating agency “{written}” is not known; its words are kept.",
)
UNKNOWN_DUE = Text(
    "Chưa hiểu thời hạn “{written}”.", "The deadline “{written}” was not understood."
)
SEVERAL_DUES = Text(
    "Một nhiệm vụ có nhiều thời hạn: {written}.", "One task has several deadlines: {written}."
)
JOINED = Text("Gộp các dòng có chung một ô nhiệm vụ.", "Rows that share one task's cell, joined.")
ONLY_TITLE = Text(
    "Dòng chỉ có chữ ở cột nhiệm vụ: có thể là dòng chia mục. Đánh dấu nếu là nhiệm vụ.",
    "Only the task's column is filled: perhaps a heading. Tick it if it is a task.",
)
NO_DUE = Text("Văn bản không nêu thời hạn.", "The text gives no deadline.")


def _said(text: Text, **values: object) -> Text:
    return Text(text.vi.format(**values), text.en.format(**values))


@dataclass(frozen=True)
class Read:
    """A row of the file as it was understood.

    `doubts` want a person's look, `remarks` say what was taken for granted. `due` is None where a
    deadline stands there that was not understood; `lead` None where none is named.
    """

    table: int
    number: int  # of the row, as the file counts
    part: Part
    why: Text | None = None
    section: str = ""
    code: str = ""
    title: str = ""
    lead: Named | None = None
    lead_written: str = ""
    coordinating: tuple[Named, ...] = ()
    coordinating_written: str = ""
    product: str = ""
    due: Due | None = None
    due_written: str = ""
    budget: str = ""
    budget_source: str = ""
    note: str = ""
    doubts: tuple[Text, ...] = ()
    remarks: tuple[Text, ...] = ()

    @property
    def likely(self) -> bool:
        """Whether it is a task as far as can be told."""
        return ONLY_TITLE not in self.doubts

    @property
    def key(self) -> str:
        """What names the row in the form where people correct it."""
        return f"{self.table}-{self.number}"


@dataclass(frozen=True)
class Annex:
    rows: tuple[Read, ...]

    @property
    def tasks(self) -> list[Read]:
        return [one for one in self.rows if one.part is Part.TASK]


FIELDS = ("number", "code", "title", "lead", "coordinating", "product", "deadline", "budget", "budget_source", "note")  # fmt: skip
_DITTO = re.compile(r"""[-–—.\s]*(?:nhu tren|nt|n t|nhu dong tren)[-–—.\s]*|["”“〃']+|''|//""")
_DASH = re.compile(r"[-–—]+|khong")
_ROMAN = re.compile(r"[ivxlc]+", re.IGNORECASE)


def understand(grids: list[Grid], directory: Directory, year: int) -> Annex:
    """Every row of every table of tasks. Raises InputError (`annex-no-header`) where there is none."""
    found: list[Read] = []
    section = ""
    header: Header | None = None
    any_header = False
    for table, grid in enumerate(grids, start=1):
        own = find_header(grid)
        # A table without a header goes on from the one before, as where a page break cut it.
        start = own.last + 1 if own else 0
        header = own or (header if header and _as_wide(grid, header) else None)
        if header is None:
            continue
        any_header = True
        above: dict[str, str] = {}
        last: tuple[Cell, Read] | None = None
        for index in range(start, len(grid.rows)):
            row = grid.rows[index]
            base = Read(table, grid.first + index, Part.TASK)
            why = _left_out(row, header)
            if why is not None:
                found.append(replace(base, part=Part.LEFT_OUT, why=why, title=_all(row)))
                continue
            title = row[header.columns["title"]]
            if _is_section(row, header):
                section = _section(row)
                found.append(replace(base, part=Part.SECTION, section=section, title=section))
                above, last = {}, None
                continue
            if not title.text:
                found.append(replace(base, part=Part.LEFT_OUT, why=UNTITLED, title=_all(row)))
                continue
            read = _task(base, row, header, above, section, directory, year)
            if last is not None and last[0].origin == title.origin:
                read = _join(last[1], read, directory)
                found.pop()
            found.append(read)
            last = (title, read)
    if not any_header:
        tops = "; ".join(" | ".join(c.text for c in g.rows[0])[:80] for g in grids[:3] if g.rows)
        raise InputError([NO_HEADER(PLACE, read=tops or "–")])
    return Annex(tuple(found))


def _as_wide(grid: Grid, header: Header) -> bool:
    return bool(grid.rows) and len(grid.rows[0]) == len(header.text)


def _all(row: tuple[Cell, ...]) -> str:
    return " · ".join(dict.fromkeys(one.text.replace("\n", " ") for one in row if one.text))[:200]


def _left_out(row: tuple[Cell, ...], header: Header) -> Text | None:
    if not any(one.text for one in row):
        return BLANK
    if repeats(row, header):
        return REPEATED
    first = next(plain(one.text) for one in row if one.text)
    return TOTAL if re.match(r"(tong cong|cong|tong so|tong kinh phi)( |$)", first) else None


def _is_section(row: tuple[Cell, ...], header: Header) -> bool:
    """One text alone in the row, or beside a Roman numeral or a letter: a heading of what follows."""
    filled = {one.origin: one.text for one in row if one.text}
    texts = [
        text
        for origin, text in filled.items()
        if origin != row[header.columns.get("number", header.columns["title"])].origin
    ]
    number = row[header.columns["number"]].text if "number" in header.columns else ""
    spread = len({one.origin for one in row}) <= max(2, len(row) // 2)
    if len(filled) == 1:
        return spread or bool(re.match(r"[IVXLC]+[.)\s]", next(iter(filled.values()))))
    heading = _ROMAN.fullmatch(number.strip(" .)")) or re.fullmatch(r"[A-ZĐ]", number.strip(" .)"))
    return len(texts) == 1 and bool(heading)


def _section(row: tuple[Cell, ...]) -> str:
    return " ".join(dict.fromkeys(one.text.replace("\n", " ") for one in row if one.text))


def _task(
    base: Read,
    row: tuple[Cell, ...],
    header: Header,
    above: dict[str, str],
    section: str,
    directory: Directory,
    year: int,
) -> Read:
    own: dict[str, str] = {}
    doubts: list[Text] = []
    remarks: list[Text] = []
    for field in FIELDS:
        index = header.columns.get(field)
        own[field] = row[index].text if index is not None else ""
    for field in ("lead", "coordinating", "product", "deadline", "budget", "budget_source", "note"):
        written = own[field]
        if not written:
            continue
        if _DITTO.fullmatch(plain(written) or written) or _DITTO.fullmatch(written):
            own[field] = above.get(field, "")
            if own[field]:
                remarks.append(_said(SAME, written=written))
            else:
                doubts.append(_said(NOTHING_ABOVE, written=written))
        elif _DASH.fullmatch(plain(written) or written) and field != "note":
            own[field] = ""
            remarks.append(_said(DASH, written=written))
    above.clear()
    above.update(own)
    column = header.columns.get("deadline")
    day = row[column].day if column is not None and row[column].text == own["deadline"] else None
    return _with_meaning(
        replace(
            base,
            section=section,
            code=_code(own),
            title=own["title"].replace("\n", " "),
            lead_written=own["lead"],
            coordinating_written=own["coordinating"],
            product=own["product"],
            due_written=own["deadline"],
            budget=own["budget"],
            budget_source=own["budget_source"],
            note=own["note"],
        ),
        directory,
        (understood(own["deadline"], year, day)),
        doubts,
        remarks,
    )


def _code(own: Mapping[str, str]) -> str:
    return (own["code"] or own["number"]).strip(" .)").replace("\n", " ")[:30]


def _with_meaning(
    read: Read,
    directory: Directory,
    due: Due | None,
    doubts: list[Text],
    remarks: list[Text],
    *,
    several: bool = False,
) -> Read:
    leads = directory.all(read.lead_written)
    helping = directory.all(read.coordinating_written)
    if not any((read.lead_written, read.coordinating_written, read.product, read.due_written)):
        doubts.append(ONLY_TITLE)
    elif not leads:
        doubts.append(NO_LEAD)
    elif not leads[0].uid:
        doubts.append(_said(UNKNOWN_LEAD, written=leads[0].written))
    if len(leads) > 1:
        remarks.append(SEVERAL_LEADS)
    known = {one.uid for one in leads[:1] if one.uid}
    others = []
    for one in [*leads[1:], *helping]:
        if one.uid in known:
            continue
        others.append(one)
        known |= {one.uid} - {""}
        if not one.uid and not one.group:
            remarks.append(_said(UNKNOWN_HELP, written=one.written))
    if due is None and not several:
        doubts.append(_said(UNKNOWN_DUE, written=read.due_written))
    elif not read.due_written:
        remarks.append(NO_DUE)
    return replace(
        read,
        lead=leads[0] if leads else None,
        coordinating=tuple(others),
        due=due,
        doubts=tuple(doubts),
        remarks=(*remarks, *(due.remarks if due else ())),
    )


def _join(first: Read, second: Read, directory: Directory) -> Read:
    """Two rows over which one task's cell is merged: what differs stands together."""

    def both(name: str) -> str:
        one, other = str(getattr(first, name)), str(getattr(second, name))
        return one if other in ("", one) else f"{one}\n{other}" if one else other

    doubts: list[Text] = []
    due = first.due
    if second.due_written not in ("", first.due_written):
        due = None
        doubts.append(_said(SEVERAL_DUES, written=f"{first.due_written}; {second.due_written}"))
    joined = replace(
        first,
        lead_written=both("lead_written"),
        coordinating_written=both("coordinating_written"),
        product=both("product"),
        due_written=both("due_written"),
        budget=both("budget"),
        budget_source=both("budget_source"),
        note=both("note"),
    )
    remarks = [*dict.fromkeys((*first.remarks, *second.remarks)), JOINED]
    again = _with_meaning(joined, directory, due, doubts, [], several=bool(doubts))
    return replace(again, remarks=tuple(dict.fromkeys((*remarks, *again.remarks))))
