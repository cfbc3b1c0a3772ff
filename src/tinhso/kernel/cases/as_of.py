"""Which cases were open at a moment, and how each stood then (tính đến một thời điểm). Of a moment to come: if
nothing happens until then."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from heapq import merge
from itertools import groupby
from operator import itemgetter

from django.db.models import QuerySet

from tinhso.kernel.cases import standing as standings
from tinhso.kernel.cases.kinds import Role, kind
from tinhso.kernel.cases.models import Case, CaseEvent
from tinhso.kernel.cases.projection import project
from tinhso.kernel.cases.queries import PRESSING_FIRST
from tinhso.kernel.cases.standing import Event
from tinhso.kernel.clock.calendars import calendar

#: So many cases' events are in hand at once.
_TOGETHER = 2000
_LAST = datetime.max.replace(tzinfo=UTC)


def open_at(rows: QuerySet[Case], at: datetime) -> Iterator[Case]:
    """Those of `rows` that were open at `at`, the most pressing first, those whose clocks stood last.

    Each has the columns that it had then, by the calendar of today; they are to be looked at, not saved.
    """
    return merged(unchanged(rows, at), changed(rows, at))


def unchanged(rows: QuerySet[Case], at: datetime) -> QuerySet[Case]:
    """Those that were open at `at` and to which nothing happened since: they stand as their columns say."""
    return _begun(rows, at).filter(open=True, changed_at__lte=at)


def changed(rows: QuerySet[Case], at: datetime) -> list[Case]:
    """Those that were open at `at` and to which something happened since, folded from what was before."""
    return list(_folded(_begun(rows, at).filter(changed_at__gt=at), at))


def merged(rows: QuerySet[Case], cases: Iterable[Case]) -> Iterator[Case]:
    """Both in one order, the most pressing first; of the rows no more is read than is taken."""
    ordered = rows.order_by(*PRESSING_FIRST)
    return merge(ordered.iterator(_TOGETHER), sorted(cases, key=_order), key=_order)


def _order(case: Case) -> tuple[datetime, datetime]:
    """PRESSING_FIRST, of cases in hand."""
    return case.pressing_at or _LAST, case.received_at


def _begun(rows: QuerySet[Case], at: datetime) -> QuerySet[Case]:
    begun = rows.order_by().filter(received_at__lte=at).exclude(closed_at__lte=at)
    return begun.defer("text", "public_text", "sought")


def _folded(rows: QuerySet[Case], at: datetime) -> Iterator[Case]:
    days, cases = calendar(), {one.pk: one for one in rows}
    keys = list(cases)
    for first in range(0, len(keys), _TOGETHER):
        told = CaseEvent.objects.filter(case__in=keys[first : first + _TOGETHER], at__lte=at)
        columns = ("case_id", "n", "act", "at", "role", "unit", "data")
        history = told.order_by("case_id", "n").values_list(*columns)
        for key, kept in groupby(history.iterator(), key=itemgetter(0)):
            case = cases[key]
            events = [
                Event(n, act, when, Role(role), unit, data)
                for _, n, act, when, role, unit, data in kept
            ]
            then = standings.fold(kind(case.kind), events)
            if then.open:
                project(case, then, events[-1].at, days)
                yield case
