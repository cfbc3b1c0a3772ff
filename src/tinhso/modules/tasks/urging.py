"""What needs whom today: a pure function, for whoever reminds people of their work."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tinhso.modules.tasks.facts import Decision, Facts
from tinhso.modules.tasks.states import Rules, State, Status


class Wanted(StrEnum):
    """What somebody has to do (việc cần làm)."""

    OVERDUE = "overdue"  # the lead: finish, or ask for more time
    RETURNED = "returned"  # whoever sent it: mend the report that came back
    DUE_SOON = "due-soon"  # the lead
    ANSWER = "answer"  # the agency that was asked
    CONFIRM_PART = "confirm-part"  # the lead: a coordinating agency's report waits
    CONFIRM = "confirm"  # the standing agency: a report waits
    DECIDE = "decide"  # the standing agency: a request for more time waits
    ASSIGN = "assign"  # the standing agency: nobody leads the task any more, or yet


#: What the standing agency of the plan does; the rest falls to the units themselves.
OF_STANDING = frozenset({Wanted.CONFIRM, Wanted.DECIDE, Wanted.ASSIGN})


@dataclass(frozen=True)
class Need:
    """One thing that one unit has to do. `since`: from when on; `due`: by when, if it has a day.

    `unit` is the lasting uid; "" is the plan's standing agency.
    """

    wanted: Wanted
    unit: str
    since: date
    due: date | None = None
    number: int = 0  # of the report, request or extension meant


def needs(
    facts: Facts,
    status: Status | None,
    lead: str,
    day: date,
    by: Rules,
    *,
    led: bool = True,
    coordinating: Container[str] = (),
) -> list[Need]:
    """What a task needs of whom on a day, the most pressing first.

    `lead` is the unit that leads ("": none is known); `led`: whether somebody answers for that
    unit on the day; `coordinating`: who coordinates now. Of what has ended nothing is needed.
    """
    seen = facts.on(day)
    if seen is None or status is None or status.ended:
        return []
    found = []
    if lead and status.due is not None:
        left = (status.due - day).days
        if status.state is State.OVERDUE:
            found.append(Need(Wanted.OVERDUE, lead, status.due, status.due))
        elif 0 <= left <= by.due_soon_days and status.done_on is None:
            found.append(Need(Wanted.DUE_SOON, lead, day, status.due))
    for part, newest in seen.newest_by_part.items():
        if newest.decision is Decision.REFUSED and (part in coordinating or (lead and not part)):
            assert newest.decided_on is not None
            back = Need(Wanted.RETURNED, part or lead, newest.decided_on, status.due, newest.number)
            found.append(back)
    found += [
        Need(Wanted.ANSWER, ask.to, ask.asked_on, status.due, ask.number)
        for ask in seen.asks
        if ask.answered_on is None
    ]
    found += [
        Need(Wanted.CONFIRM_PART, lead if led else "", one.day, None, one.number)
        if one.part
        else Need(Wanted.CONFIRM, "", one.day, None, one.number)
        for one in seen.reports
        if one.decision is Decision.WAITING
    ]
    waiting = seen.open_extension
    if waiting is not None:
        found.append(Need(Wanted.DECIDE, "", waiting.asked_on, status.due, waiting.number))
    if not lead or not led:
        found.append(Need(Wanted.ASSIGN, "", seen.given_on))
    order = list(Wanted)
    return sorted(found, key=lambda one: (order.index(one.wanted), one.since, one.number))
