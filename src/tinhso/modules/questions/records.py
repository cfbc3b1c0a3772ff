"""The stream `questions`: a record a question, corrected with every event (bản ghi câu hỏi)."""

from __future__ import annotations

from tinhso.kernel.cases.actions import events_of, listens, standing_of
from tinhso.kernel.cases.kinds import Role
from tinhso.kernel.cases.models import Case, CaseEvent
from tinhso.kernel.cases.records import code_on, owe_at_place, trace_of, wall_clock, working_days
from tinhso.kernel.cases.standing import Event, Standing
from tinhso.kernel.clock.calendar import LOCAL
from tinhso.kernel.clock.calendars import calendar
from tinhso.kernel.ledger.outbox import owe_records, remakes
from tinhso.modules.questions.actions import KIND

STREAM = "questions"


@listens(KIND)
def owe_record(case: Case, _event: CaseEvent, after: Standing) -> None:
    """Owe the record as the question stands after an event. Simulated questions are not records."""
    if case.simulated:
        return
    record = row(case, after, events_of(case))
    owe_records(STREAM, case.code, [record])
    owe_at_place(case, shared(record))


@remakes(STREAM)
def remade(code: str) -> list[dict[str, object]]:
    """The record of a question as it stands now, for what was owed in another form."""
    case = Case.objects.get(kind=KIND, code=code)
    return [row(case, standing_of(case), events_of(case))]


def row(case: Case, after: Standing, events: list[Event]) -> dict[str, object]:
    """What the stream holds of a question after its events; nothing that anybody wrote."""
    days, day = calendar(), case.received_at.astimezone(LOCAL).date()
    whole = next(one for one in after.clocks if one.name == "whole")
    when = whole.due(days)
    answers = [one for one in events if one.act == "answer"]
    reopened = [one for one in events if one.act == "reopen"]
    ends = [one for one in events if one.act in ("answer", "reject", "merge", "withdraw")]
    first = answers[0].at if answers else None
    return {
        "question_code": case.code,
        "unit_code": code_on(after.lead, day) or code_on(case.home_id, day),
        "place_code": code_on(case.place_id, day),
        "received_at": wall_clock(case.received_at),
        "due_at": wall_clock(when.at if when else None),
        "answered_at": wall_clock(first),
        "answer_working_days": working_days(case.received_at, first, days) if first else None,
        "first_closed_at": wall_clock(ends[0].at if ends else None),
        "first_outcome": OUTCOMES[ends[0].act] if ends else None,
        "closed_at": wall_clock(after.closed_at),
        "state": after.state,
        "field": after.category or None,
        "channel": str(case.channel),
        "published": after.state == "published",
        "reopened": after.reopened,
        "reopened_at": wall_clock(reopened[0].at if reopened else None),
        "reopened_by_office": reopened[0].role is not Role.REQUESTER if reopened else None,
        "answer_trace": trace_of(str(answers[-1].data.get("text", ""))) if answers else None,
    }


def shared(record: dict[str, object]) -> dict[str, object]:
    """A record by the names that rooms share."""
    return {**record, "first_answer_at": record["answered_at"]}


#: How a question ended first, by the act that ended it.
OUTCOMES = {"answer": "answered", "reject": "rejected", "merge": "merged", "withdraw": "withdrawn"}
