"""Everything that happened to a task, in the order of its days."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from tinhso.kernel.files.models import StoredFile
from tinhso.kernel.people.models import Account
from tinhso.measure import writing
from tinhso.measure.text import Text
from tinhso.modules.tasks.models import Task, TaskVersion
from tinhso.modules.tasks.queries import unit_name

SYSTEM = Text("Tỉnh Số", "Tỉnh Số")
FIELDS = {
    "title": Text("nội dung", "the task"),
    "lead_id": Text("cơ quan chủ trì", "the lead"),
    "product": Text("sản phẩm", "the product"),
    "rhythm": Text("chu kỳ", "the rhythm"),
    "start": Text("ngày bắt đầu", "the start"),
    "deadline": Text("thời hạn", "the deadline"),
    "budget": Text("kinh phí", "the budget"),
    "budget_source": Text("nguồn kinh phí", "its source"),
    "document": Text("văn bản giao", "the document"),
    "targets": Text("chỉ tiêu", "the targets"),
    "group": Text("nhóm", "the group"),
    "note": Text("ghi chú", "the note"),
}


@dataclass(frozen=True)
class Event:
    """Something that happened. `waits`: what is wanted next (`report`, `part`, `extension`, `ask`).

    `to` is the unit that was asked; `words` what was written, shown to those who may open it.
    """

    day: date
    what: Text
    by: str = ""
    words: str = ""
    details: tuple[tuple[Text, str], ...] = ()
    links: tuple[str, ...] = ()
    files: tuple[StoredFile, ...] = ()
    waits: str = ""
    key: str = ""
    to: str = ""
    order: int = 0


def timeline(task: Task, day: date, *, opened: bool) -> list[Event]:
    """What happened up to a day, newest first. What agencies wrote to each other: if `opened`."""
    events = _versions(task, day)
    events += _reports(task, day) + _extensions(task, day) + _asks(task, day)
    if not opened:
        events = [_closed(one) for one in events]
    return sorted(events, key=lambda one: (one.day, one.order), reverse=True)


def _closed(one: Event) -> Event:
    if not one.key:
        return replace(one, by="")
    return Event(one.day, one.what, key=one.key, order=one.order)


def _versions(task: Task, day: date) -> list[Event]:
    found = []
    before: TaskVersion | None = None
    for one in task.versions.filter(day__lte=day).order_by("number").select_related("by"):
        if before is None:
            what = Text("Giao nhiệm vụ", "The task is given")
        elif one.cancelled and not before.cancelled:
            what = Text("Hủy nhiệm vụ", "The task is cancelled")
        elif before.cancelled and not one.cancelled:
            what = Text("Cho nhiệm vụ chạy lại", "The task goes on again")
        elif one.deadline != before.deadline and one.deadline and before.deadline:
            what = Text(
                f"Đổi thời hạn từ {_day(before.deadline, 'vi')} thành {_day(one.deadline, 'vi')}",
                f"The deadline moves from {_day(before.deadline, 'en')} to {_day(one.deadline, 'en')}",
            )
        else:
            changed = [
                word for name, word in FIELDS.items() if getattr(one, name) != getattr(before, name)
            ]
            what = Text(
                "Sửa: " + (", ".join(word.vi for word in changed) or "phối hợp, phụ thuộc"),
                "Changed: "
                + (", ".join(word.en for word in changed) or "coordination, dependencies"),
            )
        found.append(Event(one.day, what, _name(one.by), one.reason, order=one.number))
        before = one
    return found


def _reports(task: Task, day: date) -> list[Event]:
    found = []
    rows = task.reports.filter(day__lte=day).prefetch_related("evidence__file")
    for one in rows.select_related("by", "decided_by"):
        details = []
        if one.percent is not None:
            details.append((Text("Tiến độ", "Progress"), f"{one.percent}\u00a0%"))
        if one.period:
            details.append((Text("Kỳ đến", "Period up to"), _day(one.period, "vi")))
        if one.done_on:
            details.append((Text("Hoàn thành ngày", "Done on"), _day(one.done_on, "vi")))
        if one.figures:
            details.append((Text("Số liệu", "Figures"), one.figures))
        later = one.decided_on is None or one.decided_on > day
        what = Text(f"Báo cáo số {one.number}", f"Report no. {one.number}")
        if one.part:
            of = unit_name(one.unit_id, day).name
            what = Text(f"{what.vi}, phần việc của {of.vi}", f"{what.en}, on the part of {of.en}")
        files = tuple(evidence.file for evidence in one.evidence.all())
        found.append(
            Event(
                one.day,
                what,
                _name(one.by),
                one.words,
                tuple(details),
                tuple(one.links),
                files,
                ("part" if one.part else "report") if later else "",
                str(one.pk),
                order=100 + one.number,
            )
        )
        if one.decided_on and not later:
            accepted = one.decision == "accepted"
            what = Text(
                f"{'Xác nhận' if accepted else 'Trả lại'} báo cáo số {one.number}",
                f"Report no. {one.number} {'confirmed' if accepted else 'returned'}",
            )
            found.append(
                Event(
                    one.decided_on,
                    what,
                    _name(one.decided_by),
                    one.comment,
                    key=f"{one.pk}-d",
                    order=200 + one.number,
                )
            )
    return found


def _extensions(task: Task, day: date) -> list[Event]:
    found = []
    for one in task.extensions.filter(day__lte=day).select_related("by", "decided_by"):
        later = one.decided_on is None or one.decided_on > day
        what = Text(
            f"Đề nghị gia hạn số {one.number}: từ {_day(one.before, 'vi')} đến {_day(one.wanted, 'vi')}",
            f"More time asked for, no. {one.number}: from {_day(one.before, 'en')} to {_day(one.wanted, 'en')}",
        )
        found.append(
            Event(
                one.day,
                what,
                _name(one.by),
                one.reason,
                waits="extension" if later else "",
                key=str(one.pk),
                order=300 + one.number,
            )
        )
        if one.decided_on and not later:
            if one.granted:
                what = Text(
                    f"Cho gia hạn đến {_day(one.granted, 'vi')}",
                    f"More time granted, until {_day(one.granted, 'en')}",
                )
            else:
                what = Text("Không cho gia hạn", "More time refused")
            found.append(
                Event(
                    one.decided_on,
                    what,
                    _name(one.decided_by),
                    one.comment,
                    key=f"{one.pk}-d",
                    order=400 + one.number,
                )
            )
    return found


def _asks(task: Task, day: date) -> list[Event]:
    found = []
    for one in task.asks.filter(day__lte=day).select_related("by", "answered_by"):
        to = unit_name(one.to_id, day).name
        later = one.answered_on is None or one.answered_on > day
        what = Text(f"Đề nghị {to.vi} phối hợp", f"{to.en} is asked for help")
        found.append(
            Event(
                one.day,
                what,
                _name(one.by),
                one.words,
                waits="ask" if later else "",
                key=str(one.pk),
                to=one.to_id if later else "",
                order=500 + one.number,
            )
        )
        if one.answered_on and not later:
            what = Text(f"{to.vi} trả lời", f"{to.en} answers")
            found.append(
                Event(
                    one.answered_on,
                    what,
                    _name(one.answered_by),
                    one.answer,
                    key=f"{one.pk}-d",
                    order=600 + one.number,
                )
            )
    return found


def _name(account: Account | None) -> str:
    return SYSTEM.vi if account is None else account.name


def _day(day: date, language: str) -> str:
    return writing.day(day, language)
