"""What questions and answers need of whom, for whoever reminds people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.policies import CASE
from tinhso.kernel.notices import needs
from tinhso.measure.text import Text
from tinhso.modules.questions.fields import rules
from tinhso.modules.questions.models import Answer
from tinhso.modules.questions.policies import ANSWER

KINDS = {
    "route": Text("chuyển cơ quan trả lời", "route it to the agency that answers"),
    "draft": Text("soạn trả lời", "write an answer"),
    "approve": Text("duyệt dự thảo trả lời", "approve the draft"),
    "send": Text("gửi trả lời đã duyệt", "send the approved answer"),
    "opinion": Text("cho ý kiến về câu hỏi", "give an opinion"),
    "review": Text(
        "rà soát câu trả lời sắp hết giá trị", "review an answer that may no longer hold"
    ),
}

#: What is needed in a state: the kind of need and the right that meets it.
OF_STATE = {
    "received": ("route", CASE.right("route")),
    "assigned": ("draft", CASE.right("handle")),
    "drafted": ("approve", ANSWER.right("review")),
    "reviewed": ("send", CASE.right("handle")),
}


def _title(case: Case) -> Text:
    """What stands in lists and in mails; of a private question not a word."""
    if case.private:
        return Text(f"{case.code} (câu hỏi riêng)", f"{case.code} (a private question)")
    return Text(case.title, case.title)


@needs.tells_needs("questions", KINDS)
def needs_of_questions(day: date) -> Iterator[needs.Need]:
    rows = Case.objects.filter(kind="question", open=True).prefetch_related("members")
    for case in rows:
        since = timezone.localtime(case.changed_at).date()
        due_at = case.pressing_at
        due = timezone.localtime(due_at).date() if due_at else None
        clock = (min(case.changed_at, due_at), due_at) if due_at else None
        title = _title(case)
        with override("vi"):
            address = reverse("questions:case", args=[case.pk])
        if case.state in OF_STATE:
            what, right = OF_STATE[case.state]
            unit = case.home_id if what == "route" else case.lead_id or case.home_id
            yield needs.Need(
                f"questions.{what}", f"{case.pk}/{case.events}", unit, right, title, address, since,
                due, case.simulated, clock,
            )  # fmt: skip
        elif case.state == "consulting":
            for member in case.members.all():
                yield needs.Need(
                    "questions.opinion", f"{case.pk}/{case.events}", member.unit_id,
                    CASE.right("handle"), title, address, since, due, case.simulated, clock,
                )  # fmt: skip
    ahead = timedelta(days=rules().review_ahead_days)
    for one in Answer.objects.filter(withdrawn_at=None, holds_until__lte=day + ahead):
        assert one.holds_until
        with override("vi"):
            address = reverse("questions:manage", args=[one.code])
        yield needs.Need(
            "questions.review", f"{one.pk}/{one.holds_until}", one.unit_id,
            ANSWER.right("review"), Text(one.title, one.title), address,
            one.holds_until - ahead, one.holds_until, one.simulated,
        )  # fmt: skip
