"""Records of invented questions (bản ghi mô phỏng) for the lake: what happens to them goes through the
same rules as what people do; no question of theirs is in the site's database, for there are no words."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from tinhso.kernel.cases.kinds import RECEIVE, Role, kind
from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.records import PLACES, at_place
from tinhso.kernel.cases.standing import Event, fold
from tinhso.kernel.clock.calendar import LOCAL
from tinhso.kernel.clock.calendars import calendar
from tinhso.kernel.units import queries as units
from tinhso.kernel.units.register import one_register
from tinhso.measure.boundaries import Level
from tinhso.modules.questions.actions import KIND
from tinhso.modules.questions.fields import rules
from tinhso.modules.questions.records import STREAM, row, shared

QUESTIONS, COMMUNES, OPEN = 260, 24, 10
#: Working days until the answer, and how often; the term of the sample is seven.
_TAKES, _OFTEN = (1, 2, 3, 4, 5, 6, 7, 9, 12), (10, 16, 20, 16, 12, 8, 6, 5, 3)


def simulate_records(root: str, year: int) -> dict[str, list[dict[str, Any]]]:
    """Records of questions of `year` and the year before, by stream; the same each time."""
    with one_register():
        made = [
            (case, row(case, fold(kind(KIND), events), events))
            for case, events in _stories(root, year)
        ]
    placed = [at_place(case, shared(one)) for case, one in made]
    return {STREAM: [one for _, one in made], PLACES: [one for one in placed if one]}


def _stories(root: str, year: int) -> Iterator[tuple[Case, list[Event]]]:
    draw = random.Random(f"questions {year}")  # noqa: S311 (invented data, the same each time)
    first = date(year - 1, 1, 1)
    days = (date(year, 12, 20) - first).days
    old = [one.uid for one in units.descendants(root, first, Level.COMMUNE)][:COMMUNES]
    moments = sorted(
        datetime.combine(first + timedelta(draw.randrange(days)), time(draw.randint(6, 21)), LOCAL)
        for _ in range(QUESTIONS)
    )
    for number, at in enumerate(moments):
        place, home = (units.standing(uid, at.date()) for uid in (draw.choice(old), root))
        if not place.attributed:
            continue
        own = random.Random(f"questions {year} {number}")  # noqa: S311
        case = Case(
            kind=KIND, code=f"HD-MP-{year}-{number:04}", home_id=home.card.uid, received_at=at,
            place_id=place.card.uid if own.random() < 0.8 else None,
            channel=own.choice((Case.Channel.WEB, Case.Channel.WEB, Case.Channel.PHONE)),
            simulated=True,
        )  # fmt: skip
        yield case, _events(case, place.card.uid, own, ends=number < QUESTIONS - OPEN)


def _events(case: Case, unit: str, draw: random.Random, *, ends: bool) -> list[Event]:
    home, at = case.home_id, case.received_at
    told = [
        Event(1, RECEIVE, at, Role.REQUESTER, data={"category": draw.choice([*rules().fields])})
    ]
    lead = unit if draw.random() < 0.7 else home

    def add(act: str, days: int, role: Role, **data: Any) -> None:
        nonlocal at
        at = _later(at, draw, days)
        of = "" if role is Role.REQUESTER else lead if role is Role.LEAD else home
        told.append(Event(len(told) + 1, act, at, role, of, data))

    if not ends and draw.random() < 0.5:
        return told
    if ends and draw.random() < 0.07:
        add("reject", 0, Role.ROUTER, reason="mẫu")
        return told
    add("route", 0, Role.ROUTER, unit=lead)
    if not ends:
        return told
    _answered(add, draw, draw.choices(_TAKES, _OFTEN)[0])
    if draw.random() < 0.09:
        by = Role.REQUESTER if draw.random() < 0.8 else Role.ROUTER
        add("reopen", draw.randint(1, 6), by, reason="mẫu")
        add("route", 0, Role.ROUTER, unit=lead)
        _answered(add, draw, draw.randint(1, 4))
    return told


def _answered(add: Any, draw: random.Random, days: int) -> None:
    # A fifth of the answers is taken from a few texts, as happens.
    text = f"mẫu {draw.randrange(4) if draw.random() < 0.2 else draw.random()}"
    for what, wait in (("draft", days), ("review", 0), ("answer", 0)):
        add(what, wait, Role.LEAD, text=text)
    if draw.random() < 0.75:
        add("make_public", 0, Role.LEAD)


def _later(at: datetime, draw: random.Random, days: int) -> datetime:
    """So many working days later, at some time of the office's hours after `at`."""
    day = at.astimezone(LOCAL).date()
    day = calendar().after(day, days) if days else day
    moment = datetime.combine(day, time(draw.randint(8, 16), draw.randrange(60)), LOCAL)
    return calendar().next_opening(max(moment, at + timedelta(minutes=10)))
