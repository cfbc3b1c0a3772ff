"""Every write of officers: in what part they act is found from their rights, then the kernel's act is done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone

from tinhso.kernel.cases import actions, contacts
from tinhso.kernel.cases.actions import MEANWHILE, Doer, Done, Received
from tinhso.kernel.cases.contacts import Person
from tinhso.kernel.cases.kinds import Role
from tinhso.kernel.cases.models import Attachment, Case, CaseEvent
from tinhso.kernel.cases.policies import CASE
from tinhso.kernel.cases.queries import SPLITTERS, roles_in
from tinhso.kernel.cases.standing import NOT_BY_ROLE, Standing, refusal
from tinhso.kernel.cases.suggesting import with_reason
from tinhso.kernel.files.actions import accept
from tinhso.kernel.files.kinds import DOCUMENTS
from tinhso.kernel.ledger.entries import Thing, record
from tinhso.kernel.ledger.words import ACTS
from tinhso.kernel.people.policy import Answer, ForbiddenError, Need
from tinhso.kernel.people.who import Seat, Who
from tinhso.measure.text import NOWHERE, InputError, Place, Problem, Text, message
from tinhso.modules.feedback.officer_warnings import Warned, warnings
from tinhso.modules.feedback.words import RELEASE, SETTLE_HIDING

#: Files that come with one act; the product's choice.
MOST_FILES = 10
#: Cases that one bulk act takes; the product's choice, so that its page still says what became of each.
MOST_AT_ONCE = 200

ACTS |= {
    "cases.case.blur": Text("làm mờ ảnh của vụ việc", "blur a photo of a case"),
    "cases.case.reproject": Text(
        "tính lại các cột của vụ việc từ diễn biến", "make the columns of cases anew"
    ),
}

NO_ACT = message(
    "feedback-act-unknown",
    vi="Không có việc “{act}”. Tải lại trang và chọn một việc trong danh sách.",
    en='There is no act "{act}". Load the page again and choose one of the list.',
)
TOO_MANY_FILES = message(
    "feedback-files",
    vi="Nhiều nhất {most} tệp một lần. Bớt tệp rồi gửi lại.",
    en="At most {most} files at once. Send fewer.",
)
LOOK_AGAIN = message(
    "feedback-look-again",
    vi="Trong nội dung có {what}: “{found}”. Sửa lại, hoặc đánh dấu “Tôi đã xem” nếu vẫn muốn giữ.",
    en='The text has {what}: "{found}". Change it, or tick "I have looked" to keep it.',
)
NOBODY_TO_CALL = message(
    "feedback-no-contact",
    vi="Người gửi không để lại thông tin liên hệ.",
    en="The sender left no contact details.",
)

#: The verb by which each part is held, for the seat that the ledger names.
_VERBS = {Role.ROUTER: "route", Role.LEAD: "handle", Role.MEMBER: "handle"}


def doer(who: Who, case: Case, what: str, now: Standing, at: datetime) -> Doer:
    """In what part `who` can do this to a case, the nearest first. Raises InputError: in none."""
    rule = now.kind.acts.get(what)
    if rule is None:
        raise InputError([NO_ACT(NOWHERE, act=what[:40])])
    problems: list[Problem] = []
    for role, unit in roles_in(who, case).items():
        problem = refusal(now, what, role, at)
        if problem is None:
            seat = CASE.ask(who, _VERBS[role], unit).seat
            return Doer(who.actor(seat), role, unit, who.account)
        problems.append(problem)
    # Of several parts in vain the one that might do it in another state says more.
    said = [one for one in problems if one.code != NOT_BY_ROLE.code]
    raise InputError([*said, *problems, NOT_BY_ROLE(NOWHERE, act=rule.name)][:1])


def do(
    who: Who,
    case: Case,
    what: str,
    data: Mapping[str, Any],
    *,
    seen: int | None = None,
    uploads: Sequence[File[bytes]] = (),
) -> CaseEvent:
    """An officer's act, with the files that prove it. Raises InputError: not possible, not theirs,
    something lacks, something happened meanwhile, or a file is not taken."""
    at = timezone.now()
    now = actions.standing_of(case)
    try:
        by = doer(who, case, what, now, at)
    except InputError as error:
        later = None if seen is None else actions.unseen(actions.events_of(case), seen)
        if later is None:
            raise
        told = MEANWHILE(NOWHERE, act=now.kind.acts[later.act].name)
        raise InputError([told, *error.problems]) from error
    with transaction.atomic():
        files = _taken(who, uploads, by.unit or case.home_id)
        data = with_reason(case, data) if what == "route" else data
        return actions.act(by, case, what, data, seen=seen, files=files)


def _taken(
    who: Who, uploads: Sequence[File[bytes]], unit: str, seat: Seat | None = None
) -> list[Any]:
    if len(uploads) > MOST_FILES:
        raise InputError([TOO_MANY_FILES(Place("files"), most=MOST_FILES)])
    return [
        accept(who, one, DOCUMENTS, unit=unit, seat=seat, place=Place("files")) for one in uploads
    ]


def do_many(
    who: Who,
    chosen: Iterable[tuple[Case, int]],
    what: str,
    data_of: Callable[[Case], Mapping[str, Any]],
) -> list[Done]:
    """The same act on many cases as they were seen; each stands or falls by itself."""
    found = []
    for case, seen in chosen:
        try:
            do(who, case, what, data_of(case), seen=seen)
        except InputError as error:
            found.append(Done(case, error.problems))
        else:
            found.append(Done(case))
    return found


def split(who: Who, case: Case, told: Received) -> Case:
    """Another case out of one that holds two things. Raises ForbiddenError, InputError."""
    parts = roles_in(who, case)
    role = next((one for one in SPLITTERS if one in parts), None)
    if role is None:
        CASE.require(who, "route", case.lead_id or case.home_id)
        raise AssertionError("whoever may route is a router")
    seat = CASE.ask(who, _VERBS[role], parts[role]).seat
    return actions.split(Doer(who.actor(seat), role, parts[role], who.account), case, told)


# -- entering for somebody who calls or comes ------------------------------------------------------


@dataclass(frozen=True)
class Entered:
    """A case that was entered; `secret`: by which its person follows it, told once, "" for none."""

    case: Case
    secret: str = ""


def may_enter(who: Who) -> Answer:
    """Whether, and at which unit, somebody may enter for callers: their own, as seated."""
    answers = [CASE.ask(who, "enter", seat.unit) for seat in who.seats if seat.unit]
    refused = Answer(CASE, CASE.verbs["enter"], "", Need.RIGHT if who.signed_in else Need.SIGN_IN)
    return next((one for one in answers if one), answers[0] if answers else refused)


def enter(who: Who, told: Received, person: Person, uploads: Sequence[File[bytes]] = ()) -> Entered:
    """Receive what somebody tells on the telephone or at a counter (nhập thay người gửi).

    The same key twice is one case. Raises ForbiddenError, InputError.
    """
    answer = may_enter(who)
    if not answer:
        raise ForbiddenError(answer)
    if known := Case.objects.filter(key=told.key).first() if told.key else None:
        return Entered(known)
    by = Doer(who.actor(answer.seat), Role.REQUESTER, answer.unit, who.account)
    with transaction.atomic():
        person = person.checked()
        files = _taken(who, uploads, told.home, answer.seat)
        contact, secret = (
            contacts.keep(person) if any((person.name, person.phone, person.email)) else (None, "")
        )
        whole = Received(**{**told.__dict__, "files": files})
        return Entered(actions.open_case(by, whole, contact), secret)


# -- what everybody may read ------------------------------------------------------------------------


def moderator(who: Who, case: Case) -> Doer:
    """Raises ForbiddenError."""
    units = [one for one in (case.lead_id, case.home_id) if one]
    answers = [CASE.ask(who, "moderate", unit) for unit in units]
    answer = next((one for one in answers if one), answers[-1])
    if not answer:
        raise ForbiddenError(answer)
    return Doer(who.actor(answer.seat), Role.ROUTER, answer.unit, who.account)


def publish(
    who: Who,
    case: Case,
    title: str,
    text: str,
    shown: Iterable[Attachment] = (),
    *,
    said: Mapping[int, str] | None = None,
    looked: bool = False,
    hides: bool = False,
) -> None:
    """Let everybody read a case in these words. `said`: by the number of an answer or refusal, what
    everybody reads of it, where that has changed. `hides`: what somebody asked to hide is hidden now.

    Raises ForbiddenError; InputError where the words hold what they should not and nobody has said
    that they looked.
    """
    by, said = moderator(who, case), said or {}
    problems = look_again(title, "title") + look_again(text, "text")
    problems += [one for n, words in said.items() for one in look_again(words, said_field(n))]
    if problems and not looked:
        raise InputError(problems)
    with transaction.atomic():
        actions.publish(by, case, title, text, shown)
        for n, words in said.items():
            actions.act(by, case, RELEASE, {"of": n, "public_text": words})
        if hides:
            _settle_hiding(by, case, "changed")


def said_field(n: int) -> str:
    """The form's field for what everybody reads of the event `n`."""
    return f"said-{n}"


def unpublish(who: Who, case: Case, reason: str) -> None:
    """Take a case out of public sight, and with it what somebody asked to hide. Raises ForbiddenError."""
    by = moderator(who, case)
    with transaction.atomic():
        actions.unpublish(by, case, reason)
        _settle_hiding(by, case, "unpublished")


def nothing_to_hide(who: Who, case: Case, reason: str) -> None:
    """Say that nothing on the public page needs to be hidden, and why. Raises ForbiddenError, InputError:
    nobody asks any more."""
    data = {"outcome": "nothing", "reason": reason}
    actions.act(moderator(who, case), case, SETTLE_HIDING, data)


def _settle_hiding(by: Doer, case: Case, outcome: str) -> None:
    if case.hiding_asked_at is not None:
        actions.act(by, case, SETTLE_HIDING, {"outcome": outcome})


def look_again(text: str, field: str) -> list[Problem]:
    """What to look at before everybody reads a text, as problems of its field."""
    return [_problem(one, field) for one in warnings(text)]


def _problem(one: Warned, field: str) -> Problem:
    return LOOK_AGAIN(Place(field), what=one.text, found=one.found)


# -- who to call -------------------------------------------------------------------------------------


def open_contacts(who: Who, case: Case, purpose: str) -> list[tuple[Person, bool]]:
    """Who waits for an answer, and whether they sent the case; that it was opened is on record.

    Raises ForbiddenError: without the right, or without a purpose; InputError: there is nobody.
    """
    units = [one for one in (case.lead_id, case.home_id) if one]
    answers = [CASE.ask(who, "contact", unit, purpose=purpose) for unit in units]
    order = [Need.NOTHING, Need.PURPOSE]
    answer = next((a for need in order for a in answers if a.need is need), answers[-1])
    if not answer:
        raise ForbiddenError(answer)
    with transaction.atomic():
        rows = list(case.watchers.select_related("contact").order_by("-sender", "id"))
        if not rows:
            raise InputError([NOBODY_TO_CALL(NOWHERE)])
        record(
            who.actor(answer.seat),
            "cases.contact.open",
            Thing(actions.THING, str(case.id), answer.unit),
            reason=purpose.strip()[:500],
        )
    return [(contacts.opened(row.contact), row.sender) for row in rows]
