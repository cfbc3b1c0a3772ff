"""Words and numbers of scorecards, for templates."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from django import template
from django.utils.translation import get_language

from tinhso.kernel.people.filled import Filled
from tinhso.measure import writing
from tinhso.measure.definitions import Indicator, Kind
from tinhso.measure.scorecards.definitions import Certainty, Component, Scorecard, Unknown
from tinhso.measure.scorecards.ranking import Ranked
from tinhso.measure.scorecards.scoring import Reading
from tinhso.modules.scorecards import words
from tinhso.modules.scorecards.models import RoundState

register = template.Library()


def language() -> str:
    return "en" if get_language() == "en" else "vi"


@register.filter
def pts(value: Fraction | Decimal | None, card: Scorecard | None = None) -> str:
    """Points as people read them; a dash for nothing."""
    if value is None:
        return "–"
    places = 3 if card is None else words.decimals(card)
    return words.points(Fraction(value), language(), places)


@register.filter
def field_points(value: Decimal | None) -> str:
    """Points as a field of a form holds them."""
    return "" if value is None else pts(value)


@register.filter
def signed(value: Fraction) -> str:
    """A change of a mark in percentage points, with its sign."""
    return writing.points(value, language(), 2)


@register.filter
def minus(value: Fraction, other: Fraction) -> Fraction:
    return value - other


@register.filter
def reading_value(reading: Reading, indicator: Indicator) -> str:
    """What a leaf reads, as its figure's page writes it."""
    if reading.value is None:
        return "–"
    if indicator.kind is Kind.MEASURE:
        return writing.number(reading.value, language())
    return writing.percent(reading.value, language())


@register.filter
def value_of(filled: Filled, name: str) -> str:
    """What a field of a form holds."""
    return filled.get(name)


@register.filter
def places(value: int) -> str:
    """Places gained or lost, with the sign."""
    return "0" if value == 0 else f"+{value}" if value > 0 else f"−{-value}"


@register.filter
def certainty(value: Certainty) -> str:
    return words.CERTAINTIES[value].to(language())


@register.filter
def unknown_words(value: Unknown) -> str:
    return words.UNKNOWNS[value].to(language())


@register.filter
def rule_words(component: Component) -> str:
    return words.rule(component).to(language())


@register.filter
def why_not(row: Ranked) -> str:
    return words.not_ranked(row).to(language())


@register.filter
def state_words(state: str) -> str:
    return words.STATES[RoundState(state)].to(language())
