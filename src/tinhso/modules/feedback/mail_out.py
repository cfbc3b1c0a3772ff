"""Answers to those who wrote by mail, within their thread (trả lời qua thư điện tử)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.utils import timezone

from tinhso.kernel.cases import contacts
from tinhso.kernel.cases.actions import listens
from tinhso.kernel.cases.models import Case, CaseEvent
from tinhso.kernel.cases.standing import Standing
from tinhso.kernel.notices.mail import owe_written
from tinhso.kernel.units.register import register
from tinhso.measure.text import Text
from tinhso.modules.feedback.machine_doors import KIND
from tinhso.modules.feedback.mail_reading import ABOVE, plain_subject

#: Cases of one address in an hour after which no receipt is sent: two programs may be writing to each
#: other. The product's choice.
MOST_RECEIPTS = 10

#: What is written for an act, in each language. {text}: the words of the event.
WORDS: Mapping[str, Text] = {
    "receive": Text(
        "Đã tiếp nhận phản ánh của ông/bà, mã {code}.{due}\n\nCần bổ sung thì trả lời thư này, giữ nguyên tiêu đề.{note}",
        "Your report was received under the code {code}.{due}\n\nTo add something, answer this mail and keep its subject.{note}",
    ),
    "route": Text(
        "Phản ánh {code} đã được chuyển cho {unit} xử lý.",
        "{unit} now handles your report {code}.",
    ),
    "ask": Text(
        "Để xử lý phản ánh {code}, cơ quan xử lý cần ông/bà cho biết thêm:\n\n{text}\n\nHãy trả lời thư này.",
        "To handle your report {code}, we need to know more:\n\n{text}\n\nPlease answer this mail.",
    ),
    "answer": Text(
        "Trả lời phản ánh {code}:\n\n{text}\n\nViệc chưa xong thì trả lời thư này, dòng đầu viết MỞ LẠI và lý do.",
        "The answer to your report {code}:\n\n{text}\n\nIf it is not settled, answer this mail with REOPEN and why in the first line.",
    ),
    "reject": Text(
        "Phản ánh {code} không được tiếp nhận. Lý do:\n\n{text}",
        "Your report {code} was not accepted. Why:\n\n{text}",
    ),
    "extend": Text(
        "Phản ánh {code} được gia hạn.{due} Lý do:\n\n{text}",
        "The term of your report {code} was extended.{due} Why:\n\n{text}",
    ),
    "reopen": Text(
        "Phản ánh {code} đã được mở lại.{due}", "Your report {code} was opened again.{due}"
    ),
}
TOO_BIG = Text(
    "\n\nThư của ông/bà quá lớn nên mới đọc được tiêu đề. Hãy trả lời thư này bằng vài dòng chữ và ảnh nhỏ hơn.",
    "\n\nYour mail is too big, so that only its subject was read. Please answer with a few lines and smaller pictures.",
)


@listens(to=KIND)
def answer(case: Case, event: CaseEvent, _standing: Standing) -> None:
    """Owe a mail to the sender of a case that came by mail, with the act that it tells of."""
    if case.channel != Case.Channel.EMAIL or event.act not in WORDS:
        return
    for watcher in case.watchers.filter(sender=True).select_related("contact"):
        person = contacts.opened(watcher.contact)
        if not person.email or (event.act == "receive" and _too_many(person.email)):
            continue
        language = "en" if watcher.contact.language == "en" else "vi"
        first = case.history.get(n=1).data
        subject = plain_subject(str(first.get("subject", ""))) or case.title
        if case.code not in subject:
            subject = f"{subject} [{case.code}]"
        owe_written(
            person.email,
            f"Re: {subject}",
            f"{ABOVE}\n\n{words(case, event).to(language)}\n",
            thread=thread_of(case),
            about=case.code,
        )


def words(case: Case, event: CaseEvent) -> Text:
    """What is told of an act; also by other channels."""
    told = str(event.data.get("text") or event.data.get("reason") or "")
    at = timezone.localtime(case.due_at) if case.due_at else None
    due = Text(
        f" Hạn trả lời: {at:%H:%M ngày %d/%m/%Y}." if at else "",
        f" To be answered by {at:%d/%m/%Y %H:%M}." if at else "",
    )
    unit = register().full_name(case.lead_id) if case.lead_id else Text("", "")
    note = TOO_BIG if event.data.get("too_big") else Text("", "")
    both = WORDS[event.act]
    vi, en = (
        both.to(one).format(
            code=case.code, text=told, due=due.to(one), unit=unit.to(one), note=note.to(one)
        )
        for one in ("vi", "en")
    )
    return Text(vi, en)


def thread_of(case: Case) -> list[str]:
    """The Message-IDs of the sender's mails, oldest first: ten at most, the first among them."""
    told = [one.data for one in case.history.order_by("n")]
    ids = [*told[0].get("references", []), *(str(one.get("message_id", "")) for one in told)]
    found = list(dict.fromkeys(one for one in ids if one))
    return found if len(found) <= 10 else [found[0], *found[-9:]]


def _too_many(email: str) -> bool:
    since = timezone.now() - timedelta(hours=1)
    return contacts.cases_of(email=email).filter(received_at__gt=since).count() > MOST_RECEIPTS
