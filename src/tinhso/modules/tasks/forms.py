"""From what somebody filled in to a draft or a report, and back. Raises InputError by field."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from typing import TypeVar

from django.http import HttpRequest

from tinhso.kernel.people.filled import Filled, day_of, whole
from tinhso.kernel.units.asked import unit_asked, written
from tinhso.measure.text import InputError, Place, Problem
from tinhso.modules.tasks import messages
from tinhso.modules.tasks.drafts import Draft
from tinhso.modules.tasks.facts import Rhythm
from tinhso.modules.tasks.models import Task, TaskVersion
from tinhso.modules.tasks.progress import Told

T = TypeVar("T")


class Collecting:
    """Reads field after field, so that everything wrong is said at once."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def take(self, read: Callable[[], T], otherwise: T) -> T:
        try:
            return read()
        except InputError as error:
            self.problems += error.problems
            return otherwise

    def end(self) -> None:
        if self.problems:
            raise InputError(self.problems)


def draft_of(request: HttpRequest, plan: str, before: Draft | None = None) -> Draft:
    """The task that a form describes; what the form does not have stays as it was `before`."""
    posted = request.POST
    old = before or Draft("")
    reading = Collecting()
    lead = posted.get("lead", "").strip()
    draft = Draft(
        title=" ".join(posted.get("title", "").split()),
        title_en=old.title_en,
        group=posted.get("group", "").strip(),
        lead=reading.take(lambda: unit_asked(lead, "lead") if lead else "", ""),
        lead_written=old.lead_written,
        coordinating=reading.take(lambda: units_in(posted.get("coordinating", "")), ()),
        coordinating_written=old.coordinating_written,
        product=lines_of(posted.get("product", "")),
        rhythm=reading.take(lambda: rhythm_in(posted.get("rhythm", "")), Rhythm.UNKNOWN),
        start=reading.take(lambda: day_of(request, "start", needed=False), None),
        deadline=reading.take(lambda: day_of(request, "deadline", needed=False), None),
        deadline_written=old.deadline_written,
        budget=posted.get("budget", "").strip(),
        budget_source=posted.get("budget_source", "").strip(),
        document=posted.get("document", "").strip(),
        targets=codes_in(posted.get("targets", "")),
        needs=reading.take(lambda: needs_in(plan, posted.get("needs", "")), ()),
        note=lines_of(posted.get("note", "")),
    )
    reading.end()
    return draft


def codes_in(text: str) -> tuple[str, ...]:
    """Codes, parted by commas or spaces, each once."""
    return tuple(dict.fromkeys(text.replace(",", " ").split()))


def lines_of(text: str) -> str:
    """A text of several lines as it is kept."""
    return text.replace("\r\n", "\n").strip()


def rhythm_in(value: str, name: str = "rhythm") -> Rhythm:
    if value not in list(Rhythm):
        raise InputError([messages.DEADLINE_NEEDED(Place(name))])
    return Rhythm(value)


def units_in(text: str, name: str = "coordinating") -> tuple[str, ...]:
    """Units, one a line, of the field `name`."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return tuple(dict.fromkeys(unit_asked(line, name) for line in lines))


def needs_in(plan: str, text: str) -> tuple[uuid.UUID, ...]:
    """The tasks that codes name."""
    codes = list(dict.fromkeys(text.replace(",", " ").split()))
    found = dict(Task.objects.filter(plan=plan, code__in=codes).values_list("code", "pk"))
    wrong = [messages.NEED_UNKNOWN(Place("needs"), code=one) for one in codes if one not in found]
    if wrong:
        raise InputError(wrong)
    return tuple(found[one] for one in codes)


def filled_from(version: TaskVersion) -> Filled:
    """The form of a task as it is."""
    draft = Draft.of(version)
    codes = Task.objects.filter(pk__in=draft.needs).order_by("code").values_list("code", flat=True)
    return Filled(
        None,
        title=draft.title,
        group=draft.group,
        lead=written(draft.lead) if draft.lead else "",
        coordinating="\n".join(written(one) for one in draft.coordinating),
        product=draft.product,
        rhythm=draft.rhythm.value,
        start=draft.start or "",
        deadline=draft.deadline or "",
        budget=draft.budget,
        budget_source=draft.budget_source,
        document=draft.document,
        targets=", ".join(draft.targets),
        needs=", ".join(codes),
        note=draft.note,
        seen=version.number,
    )


def told_of(request: HttpRequest) -> Told:
    """The report that a form describes."""
    posted = request.POST
    reading = Collecting()
    percent = posted.get("percent", "").strip().removesuffix("%").strip()
    done = bool(posted.get("done"))
    told = Told(
        words=lines_of(posted.get("words", "")),
        percent=reading.take(lambda: _percent(percent), None),
        figures=lines_of(posted.get("figures", "")),
        links=tuple(posted.get("links", "").split()),
        done_on=reading.take(lambda: day_of(request, "done_on"), None) if done else None,
        period=reading.take(lambda: day_of(request, "period", needed=False), None),
    )
    reading.end()
    return told


def _percent(text: str) -> int | None:
    if not text:
        return None
    if not text.isascii() or not text.isdecimal():
        raise InputError([messages.PERCENT_WRONG(Place("percent"), value=text[:20])])
    return whole(text) if len(text) <= 9 else 101


def needed_day(request: HttpRequest, name: str) -> date:
    """A day that has to be there."""
    found = day_of(request, name)
    assert found is not None
    return found
