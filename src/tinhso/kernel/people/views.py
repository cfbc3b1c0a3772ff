"""The office's pages about people: who holds what, inviting, appointing, leaving."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from tinhso.kernel.people import actions, invitations, queries
from tinhso.kernel.people.access import asks, public, signed_in
from tinhso.kernel.people.accounts import client_address, who_is
from tinhso.kernel.people.filled import Filled, day_of, whole
from tinhso.kernel.people.models import Account, Invitation
from tinhso.kernel.people.policies import ACCOUNT, POSITION
from tinhso.kernel.people.roles import role as role_of
from tinhso.kernel.people.roles import roles
from tinhso.kernel.people.who import Who
from tinhso.kernel.units import asked as units
from tinhso.kernel.units.queries import card
from tinhso.kernel.units.register import register
from tinhso.measure.text import InputError, Place, Text, message

PAGE = 50

PERSON_NEEDED = message(
    "person-needed",
    vi="Không có tài khoản đang mở nào tên “{asked}” trong phạm vi của bạn. Gõ tên đăng nhập.",
    en="No open account within your reach is named “{asked}”. Type the sign-in name.",
)


@asks(ACCOUNT, "view")
def people(request: HttpRequest) -> HttpResponse:
    who = who_is(request)
    filled, found, unit = Filled(request.GET), Account.objects.none(), ""
    try:
        if request.GET.get("don-vi"):
            unit = units.unit_asked(request.GET["don-vi"], "don-vi")
        found = queries.people(who, request.GET.get("ten", ""), unit)
    except InputError as error:
        filled = Filled(request.GET, error)
    page = max(1, whole(request.GET.get("trang", "")))
    total, shown = found.count(), list(found[(page - 1) * PAGE : page * PAGE])
    held = queries.held_now(who, shown)
    lapsed, waiting = queries.lapsed(who), queries.invitations(who)
    context = {
        "filled": filled,
        "total": total,
        "people": [(one, held[one.pk]) for one in shown],
        "page": page,
        "earlier": _page_address(request, page - 1),
        "later": _page_address(request, page + 1),
        "more": total > page * PAGE,
        "units": _names(a.position.unit_id for rows in held.values() for a in rows),
        "lapsed": [(one, register().full_name(one.position.unit_id)) for one in lapsed[:PAGE]],
        "more_lapsed": max(lapsed.count() - PAGE, 0),
        "invitations": waiting[:PAGE],
        "more_invitations": max(waiting.count() - PAGE, 0),
        "may_invite": ACCOUNT.anywhere(who, "invite"),
        "choices": _choices(who, "view"),
    }
    return render(request, "people/people.html", context)


def _page_address(request: HttpRequest, page: int) -> str:
    query = request.GET.copy()
    query["trang"] = str(page)
    return f"?{query.urlencode()}"


def _holds(appointment: Any, who: Who) -> bool:
    return appointment.until is None or appointment.until > who.day


def _names(uids: Any) -> dict[str, Text]:
    return {uid: card(uid).name for uid in set(uids)}


#: A list of choices beyond this helps nobody.
MOST_CHOICES = 400


def _choices(who: Who, verb: str) -> list[str]:
    """Living units within reach, as the unit field's list offers them."""
    own, today = POSITION.units(who, verb), register().boundaries.map(who.day)
    if own is None:
        tops = {seat.unit for seat in who.seats if seat.unit}
        own = frozenset(one for top in tops for one in (top, *today.descendants(top)))
    living = sorted(uid for uid in own if uid in today)
    return [units.written(uid) for uid in living[:MOST_CHOICES]]


@asks(ACCOUNT, "view")
def person(request: HttpRequest, account: uuid.UUID) -> HttpResponse:
    """A person's page; each act on it is a form of its own, told apart by the field `viec`."""
    who, one = who_is(request), _person(request, account)
    filled, contact = Filled(None), None
    if request.method == "POST":
        try:
            done = _do(request, who, one)
        except InputError as error:
            filled = Filled(request.POST, error)
        else:
            if isinstance(done, actions.Contact):
                contact = done
            else:
                messages.success(request, done)
                return redirect("people:person", one.pk)
    held = list(queries.appointments(who, one))
    here = held[0].position.unit_id if held else ""
    context = {
        "person": one,
        "filled": filled,
        "doing": request.POST.get("viec", ""),
        "contact": contact,
        "now": [
            (a, bool(actions.may_appoint(who, a.position.role, a.position.unit_id)))
            for a in held
            if _holds(a, who)
        ],
        "past": [a for a in held if not _holds(a, who)],
        "units": _names(a.position.unit_id for a in held),
        "roles": [(code, role.name) for code, role in roles().items()],
        "role_names": {code: role.name for code, role in roles().items()},
        "may_appoint": POSITION.anywhere(who, "appoint"),
        "may_contact": ACCOUNT.anywhere(who, "contact"),
        "may_close": ACCOUNT.anywhere(who, "close"),
        "may_reset_factor": ACCOUNT.anywhere(who, "reset-factor"),
        "may_erase": ACCOUNT.anywhere(who, "erase"),
        "choices": _choices(who, "appoint"),
        "today": who.day,
        "here": here,
    }
    return render(request, "people/person.html", context, status=400 if filled.problems else 200)


def _person(request: HttpRequest, account: uuid.UUID) -> Account:
    """The account in the address. Raises ForbiddenError where it is out of reach, Http404."""
    who = who_is(request)
    found = queries.person(who, account)
    if found is None:
        ACCOUNT.require(who, "view", queries.unit_of(account))
        raise Http404
    return found


def _do(request: HttpRequest, who: Who, one: Account) -> str | actions.Contact:
    """One of the page's acts; says what was done. Raises InputError, ForbiddenError."""
    posted = request.POST
    match posted.get("viec"):
        case "bo-tri":
            since = day_of(request, "since")
            assert since is not None
            actions.appoint(
                who,
                one,
                units.unit_asked(posted.get("unit", "")),
                role_of(posted.get("role", "")).code,
                posted.get("title", ""),
                actions.Term(since, day_of(request, "until", needed=False)),
                acting_for=_named(who, posted.get("acting_for", ""), "acting_for"),
                document=posted.get("document", ""),
            )
            return gettext("Đã bố trí vị trí.")
        case "thoi-giu":
            appointment = queries.appointment(who, uuid_of(posted.get("appointment", "")))
            on = day_of(request, "on")
            if appointment is None or on is None:
                raise Http404
            actions.end_appointment(who, appointment, on, posted.get("reason", ""))
            return gettext("Đã ghi ngày thôi giữ vị trí.")
        case "lien-he":
            unit = _unit_of(who, one)
            return actions.open_contact(who, one, unit, posted.get("purpose", ""))
        case "dong":
            follower = _named(who, posted.get("hand_over_to", ""), "hand_over_to")
            actions.close_account(who, one, posted.get("reason", ""), hand_over_to=follower)
            return gettext("Đã đóng tài khoản.")
        case "xoa":
            actions.erase_account(who, one, posted.get("reason", ""))
            return gettext("Đã xóa dữ liệu cá nhân.")
    raise Http404


def uuid_of(raw: str) -> uuid.UUID:
    """Raises Http404 for what is none: only a page of ours sends it."""
    try:
        return uuid.UUID(raw)
    except ValueError:
        raise Http404 from None


def _unit_of(who: Who, one: Account) -> str:
    first = queries.appointments(who, one).first()
    return first.position.unit_id if first else ""


def _named(who: Who, typed: str, field: str) -> Account | None:
    """The open account that a field names, by sign-in name; None for an empty field."""
    asked = typed.strip().lower()
    if not asked:
        return None
    found = queries.people(who).filter(username=asked, is_active=True).first()
    if found is None:
        raise InputError([PERSON_NEEDED(Place(field), asked=typed)])
    return found


@asks(ACCOUNT, "invite")
def invite(request: HttpRequest) -> HttpResponse:
    who = who_is(request)
    filled, link = Filled(None, since=timezone.localdate(), role="officer"), ""
    if request.method == "POST":
        posted = request.POST
        try:
            since = day_of(request, "since")
            assert since is not None
            made = invitations.invite(
                who,
                posted.get("name", ""),
                posted.get("email", ""),
                units.unit_asked(posted.get("unit", "")),
                role_of(posted.get("role", "")).code,
                posted.get("title", ""),
                actions.Term(since, day_of(request, "until", needed=False)),
                document=posted.get("document", ""),
                link=lambda secret: request.build_absolute_uri(
                    reverse("people:accept", args=[secret])
                ),
            )
        except InputError as error:
            filled = Filled(posted, error)
        else:
            link = request.build_absolute_uri(reverse("people:accept", args=[made.secret]))
    context = {
        "filled": filled,
        "link": link,
        "name": request.POST.get("name", ""),
        "choices": _choices(who, "appoint"),
        "roles": [(code, role.name) for code, role in roles().items()],
    }
    return render(request, "people/invite.html", context, status=400 if filled.problems else 200)


@asks(ACCOUNT, "invite")
def withdraw(request: HttpRequest, invitation: uuid.UUID) -> HttpResponse:
    who = who_is(request)
    found = Invitation.objects.select_related("position").filter(pk=invitation).first()
    if found is None:
        raise Http404
    ACCOUNT.require(who, "invite", found.position.unit_id)
    if request.method == "POST":
        invitations.withdraw(who, found)
        messages.success(request, gettext("Đã rút lời mời."))
    return redirect("people:people")


@public
def accept(request: HttpRequest, secret: str) -> HttpResponse:
    """Where an invitation's link leads: choose a name and password, or join with one's account."""
    try:
        invitation = invitations.standing(secret)
    except InputError as error:
        return render(
            request, "people/invitation_over.html", {"problems": error.problems}, status=410
        )
    who, filled = who_is(request), Filled(None)
    if request.method == "POST":
        try:
            if request.user.is_authenticated and request.POST.get("viec") == "nhan":
                invitations.join(secret, Account.objects.get(pk=request.user.pk), who.address)
                return redirect("home")
            _accept_anew(request, secret)
        except InputError as error:
            filled = Filled(request.POST, error)
        else:
            messages.success(request, gettext("Đã tạo tài khoản. Mời bạn đăng nhập."))
            return redirect("account_login")
    context = {
        "invitation": invitation,
        "unit": card(invitation.position.unit_id).name,
        "role": role_of(invitation.position.role),
        "rights": queries.rights_of(role_of(invitation.position.role)),
        "filled": filled,
        "who": who,
    }
    response = render(
        request, "people/accept.html", context, status=400 if filled.problems else 200
    )
    # The address is the secret: it is kept by nobody (and goes to no other site, as everywhere).
    response.headers["Cache-Control"] = "no-store"
    return response


def _accept_anew(request: HttpRequest, secret: str) -> None:
    posted = request.POST
    password = posted.get("password", "")
    if password != posted.get("again", ""):
        raise InputError([PASSWORDS_DIFFER(Place("again"))])
    language = request.LANGUAGE_CODE or "vi"
    invitations.accept(
        secret, posted.get("username", ""), password, language, client_address(request)
    )


PASSWORDS_DIFFER = message(
    "passwords-differ",
    vi="Hai lần gõ mật khẩu không giống nhau.",
    en="The two passwords are not the same.",
)


@signed_in
def role_list(request: HttpRequest) -> HttpResponse:
    """What each role allows, as the data says."""
    return render(request, "people/roles.html", {"roles": queries.all_roles()})
