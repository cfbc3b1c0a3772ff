"""The stream `feedback`: what figures are made of, one record a case, owed with each event."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from tinhso.kernel.cases.actions import event_of, events_of, listens
from tinhso.kernel.cases.kinds import Role
from tinhso.kernel.cases.models import Case, CaseEvent
from tinhso.kernel.cases.records import code_on, owe_at_place, trace_of, wall_clock, working_days
from tinhso.kernel.cases.standing import Event, Standing
from tinhso.kernel.clock.calendar import LOCAL
from tinhso.kernel.clock.calendars import calendar
from tinhso.kernel.ledger.outbox import owe_records

STREAM = "feedback"

_held: ContextVar[bool] = ContextVar("held", default=False)


@contextmanager
def held_back() -> Iterator[None]:
    """Owe nothing meanwhile: for whoever brings the records of many cases in as one file."""
    token = _held.set(True)
    try:
        yield
    finally:
        _held.reset(token)


@listens("feedback")
def owe(case: Case, event: CaseEvent, standing: Standing) -> None:
    if not _held.get():
        events = events_of(case) if event.n > 1 else [event_of(event)]
        record = record_of(case, standing, events)
        owe_records(STREAM, case.code, [record])
        owe_at_place(case, record)


def record_of(case: Case, standing: Standing, events: list[Event]) -> dict[str, Any]:
    """What the stream holds of a case after its events; nothing that anybody wrote."""
    days = calendar()
    whole = next(one for one in standing.clocks if one.name == "whole")
    when = whole.due(days)
    answers = [one for one in events if one.act == "answer"]
    reopened = [one for one in events if one.act == "reopen"]
    ends = [one for one in events if one.act in ("answer", "reject", "merge", "withdraw")]
    grades = [int(one.data["rating"]) for one in events if one.act == "rate"]
    first = answers[0].at if answers else None
    day = case.received_at.astimezone(LOCAL).date()
    return {
        "case_code": case.code,
        "unit_code": code_on(standing.lead, day) or code_on(case.home_id, day),
        "place_code": code_on(case.place_id, day),
        "received_at": wall_clock(case.received_at),
        "category": standing.category or None,
        "channel": str(case.channel),
        "due_at": wall_clock(when.at) if when else None,
        "first_answer_at": wall_clock(first),
        "answer_working_days": working_days(case.received_at, first, days) if first else None,
        "first_closed_at": wall_clock(ends[0].at) if ends else None,
        "closed_at": wall_clock(standing.closed_at),
        "outcome": None if standing.open else standing.state,
        "reopened": standing.reopened,
        "reopened_at": wall_clock(reopened[0].at) if reopened else None,
        "reopened_by_office": reopened[0].role is not Role.REQUESTER if reopened else None,
        "rating": grades[-1] if grades else None,
        "answer_trace": trace_of(str(answers[-1].data.get("text", ""))) if answers else None,
        "simulated": case.simulated,
    }
