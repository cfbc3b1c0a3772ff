"""Every write about people: positions, appointments, leaving, contact opened, erasure.

Each takes who asks and asks the policy itself. Invitations and tokens: `invitations`, `tokens`.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from tinhso.kernel.ledger.actions import erase_about
from tinhso.kernel.ledger.actor import Actor
from tinhso.kernel.ledger.entries import Thing, record
from tinhso.kernel.notices.mail import give_up_owed
from tinhso.kernel.people import identity
from tinhso.kernel.people.models import Account, Appointment, Invitation, Position
from tinhso.kernel.people.policies import ACCOUNT, POSITION
from tinhso.kernel.people.policy import Answer, ForbiddenError, Need
from tinhso.kernel.people.roles import role as role_of
from tinhso.kernel.people.roles import roles
from tinhso.kernel.people.scopes import Reach, seated
from tinhso.kernel.people.who import Who
from tinhso.kernel.units.models import Unit
from tinhso.kernel.units.register import register
from tinhso.measure.text import InputError, Place, message

DATES_BACKWARDS = message(
    "dates-backwards",
    vi="Ngày thôi giữ ({until}) phải sau ngày bắt đầu ({since}).",
    en="The day of leaving ({until}) must come after the first day ({since}).",
)
ALREADY_HOLDS = message(
    "appointment-twice",
    vi="{name} đang giữ vị trí này trong khoảng thời gian đó.",
    en="{name} holds this position in that time already.",
)
CLOSED = message(
    "account-closed",
    vi="Tài khoản của {name} đã đóng; mời lại để mở tài khoản mới.",
    en="The account of {name} is closed; invite anew for a new one.",
)
TITLE_NEEDED = message(
    "title-needed",
    vi="Ghi tên vị trí, ví dụ “Chuyên viên Phòng Chuyển đổi số”.",
    en="Give the position's title, such as “Officer, Digital Transformation Division”.",
)
REASON_NEEDED = message(
    "reason-needed",
    vi="Ghi lý do; lý do được giữ trong nhật ký.",
    en="Give the reason; it is kept in the ledger.",
)
ENDS_EARLIER = message(
    "appointment-ends-earlier",
    vi="Vị trí này thôi giữ từ {until}; muốn giữ lâu hơn thì bố trí lại.",
    en="This position is held until {until} only; to hold it longer, appoint anew.",
)
TO_ONESELF = message(
    "handed-to-oneself",
    vi="Người nhận bàn giao phải là người khác.",
    en="Somebody else has to take over.",
)
NOT_ALONE = message(
    "last-administrator",
    vi="Đây là người quản trị cuối cùng. Bố trí người khác trước.",
    en="This is the last administrator. Appoint somebody else first.",
)
TOO_LONG = message(
    "text-too-long",
    vi="Dài quá: nhiều nhất {most} ký tự, đang có {has}.",
    en="Too long: at most {most} characters, there are {has}.",
)
UNIT_ENDED = message(
    "unit-ended",
    vi="{unit} không còn vào ngày {day}. Chọn đơn vị tiếp nhận.",
    en="{unit} has ended by {day}. Choose the unit that took over.",
)


@dataclass(frozen=True)
class Term:
    """A stretch of time; half-open days, None is without end. Raises InputError when backwards."""

    since: date
    until: date | None = None

    def __post_init__(self) -> None:
        if self.until is not None and self.until <= self.since:
            raise InputError([DATES_BACKWARDS(Place("until"), since=self.since, until=self.until)])


def fit(model: type[Model], **values: str) -> None:
    """Raises InputError for texts that the model's columns do not hold; places are the columns."""
    problems = []
    for name, value in values.items():
        most = getattr(model._meta.get_field(name), "max_length", None)
        if most is not None and len(value.strip()) > most:
            problems.append(TOO_LONG(Place(name), most=most, has=len(value.strip())))
    if problems:
        raise InputError(problems)


def may_appoint(who: Who, role: str, unit: str) -> Answer:
    """May `who` bring somebody into a position of `role` in `unit`?

    Nobody gives a right that reaches further than their own right to appoint: a head of a commune
    cannot make an administrator of the province.
    """
    answer = POSITION.ask(who, "appoint", unit)
    if not answer:
        return answer
    own = POSITION.units(who, "appoint")
    if own is None:
        return answer
    place = seated(register(), unit, who.day)
    for scope in {one for scopes in role_of(role).gives.values() for one in scopes}:
        given = Reach(scope, place, who.day).units()
        if given is None or not given <= own:
            return Answer(POSITION, answer.verb, "", Need.RIGHT, answer.seat)
    return answer


def _require(answer: Answer) -> Answer:
    if not answer:
        raise ForbiddenError(answer)
    return answer


def position_for(
    actor: Actor, unit: str, role: str, title: str, title_en: str, since: date
) -> Position:
    """The position of this role and title in the unit, made when there is none. Inside a
    transaction, after the right was asked for."""
    if not title.strip():
        raise InputError([TITLE_NEEDED(Place("title"))])
    fit(Position, title=title, title_en=title_en)
    role_of(role)
    if not register().boundaries.exists(unit, since):
        name = register().full_name(unit, since)
        raise InputError([UNIT_ENDED(Place("unit"), unit=name, day=since)])
    # Of two who ask for the same at once the second waits here, and finds the first one's.
    Unit.objects.select_for_update(no_key=True).get(pk=unit)
    found = Position.objects.filter(unit=unit, role=role, title=title.strip(), until=None).first()
    if found is not None:
        if since < found.since:
            _begin_earlier(actor, found, since)
        return found
    made = Position.objects.create(
        unit_id=unit, role=role, title=title.strip(), title_en=title_en.strip(), since=since
    )
    after = {"role": role, "title": made.title, "since": since.isoformat()}
    record(actor, "people.position.make", Thing(POSITION.kind, str(made.id), unit), after=after)
    return made


def _begin_earlier(actor: Actor, position: Position, since: date) -> None:
    """A position is there from an earlier day than was known: somebody is to hold it from then."""
    before = {"since": position.since.isoformat()}
    position.since = since
    position.save(update_fields=["since"])
    thing = Thing(POSITION.kind, str(position.id), position.unit_id)
    after = {"since": since.isoformat()}
    record(actor, "people.position.begin-earlier", thing, before=before, after=after)


def held_still(account: Account) -> None:
    """Hold an account's row, read anew, till the transaction ends: what two do to it at once they
    do one after the other. Inside a transaction."""
    account.refresh_from_db(from_queryset=Account.objects.select_for_update(no_key=True))


def appoint(
    who: Who,
    account: Account,
    unit: str,
    role: str,
    title: str,
    term: Term,
    *,
    title_en: str = "",
    acting_for: Account | None = None,
    document: str = "",
) -> Appointment:
    """Bring somebody into a position. Raises ForbiddenError, InputError."""
    answer = _require(may_appoint(who, role, unit))
    with transaction.atomic():
        position = position_for(who.actor(answer.seat), unit, role, title, title_en, term.since)
        return give(
            who.actor(answer.seat),
            account,
            position,
            term,
            acting_for=acting_for,
            document=document,
        )


def give(
    actor: Actor,
    account: Account,
    position: Position,
    term: Term,
    *,
    acting_for: Account | None = None,
    document: str = "",
) -> Appointment:
    """The appointment itself and its entry; inside a transaction, after the right was asked for."""
    fit(Appointment, document=document)
    held_still(account)
    if not account.is_active:
        raise InputError([CLOSED(Place("account"), name=account.name)])
    overlapping = Appointment.objects.filter(
        Q(until=None) | Q(until__gt=term.since), account=account, position=position
    )
    if term.until is not None:
        overlapping = overlapping.filter(since__lt=term.until)
    if overlapping.exists():
        raise InputError([ALREADY_HOLDS(Place("account"), name=account.name)])
    made = Appointment.objects.create(
        account=account,
        position=position,
        since=term.since,
        until=term.until,
        acting_for=acting_for,
        document=document.strip(),
    )
    record(
        actor,
        "people.appointment.make",
        Thing("people.appointment", str(made.id), position.unit_id),
        after=_state(made),
    )
    return made


def end_appointment(who: Who, appointment: Appointment, on: date, reason: str) -> None:
    """Somebody holds a position no longer from the day `on`. Raises ForbiddenError, InputError."""
    position = appointment.position
    answer = _require(may_appoint(who, position.role, position.unit_id))
    if not reason.strip():
        raise InputError([REASON_NEEDED(Place("reason"))])
    with transaction.atomic():
        _one_at_a_time()
        appointment.refresh_from_db(fields=["until"])
        if appointment.until is not None and on > appointment.until:
            raise InputError([ENDS_EARLIER(Place("on"), until=appointment.until)])
        _end(who.actor(answer.seat), appointment, on, reason)
        _someone_administers(max(on, who.day))


def _end(actor: Actor, appointment: Appointment, on: date, reason: str) -> None:
    before = _state(appointment)
    # Somebody who was to come later never comes: the term is empty then.
    appointment.until = max(on, appointment.since)
    appointment.save(update_fields=["until"])
    thing = Thing("people.appointment", str(appointment.id), appointment.position.unit_id)
    record(
        actor,
        "people.appointment.end",
        thing,
        before=before,
        after=_state(appointment),
        reason=reason.strip(),
    )


def _state(one: Appointment) -> dict[str, Any]:
    return {
        "account": str(one.account_id),
        "position": str(one.position_id),
        "since": one.since.isoformat(),
        "until": one.until.isoformat() if one.until else None,
        "acting_for": str(one.acting_for_id) if one.acting_for_id else None,
        "document": one.document,
    }


def current(account: Account, day: date) -> list[Appointment]:
    """What an account holds on a day or later."""
    return list(
        account.appointments.filter(Q(until=None) | Q(until__gt=day)).select_related("position")
    )


def close_account(
    who: Who, account: Account, reason: str, *, hand_over_to: Account | None = None
) -> None:
    """Somebody leaves: positions end today, tokens and sessions too; the one who follows holds the
    same positions from today, for as long as they were held, and who hands over may appoint to
    each. Raises ForbiddenError, InputError."""
    with transaction.atomic():
        _one_at_a_time()
        held_still(account)
        held = current(account, who.day)
        actor = who.actor(_may_close(who, held).seat)
        if not account.is_active:
            raise InputError([CLOSED(Place("account"), name=account.name)])
        if not reason.strip():
            raise InputError([REASON_NEEDED(Place("reason"))])
        if hand_over_to == account:
            raise InputError([TO_ONESELF(Place("hand_over_to"))])
        if hand_over_to is not None:
            for one in held:
                _require(may_appoint(who, one.position.role, one.position.unit_id))
        for appointment in held:
            term = Term(max(who.day, appointment.since), appointment.until)
            _end(actor, appointment, who.day, reason)
            if hand_over_to is not None:
                give(actor, hand_over_to, appointment.position, term, document=reason)
        account.tokens.filter(revoked_at=None).update(revoked_at=timezone.now())
        account.is_active = False
        account.save(update_fields=["is_active"])
        record(
            actor,
            "people.account.close",
            Thing(ACCOUNT.kind, str(account.id)),
            before={"active": True},
            after={
                "active": False,
                "handed_to": str(hand_over_to.id) if hand_over_to else None,
            },
            reason=reason.strip(),
        )
        _someone_administers(who.day)
        end_sessions(account)


def _may_close(who: Who, held: list[Appointment]) -> Answer:
    """Closing an account takes the right in each unit where it holds something now."""
    units = {one.position.unit_id for one in held} or {""}
    answers = [ACCOUNT.require(who, "close", unit) for unit in sorted(units)]
    return answers[0]


def _administrators() -> QuerySet[Position]:
    """The positions that reach everything when they give a right."""
    able = [one.code for one in roles().values() if "all" in one.scopes(POSITION.right("appoint"))]
    return Position.objects.filter(role__in=able)


def _one_at_a_time() -> None:
    """Two administrators who end each other's positions at once wait here for each other."""
    # Not `FOR UPDATE`: that would make whoever is being appointed to one of them wait too.
    rows = _administrators().select_for_update(no_key=True)
    list(rows.order_by("id").values_list("id"))


def _someone_administers(day: date) -> None:
    """Without anybody who reaches everything on a day nobody could give a right any more."""
    held = Appointment.objects.filter(
        Q(until=None) | Q(until__gt=day),
        since__lte=day,
        position__in=_administrators(),
        account__is_active=True,
    )
    if not held.exists():
        raise InputError([NOT_ALONE(Place("account"))])


def end_sessions(account: Account) -> None:
    """Sign an account out everywhere."""
    for session in UserSession.objects.filter(user=account):
        session.end()


@dataclass(frozen=True)
class Contact:
    """How to reach somebody: personal data, opened for a purpose."""

    username: str
    email: str


def open_contact(who: Who, account: Account, unit: str, purpose: str) -> Contact:
    """Open somebody's contact details; that it was opened, by whom and what for goes on record.

    Raises ForbiddenError: without the right, or without a purpose.
    """
    answer = ACCOUNT.require(who, "contact", unit, purpose=purpose)
    with transaction.atomic():
        record(
            who.actor(answer.seat),
            "people.account.contact",
            Thing(ACCOUNT.kind, str(account.id), unit),
            reason=purpose.strip(),
        )
    return Contact(account.username, account.email)


def erase_account(who: Who, account: Account, reason: str) -> None:
    """Forget a person by law: name, sign-in name and address go; what was done stays on record
    under the account's number. Raises ForbiddenError, InputError."""
    answer = ACCOUNT.require(who, "erase")
    if not reason.strip():
        raise InputError([REASON_NEEDED(Place("reason"))])
    with transaction.atomic():
        if Account.objects.filter(pk=account.pk, is_active=True).exists():
            close_account(who, account, reason)
        held_still(account)
        if account.erased_at is not None:  # by a second click: once is enough
            return
        record(
            who.actor(answer.seat),
            "people.account.erase",
            Thing(ACCOUNT.kind, str(account.id)),
            before=_person(account),
            after={"erased": True},
            reason=reason.strip(),
            hidden=True,
        )
        if account.email:
            give_up_owed(account.email, "people.account.erase")
            Invitation.objects.filter(email__iexact=account.email).update(name="", email="")
        account.username = f"erased-{uuid.uuid4().hex}"
        account.name, account.email, account.erased_at = "", "", timezone.now()
        account.set_unusable_password()
        account.save()
        # Who one is elsewhere (the number that the identity provider knows one by), and what one signs in with.
        for model in (EmailAddress, SocialAccount, Authenticator):
            model.objects.filter(user=account).delete()
        identity.forget(account)
        erase_about(who.actor(answer.seat), ACCOUNT.kind, str(account.id), reason)
        Invitation.objects.filter(accepted_by=account).update(name="", email="")


def _person(account: Account) -> dict[str, Any]:
    return {"username": account.username, "name": account.name, "email": account.email}
