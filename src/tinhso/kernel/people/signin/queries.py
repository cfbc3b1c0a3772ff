"""What an account's owner sees of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession

from tinhso.kernel.people.models import Account
from tinhso.kernel.people.policy import POLICIES
from tinhso.kernel.people.roles import Role, roles
from tinhso.kernel.people.scopes import ALL, GROUP, OWN, PROVINCE, SUBTREE
from tinhso.kernel.people.signin.adapters import UnreadableFactorError
from tinhso.kernel.people.who import Seat
from tinhso.kernel.units.register import register
from tinhso.measure.text import Text

#: How far a right reaches.
REACHES = {
    OWN: Text("trong đơn vị", "in the unit"),
    SUBTREE: Text("trong đơn vị và các đơn vị trực thuộc", "in the unit and those below it"),
    PROVINCE: Text("trong toàn tỉnh", "in the whole province"),
    ALL: Text("trong toàn hệ thống", "in the whole system"),
}
GROUP_REACH = Text("trong nhóm đơn vị {code}", "in the group of units {code}")


@dataclass(frozen=True)
class Grant:
    """What a role allows to one kind of thing within one reach, in words."""

    text: Text
    reach: Text


@dataclass(frozen=True)
class HeldSeat:
    """A position as its holder sees it. `unit` is empty where nobody took over from the unit."""

    seat: Seat
    role: Text
    unit: Text
    grants: tuple[Grant, ...]


def held_seats(seats: Iterable[Seat], day: date) -> list[HeldSeat]:
    units, found = register(), []
    for seat in seats:
        role = roles().get(seat.role)
        unit = units.full_name(seat.unit or seat.made_in, day if seat.unit else None)
        name = role.name if role else Text(seat.role, seat.role)
        found.append(HeldSeat(seat, name, unit, _grants(role) if role and seat.unit else ()))
    return found


def _grants(role: Role) -> tuple[Grant, ...]:
    grants: dict[tuple[str, str], list[str]] = {}
    for right, scopes in role.gives.items():
        kind, _, verb = right.partition(":")
        for scope in scopes:
            grants.setdefault((kind, scope), []).append(verb)
    return tuple(
        Grant(_words(kind, verbs), _reach(scope))
        for (kind, scope), verbs in grants.items()
        if kind in POLICIES
    )


def _words(kind: str, verbs: list[str]) -> Text:
    policy = POLICIES[kind]
    texts = [policy.verbs[verb].text for verb in verbs if verb in policy.verbs]
    vi, en = ", ".join(one.vi for one in texts), ", ".join(one.en for one in texts)
    return Text(f"{vi} {policy.text.vi}", f"{en} {policy.text.en}")


def _reach(scope: str) -> Text:
    if scope.startswith(GROUP):
        code = scope.removeprefix(GROUP)
        return Text(GROUP_REACH.vi.format(code=code), GROUP_REACH.en.format(code=code))
    return REACHES[scope]


@dataclass(frozen=True)
class Factors:
    """The second factors of an account. `codes` recovery codes are left; None: never made."""

    totp: bool
    passkeys: tuple[Authenticator, ...]
    codes: int | None

    @property
    def any(self) -> bool:
        return self.totp or bool(self.passkeys)


def factors_of(account: Account) -> Factors:
    rows = list(Authenticator.objects.filter(user=account).order_by("created_at"))
    codes = [one for one in rows if one.type == Authenticator.Type.RECOVERY_CODES]
    return Factors(
        totp=any(one.type == Authenticator.Type.TOTP for one in rows),
        passkeys=tuple(one for one in rows if one.type == Authenticator.Type.WEBAUTHN),
        codes=_unused(codes[0]) if codes else None,
    )


def _unused(codes: Authenticator) -> int:
    """How many recovery codes are left; none where the site cannot read them any more."""
    try:
        return len(codes.wrap().get_unused_codes())
    except UnreadableFactorError:
        return 0


@dataclass(frozen=True)
class ShownSession:
    """A session in plain words: on what, from which network address, since and until when used."""

    id: int
    device: Text
    address: str
    began_at: datetime
    seen_at: datetime
    here: bool


def sessions_of(account: Account, current: str | None) -> list[ShownSession]:
    """The account's living sessions, the one that asks first, then the last used."""
    rows = UserSession.objects.purge_and_list(account)
    shown = [
        ShownSession(
            row.pk,
            device_in_words(row.user_agent),
            row.ip,
            row.created_at,
            row.last_seen_at,
            row.session_key == current,
        )
        for row in rows
    ]
    return sorted(shown, key=lambda one: (not one.here, -one.seen_at.timestamp()))


#: What a browser calls itself: the first that fits is right (they all name each other).
BROWSERS = (
    *(("Edg/", "Edge"), ("OPR/", "Opera"), ("coc_coc_browser", "Cốc Cốc"), ("Firefox/", "Firefox")),
    *(("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari")),
)
SYSTEMS = (
    *(("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows")),
    *(("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux")),
)


def device_in_words(agent: str) -> Text:
    """ "Chrome trên Windows", from a User-Agent header."""
    browser = next((name for mark, name in BROWSERS if mark in agent), "")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    if browser and system:
        return Text(f"{browser} trên {system}", f"{browser} on {system}")
    if browser or system:
        return Text(browser or system, browser or system)
    return Text("Chương trình không rõ", "An unknown program")
