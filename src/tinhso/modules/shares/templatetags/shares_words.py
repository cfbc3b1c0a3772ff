"""Template words for shares: exact percentages, points, and what a target asks."""

from __future__ import annotations

from fractions import Fraction

from django import template
from django.utils.translation import get_language

from tinhso.measure import writing
from tinhso.modules.plan import words
from tinhso.modules.plan.pack import Operator
from tinhso.modules.shares import own_plan_words
from tinhso.modules.shares.models import Allocation, OwnPlanItem
from tinhso.modules.shares.promises import Assigned, Change
from tinhso.modules.shares.typed import write_percent

register = template.Library()


def language() -> str:
    return "en" if get_language() == "en" else "vi"


@register.filter
def exact(amount: Fraction | None) -> str:
    """A share as it was given, with all its decimals (at most three)."""
    if amount is None:
        return "–"
    return write_percent(amount, "." if language() == "en" else ",") + writing.NO_BREAK + "%"


@register.filter
def steps(milestones: tuple[Fraction | None, ...], weighed: bool = False) -> str:
    """Four milestones in per cent; a dash where none is set. Weighed ones to a tenth of a point."""
    if not any(one is not None for one in milestones):
        return "–"
    lang = language()

    def one(amount: Fraction | None) -> str:
        if amount is None:
            return "–"
        if weighed:
            return writing.number(amount * 100, lang, 1)
        return write_percent(amount, "." if lang == "en" else ",")

    return "; ".join(map(one, milestones))


@register.filter
def apart(difference: Fraction) -> str:
    """How far two shares are apart, in points without a sign; more decimals where one is too few."""
    size, decimals = abs(difference) * 100, 1
    while decimals < 3 and not float(writing.rounded(size, decimals)):
        decimals += 1
    return writing.number(size, language(), decimals)


@register.filter
def asks_for(allocation: Allocation) -> str:
    """The comparator of an allocation in words: "trên", "đạt"."""
    return words.OPERATORS[Operator(allocation.operator)].to(language())


# -- own plans -------------------------------------------------------------------------------------


@register.filter
def assigned_level(assigned: Assigned) -> str:
    return own_plan_words.level(assigned, language())


@register.filter
def assigned_steps(assigned: Assigned) -> str:
    return own_plan_words.steps(assigned.milestones, language())


@register.filter
def assigned_when(assigned: Assigned) -> str:
    return own_plan_words.when(assigned, language())


@register.filter
def assigned_role(assigned: Assigned) -> str:
    return own_plan_words.role(assigned, language())


@register.filter
def own_level(item: OwnPlanItem) -> str:
    return own_plan_words.own_level(item, language())


@register.filter
def change_told(change: Change) -> tuple[str, str, str]:
    """The field, what it was, what it is."""
    return own_plan_words.changed(change, language())
