"""The columns of a case that follow from its events (các cột suy ra từ diễn biến)."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.standing import Standing
from tinhso.kernel.clock.calendar import WorkCalendar
from tinhso.kernel.clock.calendars import calendar
from tinhso.kernel.clock.clock import Clock
from tinhso.kernel.clock.terms import counted


def project(case: Case, standing: Standing, at: datetime, days: WorkCalendar | None = None) -> None:
    """Set the columns of a case that follow from its events; `at`: when the last of them happened."""
    days = days or calendar()
    case.state, case.open = standing.state, standing.open
    case.waits = standing.state_rule.waits.value
    case.lead_id = standing.lead or None
    case.category = standing.category
    whole, step = standing.clock("whole"), standing.step
    open_whole = whole if whole is not None and whole.end is None else None
    case.due_at = _due(open_whole, days)
    case.step_due_at = _due(step, days) if standing.open else None
    dues = [one for one in (case.due_at, case.step_due_at) if one is not None]
    case.pressing_at = min(dues) if standing.open and dues else None
    case.answered_at, case.closed_at = standing.answered_at, standing.closed_at
    case.answered_by_id = standing.answered_by or None
    case.answer_due_at = case.answer_days = None
    if (first := standing.answered_at) is not None:
        case.answer_due_at = _due(standing.clock_at("whole", first), days)
        own = standing.clock_at("agency", first)
        if own is not None and own.end is not None:
            until = min(own.end, first)
            case.answer_days = counted(own.term, own.begin, own.pauses, until, days)
    case.hiding_asked_at = standing.hiding_asked_at
    case.extended, case.reopened = standing.extended, standing.reopened
    case.merged_into_id = uuid.UUID(standing.merged_into) if standing.merged_into else None
    case.events, case.changed_at = standing.last, at


def columns(case: Case) -> dict[str, Any]:
    """The columns that `project` sets, but `changed_at`."""
    names = (
        "state", "open", "waits", "lead_id", "category", "due_at", "step_due_at", "pressing_at",
        "answered_at", "answered_by_id", "answer_due_at", "answer_days", "closed_at", "extended", "reopened", "merged_into_id", "events",
        "hiding_asked_at",
    )  # fmt: skip
    return {name: getattr(case, name) for name in names}


def _due(clock: Clock | None, days: WorkCalendar) -> datetime | None:
    found = clock.due(days) if clock else None
    return found.at if found else None
