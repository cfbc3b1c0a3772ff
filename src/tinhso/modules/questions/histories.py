"""The history of a question, and of an answer that everybody reads."""

from __future__ import annotations

from django.urls import reverse

from tinhso.kernel.cases.histories import of_case
from tinhso.kernel.cases.models import Case
from tinhso.kernel.ledger.histories import HISTORIES, READS, Reads, Subject, words
from tinhso.kernel.people.who import Who
from tinhso.measure.text import Text
from tinhso.modules.questions.policies import ANSWER
from tinhso.modules.questions.queries import answer_of

THANK = "questions.answer.thank"


def question(who: Who, thing: str) -> Subject | None:
    """`thing`: its code. Raises ForbiddenError."""
    if "\0" in thing:
        return None
    case = Case.objects.filter(kind="question", code=thing).first()
    return of_case(who, case, reverse("questions:case", args=[case.pk]) if case else "")


def answer(_who: Who, thing: str) -> Subject | None:
    """`thing`: its code. Its versions stand on its page; here, when each came and why."""
    found = None if "\0" in thing else answer_of(thing)
    if found is None:
        return None
    one, _ = found
    gone = one.withdrawn_at is not None
    title = Text(f"Câu trả lời {one.code}", f"Answer {one.code}")
    if not gone:
        title = Text(f"{title.vi}: {one.title}", f"{title.en}: {one.title}")
    return Subject(
        title=title,
        address=reverse("questions:answer", args=[one.code]),
        things=((ANSWER.kind, str(one.pk)),),
        but=(THANK,),
    )


HISTORIES["questions.question"] = question
HISTORIES[ANSWER.kind] = answer
READS[ANSWER.kind] = Reads(
    ANSWER,
    "view",
    {THANK: "review"},  # what readers say of an answer is told to who reviews it
    name=words(
        version=("phiên bản", "version"),
        written=("mã băm nội dung", "digest of what was written"),
        holds_until=("giá trị đến hết ngày", "holds until"),
        withdrawn=("thôi công khai", "withdrawn"),
    ),
)
