"""Which entries a list asks for, read from its address."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from tinhso.kernel.ledger.models import Entry
from tinhso.kernel.ledger.words import ACTORS
from tinhso.kernel.people.accounts import account_of
from tinhso.kernel.units.register import UnknownUnitError, register
from tinhso.measure.text import NOWHERE, InputError, Problem, message

WRONG_DAY = message(
    "ledger-day",
    vi="“{value}” không phải một ngày. Viết như 2025-06-15.",
    en="“{value}” is not a day. Write it as 2025-06-15.",
)
WRONG_UNIT = message(
    "ledger-unit",
    vi="Không có đơn vị mang mã “{value}”. Mã đứng trong địa chỉ trang của đơn vị, ví dụ p70.",
    en="There is no unit “{value}”. Its code stands in the address of its page, such as p70.",
)
WRONG_ACCOUNT = message(
    "ledger-account",
    vi="Không có tài khoản “{value}”. Ghi tên đăng nhập, mã tài khoản, operator hoặc system.",
    en="There is no account “{value}”. Give a sign-in name, an account's id, operator or system.",
)
WRONG_PLACE = message(
    "ledger-place",
    vi="“{value}” không phải một chỗ trong danh sách.",
    en="“{value}” is not a place in the list.",
)

#: The last day that the calendar of filters knows: a day after it must still be a day.
LAST = date(2199, 12, 31)


@dataclass(frozen=True)
class Filters:
    """Empty ones do not choose. `first` and `last` are whole days of the site's zone."""

    act: str = ""
    kind: str = ""
    thing: str = ""
    unit: str = ""
    account: str = ""
    first: date | None = None
    last: date | None = None
    before: int | None = None

    @classmethod
    def read(cls, asked: Mapping[str, str]) -> Filters:
        """Raises InputError with every wrong one."""
        problems: list[Problem] = []
        found = cls(
            act=asked.get("viec", "").strip(),
            kind=asked.get("loai", "").strip(),
            thing=asked.get("vat", "").strip(),
            unit=_unit(asked.get("don-vi", "").strip(), problems),
            account=_account(asked.get("tai-khoan", "").strip(), problems),
            first=_day(asked.get("tu", ""), problems),
            last=_day(asked.get("den", ""), problems),
            before=_place(asked.get("truoc", ""), problems),
        )
        if problems:
            raise InputError(problems)
        return found

    def query(self) -> dict[str, str]:
        """As an address has them, without the place in the list."""
        asked = {
            "viec": self.act,
            "loai": self.kind,
            "vat": self.thing,
            "don-vi": self.unit,
            "tai-khoan": self.account,
            "tu": self.first.isoformat() if self.first else "",
            "den": self.last.isoformat() if self.last else "",
        }
        return {name: value for name, value in asked.items() if value}

    def of(self, entries: QuerySet[Entry]) -> QuerySet[Entry]:
        zone = timezone.get_current_timezone()
        asked = Q()
        for name, value in (
            ("act", self.act),
            ("kind", self.kind),
            ("thing", self.thing),
            ("unit", self.unit),
            ("actor", self.account),
            ("id__lt", self.before),
        ):
            if value:
                asked &= Q(**{name: value})
        if self.first:
            asked &= Q(at__gte=datetime.combine(self.first, time(), zone))
        if self.last:
            asked &= Q(at__lt=datetime.combine(self.last + timedelta(days=1), time(), zone))
        return entries.filter(asked)


def _day(value: str, problems: list[Problem]) -> date | None:
    if not value.strip():
        return None
    try:
        found = date.fromisoformat(value.strip())
    except ValueError:
        found = date.min
    if not date(1900, 1, 1) <= found <= LAST:
        problems.append(WRONG_DAY(NOWHERE, value=value))
    return found


def _unit(value: str, problems: list[Problem]) -> str:
    if value:
        try:
            register().versions(value)
        except UnknownUnitError:
            problems.append(WRONG_UNIT(NOWHERE, value=value))
    return value


def _account(value: str, problems: list[Problem]) -> str:
    """The id that entries name the account by."""
    if not value or value in ACTORS:
        return value
    account = account_of(value) if "\0" not in value else None
    if account is not None:
        return str(account.pk)
    try:
        return str(uuid.UUID(value))
    except ValueError:
        problems.append(WRONG_ACCOUNT(NOWHERE, value=value))
        return ""


def _place(value: str, problems: list[Problem]) -> int | None:
    if not value:
        return None
    if not (value.isascii() and value.isdigit() and len(value) < 19):
        problems.append(WRONG_PLACE(NOWHERE, value=value))
        return None
    return int(value)
