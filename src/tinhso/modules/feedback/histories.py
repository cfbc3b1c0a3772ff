"""The history of a report to 1022."""

from __future__ import annotations

from django.urls import reverse

from tinhso.kernel.cases.histories import of_case
from tinhso.kernel.cases.models import Case
from tinhso.kernel.ledger.histories import HISTORIES, Subject
from tinhso.kernel.people.who import Who
from tinhso.modules.feedback.officer_words import KIND


def report(who: Who, thing: str) -> Subject | None:
    """`thing`: its code. Raises ForbiddenError."""
    if "\0" in thing:
        return None
    case = Case.objects.filter(kind=KIND, code=thing).first()
    return of_case(who, case, reverse("desk:case", args=[thing]) if case else "")


HISTORIES["feedback.report"] = report
