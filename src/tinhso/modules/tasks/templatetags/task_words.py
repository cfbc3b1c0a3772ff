"""Template words for tasks: the sign, colour and word of a state, and its table of words."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from tinhso.kernel.people.filled import Filled
from tinhso.measure.text import Text
from tinhso.modules.tasks import words
from tinhso.modules.tasks.facts import Decision, Rhythm
from tinhso.modules.tasks.states import State
from tinhso.modules.tasks.urging import Wanted

register = template.Library()

#: Shapes differ as well as colours. Red is for what is behind only.
_SHAPES = {
    State.OVERDUE: ("behind", '<path d="M2 4l5 5 5-5"/>'),
    State.AT_RISK: ("on-the-way", '<path d="M7 2l5.5 10h-11z"/>'),
    State.WAITING: ("quiet", '<path d="M4.5 3v8M9.5 3v8"/>'),
    State.NOT_STARTED: ("unknown", '<circle cx="7" cy="7" r="4.5" stroke-dasharray="2 2.4"/>'),
    State.IN_PROGRESS: ("going", '<path d="M2 7h9M8 3.5L11.5 7 8 10.5"/>'),
    State.DONE_IN_TIME: ("met", '<path d="M2 7l3.5 3.5L12 3"/>'),
    State.DONE_LATE: ("on-the-way", '<path d="M2 6l3.5 3.5L12 2M2 13h10"/>'),
    State.DONE_UNDATED: ("met", '<path d="M2 7l3.5 3.5L12 3" stroke-dasharray="2 1.6"/>'),
    State.CANCELLED: ("quiet", '<path d="M3 3l8 8M11 3l-8 8"/>'),
}


@register.simple_tag
def state_mark(state: State) -> SafeString:
    """The sign of a state, to stand beside its word."""
    return mark_safe(  # noqa: S308 (the shapes are our own constants)
        f'<svg class="mark" width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">{_SHAPES[state][1]}</svg>'
    )


@register.simple_tag
def state_sign(state: State) -> SafeString:
    """A state's sign and word."""
    word = words.STATES[state].to(_language())
    return format_html(
        '<span class="standing {}">{} {}</span>', _SHAPES[state][0], state_mark(state), word
    )


@register.filter
def state_class(state: State) -> str:
    return _SHAPES[state][0]


@register.filter
def task_word(value: State | Rhythm | Wanted | Decision) -> str:
    """The word for a state, a rhythm, what is wanted, or a decision on a report."""
    tables = (words.STATES, words.RHYTHMS, words.WANTED, words.DECISIONS)
    found = next(table[value] for table in tables if type(next(iter(table))) is type(value))  # type: ignore[index]
    return found.to(_language())


@register.filter
def grant_word(value: str) -> str:
    return words.GRANTS[Decision(value)].to(_language())


@register.filter
def decision_word(value: str) -> str:
    return words.DECISIONS[Decision(value)].to(_language())


@register.filter
def rhythm_word(value: str) -> str:
    return words.RHYTHMS[Rhythm(value)].to(_language())


def _language() -> str:
    return "en" if get_language() == "en" else "vi"


# -- the preview of an annex: fields whose names carry the row --------------------------------------


@register.simple_tag
def preview_check(filled: Filled, key: str) -> SafeString:
    name = f"lay-{key}"
    checked = mark_safe(" checked") if filled.get(name) else ""
    label = gettext("Lưu dòng này")
    return format_html(
        '<input type="checkbox" name="{}" value="1" aria-label="{}"{}>', name, label, checked
    )


@register.simple_tag
def preview_input(
    filled: Filled,
    field: str,
    key: str,
    label: str,
    number: int,
    kind: str = "text",
    choices: str = "don-vi-chon",
) -> SafeString:
    """`choices`: the id of the list that a text is chosen from."""
    name = f"{field}-{key}"
    more = format_html(' list="{}" autocomplete="off"', choices) if kind == "text" else ""
    invalid, lines = _wrong(filled, name)
    return format_html(
        '<input type="{}" name="{}" value="{}" aria-label="{} {}"{}{}>{}',
        *(kind, name, filled.get(name), label, number, more, invalid, lines),
    )


@register.simple_tag
def preview_area(filled: Filled, field: str, key: str, label: str, number: int) -> SafeString:
    """A text of several lines."""
    name = f"{field}-{key}"
    invalid, lines = _wrong(filled, name)
    return format_html(
        '<textarea name="{}" rows="{}" aria-label="{} {}"{}>\n{}</textarea>{}',
        *(name, 2, label, number, invalid, filled.get(name), lines),
    )


def _wrong(filled: Filled, name: str) -> tuple[SafeString, SafeString]:
    """What marks a field that is wrong, and what is said below it."""
    wrong = filled.wrong(name)
    lines = format_html_join(
        "", '<small class="bad block">{}</small>', ((one.to(_language()),) for one in wrong)
    )
    return mark_safe(' aria-invalid="true"' if wrong else ""), lines  # noqa: S308 (our own constants)


@register.simple_tag
def preview_rhythm(
    filled: Filled, key: str, options: Iterable[tuple[str, Text]], number: int
) -> SafeString:
    name = f"chu-ky-{key}"
    now, label = filled.get(name), gettext("Chu kỳ, dòng")
    made = format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        (
            (value, mark_safe(" selected") if value == now else "", word.to(_language()))
            for value, word in options
        ),
    )
    return format_html(
        '<select name="{}" aria-label="{} {}">{}</select>', name, label, number, made
    )
