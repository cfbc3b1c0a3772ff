"""Every read of cases by those who work on them; each asks who is asking."""

from __future__ import annotations

from django.db.models import F, Q, QuerySet

from tinhso.kernel.cases.kinds import Role
from tinhso.kernel.cases.models import Case, CaseMember
from tinhso.kernel.cases.policies import CASE
from tinhso.kernel.people.who import Who
from tinhso.measure.text import fold


def roles_in(who: Who, case: Case) -> dict[Role, str]:
    """In what parts `who` may act on a case, and for which unit in each."""
    found: dict[Role, str] = {}
    for unit in filter(None, (case.lead_id, case.home_id)):
        if CASE.ask(who, "route", unit):
            found.setdefault(Role.ROUTER, unit)
    if case.lead_id and CASE.ask(who, "handle", case.lead_id):
        found[Role.LEAD] = case.lead_id
    for unit in case.members.values_list("unit_id", flat=True):
        if CASE.ask(who, "handle", unit):
            found.setdefault(Role.MEMBER, unit)
    return found


#: By what is due first, the step or the whole; those whose clocks stand, last.
PRESSING_FIRST = (F("pressing_at").asc(nulls_last=True), "received_at")

#: In these parts somebody may split a case.
SPLITTERS = (Role.ROUTER, Role.LEAD)


def may_split(who: Who, case: Case) -> bool:
    """Whether `who` may take another case out of this one (tách), as long as it is open."""
    return case.open and any(role in SPLITTERS for role in roles_in(who, case))


def may_view(who: Who, case: Case) -> bool:
    """Whether `who` may read all of a case, and not only what is public."""
    units = [case.home_id, *filter(None, [case.lead_id])]
    return any(CASE.ask(who, "view", unit) for unit in units) or bool(roles_in(who, case))


def _of(who: Who, verb: str, lookup: str) -> Q:
    """The condition that a row's unit (its uid, by `lookup`) is one for which `who` may."""
    units = CASE.units(who, verb)
    return Q() if units is None else Q(**{f"{lookup}__in": sorted(units)})


def seen_by(who: Who, kind: str) -> QuerySet[Case]:
    """All cases of a kind that `who` may read wholly."""
    asked = CaseMember.objects.filter(_of(who, "handle", "unit")).values("case")
    return Case.objects.filter(
        _of(who, "view", "home")
        | _of(who, "view", "lead") & Q(lead__isnull=False)
        | _of(who, "handle", "lead") & Q(lead__isnull=False)
        | Q(pk__in=asked),
        kind=kind,
    )


def queue(who: Who, kind: str) -> QuerySet[Case]:
    """The open cases that wait for `who`, in the order in which to take them."""
    asked = CaseMember.objects.filter(_of(who, "handle", "unit")).values("case")
    mine = (
        Q(waits=Role.ROUTER) & _of(who, "route", "home")
        | Q(waits=Role.LEAD) & _of(who, "handle", "lead")
        | Q(waits=Role.MEMBER, pk__in=asked)
    )
    return Case.objects.filter(mine, kind=kind, open=True).order_by(*PRESSING_FIRST)


def asked_to_hide(who: Who, kind: str) -> QuerySet[Case]:
    """The cases on whose public pages `who` is asked to hide something, the longest waiting first."""
    may = _of(who, "moderate", "home") | _of(who, "moderate", "lead") & Q(lead__isnull=False)
    return Case.objects.filter(may, kind=kind, hiding_asked_at__isnull=False).order_by(
        "hiding_asked_at"
    )


def matching(asked: str) -> Q:
    """The condition that a case holds all words of `asked`, with or without diacritics, in its code,
    its titles or its text; for rows of which the one who asks may read all."""
    found = Q()
    for word in fold(asked).split():
        found &= Q(sought__contains=word.strip('.,;:!?()“”"'))
    return found
