"""Words of the pages about reminders."""

from __future__ import annotations

from django import template
from django.utils.translation import get_language

from tinhso.measure.text import Text
from tinhso.modules.urging.rules import To, rules

register = template.Library()

RECEIVERS = {
    To.RESPONSIBLE: Text("người có quyền làm việc ấy", "those who hold the right to do it"),
    To.HEAD: Text("lãnh đạo đơn vị", "heads of the unit"),
    To.PROVINCE: Text("cơ quan thường trực của tỉnh", "the province's standing agency"),
}


@register.filter
def receiver(to: To) -> Text:
    return RECEIVERS[to]


@register.filter
def rule_name(code: str) -> Text:
    """What a rule is called; a rule that is no more keeps its code."""
    named = {rule.code: rule.name for rule in rules().rules}
    return named.get(code, Text(code, code))


@register.filter
def slice_sign(number: int) -> int:
    return abs(number)


@register.simple_tag
def here(address: str) -> str:
    """A Vietnamese address in the language of the page."""
    return f"/en{address}" if get_language() == "en" else address
