"""Template words for answers: a figure, no data, not applicable."""

from __future__ import annotations

from collections.abc import Collection

from django import template
from django.utils.translation import get_language

from tinhso.kernel.people.filled import Filled
from tinhso.measure.text import Text
from tinhso.modules.reporting.checks import KINDS, Kind, Parts
from tinhso.modules.reporting.known import Cell
from tinhso.modules.reporting.models import Answer
from tinhso.modules.reporting.standing import in_words

register = template.Library()


def _to_reader(text: Text) -> str:
    return text.to(get_language() or "vi")


@register.filter
def kind_word(answer: Answer) -> str:
    return _to_reader(KINDS[Kind(answer.kind)])


@register.filter
def answer_words(answer: Answer) -> str:
    """ "812 / 1.034", or the word for what was answered instead."""
    if answer.kind != Kind.VALUE:
        return kind_word(answer)
    return _to_reader(in_words(Parts(answer.numerator, answer.denominator)))


@register.filter
def mark_words(mark: list[str]) -> str:
    """A mark that was kept with an answer, as `[vi, en]`."""
    return _to_reader(Text(*mark))


@register.filter
def both(vi: str, en: str) -> str:
    """A label in the reader's language, with a capital."""
    text = _to_reader(Text(vi, en))
    return text[:1].upper() + text[1:]


@register.filter
def chosen_in(cell: Cell, kept: Collection[str]) -> bool:
    figure = cell.figure
    return figure is not None and any(one.startswith(f"{figure.pk}:") for one in kept)


@register.filter
def value_of(filled: Filled, name: str) -> str:
    return filled.get(name)
