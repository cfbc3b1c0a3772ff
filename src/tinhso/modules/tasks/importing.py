"""From a read annex to tasks: which are taken, what people corrected, what is already there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest
from django.utils import timezone

from tinhso.kernel.files.models import StoredFile
from tinhso.kernel.files.storage import path_of
from tinhso.kernel.people.filled import Filled, day_of
from tinhso.kernel.units.asked import unit_asked, written
from tinhso.kernel.units.register import register
from tinhso.measure.text import InputError, Place, Problem, Text, fold, message
from tinhso.modules.plan.pack import Plan
from tinhso.modules.tasks import messages
from tinhso.modules.tasks.actions import NewTask
from tinhso.modules.tasks.annex.agencies import Directory
from tinhso.modules.tasks.annex.reading import read
from tinhso.modules.tasks.annex.rows import Annex, Read, understand
from tinhso.modules.tasks.drafts import CODE, Draft, targets_unknown, too_long
from tinhso.modules.tasks.facts import DATED, Rhythm
from tinhso.modules.tasks.forms import Collecting, codes_in, lines_of, units_in
from tinhso.modules.tasks.models import Task, TaskVersion

#: Tasks of one annex: a form with more fields would not be taken, nor read by anybody.
MOST_TASKS = 200

TOO_MANY = message(
    "annex-too-many",
    vi="Phụ lục có {count} nhiệm vụ; nhiều nhất {most} một lần. Tách thành nhiều tệp.",
    en="The annex has {count} tasks; {most} at most at a time. Split it into several files.",
)
NOT_AN_ANNEX = message(
    "annex-other-kind",
    vi="Tệp này không phải Word hay Excel nên không đọc được bảng nhiệm vụ.",
    en="This file is neither Word nor Excel, so no table of tasks can be read from it.",
)
NONE_CHOSEN = message(
    "annex-none-chosen",
    vi="Chưa chọn dòng nào để lưu.",
    en="No row is chosen to be saved.",
)
UNSETTLED = message(
    "annex-unsettled",
    vi="Còn {count} dòng có chỗ chưa rõ. Sửa, bỏ chọn các dòng ấy, hoặc đánh dấu ô đồng ý bên dưới bảng.",
    en="{count} rows still have something unclear. Correct or leave out these rows, or tick the box below the table.",
)
ANNEX_DEADLINE = message(
    "annex-deadline",
    vi="Chu kỳ này cần ngày hạn.",
    en="This rhythm needs a day.",
)
SAME_TITLE = Text(
    "Kế hoạch đã có nhiệm vụ cùng nội dung: {code}.", "The plan has the same task already: {code}."
)


@dataclass(frozen=True)
class Line:
    """A row of the preview: as read, and what the form begins with."""

    read: Read
    code: str
    lead: str  # as the list of choices writes it
    coordinating: str  # those that are known, likewise, one a line
    near: tuple[str, ...]
    rhythm: Rhythm
    deadline: date | None
    chosen: bool
    same_as: Text | None

    @property
    def unclear(self) -> bool:
        return bool(self.read.doubts) or self.same_as is not None


def directory_of(plan: Plan) -> Directory:
    """Names that an annex of a plan may use: units of the plan's year first, then today's."""
    units, today, first = register(), timezone.localdate(), date(plan.year, 1, 1)
    names: dict[str, list[str]] = {}
    known: set[str] = set()
    place = units.at(plan.unit, today).uid
    for day, top in ((first, plan.unit), (today, place)):
        for uid in (top, *units.descendants(top, day)):
            name = units.full_name(uid, day).vi
            if uid not in names and fold(name) not in known:
                names[uid] = [name]
                known.add(fold(name))
    return Directory(names)


def annex_of(plan: Plan, file: StoredFile) -> Annex:
    """What a kept file says. Raises InputError."""
    if file.kind not in ("docx", "xlsx"):
        raise InputError([NOT_AN_ANNEX(Place("file"))])
    annex = understand(read(path_of(file.digest), file.kind), directory_of(plan), plan.year)
    if len(annex.tasks) > MOST_TASKS:
        count = len(annex.tasks)
        raise InputError([TOO_MANY(Place("file"), count=count, most=MOST_TASKS)])
    return annex


def lines(plan_code: str, annex: Annex) -> list[Line]:
    """The preview's rows of tasks, in the file's order."""
    titles = {
        fold(title): code
        for title, code in TaskVersion.objects.filter(task__plan=plan_code).values_list(
            "title", "task__code"
        )
    }
    taken = set(Task.objects.filter(plan=plan_code).values_list("code", flat=True))
    found = []
    for one in annex.tasks:
        code = _code(one, taken)
        taken.add(code)
        same = titles.get(fold(one.title))
        due = one.due
        found.append(
            Line(
                one,
                code,
                written(one.lead.uid) if one.lead and one.lead.uid else "",
                "\n".join(written(other.uid) for other in one.coordinating if other.uid),
                tuple(written(uid) for uid in one.lead.near) if one.lead else (),
                due.rhythm if due else Rhythm.UNKNOWN,
                due.deadline if due else None,
                same is None and one.likely,
                Text(SAME_TITLE.vi.format(code=same), SAME_TITLE.en.format(code=same))
                if same
                else None,
            )
        )
    return found


def _code(one: Read, taken: set[str]) -> str:
    """A code from the annex's own numbering: "PL.II.3"; never one that is taken."""
    section = re.match(r"\s*([IVXLC]+|[A-ZĐ])(?=[\s.)])", one.section)
    parts = ["PL", section[1] if section else "", one.code or str(one.number)]
    base = re.sub(r"[^\w.\-/]+", "-", ".".join(part for part in parts if part)).strip("-.")[:36]
    code, number = base, 2
    while code in taken or not CODE.fullmatch(code):
        code, number = f"{base}-{number}", number + 1
    return code


def first_filled(found: list[Line]) -> Filled:
    """The preview's form as it begins."""
    values: dict[str, object] = {}
    for line in found:
        key = line.read.key
        values |= {
            f"lay-{key}": "1" if line.chosen else "",
            f"viec-{key}": line.read.title,
            f"chu-tri-{key}": line.lead,
            f"phoi-hop-{key}": line.coordinating,
            f"san-pham-{key}": line.read.product,
            f"chi-tieu-{key}": "",
            f"chu-ky-{key}": line.rhythm.value,
            f"han-{key}": line.deadline or "",
        }
    return Filled(None, None, **values)


def chosen(request: HttpRequest, found: list[Line], document: str, plan: str) -> list[NewTask]:
    """The tasks that the form asks to save, with what people corrected. Raises InputError."""
    posted = request.POST
    problems: list[Problem] = []
    new: list[NewTask] = []
    unclear = 0
    for line in found:
        key = line.read.key
        if not posted.get(f"lay-{key}"):
            continue
        try:
            draft = _draft(request, line, document, plan)
        except InputError as error:
            problems += error.problems
            continue
        silent = draft.rhythm is Rhythm.UNKNOWN and bool(line.read.due_written)
        unclear += not draft.lead or silent
        new.append(NewTask(line.code, draft))
    if not new and not problems:
        problems.append(NONE_CHOSEN(Place("")))
    if unclear and not posted.get("dong-y"):
        problems.append(UNSETTLED(Place("dong-y"), count=unclear))
    if problems:
        raise InputError(problems)
    return new


def _draft(request: HttpRequest, line: Line, document: str, plan: str) -> Draft:
    """What a row of the form says; a field that it lacks is as it was read. Raises InputError with
    every problem at its field."""
    posted: Mapping[str, str] = request.POST
    read_, key = line.read, line.read.key
    reading = Collecting()
    lead = posted.get(f"chu-tri-{key}", line.lead).strip()
    help_ = posted.get(f"phoi-hop-{key}", line.coordinating)
    lead = reading.take(lambda: unit_asked(lead, f"chu-tri-{key}") if lead else "", "")
    nobody: tuple[str, ...] = ()
    helping = reading.take(lambda: units_in(help_, f"phoi-hop-{key}"), nobody)
    value = posted.get(f"chu-ky-{key}", "")
    rhythm = Rhythm(value) if value in list(Rhythm) else Rhythm.UNKNOWN
    deadline = reading.take(lambda: day_of(request, f"han-{key}", needed=False), None)
    if rhythm in DATED and deadline is None and not reading.problems:
        reading.problems.append(ANNEX_DEADLINE(Place(f"han-{key}")))
    if rhythm not in DATED and deadline is not None:
        reading.problems.append(messages.DEADLINE_NOT_MEANT(Place(f"han-{key}")))
    title = " ".join(posted.get(f"viec-{key}", read_.title[:1000]).split())
    product = lines_of(posted.get(f"san-pham-{key}", read_.product))
    targets = codes_in(posted.get(f"chi-tieu-{key}", ""))
    if not title:
        reading.problems.append(messages.TITLE_NEEDED(Place(f"viec-{key}")))
    reading.problems += too_long(f"viec-{key}", title, 1000)
    reading.problems += too_long(f"san-pham-{key}", product)
    reading.problems += targets_unknown(plan, targets, f"chi-tieu-{key}")
    reading.end()
    start = read_.due.start if read_.due else None
    return Draft(
        title=title,
        group=read_.section[:300],
        lead=lead,
        lead_written=read_.lead_written[:500],
        coordinating=tuple(one for one in helping if one != lead),
        coordinating_written=read_.coordinating_written,
        product=product,
        rhythm=rhythm,
        start=start if start and deadline and start <= deadline else None,
        deadline=deadline,
        deadline_written=read_.due_written[:200],
        budget=read_.budget[:500],
        budget_source=read_.budget_source[:500],
        document=document,
        targets=targets,
        note=read_.note,
    )
