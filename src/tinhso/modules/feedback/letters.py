"""News to those who wait (thư báo, báo trên thiết bị): owed with the act, in the reader's language."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from tinhso.kernel.cases.actions import listens
from tinhso.kernel.cases.contacts import opened
from tinhso.kernel.cases.models import Case, CaseEvent, Contact, Watcher
from tinhso.kernel.cases.standing import Standing
from tinhso.kernel.notices.mail import owe_mail
from tinhso.measure.text import Language, Text
from tinhso.modules.feedback import push
from tinhso.modules.feedback.words import due_words, unit_name

#: Of what people are told; everything else they see on the page.
_NEWS = {
    "route": Text("đã chuyển tới {unit}", "was sent to {unit}"),
    "ask": Text("cần bạn bổ sung thông tin", "needs more from you"),
    "extend": Text("được gia hạn", "was given more time"),
    "answer": Text("đã có trả lời", "has been answered"),
    "reject": Text("không được tiếp nhận", "was not accepted"),
    "merge": Text("đã nhập vào một phản ánh khác về cùng việc", "was merged into another of the same matter"),
    "reopen": Text("đã được mở lại", "was opened again"),
}  # fmt: skip
#: Whoever wrote by these is answered in the thread, by the channel itself.
_ANSWERED_THERE = frozenset({Case.Channel.EMAIL, Case.Channel.ZALO})

#: What those are told who follow somebody else's report.
_PUBLIC = frozenset({"route", "answer", "reject", "merge", "reopen"})


def received(case: Case, sender: Contact, secret: str) -> None:
    """The follow code and address, to the sender's mail; in the act's own transaction."""
    address = _site("feedback:follow", sender, case.code, secret)
    body = Text(
        f"Chúng tôi đã nhận phản ánh “{case.title}”.\n\nMã phản ánh: {case.code}\nMã bí mật: {secret}\n{address}\n\n"
        "Ai có cả hai mã thì xem được phản ánh, kể cả phần không công khai. Xin giữ thư này.\n",
        f"We have received your report “{case.title}”.\n\nCode of the report: {case.code}\nSecret code: {secret}\n{address}\n\n"
        "Whoever has both codes can read the report, what is not public too. Please keep this mail.\n",
    )
    subject = Text(f"Đã nhận phản ánh {case.code}", f"Report {case.code} received")
    _owe(sender, subject, body)


@listens("feedback")
def tell(case: Case, event: CaseEvent, standing: Standing) -> None:
    """News of a case, to all who wait for it."""
    news = _NEWS.get(event.act)
    if news is None or not settings.EMAIL_HOST or case.simulated:
        return
    unit = unit_name(str(event.data.get("unit", "")))
    due = due_words(standing, event.at).text
    subject = Text(
        f"Phản ánh {case.code} {news.vi.format(unit=unit.vi)}",
        f"Report {case.code} {news.en.format(unit=unit.en)}",
    )
    for watcher in Watcher.objects.filter(case=case).select_related("contact"):
        if not watcher.sender and event.act not in _PUBLIC:
            continue
        title = case.title if watcher.sender else case.public_title or case.title
        push.owe_notice(watcher.contact, _language(watcher.contact), case, subject, title)
        if watcher.sender and case.channel in _ANSWERED_THERE:
            continue
        said = _said(event) if watcher.sender else ""
        address = _site("feedback:follow-enter", watcher.contact)
        body = Text(
            f"“{title}”\n\n{subject.vi}.\n{said}{due.vi}\n\nXem và trả lời: mở địa chỉ theo dõi mà bạn đã nhận khi gửi, hoặc nhập hai mã ở đây.\n{address}\n",
            f"“{title}”\n\n{subject.en}.\n{said}{due.en}\n\nTo see and reply, open the address that you got when you sent it, or enter both codes here.\n{address}\n",
        )
        _owe(watcher.contact, subject, body)


def _said(event: CaseEvent) -> str:
    text = str(event.data.get("text", "") or event.data.get("reason", ""))
    return f"\n{text}\n\n" if text and event.act in ("ask", "answer", "reject", "extend") else ""


def _owe(contact: Contact, subject: Text, body: Text) -> None:
    """Without a mail server, or for whoever gave no address, the page alone tells."""
    if settings.EMAIL_HOST and contact.email:
        owe_mail(opened(contact).email, subject, body, _language(contact))


def _language(contact: Contact) -> Language:
    return "en" if contact.language == "en" else "vi"


def _site(name: str, contact: Contact, *parts: str) -> str:
    if not settings.TINHSO_SITE:
        return ""
    with translation.override(_language(contact)):
        return f"{settings.TINHSO_SITE}{reverse(name, args=parts)}"
