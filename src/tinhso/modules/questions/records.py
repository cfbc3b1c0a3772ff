"""The stream `questions`: a record a question, corrected with every event (bản ghi câu hỏi)."""

from __future__ import annotations

from datetime import datetime

from tinhso.kernel.cases.actions import listens
from tinhso.kernel.cases.models import Case, CaseEvent
from tinhso.kernel.cases.standing import Standing
from tinhso.kernel.clock.calendar import LOCAL
from tinhso.kernel.clock.calendars import calendar
from tinhso.kernel.clock.clock import read
from tinhso.kernel.ledger.outbox import owe_records

STREAM = "questions"


@listens("question")
def owe_record(case: Case, event: CaseEvent, after: Standing) -> None:
    """Owe the record as the question stands after an event. Simulated questions are not records."""
    if case.simulated:
        return
    owe_records(STREAM, case.code, [row(case, event, after)])


def row(case: Case, event: CaseEvent, after: Standing) -> dict[str, object]:
    first = next((one for one in after.clocks if one.name == "whole"), None)
    due = read(first, event.at, calendar()).due if first else None
    return {
        "question_code": case.code,
        "unit_code": case.lead_id or case.home_id,
        "received_at": _written(case.received_at),
        "due_at": _written(due.at if due else None),
        "answered_at": _written(after.answered_at),
        "closed_at": _written(after.closed_at),
        "state": after.state,
        "field": after.category or None,
        "channel": case.channel,
        "published": after.state == "published",
        "reopened": after.reopened,
    }


def _written(at: datetime | None) -> str | None:
    """A moment as the clock on the wall shows it."""
    return at.astimezone(LOCAL).replace(tzinfo=None, microsecond=0).isoformat() if at else None
