"""Answers to those who wrote by mail, within their thread (trả lời qua thư điện tử)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.utils import timezone

from tinhso.kernel.cases import contacts
from tinhso.kernel.cases.actions import listens
from tinhso.kernel.cases.models import Case, CaseEvent
from tinhso.kernel.cases.standing import Standing
from tinhso.kernel.cases.tidy import MOST_LETTERS
from tinhso.kernel.cases.waiting import Waiting
from tinhso.kernel.notices.mail import owe_written
from tinhso.kernel.units.register import register
from tinhso.measure.text import Text
from tinhso.modules.feedback.letters import code_for, said_to, told_by
from tinhso.modules.feedback.machine_doors import KIND
from tinhso.modules.feedback.mail_reading import ABOVE, MOST_ADDITIONS, plain_subject

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
        "Phản ánh {code} đã được mở lại.{due}{note}",
        "Your report {code} was opened again.{due}{note}",
    ),
    "merge": Text(
        "Phản ánh {code} đã nhập vào {into}, phản ánh về cùng việc. Có tin về {into}, chúng tôi báo ông/bà trong thư này.{text}",
        "Your report {code} was merged into {into}, a report of the same matter. You get its news in this thread.{text}",
    ),
}
TAKEN = Text("Đã ghi thêm vào phản ánh {code}.{note}", "Added to your report {code}.{note}")
CUT = Text(
    "\n\nThư dài {found} chữ cái, chỉ ghi được {most} chữ đầu. Phần còn lại xin gửi bằng một thư nữa, trả lời thư này.",
    "\n\nYour mail has {found} letters, of which the first {most} were taken. Please send the rest in another mail that answers this one.",
)
TOO_BIG = Text(
    "\n\nThư của ông/bà quá lớn nên mới đọc được tiêu đề. Hãy trả lời thư này bằng vài dòng chữ và ảnh nhỏ hơn.",
    "\n\nYour mail is too big, so that only its subject was read. Please answer with a few lines and smaller pictures.",
)


@listens(to=KIND)
def answer(case: Case, event: CaseEvent, _standing: Standing) -> None:
    """Owe a mail, in the thread of what they wrote and with the act that it tells of, to whoever sent
    this case, or one that was merged into it, by mail."""
    if event.act not in WORDS and not event.data.get("cut"):
        return
    for one, own in told_by(Case.Channel.EMAIL, case, event.act):
        person = contacts.opened(one.contact)
        if not person.email or (event.act == "receive" and _too_many(person.email)):
            continue
        language = "en" if one.contact.language == "en" else "vi"
        first = own.history.get(n=1).data
        subject = plain_subject(str(first.get("subject", ""))) or own.title
        if own.code not in subject:
            subject = f"{subject} [{own.code}]"
        owe_written(
            person.email,
            f"Re: {subject}",
            f"{ABOVE}\n\n{_words(case, event, one).to(language)}\n",
            thread=thread_of(own),
            about=own.code,
        )


def _words(case: Case, event: CaseEvent, one: Waiting) -> Text:
    """What somebody who waits is told of an act."""
    told = said_to(event, one)
    if event.act == "merge" and told:
        told = f"\n\n{told}"
    into = case.merged_into.code if case.merged_into else ""
    code = code_for(one)
    at = timezone.localtime(case.due_at) if case.due_at else None
    due = Text(
        f" Hạn trả lời: {at:%H:%M ngày %d/%m/%Y}." if at else "",
        f" To be answered by {at:%d/%m/%Y %H:%M}." if at else "",
    )
    unit = register().full_name(case.lead_id) if case.lead_id else Text("", "")
    note = TOO_BIG if event.data.get("too_big") else _cut(event)
    both = WORDS.get(event.act, TAKEN)
    vi, en = (
        both.to(language).format(
            code=code.to(language),
            text=told,
            due=due.to(language),
            unit=unit.to(language),
            note=note.to(language),
            into=into,
        )
        for language in ("vi", "en")
    )
    return Text(vi, en)


def _cut(event: CaseEvent) -> Text:
    """That a message was too long to be taken whole, where it was."""
    found, most = event.data.get("cut"), MOST_LETTERS * MOST_ADDITIONS
    if not found:
        return Text("", "")
    return Text(CUT.vi.format(found=found, most=most), CUT.en.format(found=found, most=most))


def thread_of(case: Case) -> list[str]:
    """The Message-IDs of the sender's mails, oldest first: ten at most, the first among them."""
    told = [one.data for one in case.history.order_by("n")]
    ids = [*told[0].get("references", []), *(str(one.get("message_id", "")) for one in told)]
    found = list(dict.fromkeys(one for one in ids if one))
    return found if len(found) <= 10 else [found[0], *found[-9:]]


def _too_many(email: str) -> bool:
    since = timezone.now() - timedelta(hours=1)
    return contacts.cases_of(email=email).filter(received_at__gt=since).count() > MOST_RECEIPTS
