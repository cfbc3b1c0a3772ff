"""How agencies answer (các cơ quan trả lời thế nào): true times, for everybody. Counts, never a report's words."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.core.cache import cache
from django.db.models import Q, QuerySet
from django.utils import timezone

from tinhso.kernel.cases.kinds import Role
from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.records import working_days
from tinhso.kernel.clock.calendars import calendar
from tinhso.measure.text import Text, fold
from tinhso.modules.feedback.words import unit_name

KIND = "feedback"
#: Over what time an agency's figures are told, and for how long they may be told again (seconds).
YEAR, KEPT = timedelta(days=365), 300


@dataclass(frozen=True)
class AgencyFigures:
    """How an agency answered in a year, of all reports that it answered first or leads (`received`), public
    or not.

    First answers count for whoever gave them: `in_time` and `after_time` by the clock of the whole case,
    from receipt on. `days`: the median of working days from receipt to that answer; `own_days`: of those
    that the agency's own clock ran, from when it got the case on, without pauses; None without an answer.
    Open ones count for whoever has them: `late` past the day of the whole case, the longest of them by
    `longest` working days, None for none. What waits to be routed nobody has: it counts for its home
    (`unrouted`), of which `unrouted_late` past the day of the whole case, and for no agency as open.
    """

    uid: str
    name: Text
    received: int
    answered: int
    in_time: int
    after_time: int
    days: float | None
    own_days: float | None
    open: int
    late: int
    longest: int | None
    reopened: int
    unrouted: int
    unrouted_late: int


@dataclass(frozen=True)
class Agencies:
    """`simulated`: among the reports counted are invented ones."""

    made_at: datetime
    rows: list[AgencyFigures]
    simulated: bool


def agencies(now: datetime | None = None) -> Agencies:
    """All agencies that lead a report of the last year, answered one, or are the home of one that waits
    to be routed, by name; kept for some minutes."""
    kept: Agencies | None = cache.get("feedback:agencies:3") if now is None else None
    if kept is None:
        made = now or timezone.now()
        counted = _counted(made)
        kept = Agencies(made, _figures(counted, made), counted.filter(simulated=True).exists())
        if now is None:
            cache.set("feedback:agencies:3", kept, KEPT)
    return kept


def leads() -> list[tuple[str, Text]]:
    """Who leads or led a published report, as uid and name, by name; kept for some minutes."""
    kept: list[tuple[str, Text]] | None = cache.get("feedback:leads")
    if kept is None:
        public = Case.objects.filter(kind=KIND, published_at__isnull=False, lead__isnull=False)
        found = public.order_by().values_list("lead_id", flat=True).distinct()
        kept = sorted(((one, unit_name(one)) for one in found), key=lambda one: fold(one[1].vi))
        cache.set("feedback:leads", kept, KEPT)
    return kept


@dataclass(frozen=True)
class _Fact:
    """What figures need to know of a case; in the order in which `_FACTS` are read."""

    lead: str | None
    by: str | None
    home: str
    waits: str
    received_at: datetime
    answered_at: datetime | None
    answer_due_at: datetime | None
    answer_days: int | None
    open: bool
    due_at: datetime | None
    reopened: int

    @property
    def unrouted(self) -> bool:
        """Also when it was opened again, though its last lead is still known."""
        return self.open and self.waits == Role.ROUTER


_FACTS = (
    *("lead_id", "answered_by_id", "home_id", "waits", "received_at"),
    *("answered_at", "answer_due_at", "answer_days", "open", "due_at", "reopened"),
)


def _counted(now: datetime) -> QuerySet[Case]:
    rows = Case.objects.filter(kind=KIND, received_at__gte=now - YEAR)
    unrouted = Q(open=True, waits=Role.ROUTER)
    return rows.filter(Q(lead__isnull=False) | Q(answered_by__isnull=False) | unrouted)


def _figures(rows: QuerySet[Case], now: datetime) -> list[AgencyFigures]:
    found: dict[str, list[_Fact]] = defaultdict(list)
    for told in rows.values_list(*_FACTS).iterator():
        fact = _Fact(*told)
        for uid in {fact.lead, fact.by, fact.home if fact.unrouted else None} - {None}:
            found[str(uid)].append(fact)
    figures = [_of_agency(uid, facts, now) for uid, facts in found.items()]
    return sorted(figures, key=lambda one: one.name.vi.casefold())


def _of_agency(uid: str, facts: list[_Fact], now: datetime) -> AgencyFigures:
    days = calendar()
    answers = [
        (one, one.answered_at) for one in facts if one.answered_at and (one.by or one.lead) == uid
    ]
    taken = [working_days(one.received_at, at, days) for one, at in answers]
    own = [one.answer_days for one, _ in answers if one.answer_days is not None]
    in_time = [at <= one.answer_due_at for one, at in answers if one.answer_due_at]
    waiting = [one for one in facts if one.open and not one.unrouted and one.lead == uid]
    late = [
        working_days(one.due_at, now, days) for one in waiting if one.due_at and one.due_at < now
    ]
    unrouted = [one for one in facts if one.unrouted and one.home == uid]
    return AgencyFigures(
        uid,
        unit_name(uid),
        sum(uid in (one.lead, one.by) for one in facts),
        len(answers),
        sum(in_time),
        len(in_time) - sum(in_time),
        median(taken) if taken else None,
        median(own) if own else None,
        len(waiting),
        len(late),
        max(late, default=None),
        sum(bool(one.reopened) for one, _ in answers),
        len(unrouted),
        sum(one.due_at is not None and one.due_at < now for one in unrouted),
    )
