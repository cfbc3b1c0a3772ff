"""The queue (hàng việc): what waits for somebody, in which order, and how many stand how."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from tinhso.kernel.cases import queries
from tinhso.kernel.cases.kinds import Role, StateRule, kind
from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.policies import CASE
from tinhso.kernel.clock.calendar import LOCAL, WorkCalendar
from tinhso.kernel.clock.calendars import calendar
from tinhso.kernel.clock.faces import Lateness, Pressing, lateness
from tinhso.kernel.people.who import Who
from tinhso.kernel.units.register import register
from tinhso.measure.text import Text
from tinhso.modules.feedback.officer_day import AskedDay
from tinhso.modules.feedback.officer_words import CHANNELS, KIND, TODO, category_name

PAGE = 50
#: Of so many found, at most, the ids are kept in hand.
FEW = 1000

#: What a row needs; long texts stay in the database.
COLUMNS = (
    "id", "code", "title", "category", "channel", "state", "waits", "open", "lead_id", "place_id",
    "home_id", "pressing_at", "step_due_at", "due_at", "received_at", "events", "simulated", "private",
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """How a list is narrowed. `everything`: all that `who` may read, not only what waits for them.
    `then`: what was open at the end of that day or shift, as it stood; of one to come: if nothing happens
    until then. `category`, `unit`: "" for what has none. `received`, `answered`: in that day or shift, open or not."""

    everything: bool = False
    state: str = ""
    pressing: Pressing | None = None
    category: str | None = None
    unit: str | None = None
    text: str = ""
    then: AskedDay | None = None
    received: AskedDay | None = None
    answered: AskedDay | None = None

    @property
    def narrowed(self) -> bool:
        return self.flow or replace(self, everything=False, then=None) != Asked()

    @property
    def flow(self) -> bool:
        """Of what came or was answered in some hours, whether it is open or not."""
        return bool(self.received or self.answered)


@dataclass(frozen=True)
class Row:
    """A case in a list. `todo`: what whoever is waited for has to do; `why`: why it is theirs; `whose`:
    in whose hands it is.

    `due_at`, `lateness`: of what is due first, the step or the whole; `both`: how each stands, where
    that is not the same.
    """

    id: str
    code: str
    title: str
    category: Text
    channel: Text
    state: Text
    todo: Text
    why: Text
    whose: Text
    place: Text | None
    lead: Text | None
    received_at: datetime
    due_at: datetime | None
    whole_due_at: datetime | None
    lateness: Lateness
    both: Text | None
    open: bool
    events: int
    simulated: bool
    private: bool


@dataclass(frozen=True)
class Counts:
    """How many of a list stand how; each case is in one state and one of `pressing`."""

    total: int
    states: Mapping[str, int]
    pressing: Mapping[Pressing, int]


@dataclass(frozen=True)
class Listing:
    """A page of a list. `counted`: the list without what its own links choose, by state and pressing."""

    counted: Counts
    total: int
    number: int
    pages: int
    rows: list[Row]


def listing(who: Who, asked: Asked, number: int, now: datetime) -> Listing:
    """The `number`-th page (from 1) of a list as it stands now, or its last."""
    everything, base = of(who, asked), unchosen(asked)
    rows = narrowed(everything, asked, now)
    # Narrowed once where it can be: a search in words reads all texts.
    counted = counts(rows if asked == base else narrowed(everything, base, now), now)
    total = counted.total if asked == base else counts(rows, now).total
    pages, number = paged(total, number)
    return Listing(counted, total, number, pages, page(rows, number, now))


def unchosen(asked: Asked) -> Asked:
    """Without what the links of a list choose: those count the list without it."""
    return replace(asked, state="", pressing=None)


def paged(total: int, number: int) -> tuple[int, int]:
    """How many pages there are, and which is meant."""
    pages = max(1, -(-total // PAGE))
    return pages, min(max(1, number), pages)


def of(who: Who, asked: Asked) -> QuerySet[Case]:
    """The cases of a list, in the order in which to take them."""
    if not asked.everything:
        return queries.queue(who, KIND)
    return queries.seen_by(who, KIND).order_by(*queries.PRESSING_FIRST)


def narrowed(rows: QuerySet[Case], asked: Asked, now: datetime) -> QuerySet[Case]:
    if asked.everything and not (asked.state or asked.text or asked.flow):
        rows = rows.filter(open=True)
    if (day := asked.received) is not None:
        rows = rows.filter(received_at__gte=day.since, received_at__lt=day.until)
    if (day := asked.answered) is not None:
        rows = rows.filter(answered_at__gte=day.since, answered_at__lt=day.until)
    if asked.state:
        rows = rows.filter(state=asked.state)
    if asked.category is not None:
        rows = rows.filter(category=asked.category)
    if asked.unit is not None:
        rows = rows.filter(lead=asked.unit or None)
    if asked.pressing is not None:
        rows = rows.filter(_pressing(asked.pressing, now))
    if asked.text:
        rows = _read_once(rows.filter(queries.matching(asked.text)))
    return rows


def _read_once(rows: QuerySet[Case]) -> QuerySet[Case]:
    """The same rows by their ids, where they are few: a search in words reads all texts, and the list,
    its rest and its counts would each read them again."""
    found = list(rows.order_by().values_list("pk", flat=True)[: FEW + 1])
    return rows if len(found) > FEW else rows.filter(pk__in=found)


def _pressing(one: Pressing, now: datetime) -> Q:
    midnight = _end_of(now)
    return {
        Pressing.LATE: Q(pressing_at__lt=now),
        Pressing.TODAY: Q(pressing_at__gte=now, pressing_at__lt=midnight),
        Pressing.AHEAD: Q(pressing_at__gte=midnight),
        Pressing.STANDS: Q(pressing_at=None, open=True),
    }[one]


def _end_of(now: datetime) -> datetime:
    today = now.astimezone(LOCAL).date()
    return datetime.combine(today + timedelta(days=1), time.min, LOCAL)


def counts(rows: QuerySet[Case], now: datetime) -> Counts:
    """Counted in one reading of the list."""
    told = list(
        rows.order_by()
        .values_list("state")
        .annotate(
            late=Count("id", filter=_pressing(Pressing.LATE, now)),
            today=Count("id", filter=_pressing(Pressing.TODAY, now)),
            ahead=Count("id", filter=_pressing(Pressing.AHEAD, now)),
            stands=Count("id", filter=_pressing(Pressing.STANDS, now)),
            all=Count("id"),
        )
    )
    return Counts(
        sum(one[-1] for one in told),
        {one[0]: one[-1] for one in told},
        {pressing: sum(one[n] for one in told) for n, pressing in enumerate(Pressing, 1)},
    )


def page(rows: QuerySet[Case], number: int, now: datetime) -> list[Row]:
    """The `number`-th page (from 1).

    Those that run and those that stand are read apart: an index gives the first in order, so that a page
    costs its own rows; sorted with empty dates last, all of the list would be read for it.
    """
    begin = (number - 1) * PAGE
    run = rows.filter(pressing_at__isnull=False).order_by("pressing_at", "received_at")
    found = list(run.only(*COLUMNS)[begin : begin + PAGE])
    if len(found) < PAGE:
        stand = rows.filter(pressing_at=None).order_by("received_at").only(*COLUMNS)
        skip = max(0, begin - run.count()) if begin else 0
        found += stand[skip : skip + PAGE - len(found)]
    return shown(found, now)


def shown(cases: Iterable[Case], now: datetime) -> list[Row]:
    states, days, names = kind(KIND).states, calendar(), register()
    today = now.astimezone(LOCAL).date()

    def name(uid: str | None) -> Text | None:
        return names.full_name(uid, today) if uid else None

    def row(case: Case) -> Row:
        state: StateRule = states[case.state]
        todo, why = TODO[case.waits]
        lead = name(case.lead_id)
        return Row(
            str(case.pk),
            case.code,
            case.title,
            category_name(case.category),
            CHANNELS[case.channel],
            state.name,
            todo,
            why,
            _whose(case, why, lead),
            name(case.place_id),
            lead,
            case.received_at,
            case.pressing_at,
            case.due_at,
            lateness(case.pressing_at, now, days),
            _both(case, now, days),
            case.open,
            case.events,
            case.simulated,
            case.private,
        )

    return [row(one) for one in cases]


def _whose(case: Case, why: Text, lead: Text | None) -> Text:
    """The agency that leads; where others are waited for, that it is not the one to act."""
    if lead is None or case.waits != Role.MEMBER:
        return lead or why
    return Text(f"{why.vi}: {lead.vi}", f"{why.en}: {lead.en}")


def _both(case: Case, now: datetime, days: WorkCalendar) -> Text | None:
    step, whole = (lateness(one, now, days).words for one in (case.step_due_at, case.due_at))
    if case.pressing_at is None or step == whole:
        return None
    return Text(f"bước này {step.vi}; cả vụ việc {whole.vi}", f"this step: {step.en}; the whole case: {whole.en}")  # fmt: skip


def following(who: Who, after: Case | None = None) -> Row | None:
    """What to do next: the first of what waits for `who`, besides the case in hand."""
    rows = queries.queue(who, KIND)
    if after is not None:
        rows = rows.exclude(pk=after.pk)
    return next(iter(shown(rows.only(*COLUMNS)[:1], timezone.now())), None)


#: So many of those who ask to hide something are named in the queue; the product's choice.
NAMED = 5


def asked_to_hide(who: Who) -> tuple[list[Row], int]:
    """The public reports on which `who` is asked to hide something, the longest waiting first: some
    of them, and how many there are."""
    rows = queries.asked_to_hide(who, KIND)
    found = list(rows.only(*COLUMNS)[: NAMED + 1])
    return shown(found[:NAMED], timezone.now()), len(found) if len(found) <= NAMED else rows.count()


def may_bulk(who: Who) -> bool:
    return CASE.anywhere(who, "route") or CASE.anywhere(who, "handle")
