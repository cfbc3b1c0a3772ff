"""How records of cases write units, moments and words: what rooms that owe such records share."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from tinhso.kernel.cases.models import Case
from tinhso.kernel.clock.calendar import LOCAL, WorkCalendar
from tinhso.kernel.ledger.outbox import owe_records
from tinhso.kernel.units.register import register
from tinhso.measure.text import fold


def code_on(uid: str | None, day: date) -> str | None:
    """The code that a unit bore on a day, as streams name units; None where it did not exist then."""
    span = register().boundaries.span(uid, day) if uid else None
    return span.code if span else None


def wall_clock(at: datetime | None) -> str | None:
    """A moment as the clock on the wall shows it, to the second."""
    return at.astimezone(LOCAL).replace(tzinfo=None).isoformat(timespec="seconds") if at else None


def working_days(since: datetime, until: datetime, days: WorkCalendar) -> int:
    """Working days after the day of `since`, up to and with that of `until`."""
    first, last = (one.astimezone(LOCAL).date() for one in (since, until))
    one = timedelta(days=1)
    return days.working_days(first + one, last + one)


def trace_of(text: str) -> str:
    """The same for texts in the same words, whatever their diacritics; tells nothing of the words."""
    return hashlib.sha256(fold(text).encode()).hexdigest()[:16]


#: The stream of cases that have ended, in the communes where they are.
PLACES = "ended_at_places"


def owe_at_place(case: Case, record: Mapping[str, Any]) -> None:
    """Owe a case's record in the room's own stream once more, to its place."""
    if row := at_place(case, record):
        owe_records(PLACES, case.code, [row])


def at_place(case: Case, record: Mapping[str, Any]) -> dict[str, Any] | None:
    """A room's record of a case as one of its place (theo nơi xảy ra), by names that rooms share; None
    while the case has not ended, or where no place is known."""
    if record["place_code"] is None or record["first_closed_at"] is None:
        return None
    shared = (
        "place_code", "received_at", "due_at", "first_answer_at", "answer_working_days",
        "first_closed_at", "reopened_at", "reopened_by_office",
    )  # fmt: skip
    return {
        **{name: record[name] for name in shared},
        "case_code": case.code,
        "kind": case.kind,
        "answering_code": record["unit_code"],
        "rating": record.get("rating"),
        "simulated": case.simulated,
    }
