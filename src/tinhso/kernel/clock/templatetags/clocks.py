"""Template words for clocks: the sign and colour of how pressing something is."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from tinhso.kernel.clock.faces import Lateness, Pressing

register = template.Library()

#: Shapes differ as well as colours.
_SHAPES = {
    Pressing.LATE: ("behind", '<path d="M2 4l5 5 5-5"/>'),
    Pressing.TODAY: ("on-the-way", '<path d="M7 2l5.5 10h-11z"/>'),
    Pressing.AHEAD: ("going", '<path d="M2 7h9M8 3.5L11.5 7 8 10.5"/>'),
    Pressing.STANDS: ("quiet", '<path d="M4.5 3v8M9.5 3v8"/>'),
}


@register.simple_tag
def pressing_mark(pressing: Pressing) -> SafeString:
    """The sign alone, to stand beside its word."""
    return mark_safe(  # noqa: S308 (the shapes are our own constants)
        f'<svg class="mark" width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">{_SHAPES[pressing][1]}</svg>'
    )


@register.simple_tag
def lateness_sign(found: Lateness) -> SafeString:
    """How late or how far off, with its sign."""
    return format_html(
        '<span class="standing {}">{} {}</span>',
        _SHAPES[found.pressing][0],
        pressing_mark(found.pressing),
        found.words.to(get_language() or "vi"),
    )
