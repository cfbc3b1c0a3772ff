"""Fields of forms: label, value kept, what is wrong beside it. Complete without a script."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.utils.html import format_html

from tinhso.kernel.people.filled import Filled
from tinhso.web.templatetags.figures import t

register = template.Library()


@register.filter
def at(found: Mapping[str, Any], key: str) -> Any:
    """What a mapping holds at a key that a template knows only as a value."""
    return found[key]


@register.filter
def chose(filled: Filled, name: str) -> str:
    """What was chosen in a field, for radio buttons."""
    return filled.get(name)


@register.inclusion_tag("shell/_field.html")
def field(
    filled: Filled,
    name: str,
    label: str,
    kind: str = "text",
    *,
    help: str = "",  # noqa: A002 (the word that a reader of the template expects)
    required: bool = False,
    options: Iterable[Any] = (),
    autocomplete: str = "off",
    list: str = "",  # noqa: A002 (HTML's own name)
    mode: str = "",
    scope: str = "",
) -> dict[str, Any]:
    """`kind`: an input's type, `select` (options: value, label), `textarea`, `checks`. `mode` is the keyboard
    that a phone shows (`inputmode`). `scope` tells forms of one page apart that have a field of this name."""
    value = filled.get(name)
    own = f"o-{scope}-{name}" if scope else f"o-{name}"
    return {
        "name": name,
        "id": own,
        "label": label,
        "kind": kind,
        "help": help,
        "required": required,
        "value": value,
        "values": filled.all(name),
        "options": options,
        "autocomplete": autocomplete,
        "list": list,
        "mode": mode,
        "wrong": filled.wrong(name),
        "described": " ".join(
            [
                f"{own}-{part}"
                for part, there in (("help", help), ("wrong", filled.wrong(name)))
                if there
            ]
        ),
    }


@register.simple_tag
def wrong(filled: Filled) -> str:
    """What is wrong with the whole, and how many fields to look at, above the form."""
    if not filled.problems:
        return ""
    lines = [t(one) for one in filled.problems if not filled.belongs(one)] or [t(filled.headline())]
    return format_html('<p class="note asks" role="alert">{}</p>', " ".join(lines))
