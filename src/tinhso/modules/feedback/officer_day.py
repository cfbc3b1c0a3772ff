"""The sheet of a day or shift (bảng theo dõi ngày, ca): what came, what was answered, what waits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta

from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from tinhso.kernel.cases.as_of import changed, unchanged
from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.queries import seen_by
from tinhso.kernel.clock.calendar import LOCAL
from tinhso.kernel.clock.faces import Pressing, pressing_at
from tinhso.kernel.people.filled import DAY_WRONG
from tinhso.kernel.people.who import Who
from tinhso.kernel.units.register import register
from tinhso.measure import writing
from tinhso.measure.text import InputError, Place, Text, message
from tinhso.modules.feedback.officer_words import KIND, category_name

#: Agencies that have a line of their own: what fits on a sheet. The rest is summed up in one.
MOST_AGENCIES = 18

#: How addresses say that there is no agency or category yet.
NOT_KNOWN = "chua-co"
ALL, OTHERS = Text("Tất cả", "All"), Text("Các cơ quan khác", "Other agencies")
NO_AGENCY = Text("Chưa có cơ quan xử lý", "No agency yet")

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

    @property
    def last(self) -> datetime:
        """The last moment of it: as of when it is told what waits and what is late."""
        return self.until - timedelta(microseconds=1)

    @property
    def end(self) -> Text:
        """When it ends, as people say it."""
        if self.shift.until == time(0):
            return Text(
                f"hết ngày {writing.day(self.day, 'vi')}",
                f"the end of {writing.day(self.day, 'en')}",
            )
        return Text(*(writing.moment(self.until, language) for language in ("vi", "en")))

    def runs(self, now: datetime) -> bool:
        return self.since <= now < self.until


def today() -> AskedDay:
    return AskedDay(timezone.localdate(), SHIFTS[0])


def asked_in(request: HttpRequest, field: str = "ngay") -> AskedDay:
    """The day of `field`, without one today, and the shift of it. Raises InputError."""
    raw, code = request.GET.get(field, "").strip(), request.GET.get("ca", "")
    shift = next((one for one in SHIFTS if one.code == code), None)
    if shift is None:
        raise InputError([NO_SHIFT(Place("ca"), found=code[:20])])
    if not raw:
        return AskedDay(timezone.localdate(), shift)
    try:
        day = date.fromisoformat(raw)
    except ValueError:
        raise InputError([DAY_WRONG(Place(field), value=raw[:40])]) from None
    if not 2000 <= day.year <= 2199:
        raise InputError([DAY_WRONG(Place(field), value=raw[:40])])
    return AskedDay(day, shift)


@dataclass(frozen=True)
class Line:
    """`received`, `answered`: in the hours asked for. `waiting`, `late`: at their end, or now while they
    run; by who led then. `late`: its step or the whole of it was past its due date."""

    name: Text
    key: str
    received: int = 0
    answered: int = 0
    waiting: int = 0
    late: int = 0

    @property
    def anything(self) -> bool:
        return any((self.received, self.answered, self.waiting, self.late))


@dataclass(frozen=True)
class Sheet:
    """`at`: when it is counted what waits and what is late."""

    at: datetime
    total: Line
    agencies: tuple[Line, ...]
    left_out: int
    categories: tuple[Line, ...]
    channels: tuple[tuple[str, int], ...]
    simulated: bool


def sheet(who: Who, asked: AskedDay, now: datetime | None = None) -> Sheet:
    """Of all cases that `who` may read: heads see those of their own agencies."""
    rows, now = seen_by(who, KIND), now or timezone.now()
    at = now if asked.runs(now) else asked.last
    received = rows.filter(received_at__gte=asked.since, received_at__lt=asked.until)
    answered = rows.filter(answered_at__gte=asked.since, answered_at__lt=asked.until)
    if at == now:
        waiting, since = rows.filter(open=True), list[Case]()
    else:
        waiting, since = unchanged(rows, at), changed(rows, at)
    late = [one for one in since if pressing_at(one.pressing_at, at) is Pressing.LATE]
    numbers = [
        _tally(received),
        _tally(answered),
        _tally(waiting, since),
        _tally(waiting.filter(pressing_at__lt=at), late),
    ]
    simulated = any(one.simulated for one in since) or any(
        some.filter(simulated=True).exists() for some in (received, answered, waiting)
    )
    names = register()
    agencies = _lines(numbers, 0, lambda unit: names.full_name(unit) if unit else NO_AGENCY)
    agencies.sort(key=lambda one: (-one.late, -one.waiting, -one.received, one.name.vi))
    kept, rest = agencies[:MOST_AGENCIES], agencies[MOST_AGENCIES:]
    if rest:
        kept.append(_summed(OTHERS, rest))
    by_category = _lines(numbers, 1, category_name)
    by_category.sort(key=lambda one: (-one.waiting, one.name.vi))
    channels = received.order_by().values_list("channel").annotate(n=Count("id"))
    return Sheet(
        at,
        _summed(ALL, agencies),
        tuple(kept),
        len(rest),
        tuple(by_category),
        tuple(channels.order_by("-n")),
        simulated,
    )


#: How many there are, by agency and category.
_Tally = Mapping[tuple[str, str], int]


def _tally(rows: QuerySet[Case], cases: Iterable[Case] = ()) -> _Tally:
    counted = rows.order_by().values_list("lead_id", "category").annotate(n=Count("id"))
    tally = Counter({(lead or "", category): n for lead, category, n in counted})
    tally.update((one.lead_id or "", one.category) for one in cases)
    return tally


def _lines(numbers: Sequence[_Tally], by: int, name: Callable[[str], Text]) -> list[Line]:
    """A line for each agency (`by` 0) or category (1) of which there is anything."""
    keys = dict.fromkeys(key[by] for tally in numbers for key in tally)
    sums = {
        one: [sum(n for key, n in tally.items() if key[by] == one) for tally in numbers]
        for one in keys
    }
    return [Line(name(one), one or NOT_KNOWN, *counts) for one, counts in sums.items()]


def _summed(name: Text, lines: Sequence[Line]) -> Line:
    counts = [one.name for one in fields(Line)[2:]]
    return Line(name, "", *(sum(getattr(line, count) for line in lines) for count in counts))
