"""What surveys found: of closed sheets with enough answers, and of nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from tinhso.kernel.people.who import Who
from tinhso.kernel.units.queries import card
from tinhso.measure.text import Text
from tinhso.modules.surveys.actions import answers_on, satisfied_on
from tinhso.modules.surveys.asked import survey
from tinhso.modules.surveys.models import Sheet
from tinhso.modules.surveys.policies import SHEET


@dataclass(frozen=True)
class Result:
    """A sheet that may be shown. `remarks`: only for who may read them."""

    unit: str
    name: Text
    matter: str
    half_month: str
    answers: int
    satisfied: Fraction
    totals: Mapping[str, Mapping[str, int]]
    remarks: tuple[str, ...]
    simulated: bool


def results(who: Who, matter: str = "") -> list[Result]:
    """The newest half-month first."""
    rows = Sheet.objects.filter(closed=True).order_by("-half_month", "unit", "matter")
    if matter:
        rows = rows.filter(matter=matter)
    found = []
    for one in rows:
        count = answers_on(one)
        if count < survey().smallest_group:
            continue
        may = bool(SHEET.ask(who, "view", one.unit_id))
        found.append(
            Result(
                *(one.unit_id, card(one.unit_id).name, one.matter, one.half_month, count),
                *(Fraction(satisfied_on(one), count), one.totals),
                *(tuple(one.remarks) if may else (), one.simulated),
            )
        )
    return found
