"""What is asked of questions and answers; published answers are everybody's."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from statistics import median

from django.core.cache import cache
from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from tinhso.kernel.cases.kinds import Role, kind
from tinhso.kernel.cases.models import Case, CaseEvent
from tinhso.kernel.cases.queries import queue
from tinhso.kernel.cases.standing import Event, fold
from tinhso.kernel.clock.calendars import calendar
from tinhso.kernel.clock.clock import read
from tinhso.kernel.people.who import Who
from tinhso.kernel.units.queries import card
from tinhso.measure.text import Text
from tinhso.modules.questions.actions import KIND
from tinhso.modules.questions.fields import name_of, rules
from tinhso.modules.questions.models import Answer, AnswerVersion
from tinhso.modules.questions.policies import ANSWER
from tinhso.modules.questions.search import keeping

#: Of how much of what is typed an answer must speak to be offered before sending (product's choice).
OFFERED_FROM = 0.5
PAGE = 20


@dataclass(frozen=True)
class Shown:
    """An answer in a list. `stale`: its last day is past. `covers`: see `index.Hit`; 1 in lists."""

    code: str
    title: str
    excerpt: str
    field: Text
    field_code: str
    unit: Text
    unit_uid: str
    published_at: datetime
    changed_at: datetime
    holds_until: date | None
    simulated: bool
    stale: bool
    covers: float = 1.0


@dataclass(frozen=True)
class Listed:
    """A page of answers. `total`: how many there are; of a search, how many are shown at most."""

    answers: list[Shown]
    total: int
    page: int
    pages: int


def public() -> QuerySet[Answer]:
    return Answer.objects.filter(withdrawn_at=None)


def search(
    text: str, *, field: str = "", unit: str = "", limit: int = PAGE, least: float = 0.0
) -> list[Shown]:
    """The published answers that fit a text best."""
    hits = keeping.index().find(text, limit=limit, field=field, unit=unit, least=least)
    found = {one.pk: one for one in public().filter(pk__in=[hit.key for hit in hits])}
    said = _newest(found)
    return [_shown(found[hit.key], said[hit.key], hit.covers) for hit in hits if hit.key in found]


def offered(text: str) -> list[Shown]:
    """Answers that somebody who is about to ask may want to read first (đã có câu trả lời)."""
    if len(text.split()) < 2:
        return []
    return search(text, limit=3, least=OFFERED_FROM)


def listed(*, field: str = "", unit: str = "", page: int = 1) -> Listed:
    """Published answers, the newest first."""
    rows = public()
    if field:
        rows = rows.filter(field=field)
    if unit:
        rows = rows.filter(unit_id=unit)
    total = rows.count()
    pages = max(1, -(-total // PAGE))
    page = min(max(page, 1), pages)
    own = list(rows.order_by("-published_at", "code")[(page - 1) * PAGE : page * PAGE])
    said = _newest(one.pk for one in own)
    return Listed([_shown(one, said[one.pk]) for one in own], total, page, pages)


@dataclass(frozen=True)
class Facet:
    code: str
    name: Text
    count: int


def by_field() -> list[Facet]:
    """How many answers there are of each field, in the order of the pack; none: left out."""
    counts = dict(public().values_list("field").annotate(Count("pk")).order_by())
    return [
        Facet(code, name, counts[code]) for code, name in rules().fields.items() if code in counts
    ]


def by_unit() -> list[Facet]:
    """How many answers each agency gave, the most first."""
    counts = public().values_list("unit_id").annotate(n=Count("pk")).order_by("-n", "unit_id")
    return [Facet(uid, card(uid).name, count) for uid, count in counts]


def answer_of(code: str) -> tuple[Answer, list[AnswerVersion]] | None:
    """An answer with its versions, the newest first; one that was withdrawn too."""
    found = Answer.objects.filter(code=code.upper()).select_related("case").first()
    return (found, list(found.versions.order_by("-n"))) if found else None


def newest_version(answer: Answer) -> AnswerVersion:
    return answer.versions.latest("n")


def _newest(keys: Iterable[uuid.UUID]) -> dict[uuid.UUID, AnswerVersion]:
    rows = AnswerVersion.objects.filter(answer__in=list(keys)).order_by("answer", "n")
    return {one.answer_id: one for one in rows}


def _shown(one: Answer, said: AnswerVersion, covers: float = 1.0) -> Shown:
    return Shown(
        *(one.code, one.title, excerpt(said.text), name_of(one.field), one.field),
        *(card(one.unit_id).name, one.unit_id, one.published_at, one.changed_at),
        *(one.holds_until, one.simulated, stale(one.holds_until), covers),
    )


def stale(holds_until: date | None) -> bool:
    return holds_until is not None and holds_until < timezone.localdate()


def excerpt(text: str, most: int = 180) -> str:
    """The beginning of a text's first paragraph, cut between words."""
    flat = " ".join(text.split("\n\n", maxsplit=1)[0].split())
    return flat if len(flat) <= most else flat[:most].rsplit(" ", 1)[0] + "…"


# -- officers ----------------------------------------------------------------------------------------


def waiting(who: Who) -> list[Case]:
    """The open questions that wait for `who`; drafts only for whoever may approve them."""
    mine = queue(who, KIND).select_related("lead", "home")
    heads = ANSWER.units(who, "review")
    return [
        one
        for one in mine
        if one.state != "drafted" or heads is None or (one.lead_id or "") in heads
    ]


def to_review(who: Who) -> list[Answer]:
    """Answers of `who`'s units whose last day is past or near (cần rà soát), the oldest first."""
    ahead = who.day + timedelta(days=rules().review_ahead_days)
    rows = public().filter(holds_until__lte=ahead).order_by("holds_until", "code")
    return list(ANSWER.rows(who, "review", rows))


def similar(case: Case) -> list[Case]:
    """Open questions with nearly the same words, for merging; the oldest first."""
    from tinhso.modules.questions.search.words import syllables  # noqa: PLC0415 (only here)

    own = {one.plain for one in syllables(case.title)}
    rows = (
        Case.objects.filter(kind=KIND, open=True).exclude(pk=case.pk).order_by("received_at")[:500]
    )
    found = []
    for one in rows:
        theirs = {other.plain for other in syllables(one.title)}
        if len(own & theirs) * 2 > len(own | theirs):
            found.append(one)
    return found[:5]


# -- numbers -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AgencyNumbers:
    """One agency's questions of the last twelve months. `median_days`: from receipt to the first
    answer, in days; None where nothing was answered."""

    unit: str
    name: Text
    answered: int
    in_time: int
    median_days: float | None
    waiting: int
    late: int


def numbers(day: date) -> list[AgencyNumbers]:
    """What agencies did with questions in twelve months; reckoned from the events, kept until one comes."""
    real = Case.objects.filter(kind=KIND)
    newest = real.aggregate(last=Max("changed_at"), n=Count("pk"))
    last = newest["last"].timestamp() if newest["last"] else 0
    key = f"questions-numbers:{day}:{newest['n']}:{last}"
    found: list[AgencyNumbers] | None = cache.get(key)
    if found is None:
        found = _numbers(real, day)
        cache.set(key, found, 3600)
    return found


def any_simulated() -> bool:
    """Whether numbers of agencies hold simulated questions (câu hỏi mô phỏng)."""
    return Case.objects.filter(kind=KIND, simulated=True).exists()


@dataclass
class _Tally:
    days: list[float]
    in_time: int = 0
    waiting: int = 0
    late: int = 0


def _numbers(rows: QuerySet[Case], day: date) -> list[AgencyNumbers]:
    since, now, work = timezone.now() - timedelta(days=365), timezone.now(), calendar()
    wanted = rows.filter(Q(open=True) | Q(answered_at__gte=since))
    cases = {one.pk: one for one in wanted}
    events = CaseEvent.objects.filter(case__in=wanted).order_by("case", "n")
    tallies: dict[str, _Tally] = {}
    for pk, own in groupby(events.iterator(chunk_size=2000), key=lambda one: one.case_id):
        case = cases[pk]
        if case.lead_id is None:
            continue
        history = [Event(e.n, e.act, e.at, Role(e.role), e.unit, e.data) for e in own]
        standing = fold(kind(KIND), history)
        tally = tallies.setdefault(case.lead_id, _Tally([]))
        clocks = [one for one in standing.clocks if one.name == "whole"]
        if standing.answered_at is not None and standing.answered_at >= since:
            tally.days.append((standing.answered_at - case.received_at).total_seconds() / 86400)
            tally.in_time += not read(clocks[0], standing.answered_at, work).late
        if standing.open:
            tally.waiting += 1
            tally.late += read(clocks[-1], now, work).late
    return sorted(
        (
            AgencyNumbers(
                *(unit, card(unit, day).name, len(one.days), one.in_time),
                *(round(median(one.days), 1) if one.days else None, one.waiting, one.late),
            )
            for unit, one in tallies.items()
        ),
        key=lambda one: (-one.answered, one.name.vi),
    )


def feed() -> Sequence[tuple[Answer, AnswerVersion]]:
    """The answers that came or changed last, for those who subscribe."""
    rows = list(public().order_by("-changed_at")[:50])
    said = _newest(one.pk for one in rows)
    return [(one, said[one.pk]) for one in rows]
