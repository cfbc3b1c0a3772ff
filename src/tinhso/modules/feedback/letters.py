"""News to those who wait (thư báo, báo trên thiết bị): owed with the act, in the reader's language."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from tinhso.kernel.cases.actions import listens
from tinhso.kernel.cases.contacts import opened
from tinhso.kernel.cases.kinds import RECEIVE
from tinhso.kernel.cases.models import Case, CaseEvent, Contact
from tinhso.kernel.cases.standing import Standing
from tinhso.kernel.cases.waiting import Waiting, settled, title_for, waiting, waiting_for
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
    "merge": Text("đã nhập vào {into}, phản ánh về cùng việc", "was merged into {into}, a report of the same matter"),
    "reopen": Text("đã được mở lại", "was opened again"),
}  # fmt: skip
#: Whoever wrote by these is answered in the thread, by the channel itself.
_ANSWERED_THERE = frozenset({Case.Channel.EMAIL, Case.Channel.ZALO})

#: What those are told who follow somebody else's report.
PUBLIC = frozenset({"route", "answer", "reject", "merge", "reopen"})


def received(case: Case, sender: Contact, secret: str) -> None:
    """The follow code and address, to the sender's mail; in the act's own transaction."""
    if not _has_mail(sender):
        return
    address = site_address("feedback:follow", sender, case.code, secret)
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
    into = case.merged_into.code if case.merged_into else ""
    what = Text(news.vi.format(unit=unit.vi, into=into), news.en.format(unit=unit.en, into=into))
    for one in waiting_for(case):
        if not one.sender and event.act not in PUBLIC:
            continue
        name = code_for(one)
        subject = Text(f"Phản ánh {name.vi} {what.vi}", f"Report {name.en} {what.en}")
        # Of what they sent themselves people read their own words.
        title = Text(one.own.title, one.own.title) if one.own else title_for(case, sender=False)
        language = _language(one.contact)
        push.owe_notice(one.contact, language, one.own or case, subject, title.to(language))
        if one.own is not None and one.own.channel in _ANSWERED_THERE:
            continue
        said = _said(event, one)
        address = site_address("feedback:follow-enter", one.contact)
        body = Text(
            f"“{title.vi}”\n\n{subject.vi}.\n{said}{due.vi}\n\nXem và trả lời: mở địa chỉ theo dõi mà bạn đã nhận khi gửi, hoặc nhập hai mã ở đây.\n{address}\n",
            f"“{title.en}”\n\n{subject.en}.\n{said}{due.en}\n\nTo see and reply, open the address that you got when you sent it, or enter both codes here.\n{address}\n",
        )
        _owe(one.contact, subject, body)


def code_for(one: Waiting) -> Text:
    """The code that this person knows, and of what goes on for it."""
    if not (one.joined and one.own):
        return Text(one.case.code, one.case.code)
    return Text(
        f"{one.own.code} (đã nhập vào {one.case.code})",
        f"{one.own.code} (merged into {one.case.code})",
    )


def _said(event: CaseEvent, one: Waiting) -> str:
    text = said_to(event, one)
    shown = ("ask", "answer", "reject", "extend", "merge")
    return f"\n{text}\n\n" if text and event.act in shown else ""


def told_by(channel: Case.Channel, case: Case, act: str) -> list[tuple[Waiting, Case]]:
    """Whom a channel that answers in the thread tells of an act, and of what they sent: whoever wrote by
    it; of a case that another sent, only what everybody is told."""
    # Nothing was merged into what has only just come.
    if case.channel != channel and (act == RECEIVE or not case.merged.exists()):
        return []
    return [
        (one, one.own)
        for one in waiting_for(case)
        if one.own is not None and one.own.channel == channel and (one.sender or act in PUBLIC)
    ]


def said_to(event: CaseEvent, one: Waiting) -> str:
    """What somebody who waits reads with an act: of merging, the words that settled the other case
    already, for nobody will send them again."""
    if event.act != "merge":
        return one.reads(event)
    target = one.case.merged_into
    told = settled(target) if target else None
    return waiting(target, one.contact).reads(told) if told and target else ""


def _owe(contact: Contact, subject: Text, body: Text) -> None:
    if _has_mail(contact):
        owe_mail(opened(contact).email, subject, body, _language(contact))


def _has_mail(contact: Contact) -> bool:
    """Without a mail server, or for whoever gave no address, the page alone tells."""
    return bool(settings.EMAIL_HOST and contact.email)


def _language(contact: Contact) -> Language:
    return "en" if contact.language == "en" else "vi"


def site_address(name: str, contact: Contact, *parts: str) -> str:
    """A page's whole address, in the reader's language; "" where the site does not know its own."""
    if not settings.TINHSO_SITE:
        return ""
    with translation.override(_language(contact)):
        return f"{settings.TINHSO_SITE}{reverse(name, args=parts)}"
