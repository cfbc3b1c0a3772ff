"""What a version of a task says, before and after it is kept; and who acts."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from tinhso.kernel.ledger.actor import SYSTEM, Actor
from tinhso.kernel.people.who import Seat, Who
from tinhso.kernel.units.queries import card
from tinhso.measure import writing
from tinhso.measure.text import InputError, Place, Problem, Text, nearest
from tinhso.modules.plan.workspace import workspace
from tinhso.modules.tasks import messages
from tinhso.modules.tasks.facts import DATED, Rhythm
from tinhso.modules.tasks.models import Task, TaskVersion

CODE = re.compile(r"[\w.\-/]{1,40}")


@dataclass(frozen=True)
class By:
    """Who acts, and on which day: facts carry the day, the ledger the moment.

    The caller has asked the policy. Without `who` it is the system itself.
    """

    actor: Actor
    day: date
    who: Who | None = None
    seat: Seat | None = None

    @classmethod
    def person(cls, who: Who, seat: Seat | None) -> By:
        return cls(who.actor(seat), who.day, who, seat)

    @classmethod
    def system(cls, day: date) -> By:
        return cls(SYSTEM, day)

    @property
    def account(self) -> uuid.UUID | None:
        return self.who.account if self.who else None


@dataclass(frozen=True)
class Draft:
    """What a task says. Days are within; "" and None are "not in the source".

    `coordinating` are uids, `needs` ids of tasks, `targets` codes of the plan's targets.
    """

    title: str
    title_en: str = ""
    group: str = ""
    lead: str = ""
    lead_written: str = ""
    coordinating: tuple[str, ...] = ()
    coordinating_written: str = ""
    product: str = ""
    rhythm: Rhythm = Rhythm.UNKNOWN
    start: date | None = None
    deadline: date | None = None
    deadline_written: str = ""
    budget: str = ""
    budget_source: str = ""
    document: str = ""
    targets: tuple[str, ...] = ()
    needs: tuple[uuid.UUID, ...] = ()
    note: str = ""

    @classmethod
    def of(cls, version: TaskVersion) -> Draft:
        """What a kept version says."""
        plain = {
            one.name: getattr(version, one.name)
            for one in fields(cls)
            if one.name not in ("lead", "coordinating", "needs", "rhythm", "targets")
        }
        return cls(
            **plain,
            lead=version.lead_id or "",
            rhythm=Rhythm(version.rhythm),
            targets=tuple(version.targets),
            coordinating=tuple(sorted(one.unit_id for one in version.coordinating.all())),
            needs=tuple(sorted(one.on_id for one in version.needs.all())),
        )

    def columns(self) -> dict[str, Any]:
        """For the row of a version; coordinating units and needs have rows of their own."""
        found = {
            one.name: getattr(self, one.name)
            for one in fields(self)
            if one.name not in ("lead", "coordinating", "needs")
        }
        return found | {
            "lead_id": self.lead or None,
            "rhythm": self.rhythm.value,
            "targets": list(self.targets),
        }

    def entered(self) -> dict[str, Any]:
        """For the ledger: what is said, and nothing of what is not."""
        found: dict[str, Any] = {}
        for one in fields(self):
            value = getattr(self, one.name)
            if isinstance(value, tuple):
                value = ", ".join(map(str, value))
            elif isinstance(value, date):
                value = value.isoformat()
            if value not in ("", None):
                found[one.name] = str(value)
        return found


def checked(plan: str, draft: Draft) -> None:
    """Raises InputError with everything that is wrong with a draft; places are its fields."""
    problems: list[Problem] = []
    if not draft.title.strip():
        problems.append(messages.TITLE_NEEDED(Place("title")))
    for one in fields(draft):
        value = getattr(draft, one.name)
        if isinstance(value, str) and one.name != "lead":
            problems += too_long(one.name, value, _most(one.name))
    if draft.rhythm in DATED and draft.deadline is None:
        problems.append(messages.DEADLINE_NEEDED(Place("deadline")))
    if draft.rhythm not in DATED and draft.deadline is not None:
        problems.append(messages.DEADLINE_NOT_MEANT(Place("deadline")))
    if draft.start and draft.deadline and draft.start > draft.deadline:
        told = {"start": _day(draft.start), "deadline": _day(draft.deadline)}
        problems.append(messages.DATES_BACKWARDS(Place("start"), **told))
    if draft.lead and draft.lead in draft.coordinating:
        unit = card(draft.lead).name
        problems.append(messages.LEAD_COORDINATES(Place("coordinating"), unit=unit))
    problems += targets_unknown(plan, draft.targets, "targets")
    if problems:
        raise InputError(problems)


def targets_unknown(plan: str, codes: Iterable[str], place: str) -> list[Problem]:
    """A problem for each of `codes` that is no target of the plan."""
    known = [one.code for one in workspace().plan(plan).plan.targets]
    return [
        messages.TARGET_UNKNOWN(Place(place), code=one[:60], near=nearest(one, known) or "–")
        for one in codes
        if one not in known
    ]


#: The most that columns without a length of their own take.
MOST_TEXT = 5000


def _most(name: str) -> int:
    length = getattr(TaskVersion._meta.get_field(name), "max_length", None)
    return length or MOST_TEXT


def too_long(name: str, value: str, most: int = MOST_TEXT) -> list[Problem]:
    if len(value) <= most:
        return []
    return [messages.TOO_LONG(Place(name), most=most, has=len(value))]


def _day(day: date) -> Text:
    return Text(writing.day(day, "vi"), writing.day(day, "en"))


def code_for(plan: str, code: str) -> str:
    """A code that a new task of a plan may bear. Raises InputError."""
    asked = code.strip()
    if not CODE.fullmatch(asked):
        raise InputError([messages.CODE_WRONG(Place("code"), code=asked[:60])])
    if Task.objects.filter(plan=plan, code=asked).exists():
        raise InputError([messages.CODE_TAKEN(Place("code"), code=asked)])
    return asked
