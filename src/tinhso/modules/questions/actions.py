"""What whoever asks does (người hỏi): ask, add, withdraw, ask on; each with its ledger entry."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import get_language

from tinhso.kernel.cases import actions as cases
from tinhso.kernel.cases import contacts
from tinhso.kernel.cases.actions import Doer, Received
from tinhso.kernel.cases.contacts import Person
from tinhso.kernel.cases.kinds import Role
from tinhso.kernel.cases.models import Case, CaseEvent, Contact
from tinhso.kernel.cases.tidy import MOST_LETTERS, line, tidy
from tinhso.kernel.ledger.entries import Thing, record
from tinhso.kernel.people.limits import exactly
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.who import Who
from tinhso.kernel.units.queries import UnitCard, descendants, standing
from tinhso.measure.boundaries import Level
from tinhso.measure.text import InputError, Place, Problem, message
from tinhso.modules.plan.workspace import workspace
from tinhso.modules.questions.fields import checked
from tinhso.modules.questions.notices import tell_received

KIND = "question"

#: Questions without an account in an hour, of all together: above it, something is amiss.
MOST_IN_AN_HOUR = 600

NO_TITLE = message(
    "question-title",
    vi="Hãy viết điều bạn muốn hỏi trong một câu.",
    en="Write what you want to know in one sentence.",
)
TITLE_LONG = message(
    "question-title-long",
    vi="Câu hỏi dài {found} ký tự; viết gọn trong 300 ký tự, phần còn lại ghi ở ô “Nói rõ hơn”.",
    en='The question has {found} characters; keep to 300, and put the rest under "More about it".',
)
TEXT_LONG = message(
    "question-text-long",
    vi="Dài {found} ký tự; nhiều nhất {most}. Hãy rút gọn; điều bạn gõ vẫn còn trong ô.",
    en="It has {found} characters; at most {most}. Shorten it; what you typed is still there.",
)
NOT_OURS = message(
    "question-place",
    vi="Không có xã, phường này trong tỉnh. Chọn lại trong danh sách.",
    en="There is no such commune in the province. Choose from the list.",
)


@dataclass(frozen=True)
class Asked:
    """A question as it was typed. `place`: the uid of the asker's commune, if told. `key`: the sender's
    own, of which a second question with the same is known; "" for none."""

    title: str
    text: str = ""
    field: str = ""
    place: str = ""
    private: bool = False
    key: str = ""
    channel: str = Case.Channel.WEB
    simulated: bool = False


def home_unit() -> str:
    """The unit that questions belong to that name no place: the plan's province as it stands today."""
    root = workspace().plan(settings.TINHSO_DEFAULT_PLAN).plan.unit
    heir = standing(root)
    return heir.card.uid if heir.attributed else root


def communes() -> list[UnitCard]:
    """The communes from which somebody may ask: those of the province."""
    return descendants(home_unit(), level=Level.COMMUNE)


def place_of(uid: str) -> str:
    """The asker's commune, "" where none was told. Raises InputError for one of another province."""
    if uid and uid not in {one.uid for one in communes()}:
        raise InputError([NOT_OURS(Place("place"))])
    return uid


def ask(who: Who, asked: Asked, person: Person, language: str = "") -> tuple[Case, str]:
    """Send a question (gửi câu hỏi); the case, and the secret by which it is followed.

    The same key twice is one case. Raises InputError, TooManyError.
    """
    if problems := problems_of(asked, person):
        raise InputError(problems)
    key = asked.key or fresh_key()
    secret = contacts.secret_from("questions", key)
    if known := Case.objects.filter(kind=KIND, key=key).first():
        return known, secret
    language = language or ("en" if get_language() == "en" else "vi")
    return _sent(who, replace(asked, key=key), person, language, secret), secret


def _sent(who: Who, asked: Asked, person: Person, language: str, secret: str) -> Case:
    with transaction.atomic():
        recent = Case.objects.filter(kind=KIND, simulated=False)
        exactly("questions", recent, "received_at", MOST_IN_AN_HOUR, timedelta(hours=1))
        told = Received(
            KIND, asked.title.strip(), asked.place or home_unit(), asked.text, asked.field,
            asked.channel, place=asked.place, private=asked.private, simulated=asked.simulated,
            key=asked.key,
        )  # fmt: skip
        doer = Doer(who.actor(), Role.REQUESTER, account=who.account)

        def sender(case: Case) -> Contact:
            account = Account.objects.filter(pk=who.account).first() if who.account else None
            contact = contacts.made(person, account, language, secret)
            tell_received(case, contact, secret)
            return contact

        return cases.open_case(doer, told, sender)


def wording_problems(title: str, text: str) -> list[Problem]:
    """What is wrong with the words of a question."""
    title, text = line(title), tidy(text)
    problems: list[Problem] = []
    if not title:
        problems.append(NO_TITLE(Place("title")))
    elif len(title) > 300:
        problems.append(TITLE_LONG(Place("title"), found=len(title)))
    if len(text) > MOST_LETTERS:
        problems.append(TEXT_LONG(Place("text"), found=len(text), most=MOST_LETTERS))
    return problems


def problems_of(asked: Asked, person: Person) -> list[Problem]:
    """All that is wrong with a question, in the order of the form."""
    problems = wording_problems(asked.title, asked.text)
    for check in (lambda: checked(asked.field), lambda: place_of(asked.place), person.checked):
        try:
            check()
        except InputError as error:
            problems += error.problems
    return problems


def fresh_key() -> str:
    return f"question:{uuid.uuid4()}"


def by_secret(code: str, secret: str) -> tuple[Case, Contact] | None:
    """The question that somebody may follow with this secret, and who that is."""
    contact = contacts.by_secret(secret)
    if contact is None:
        return None
    case = Case.objects.filter(kind=KIND, code=code.upper(), watchers__contact=contact).first()
    return (case, contact) if case else None


def requester(who: Who, case: Case, contact: Contact) -> Doer:
    """In what part a follower acts: whose question it is, is its requester; others only read."""
    own = case.watchers.filter(contact=contact, sender=True).exists()
    return Doer(who.actor(), Role.REQUESTER if own else Role.NOBODY, account=who.account)


def act_as_requester(
    who: Who, case: Case, contact: Contact, what: str, text: str, seen: int | None
) -> CaseEvent:
    """`reply`, `withdraw` or `reopen` one's own question. Raises InputError."""
    data = {"reply": {"text": text}, "reopen": {"reason": text}}.get(what, {})
    return cases.act(requester(who, case, contact), case, what, data, seen=seen)


def follow(who: Who, case: Case, email: str, language: str) -> None:
    """Hear of a public question that others asked (theo dõi). Raises InputError."""
    with transaction.atomic():
        contact, _ = contacts.keep(Person(email=email), language=language)
        contacts.watch(case, contact)
        record(who.actor(), "cases.case.follow", Thing(cases.THING, str(case.id), case.home_id))
