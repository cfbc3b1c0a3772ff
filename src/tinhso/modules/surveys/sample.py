"""Simulated sheets (tờ khảo sát mô phỏng): what invented people said, marked as simulated.

The same each time. Their totals go into the lake as simulated files; they owe no records.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import transaction

from tinhso.kernel.units import queries as units
from tinhso.measure.boundaries import Level
from tinhso.modules.surveys import counting, tickets
from tinhso.modules.surveys.actions import STREAMS
from tinhso.modules.surveys.asked import survey
from tinhso.modules.surveys.counting import record_of
from tinhso.modules.surveys.models import Sheet

COMMUNES = 12
MATTERS = ("feedback", "question")

#: How likely each rating is, from 5 down to 1, in a good and in a poor unit.
_GOOD, _POOR = (34, 40, 16, 7, 3), (14, 30, 26, 18, 12)
#: How likely a case is about another commune than the one that settles it, and how likely a question
#: names no commune.
_ELSEWHERE, _NOWHERE = 0.04, 0.3


def simulate_sheets(root: str, year: int) -> dict[str, list[dict[str, Any]]]:
    """Closed sheets of the half-months of `year`; the records of what may be told of them, by stream."""
    sheets = list(_sheets(root, year))
    with transaction.atomic():
        Sheet.objects.bulk_create(sheets, batch_size=500)
    return {
        stream: [record_of(one) for one in sheets if one.by == by] for by, stream in STREAMS.items()
    }


def _sheets(root: str, year: int) -> Iterator[Sheet]:
    first = date(year, 1, 1)
    own = [one.uid for one in units.descendants(root, first, Level.COMMUNE)][:COMMUNES]
    for code in (f"{year}-{month:02}{half}" for month in range(1, 13) for half in "ab"):
        day = tickets.last_day(code)
        places = (units.standing(origin, day) for origin in own)
        standing = list(dict.fromkeys(one.card.uid for one in places if one.attributed))
        for matter in MATTERS:
            yield from counting.closed(_half_month(standing, matter, code))


def _half_month(communes: list[str], matter: str, half: str) -> list[Sheet]:
    """The sheets of one kind of matter in a half-month, as answers have filled them."""

    def sheet(unit: str, by: Sheet.By) -> Sheet:
        return Sheet(by=by, unit_id=unit, matter=matter, half_month=half, simulated=True)

    agencies = {one: sheet(one, Sheet.By.AGENCY) for one in communes}
    there = {one: sheet(one, Sheet.By.PLACE) for one in communes}
    for number, unit in enumerate(communes):
        draw = random.Random(f"survey {unit} {half} {matter}")  # noqa: S311 (invented data)
        where = random.Random(f"survey place {unit} {half} {matter}")  # noqa: S311
        beside = communes[(number + 1) % len(communes)]
        for chosen in _answers(draw, poor=number % 4 == 3):
            counting.count(agencies[unit], chosen)
            if matter == "question" and where.random() < _NOWHERE:
                continue
            place = beside if where.random() < _ELSEWHERE else unit
            counting.count_at_place(there[place], unit, chosen)
    return [*agencies.values(), *there.values()]


def _answers(draw: random.Random, *, poor: bool) -> Iterator[dict[str, str]]:
    """What people chose, by question."""
    rating, *more = survey().questions
    for _ in range(draw.choices((0, 3, 6, 9, 14, 22), (2, 3, 5, 5, 3, 2))[0]):
        said = draw.choices(("5", "4", "3", "2", "1"), _POOR if poor else _GOOD)[0]
        chosen = {rating.code: said}
        for question in more:
            if draw.random() < 0.7:  # the further questions are answered if one wishes
                options = list(question.answers)
                glad = int(said) >= 4
                weight = [8 if (code == options[0]) == glad else 1 for code in options]
                chosen[question.code] = draw.choices(options, weight)[0]
        yield chosen
