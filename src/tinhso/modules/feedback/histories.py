"""The history of a report to 1022: for the office, and of a published one for everybody."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q
from django.urls import reverse

from tinhso.kernel.cases.actions import THING
from tinhso.kernel.cases.histories import of_case
from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.policies import CASE
from tinhso.kernel.cases.waiting import published_title
from tinhso.kernel.ledger.histories import HISTORIES, Change, Subject, changes
from tinhso.kernel.ledger.models import Entry
from tinhso.kernel.people.who import Who
from tinhso.measure.text import Text
from tinhso.modules.feedback.officer_words import KIND
from tinhso.modules.feedback.public import published
from tinhso.modules.feedback.words import RELEASE, SENTENCES

MERGE = f"{THING}.merge"
_JOINED = Text("phản ánh nhập vào đây", "report merged into this one")
_INTO = Text("nhập vào phản ánh", "merged into the report")


def report(who: Who, thing: str) -> Subject | None:
    """`thing`: its code. Raises ForbiddenError."""
    if "\0" in thing:
        return None
    case = Case.objects.filter(kind=KIND, code=thing).first()
    return of_case(who, case, reverse("desk:case", args=[thing]) if case else "")


#: What the public page tells of: the acts in its course, and what moderation did to it.
TOLD = tuple(f"{THING}.{act}" for act in (*SENTENCES, RELEASE, "publish", "unpublish"))
#: What of a case the public page shows.
SHOWN = ("state", "lead")


def published_report(_who: Who, thing: str) -> Subject | None:
    """`thing`: the code of a report that is public now. Who did what within the office, why, and words
    that moderation took back are not told."""
    case = None if "\0" in thing else published().filter(code=thing.upper()).first()
    if case is None:
        return None
    joined = {str(one.pk): one.code for one in published().filter(merged_into=case)}
    into = case.merged_into if case.merged_into and case.merged_into.published_at else None

    def tells(entry: Entry) -> Iterable[Change]:
        if entry.thing in joined:
            yield Change(_JOINED, None, Text(joined[entry.thing], joined[entry.thing]))
            return
        yield from changes(entry, SHOWN)
        if entry.act == MERGE and into is not None:
            yield Change(_INTO, None, Text(into.code, into.code))

    title = published_title(case)
    return Subject(
        title=Text(f"Phản ánh {case.code}: {title}", f"Report {case.code}: {title}"),
        address=reverse("feedback:report", args=[case.code]),
        things=((CASE.kind, str(case.pk)),),
        public=True,
        only=TOLD,
        besides=Q(kind=CASE.kind, thing__in=list(joined), act=MERGE),
        tells=tells,
    )


HISTORIES["feedback.report"] = report
HISTORIES["feedback.published"] = published_report
