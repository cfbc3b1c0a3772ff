"""Telling whoever asked, by mail, in their language (thông báo cho người hỏi)."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from tinhso.kernel.cases import contacts
from tinhso.kernel.cases.actions import listens
from tinhso.kernel.cases.models import Case, CaseEvent, Contact
from tinhso.kernel.cases.standing import Standing
from tinhso.kernel.cases.waiting import Waiting, title_for, waiting_for
from tinhso.kernel.notices.mail import owe_mail
from tinhso.measure.text import Language, Text

#: What is told of an act: subject, and what happened. `{text}`: what was written with it.
WORDS: dict[str, tuple[Text, Text]] = {
    "ask": (
        Text("Cần bạn bổ sung", "We need more from you"),
        Text(
            "Cơ quan trả lời cần bạn nói rõ thêm:\n\n{text}\n\nThời hạn trả lời dừng cho tới khi bạn bổ sung.",
            "The agency that answers needs to know more:\n\n{text}\n\nThe clock stands until you reply.",
        ),
    ),
    "answer": (
        Text("Đã có trả lời", "Your question is answered"),
        Text("Câu hỏi của bạn đã được trả lời:\n\n{text}", "Your question is answered:\n\n{text}"),
    ),
    "correct": (
        Text("Trả lời được đính chính", "The answer was corrected"),
        Text(
            "Cơ quan đã đính chính câu trả lời. Lý do: {reason}\n\nTrả lời đúng bây giờ là:\n\n{text}",
            "The agency corrected its answer. Why: {reason}\n\nThe right answer now is:\n\n{text}",
        ),
    ),
    "reject": (
        Text("Không tiếp nhận", "Not accepted"),
        Text(
            "Câu hỏi không được tiếp nhận. Lý do: {reason}",
            "The question was not accepted. Why: {reason}",
        ),
    ),
    "merge": (
        Text("Đã nhập vào câu hỏi khác", "Merged into another question"),
        Text(
            "Đã có người hỏi điều này; bạn sẽ được báo khi câu hỏi ấy có trả lời.",
            "Somebody asked this before; you will be told when that question is answered.",
        ),
    ),
}
RECEIVED = (
    Text("Đã nhận câu hỏi", "We have your question"),
    Text(
        "Chúng tôi đã nhận câu hỏi của bạn. Mã: {code}. Mã bí mật: {secret}\n\nGiữ hai mã này để xem trả lời, bổ sung hoặc rút câu hỏi.",
        "We have your question. Code: {code}. Secret: {secret}\n\nKeep both to see the answer, to add to the question or to withdraw it.",
    ),
)
#: A private answer is read where the secret is asked for, not in a mail.
PRIVATE = Text(
    "Câu hỏi của bạn đã được trả lời. Vì bạn chọn hỏi riêng, trả lời không có trong thư này.",
    "Your question is answered. As you asked privately, the answer is not in this mail.",
)
#: Whoever follows somebody else's question reads what is public of the answer, and where it stands.
ON_THE_PAGE = Text(
    "Câu hỏi bạn theo dõi đã có trả lời. Phần công khai có ở trang câu hỏi.",
    "The question that you follow is answered. What is public of it stands on its page.",
)


def tell_received(case: Case, contact: Contact, secret: str) -> None:
    """The first mail, the only one that holds the secret."""
    subject, body = RECEIVED
    address = _address("questions:follow", contact, case.code, secret)
    told = _filled(body, code=case.code, secret=secret)
    _owe(Waiting(contact, case, case), subject, told, address)


@listens("question")
def tell_watchers(case: Case, event: CaseEvent, after: Standing) -> None:
    """Owe a mail to everybody who waits, with the act."""
    del after
    if event.act not in WORDS:
        return
    subject, body = WORDS[event.act]
    if event.act in ("answer", "correct") and case.private:
        body = PRIVATE
    reason = str(event.data.get("reason", ""))
    for one in waiting_for(case):
        if not one.sender and event.act == "ask":
            continue  # whoever asked is asked back, nobody else
        text = one.reads(event)
        answers = event.act in ("answer", "correct") and not case.private
        told = _filled(ON_THE_PAGE if answers and not text else body, text=text, reason=reason)
        _owe(one, subject, told, _address("questions:follow-form", one.contact))


def _filled(body: Text, **values: str) -> Text:
    return Text(body.vi.format(**values), body.en.format(**values))


def _owe(one: Waiting, subject: Text, body: Text, address: str) -> None:
    case, contact = one.case, one.contact
    # Of what they asked themselves people read their own words; of another's what is public.
    title = Text(one.own.title, one.own.title) if one.own else title_for(case, sender=False)
    person = contacts.opened(contact)
    if not person.email or case.simulated:
        return
    language: Language = "en" if contact.language == "en" else "vi"
    greeting = Text(f"Chào {person.name}," if person.name else "Chào bạn,", f"Hello {person.name},")
    if not person.name:
        greeting = Text(greeting.vi, "Hello,")
    where = Text(
        f"\n\nXem ở: {address}" if address else "", f"\n\nSee it at: {address}" if address else ""
    )
    whole = Text(
        f"{greeting.vi}\n\n{body.vi}{where.vi}\n\nCâu hỏi: {title.vi}",
        f"{greeting.en}\n\n{body.en}{where.en}\n\nYour question: {title.en}",
    )
    owe_mail(
        person.email,
        Text(f"{subject.vi}: {case.code}", f"{subject.en}: {case.code}"),
        whole,
        language,
    )


def _address(route: str, contact: Contact, *parts: str) -> str:
    """The page's whole address in the contact's language; "" where the site's own is not set."""
    if not settings.TINHSO_SITE:
        return ""
    with override(contact.language):
        return f"{settings.TINHSO_SITE}{reverse(route, args=parts)}"
