"""The sheet of a day or shift (bảng theo dõi ngày, ca): what came, what was answered, what waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.queries import seen_by
from tinhso.kernel.clock.calendar import LOCAL
from tinhso.kernel.people.filled import DAY_WRONG
from tinhso.kernel.people.who import Who
from tinhso.kernel.units.register import register
from tinhso.measure.text import InputError, Place, Text, message
from tinhso.modules.feedback.officer_words import KIND, category_name

#: Agencies that have a line of their own: what fits on a sheet. The rest is summed up in one.
MOST_AGENCIES = 18

NO_SHIFT = message("feedback-shift", vi="Không có ca “{found}”.", en='There is no shift "{found}".')


@dataclass(frozen=True)
class Shift:
    """Hours of a day, half-open; `until` at or before `since` is on the day after."""

    code: str
    name: Text
    since: time
    until: time


#: The product's choice, for a switchboard that is open day and night.
SHIFTS = (
    Shift("", Text("Cả ngày", "All day"), time(0), time(0)),
    Shift("sang", Text("Ca sáng, 6–14 giờ", "Morning, 6 am to 2 pm"), time(6), time(14)),
    Shift("chieu", Text("Ca chiều, 14–22 giờ", "Afternoon, 2 pm to 10 pm"), time(14), time(22)),
    Shift("dem", Text("Ca đêm, 22–6 giờ", "Night, 10 pm to 6 am"), time(22), time(6)),
)


@dataclass(frozen=True)
class AskedDay:
    day: date
    shift: Shift

    @property
    def since(self) -> datetime:
        return datetime.combine(self.day, self.shift.since, LOCAL)

    @property
    def until(self) -> datetime:
        last = self.day + timedelta(days=self.shift.until <= self.shift.since)
        return datetime.combine(last, self.shift.until, LOCAL)


def today() -> AskedDay:
    return AskedDay(timezone.localdate(), SHIFTS[0])


def asked_in(request: HttpRequest) -> AskedDay:
    """Raises InputError."""
    raw, code = request.GET.get("ngay", "").strip(), request.GET.get("ca", "")
    shift = next((one for one in SHIFTS if one.code == code), None)
    if shift is None:
        raise InputError([NO_SHIFT(Place("ca"), found=code[:20])])
    if not raw:
        return AskedDay(timezone.localdate(), shift)
    try:
        day = date.fromisoformat(raw)
    except ValueError:
        raise InputError([DAY_WRONG(Place("ngay"), value=raw[:40])]) from None
    if not 2000 <= day.year <= 2199:
        raise InputError([DAY_WRONG(Place("ngay"), value=raw[:40])])
    return AskedDay(day, shift)


@dataclass(frozen=True)
class Line:
    """`received`, `answered`: in the hours asked for. `waiting`, `late`: now. `late`: its step or the
    whole of it is past its due date."""

    name: Text
    received: int = 0
    answered: int = 0
    waiting: int = 0
    late: int = 0

    @property
    def anything(self) -> bool:
        return any((self.received, self.answered, self.waiting, self.late))


@dataclass(frozen=True)
class Sheet:
    total: Line
    agencies: tuple[Line, ...]
    left_out: int
    categories: tuple[Line, ...]
    channels: tuple[tuple[str, int], ...]
    simulated: bool


def sheet(who: Who, asked: AskedDay, now: datetime | None = None) -> Sheet:
    """Of all cases that `who` may read: heads see those of their own agencies."""
    rows, now = seen_by(who, KIND), now or timezone.now()
    # What ended before and did not come in these hours has no part in any number.
    told = rows.filter(
        Q(open=True)
        | Q(received_at__gte=asked.since, received_at__lt=asked.until)
        | Q(answered_at__gte=asked.since, answered_at__lt=asked.until)
    )
    names = register()
    by_agency = _lines(told, "lead_id", asked, now)
    no_agency = Text("Chưa có cơ quan xử lý", "No agency yet")
    agencies = [
        Line(names.full_name(unit) if unit else no_agency, *numbers)
        for unit, numbers in by_agency.items()
    ]
    agencies.sort(key=lambda one: (-one.late, -one.waiting, -one.received, one.name.vi))
    kept, rest = agencies[:MOST_AGENCIES], agencies[MOST_AGENCIES:]
    if rest:
        kept.append(_summed(Text("Các cơ quan khác", "Other agencies"), rest))
    by_category = [
        Line(category_name(code or ""), *numbers)
        for code, numbers in _lines(told, "category", asked, now).items()
    ]
    by_category.sort(key=lambda one: (-one.waiting, one.name.vi))
    received = rows.filter(received_at__gte=asked.since, received_at__lt=asked.until)
    channels = received.order_by().values_list("channel").annotate(n=Count("id"))
    return Sheet(
        _summed(Text("Tất cả", "All"), agencies),
        tuple(one for one in kept if one.anything),
        len(rest),
        tuple(one for one in by_category if one.anything),
        tuple(channels.order_by("-n")),
        told.filter(simulated=True).exists(),
    )


def _lines(
    rows: QuerySet[Case], by: str, asked: AskedDay, now: datetime
) -> dict[str | None, tuple[int, ...]]:
    late = Q(open=True, pressing_at__lt=now)
    found = (
        rows.order_by()
        .values_list(by)
        .annotate(
            received=Count(
                "id", filter=Q(received_at__gte=asked.since, received_at__lt=asked.until)
            ),
            answered=Count(
                "id", filter=Q(answered_at__gte=asked.since, answered_at__lt=asked.until)
            ),
            waiting=Count("id", filter=Q(open=True)),
            late=Count("id", filter=late),
        )
    )
    return {row[0]: tuple(row[1:]) for row in found}


def _summed(name: Text, lines: Sequence[Line]) -> Line:
    numbers = [one.name for one in fields(Line) if one.name != "name"]
    return Line(name, *(sum(getattr(line, number) for line in lines) for number in numbers))
