"""Template words of reports."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from django import template
from django.utils.translation import get_language

from tinhso.kernel.people.filled import Filled
from tinhso.measure.writing import number

register = template.Library()


@register.inclusion_tag("feedback/_fields.html")
def photos(filled: Filled, label: str, help: str) -> dict[str, Any]:  # noqa: A002 (as in `field`)
    """A field for pictures, with what is wrong with them."""
    return {"label": label, "help": help, "wrong": filled.wrong("photos")}


@register.filter
def days(value: float | None) -> str:
    """A median of whole days: a whole or a half; a dash for nothing."""
    if value is None:
        return "–"
    whole = float(value).is_integer()
    return number(Fraction(value), get_language() or "vi", 0 if whole else 1)


@register.filter
def asked(filled: Filled, name: str) -> str:
    """What a form of filters holds."""
    return filled.get(name)
