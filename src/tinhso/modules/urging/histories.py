"""The history of the rules of reminding: since when each has held, and what it was before."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from tinhso.kernel.ledger.histories import HISTORIES, READS, Reads, Subject, words
from tinhso.kernel.people.policy import ForbiddenError
from tinhso.kernel.people.who import Who
from tinhso.measure.text import Text
from tinhso.modules.urging.policies import REMINDER, RULES
from tinhso.modules.urging.rules import read_written
from tinhso.modules.urging.templatetags import urging_words as said

_GENERAL = words(
    from_hour=("nhắc từ mấy giờ", "reminded from which hour"),
    most_lines=("số dòng nhiều nhất của một thư", "most lines of a mail"),
    calendar=("lịch làm việc", "calendar of working days"),
)


def _name(field: str) -> Text:
    return _GENERAL(field) or said.rule_name(field)


def _value(name: str, value: Any) -> Text | None:
    if _GENERAL(name) is not None:
        return None
    rule = read_written(name, value)
    parts = [said.receiver(rule.to), said.counted_from(rule.of), said.steps_in_words(rule)]
    parts += [said.rule_ways(rule), *([said.about(rule)] if rule.kinds else [])]
    return Text(*(" · ".join(one.to(language) for one in parts) for language in ("vi", "en")))


def rules(who: Who, thing: str) -> Subject | None:
    """Raises ForbiddenError: they are told where reminders are."""
    if thing != "all":
        return None
    if not REMINDER.anywhere(who, "view"):
        raise ForbiddenError(REMINDER.ask(who, "view"))
    title = Text("Các mốc nhắc việc", "Rules of reminding")
    return Subject(title, reverse("urging:sent"), things=((RULES.kind, "all"),))


READS[RULES.kind] = Reads(RULES, "view", name=_name, value=_value)
HISTORIES[RULES.kind] = rules
