"""What waits for somebody, what was said to whom, and what nobody answers for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from tinhso.kernel.notices.needs import Need, kinds, needs_on
from tinhso.kernel.people.holders import Holders
from tinhso.kernel.people.who import Who
from tinhso.kernel.units.register import register
from tinhso.measure.text import Text
from tinhso.modules.urging.letters import when
from tinhso.modules.urging.models import Reminder
from tinhso.modules.urging.policies import REMINDER


@dataclass(frozen=True)
class Waiting:
    """A need as a page shows it. `mine`: whoever asks is among those who are to meet it."""

    need: Need
    unit_name: Text
    todo: Text
    when: Text
    late: int


def todays(who: Who) -> list[Waiting]:
    """What waits for somebody today, the latest first: what they, and not somebody nearer to it,
    hold the right to do."""
    holders = Holders(who.day)
    mine = [
        need
        for need in needs_on(who.day)
        if any(account.pk == who.account for account in holders.who_may(need.right, need.unit))
    ]
    return _shown(mine, who.day)


def nobodys(who: Who) -> list[Waiting]:
    """Needs within reach that nobody in any position can meet."""
    within = REMINDER.units(who, "view")
    holders = Holders(who.day)
    found = [
        need
        for need in needs_on(who.day)
        if (within is None or need.unit in within) and not holders.who_may(need.right, need.unit)
    ]
    return _shown(found, who.day)


def _shown(needs: Sequence[Need], day: date) -> list[Waiting]:
    words, names = kinds(), register()
    found = [
        Waiting(
            need,
            names.full_name(need.unit, day),
            words[need.kind],
            when(need, day),
            need.late(day),
        )
        for need in needs
    ]
    return sorted(found, key=lambda one: (-one.late, one.need.due or one.need.since, one.need.key))


def said_to(who: Who, most: int = 60) -> QuerySet[Reminder]:
    """What somebody was reminded of, newest first."""
    rows = Reminder.objects.filter(account=who.account, on_page=True).select_related("digest")
    return rows.order_by("-digest__day", "id")[:most]


def said(who: Who, unit: str = "") -> QuerySet[Reminder]:
    """What people were reminded of, about things of units within reach, newest first."""
    rows = Reminder.objects.select_related("digest__account")
    if unit:
        rows = rows.filter(unit=unit)
    return REMINDER.rows(who, "view", rows, "unit").order_by("-digest__day", "id")
