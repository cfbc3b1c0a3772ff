"""Inviting somebody to a position, and taking the invitation up."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from tinhso.kernel.ledger.actor import Actor, Channel
from tinhso.kernel.ledger.entries import Thing, record
from tinhso.kernel.notices.mail import owe_mail
from tinhso.kernel.people.accounts import account_of, seats_of
from tinhso.kernel.people.actions import Term, fit, give, held_still, may_appoint, position_for
from tinhso.kernel.people.models import Account, Invitation
from tinhso.kernel.people.policies import ACCOUNT
from tinhso.kernel.people.policy import ForbiddenError
from tinhso.kernel.people.who import Who
from tinhso.measure.text import InputError, Place, Problem, Text, message

#: Long enough for a week's leave, short enough that a forgotten link dies.
VALID = timedelta(days=14)

NAME_NEEDED = message(
    "name-needed", vi="Ghi họ và tên người được mời.", en="Give the name of whom you invite."
)
EMAIL_TAKEN = message(
    "email-taken",
    vi="Đã có tài khoản với thư điện tử này. Bố trí người ấy vào vị trí, không cần mời.",
    en="There is an account with this e-mail. Appoint that person, no invitation is needed.",
)
ACCOUNT_THERE = message(
    "account-there",
    vi="Đã có tài khoản với thư điện tử của lời mời này. Đăng nhập bằng tài khoản ấy rồi mở lại địa chỉ này để nhận vị trí.",
    en="There is an account with this invitation's e-mail. Sign in with it, then open this address again to take the position.",
)
EMAIL_WRONG = message(
    "email-wrong",
    vi="“{email}” không phải địa chỉ thư điện tử.",
    en="“{email}” is no e-mail address.",
)
INVITATION_OVER = message(
    "invitation-over",
    vi="Lời mời không còn hiệu lực: đã dùng, đã rút hoặc quá 14 ngày. Đề nghị người mời gửi lại.",
    en="The invitation is no longer valid: used, withdrawn or older than 14 days. Ask for another.",
)
USERNAME_TAKEN = message(
    "username-taken",
    vi="Tên đăng nhập này đã có người dùng. Chọn tên khác.",
    en="This sign-in name is taken. Choose another.",
)
USERNAME_WRONG = message(
    "username-wrong",
    vi="Tên đăng nhập gồm 3 đến 60 chữ cái không dấu, chữ số, dấu chấm, gạch ngang, gạch dưới.",
    en="A sign-in name has 3 to 60 letters without diacritics, digits, dots, hyphens, underscores.",
)
PASSWORD_WEAK = message("password-weak", vi="{why}", en="{why}")

SUBJECT = Text("Lời mời vào vị trí công tác trên Tỉnh Số", "Invitation to a position on Tỉnh Số")

#: From an invitation's secret to the address where it is taken up.
Link = Callable[[str], str]

USERNAME_SIGNS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789.-_")


@dataclass(frozen=True)
class Invited:
    """An invitation with its secret, which only this value ever holds."""

    invitation: Invitation
    secret: str


def secret_digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def invite(
    who: Who,
    name: str,
    email: str,
    unit: str,
    role: str,
    title: str,
    term: Term,
    *,
    title_en: str = "",
    document: str = "",
    link: Link | None = None,
) -> Invited:
    """Ask somebody to take a position; by e-mail too, where there is an address and `link` makes
    the address of a secret. Raises ForbiddenError, InputError."""
    answer = may_appoint(who, role, unit)
    if not answer:
        raise ForbiddenError(answer)
    seat = ACCOUNT.require(who, "invite", unit).seat
    inviter = Account.objects.get(pk=str(who.account))
    return make_invitation(
        who.actor(seat), inviter, name, email, unit, role, title, term, title_en, document, link
    )


def make_invitation(
    actor: Actor,
    inviter: Account | None,
    name: str,
    email: str,
    unit: str,
    role: str,
    title: str,
    term: Term,
    title_en: str = "",
    document: str = "",
    link: Link | None = None,
) -> Invited:
    """The invitation itself, after the right was asked for (or at the server's command line)."""
    problems: list[Problem] = []
    if not name.strip():
        problems.append(NAME_NEEDED(Place("name")))
    email = email.strip().lower()
    if email and not _is_email(email):
        problems.append(EMAIL_WRONG(Place("email"), email=email))
    elif email and Account.objects.filter(email__iexact=email).exists():
        problems.append(EMAIL_TAKEN(Place("email")))
    if problems:
        raise InputError(problems)
    fit(Invitation, name=name, document=document)
    secret = secrets.token_urlsafe(24)
    with transaction.atomic():
        position = position_for(actor, unit, role, title, title_en, term.since)
        made = Invitation.objects.create(
            digest=secret_digest(secret),
            name=name.strip(),
            email=email,
            position=position,
            document=document.strip(),
            since=term.since,
            until=term.until,
            invited_by=inviter,
            expires_at=timezone.now() + VALID,
        )
        record(
            actor,
            "people.account.invite",
            Thing("people.invitation", str(made.id), unit),
            after={"position": str(position.id), "since": term.since.isoformat()},
        )
        if made.email and link is not None:
            owe_mail(made.email, SUBJECT, _letter(made, link(secret)), "vi")
    return Invited(made, secret)


def _letter(invitation: Invitation, address: str) -> Text:
    name, title = invitation.name, invitation.position.title
    return Text(
        f"Kính gửi {name},\n\nBạn được mời giữ vị trí {title} trên Tỉnh Số. Mở địa chỉ dưới đây trong 14 ngày để tạo tài khoản; "
        f"địa chỉ dùng được một lần, đừng chuyển cho người khác.\n\n{address}\n",
        f"Dear {name},\n\nYou are invited to the position {title} on Tỉnh Số. Open this address within 14 days to make your account; it works once, "
        f"so pass it on to nobody.\n\n{address}\n",
    )


def standing(secret: str) -> Invitation:
    """The invitation behind a link, while it can be taken up. Raises InputError."""
    found = (
        Invitation.objects.select_related("position", "invited_by")
        .filter(
            digest=secret_digest(secret),
            accepted_by=None,
            withdrawn_at=None,
            expires_at__gt=timezone.now(),
        )
        .first()
    )
    if found is None or not _vouched(found):
        raise InputError([INVITATION_OVER()])
    return found


def _vouched(invitation: Invitation) -> bool:
    """Whether the one who invited could still do so today: a dismissed head brings nobody in."""
    inviter, position = invitation.invited_by, invitation.position
    if inviter is None:  # the operator, at the server's command line
        return True
    if not inviter.is_active:
        return False
    day = timezone.localdate()
    who = Who(day, inviter.pk, inviter.name, seats_of(inviter.pk, day), strong=True)
    return bool(may_appoint(who, position.role, position.unit_id))


def accept(secret: str, username: str, password: str, language: str, address: str) -> Account:
    """Take an invitation up with a new account. Raises InputError with everything that is wrong."""
    with transaction.atomic():
        invitation = standing(secret)
        # Held against a second click: whoever comes later finds it taken.
        Invitation.objects.select_for_update().get(pk=invitation.pk)
        account = Account(
            username=username.strip().lower(),
            name=invitation.name,
            email=invitation.email,
            language=language,
        )
        problems = [*_weak(password, account), *_taken(account)]
        if not _is_username(account.username):
            problems.insert(0, USERNAME_WRONG(Place("username")))
        if problems:
            raise InputError(problems)
        account.set_password(password)
        try:
            with transaction.atomic():
                account.save(force_insert=True)
        except IntegrityError as error:
            problems = _taken(account)  # by somebody else, at this very moment
            if not problems:
                raise
            raise InputError(problems) from error
        if account.email:
            # The link came by this address, or from the hand of somebody who vouches for it.
            EmailAddress.objects.create(
                user=account, email=account.email, verified=True, primary=True
            )
        actor = Actor(str(account.id), Channel.WEB, address=address)
        record(
            actor,
            "people.account.make",
            Thing(ACCOUNT.kind, str(account.id), invitation.position.unit_id),
            after={"invitation": str(invitation.id)},
        )
        _take(invitation, account, actor)
    return account


def join(secret: str, account: Account, address: str) -> None:
    """Take an invitation up with an account that one has already. Raises InputError."""
    with transaction.atomic():
        invitation = standing(secret)
        held_still(account)
        Invitation.objects.select_for_update().get(pk=invitation.pk)
        _take(invitation, account, Actor(str(account.id), Channel.WEB, address=address))


def _take(invitation: Invitation, account: Account, actor: Actor) -> None:
    # Asked of the row itself: it may have been taken up or withdrawn since it was found standing.
    taken = Invitation.objects.filter(pk=invitation.pk, accepted_by=None, withdrawn_at=None).update(
        accepted_by=account
    )
    if not taken:
        raise InputError([INVITATION_OVER()])
    term = Term(invitation.since, invitation.until)
    give(actor, account, invitation.position, term, document=invitation.document)


def withdraw(who: Who, invitation: Invitation) -> None:
    """Take an invitation back. Raises ForbiddenError; nothing happens to one that is over."""
    position = invitation.position
    seat = ACCOUNT.require(who, "invite", position.unit_id).seat
    with transaction.atomic():
        changed = Invitation.objects.filter(
            pk=invitation.pk, accepted_by=None, withdrawn_at=None
        ).update(withdrawn_at=timezone.now())
        if changed:
            thing = Thing("people.invitation", str(invitation.id), position.unit_id)
            record(who.actor(seat), "people.account.uninvite", thing)


def _is_email(typed: str) -> bool:
    try:
        Invitation._meta.get_field("email").run_validators(typed)
    except ValidationError:
        return False
    return True


def _is_username(typed: str) -> bool:
    return 3 <= len(typed) <= 60 and set(typed) <= USERNAME_SIGNS


def _taken(account: Account) -> list[Problem]:
    """What of a new account belongs to another one already."""
    problems = []
    if account_of(account.username) is not None:
        problems.append(USERNAME_TAKEN(Place("username")))
    # Invited twice, to two positions: the other invitation was taken up first.
    if account.email and Account.objects.filter(email__iexact=account.email).exists():
        problems.append(ACCOUNT_THERE())
    return problems


def _weak(password: str, account: Account) -> list[Problem]:
    try:
        validate_password(password, account)
    except ValidationError as error:
        return [
            PASSWORD_WEAK(Place("password"), why=_why(one.code or "", one.params or {}))
            for one in error.error_list
        ]
    return []


def _why(code: str, params: dict[str, object]) -> Text:
    match code:
        case "password_too_short":
            least = params["min_length"]
            return Text(
                f"Mật khẩu cần ít nhất {least} ký tự.",
                f"A password has at least {least} characters.",
            )
        case "password_too_common":
            return Text(
                "Mật khẩu này nhiều người dùng, dễ đoán.",
                "Many people use this password: easy to guess.",
            )
        case "password_of_the_place":
            return Text(
                "Mật khẩu chỉ gồm những từ ai cũng thử: tên tỉnh, cơ quan, chức vụ.",
                "The password is little more than words that anybody would try: province, office, post.",
            )
    return Text(
        "Mật khẩu quá giống tên, tên đăng nhập hoặc thư điện tử.",
        "The password is too much like the name, sign-in name or e-mail.",
    )
