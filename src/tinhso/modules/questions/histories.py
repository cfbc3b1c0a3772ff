"""The history of a question."""

from __future__ import annotations

from django.urls import reverse

from tinhso.kernel.cases.histories import of_case
from tinhso.kernel.cases.models import Case
from tinhso.kernel.ledger.histories import HISTORIES, Subject
from tinhso.kernel.people.who import Who


def question(who: Who, thing: str) -> Subject | None:
    """`thing`: its code. Raises ForbiddenError."""
    if "\0" in thing:
        return None
    case = Case.objects.filter(kind="question", code=thing).first()
    return of_case(who, case, reverse("questions:case", args=[case.pk]) if case else "")


HISTORIES["questions.question"] = question
