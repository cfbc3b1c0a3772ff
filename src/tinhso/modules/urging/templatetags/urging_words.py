"""Words of the pages about reminders."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django import template
from django.utils.translation import get_language

from tinhso.kernel.clock.calendar import LOCAL
from tinhso.kernel.notices.needs import kinds
from tinhso.measure.text import Text
from tinhso.modules.urging.models import Reminder
from tinhso.modules.urging.rules import Channel, Of, Rule, To, rules

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


COUNTED_FROM = {
    Of.DUE: Text("ngày hạn", "the last day in time"),
    Of.SINCE: Text(
        "ngày bắt đầu chờ (việc không có hạn)", "the first day of waiting (no deadline)"
    ),
    Of.CLOCK: Text("lúc việc đến (hạn theo giờ)", "the moment it came (due by the hour)"),
}

WAYS = {
    Channel.MAIL: Text("thư", "mail"),
    Channel.PAGE: Text("trên trang", "on the page"),
}


@register.filter
def counted_from(of: Of) -> Text:
    return COUNTED_FROM[of]


@register.filter
def steps_in_words(rule: Rule) -> Text:
    """ "trước 7; 3; 1 ngày; đúng hạn; sau 1; 3 ngày", "qua 50 % thời gian"."""
    if rule.of is Of.CLOCK:
        told = "; ".join(map(str, rule.steps))
        return Text(f"qua {told} % thời gian", f"{told} % of its time passed")
    unit = Text("ngày làm việc", "working days") if rule.working else Text("ngày", "days")
    first = Text("đúng hạn", "the day itself") if rule.of is Of.DUE else Text("ngay", "at once")
    before = "; ".join(str(-one) for one in rule.steps if one < 0)
    after = "; ".join(str(one) for one in rule.steps if one > 0)
    vi = [f"trước {before} {unit.vi}"] * bool(before) + [first.vi] * (0 in rule.steps)
    en = [f"{before} {unit.en} before"] * bool(before) + [first.en] * (0 in rule.steps)
    vi += [f"sau {after} {unit.vi}"] * bool(after)
    en += [f"{after} {unit.en} after"] * bool(after)
    return Text("; ".join(vi), "; ".join(en))


@register.filter
def about(rule: Rule) -> Text:
    """The kinds of work that a rule speaks of alone."""
    words = kinds()
    found = [words[kind] for kind in sorted(rule.kinds) if kind in words]
    vi, en = (dict.fromkeys(one.to(language) for one in found) for language in ("vi", "en"))
    return Text("; ".join(vi), "; ".join(en))


@register.filter
def rule_ways(rule: Rule) -> Text:
    return _joined(one for one in Channel if one in rule.by)


@register.filter
def ways(row: Reminder) -> Text:
    """How a line was told."""
    mailed = row.digest.mailed and row.by_mail
    if row.by_mail and not mailed:
        return Text("trên trang (chưa có địa chỉ thư)", "on the page (no mail address)")
    told = {Channel.MAIL: mailed, Channel.PAGE: row.on_page}
    return _joined(one for one in Channel if told[one])


def _joined(channels: Iterable[Channel]) -> Text:
    found = [WAYS[one] for one in channels]
    return Text(" và ".join(one.vi for one in found), " and ".join(one.en for one in found))


@register.filter
def hour(moment: datetime) -> str:
    return moment.astimezone(LOCAL).strftime("%H:%M")


@register.simple_tag
def here(address: str) -> str:
    """A Vietnamese address in the language of the page."""
    return f"/en{address}" if get_language() == "en" else address
