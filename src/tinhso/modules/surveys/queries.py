"""What surveys found: of closed sheets with enough answers, and of nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from tinhso.kernel.people.who import Who
from tinhso.kernel.units.queries import card
from tinhso.measure.text import Text
from tinhso.modules.surveys.asked import Question, survey
from tinhso.modules.surveys.counting import answers_on, satisfied_on
from tinhso.modules.surveys.models import Sheet
from tinhso.modules.surveys.policies import SHEET


@dataclass(frozen=True)
class Share:
    """Of those who answered a question, how many chose one answer."""

    text: Text
    count: int
    share: Fraction


@dataclass(frozen=True)
class Told:
    """What a group said to one question. `answers`: how many answered it; `shares` in the order of the
    form, nothing where fewer than the smallest group answered: then `answers` is 0 too."""

    question: Question
    answers: int
    shares: tuple[Share, ...]


@dataclass(frozen=True)
class Result:
    """A sheet that may be shown, of an agency or of a place. `more`: what was said to the questions after
    the first, on agencies' sheets only. `remarks`: only for who may read them."""

    unit: str
    name: Text
    matter: str
    half_month: str
    answers: int
    satisfied: Fraction
    more: tuple[Told, ...]
    remarks: tuple[str, ...]
    simulated: bool


def _shown(by: Sheet.By) -> list[Sheet]:
    """The closed sheets with enough answers, the newest half-month first."""
    rows = Sheet.objects.filter(closed=True, by=by).order_by("-half_month", "unit", "matter")
    return [one for one in rows if answers_on(one) >= survey().smallest_group]


def half_months(by: Sheet.By = Sheet.By.AGENCY) -> list[str]:
    """The half-months of which something is shown, the newest first."""
    return list(dict.fromkeys(one.half_month for one in _shown(by)))


def results(who: Who, half_month: str = "", by: Sheet.By = Sheet.By.AGENCY) -> list[Result]:
    """All that is shown of agencies or of places, or that of one half-month."""
    further = survey().questions[1:] if by == Sheet.By.AGENCY else ()
    found = []
    for one in _shown(by):
        if half_month and one.half_month != half_month:
            continue
        count = answers_on(one)
        may = bool(SHEET.ask(who, "view", one.unit_id))
        more = tuple(_told(question, [one.totals]) for question in further)
        found.append(
            Result(
                *(one.unit_id, card(one.unit_id).name, one.matter, one.half_month, count),
                *(Fraction(satisfied_on(one), count), more),
                *(tuple(one.remarks) if may else (), one.simulated),
            )
        )
    return found


def together(*, simulated: bool) -> list[Told]:
    """What all groups that are shown said to each question. Only what is shown of each group by itself
    is added up: a group too small for a question is in no sum, and cannot be had by subtraction."""
    shown = [one.totals for one in _shown(Sheet.By.AGENCY) if one.simulated == simulated]
    return [_told(question, shown) for question in survey().questions]


def _told(question: Question, totals: Iterable[Mapping[str, Mapping[str, int]]]) -> Told:
    """The sums of the groups of which enough answered the question."""
    least = survey().smallest_group
    groups = [one.get(question.code, {}) for one in totals]
    groups = [one for one in groups if sum(one.values()) >= least]
    counts = {code: sum(one.get(code, 0) for one in groups) for code in question.answers}
    whole = sum(counts.values())
    if not whole:
        return Told(question, 0, ())
    shares = (
        Share(text, counts[code], Fraction(counts[code], whole))
        for code, text in question.answers.items()
    )
    return Told(question, whole, tuple(shares))
