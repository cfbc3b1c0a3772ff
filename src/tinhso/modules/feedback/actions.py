"""Every write of residents: sending, following, replying, withdrawing, reopening.

They go through `kernel.cases.actions`; what is this room's own is what a report must hold and who may
act for whom.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from tinhso.kernel.cases import actions as cases
from tinhso.kernel.cases import contacts
from tinhso.kernel.cases.actions import Doer, Received
from tinhso.kernel.cases.contacts import Person
from tinhso.kernel.cases.kinds import Role
from tinhso.kernel.cases.models import Case, Contact, Watcher
from tinhso.kernel.cases.standing import HIDING_ASKED
from tinhso.kernel.files.models import StoredFile
from tinhso.kernel.ledger.entries import Thing, record
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.who import Who
from tinhso.measure.text import InputError, Language, Place, Text, message
from tinhso.modules.feedback import letters
from tinhso.modules.feedback.categories import category_name
from tinhso.modules.feedback.places import Point, province
from tinhso.modules.feedback.tidy import line, short, title_of
from tinhso.modules.feedback.words import ASK_HIDING, EXPOSED

KIND = "feedback"

#: Why something is not mended, in the order of the form.
NOT_MENDED: Mapping[str, Text] = {
    "nothing": Text("Chưa ai làm gì", "Nothing was done"),
    "partly": Text("Mới sửa một phần", "Only partly mended"),
    "again": Text("Đã sửa nhưng hỏng lại", "Mended, but broken again"),
    "elsewhere": Text("Sửa nhầm chỗ khác", "Another place was mended"),
    "no-answer": Text("Trả lời không đúng điều tôi hỏi", "The answer is not to what I asked"),
}

#: Why somebody opens again what they withdrew.
WITHDRAWN: Mapping[str, Text] = {
    "mistake": Text("Tôi rút nhầm", "I withdrew it by mistake"),
    "still": Text("Việc vẫn còn đó", "It is still as it was"),
}

WHY_NOT = message(
    "feedback-why-not-mended",
    vi="Chọn vì sao chưa được, để cơ quan biết phải làm gì tiếp.",
    en="Choose what is still wrong, so that the agency knows what to do.",
)
NOT_YOURS = message(
    "feedback-not-yours",
    vi="Chỉ người gửi làm được việc này. Bạn đang theo dõi phản ánh của người khác.",
    en="Only whoever sent the report can do this. You follow somebody else's.",
)
NOT_PUBLIC = message(
    "feedback-not-public",
    vi="Phản ánh này không công khai, không theo dõi được.",
    en="This report is not public and cannot be followed.",
)

WHAT_TO_HIDE = message(
    "feedback-hide-what",
    vi="Chọn điều gì lộ thông tin của bạn, để người kiểm duyệt biết phải xem chỗ nào.",
    en="Choose what shows something of yours, so that the moderator knows where to look.",
)
TOO_LONG_TO_HIDE = message(
    "feedback-hide-long",
    vi="Dài {found} chữ cái; nhiều nhất {most}. Chỉ cần nói chỗ nào, che gì.",
    en="It has {found} letters; at most {most}. Where and what to hide is enough.",
)
#: Letters of what somebody adds to a request to hide something; the product's choice.
MOST_TO_HIDE = 500


@dataclass(frozen=True)
class Report:
    """A report as it was filled in, tidied and checked. `place`: uid of a commune; "" unknown."""

    text: str
    key: str
    category: str = ""
    place: str = ""
    address: str = ""
    point: Point | None = None
    private: bool = False
    person: Person = field(default_factory=Person)
    language: Language = "vi"
    photos: Sequence[StoredFile] = ()
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Sent:
    """`secret` opens the case without an account; the same whenever the same report is sent again."""

    case: Case
    secret: str


def send(who: Who, report: Report) -> Sent:
    """Take in a report (gửi phản ánh); the same key twice is one case. Raises InputError."""
    secret = contacts.secret_from(KIND, report.key)

    def sender(case: Case) -> Contact:
        account = Account.objects.filter(pk=who.account).first() if who.account else None
        contact = contacts.made(report.person, account, report.language, secret)
        letters.received(case, contact, secret)
        return contact

    return Sent(cases.open_case(_doer(who), _received(report), sender), secret)


def _received(report: Report) -> Received:
    home = report.place or province()
    return Received(
        KIND,
        title_of(report.text) or category_name(report.category).vi,
        home,
        text=report.text,
        category=report.category,
        place=report.place,
        address=report.address,
        point=report.point,
        private=report.private,
        key=report.key,
        files=report.photos,
        data={**report.data, "language": report.language},
    )


@dataclass(frozen=True)
class Follower:
    """Somebody who follows a case; `sender`: it is theirs."""

    case: Case
    contact: Contact
    sender: bool


def follow(who: Who, case: Case, person: Person, language: Language) -> str:
    """Wait for news of somebody else's published report; the secret that opens it. Raises InputError."""
    if case.published_at is None:
        raise InputError([NOT_PUBLIC()])
    account = Account.objects.filter(pk=who.account).first() if who.account else None
    with transaction.atomic():
        contact, secret = contacts.keep(person, account, language)
        contacts.watch(case, contact)
        thing = Thing(cases.THING, str(case.id), case.lead_id or case.home_id)
        record(who.actor(), f"{cases.THING}.follow", thing)
    return secret


def ask_hiding(who: Who, case: Case, why: str, text: str) -> bool:
    """Ask for personal data on a report's public page to be hidden (xin che thông tin); whether that is
    new: while somebody's request waits, others count as the same. Raises InputError."""
    problems = [] if why in EXPOSED else [WHAT_TO_HIDE(Place("why"))]
    text = line(text)
    if len(text) > MOST_TO_HIDE:
        problems.append(TOO_LONG_TO_HIDE(Place("text"), found=len(text), most=MOST_TO_HIDE))
    if problems:
        raise InputError(problems)
    try:
        # Whoever is signed in asks like anybody: the case does not hold their name.
        cases.act(Doer(who.actor(), Role.PUBLIC), case, ASK_HIDING, {"why": why, "text": text})
    except InputError as error:
        if [one.code for one in error.problems] == [HIDING_ASKED.code]:
            return False
        raise
    return True


def reply(
    who: Who, follower: Follower, text: str, photos: Sequence[StoredFile], seen: int | None
) -> None:
    """Add what the agency asked for (bổ sung). Raises InputError."""
    _act(who, follower, "reply", {"text": text}, seen, photos)


def add(who: Who, follower: Follower, text: str, photos: Sequence[StoredFile]) -> None:
    """Add something that nobody asked for (bổ sung thêm). Raises InputError."""
    _act(who, follower, "add", {"text": text}, None, photos)


def withdraw(who: Who, follower: Follower, reason: str, seen: int | None) -> None:
    """Take a report back (rút). Raises InputError."""
    _act(who, follower, "withdraw", {"reason": short(reason, "reason", 500)}, seen)


def why_again(case: Case) -> Mapping[str, Text]:
    """The reasons for which its sender opens a case again."""
    return WITHDRAWN if case.state == "withdrawn" else NOT_MENDED


def reopen(
    who: Who,
    follower: Follower,
    why: str,
    text: str,
    photos: Sequence[StoredFile],
    seen: int | None,
) -> None:
    """Say that it is not mended (chưa sửa xong): the case is opened again. Raises InputError."""
    reasons = why_again(follower.case)
    if why not in reasons:
        raise InputError([WHY_NOT(Place("why"))])
    words = reasons[why].vi
    _act(who, follower, "reopen", {"reason": words, "why": why, "text": text}, seen, photos)


def _act(
    who: Who,
    follower: Follower,
    act: str,
    data: Mapping[str, Any],
    seen: int | None,
    photos: Sequence[StoredFile] = (),
) -> None:
    if not follower.sender:
        raise InputError([NOT_YOURS()])
    cases.act(_doer(who), follower.case, act, data, seen=seen, files=photos)


def _doer(who: Who) -> Doer:
    return Doer(who.actor(), Role.REQUESTER, account=who.account)


def follower_by_secret(code: str, secret: str) -> Follower | None:
    """Who holds the secret of a case."""
    contact = contacts.by_secret(secret)
    if contact is None:
        return None
    return _follower(Watcher.objects.filter(contact=contact, case__code=code.upper()))


def follower_by_account(code: str, who: Who) -> Follower | None:
    """Whoever sent or follows a case while signed in."""
    if who.account is None:
        return None
    own = Watcher.objects.filter(contact__account=who.account, case__code=code.upper())
    return _follower(own.order_by("-sender"))


def _follower(rows: Any) -> Follower | None:
    row = rows.select_related("case", "contact").first()
    if row is None or row.case.kind != KIND:
        return None
    return Follower(row.case, row.contact, row.sender)
