"""Template words for officers' pages: the sign and colour of how pressing something is."""

from __future__ import annotations

from urllib.parse import urlencode

from django import template
from django.utils.translation import get_language

from tinhso.kernel.people.filled import Filled
from tinhso.modules.feedback.officer_day import Line
from tinhso.modules.feedback.officer_words import CHANNELS

register = template.Library()


@register.filter
def upper_first(text: str) -> str:
    """What is said as part of a sentence, at the head of one."""
    return text[:1].upper() + text[1:]


@register.filter
def at_field(filled: Filled, name: str) -> str:
    """What a field of a form holds, for inputs that the `field` tag does not make."""
    return filled.get(name)


@register.filter
def channel_name(code: str) -> str:
    return CHANNELS[code].to(get_language() or "vi")


@register.filter
def only_of(line: Line, field: str) -> str:
    """What narrows a list to a line of a sheet; "" where nothing does."""
    return f"&{urlencode({field: line.key})}" if line.key else ""
