"""Simulated sheets (tờ khảo sát mô phỏng): what invented people said, marked as simulated.

The same each time. Their totals go into the lake as one simulated file; they owe no records.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import transaction

from tinhso.kernel.units import queries as units
from tinhso.measure.boundaries import Level
from tinhso.modules.surveys import tickets
from tinhso.modules.surveys.actions import answers_on, record_of
from tinhso.modules.surveys.asked import survey
from tinhso.modules.surveys.models import Sheet

COMMUNES = 12
MATTERS = ("feedback", "question")

#: How likely each rating is, from 5 down to 1, in a good and in a poor unit.
_GOOD, _POOR = (34, 40, 16, 7, 3), (14, 30, 26, 18, 12)


def simulate_sheets(root: str, year: int) -> list[dict[str, Any]]:
    """Closed sheets of the half-months of `year`; the records of those large enough, for the lake."""
    with transaction.atomic():
        made = Sheet.objects.bulk_create(_sheets(root, year), batch_size=500)
    least = survey().smallest_group
    return [record_of(one) for one in made if answers_on(one) >= least]


def _sheets(root: str, year: int) -> Iterator[Sheet]:
    first = date(year, 1, 1)
    own = [one.uid for one in units.descendants(root, first, Level.COMMUNE)][:COMMUNES]
    for code in (f"{year}-{month:02}{half}" for month in range(1, 13) for half in "ab"):
        day = tickets.last_day(code)
        places = (units.standing(origin, day) for origin in own)
        standing = dict.fromkeys(one.card.uid for one in places if one.attributed)
        for number, unit in enumerate(standing):
            for matter in MATTERS:
                draw = random.Random(f"survey {unit} {code} {matter}")  # noqa: S311 (invented data)
                yield _sheet(unit, matter, code, draw, poor=number % 4 == 3)


def _sheet(unit: str, matter: str, half: str, draw: random.Random, *, poor: bool) -> Sheet:
    rating, *more = survey().questions
    totals: dict[str, dict[str, int]] = {}
    for _ in range(draw.choices((0, 3, 6, 9, 14, 22), (2, 3, 5, 5, 3, 2))[0]):
        weights = _POOR if poor else _GOOD
        said = draw.choices(("5", "4", "3", "2", "1"), weights)[0]
        _count(totals, rating.code, said)
        for question in more:
            if draw.random() < 0.7:  # the further questions are answered if one wishes
                options = list(question.answers)
                glad = int(said) >= 4
                weight = [8 if (code == options[0]) == glad else 1 for code in options]
                _count(totals, question.code, draw.choices(options, weight)[0])
    return Sheet(
        unit_id=unit, matter=matter, half_month=half, simulated=True, totals=totals, closed=True
    )


def _count(totals: dict[str, dict[str, int]], question: str, said: str) -> None:
    counts = totals.setdefault(question, {})
    counts[said] = counts.get(said, 0) + 1
