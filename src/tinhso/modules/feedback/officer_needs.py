"""What cases need of whom: those due soon or late, for "việc hôm nay" and reminders."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import override

from tinhso.kernel.cases.kinds import Role
from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.policies import CASE
from tinhso.kernel.clock.calendar import LOCAL
from tinhso.kernel.clock.calendars import calendar
from tinhso.kernel.notices import needs
from tinhso.measure.text import Text
from tinhso.modules.feedback.officer_words import KIND, category_name

#: So many working days before its step or the whole is due a case becomes a need; the product's choice.
AHEAD = 2

WANTED = {
    "route": Text("điều phối phản ánh", "route the report"),
    "answer": Text("xử lý, trả lời phản ánh", "handle and answer the report"),
    "opinion": Text("cho ý kiến về phản ánh", "give an opinion on the report"),
    "hide": Text(
        "xem yêu cầu che thông tin ở phản ánh", "look at a request to hide data on the report"
    ),
}


@needs.tells_needs("feedback", WANTED)
def needs_of_cases(day: date) -> Iterator[needs.Need]:
    """Of each case whose step or whole is due by AHEAD working days from `day`, or late: one need of each
    unit that has to act; and of each request to hide something, one of who moderates. Titles say what kind of thing it is and not the sender's words: mails carry them."""
    horizon = datetime.combine(calendar().after(day, AHEAD), time.max, LOCAL)
    rows = (
        Case.objects.filter(kind=KIND, open=True, pressing_at__lte=horizon)
        .exclude(Q(waits=Role.REQUESTER))
        .only(
            "id", "code", "category", "waits", "home_id", "lead_id", "pressing_at", "changed_at", "simulated"
        )
        .prefetch_related("members")
        .order_by("pressing_at")
    )  # fmt: skip
    for case in rows:
        if case.waits == Role.ROUTER:
            yield _need(case, "route", "route", case.home_id)
        elif case.waits == Role.LEAD and case.lead_id:
            yield _need(case, "answer", "handle", case.lead_id)
        elif case.waits == Role.MEMBER:
            for member in case.members.all():
                yield _need(case, "opinion", "handle", member.unit_id)
    asked = Case.objects.filter(kind=KIND, hiding_asked_at__isnull=False)
    columns = ("id", "code", "category", "home_id", "hiding_asked_at", "simulated")
    for case in asked.only(*columns).order_by("hiding_asked_at"):
        yield _to_hide(case)


def _to_hide(case: Case) -> needs.Need:
    assert case.hiding_asked_at is not None
    with override("vi"):
        address = reverse("desk:moderate", args=[case.code])
    kind = category_name(case.category)
    return needs.Need(
        "feedback.hide",
        # Asked again after it was settled, it is another need.
        f"{case.id}/{case.hiding_asked_at:%y%m%d%H%M%S}",
        case.home_id,
        CASE.right("moderate"),
        Text(f"{case.code}: {kind.vi}", f"{case.code}: {kind.en}"),
        address,
        case.hiding_asked_at.astimezone(LOCAL).date(),
        simulated=case.simulated,
    )


def _need(case: Case, wanted: str, verb: str, unit: str) -> needs.Need:
    assert case.pressing_at is not None
    due = case.pressing_at.astimezone(LOCAL).date()
    with override("vi"):
        address = reverse("desk:case", args=[case.code])
    kind = category_name(case.category)
    return needs.Need(
        f"feedback.{wanted}",
        # Another due date is another need: what was said of the old one was about that.
        f"{case.id}/{due}",
        unit,
        CASE.right(verb),
        Text(f"{case.code}: {kind.vi}", f"{case.code}: {kind.en}"),
        address,
        min(case.changed_at.astimezone(LOCAL).date(), due),
        due,
        case.simulated,
        (min(case.changed_at, case.pressing_at), case.pressing_at),
    )
