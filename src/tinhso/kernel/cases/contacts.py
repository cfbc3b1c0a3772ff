"""Who waits for an answer: sealed under the site's keys, found again by keyed hashes.

Names, telephone numbers and addresses of those who report stand nowhere else.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import asdict, dataclass

from django.db.models import Q, QuerySet
from django.utils.crypto import salted_hmac

from tinhso.kernel.cases.models import Case, Contact, Watcher
from tinhso.kernel.cases.tidy import line, too_long
from tinhso.kernel.people import identity, keyring
from tinhso.kernel.people.models import Account
from tinhso.measure.text import InputError, Place, message

BAD_PHONE = message(
    "contact-phone",
    vi="“{found}” không phải số điện thoại. Viết 10 chữ số, như 0912345678.",
    en='"{found}" is not a telephone number. Write ten digits, such as 0912345678.',
)
BAD_EMAIL = message(
    "contact-email",
    vi="“{found}” không phải địa chỉ thư điện tử.",
    en='"{found}" is not an e-mail address.',
)

#: Letters of a name; the product's choice.
MOST_OF_A_NAME = 250

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True)
class Person:
    """What somebody tells of themselves; each may be empty. `zalo` is the id that Zalo gives."""

    name: str = ""
    phone: str = ""
    email: str = ""
    zalo: str = ""

    def checked(self) -> Person:
        """Tidied. Raises InputError for a number or address that cannot be one."""
        phone = plain_phone(self.phone)
        name = line(self.name)
        problems = too_long(name, "name", MOST_OF_A_NAME)
        if phone and not re.fullmatch(r"0\d{9,10}", phone):
            problems.append(BAD_PHONE(Place("phone"), found=self.phone))
        email = self.email.strip()
        if email and not _EMAIL.fullmatch(email):
            problems.append(BAD_EMAIL(Place("email"), found=self.email))
        if problems:
            raise InputError(problems)
        return Person(name, phone, email, self.zalo.strip())


def plain_phone(text: str) -> str:
    """`+84 91-234.5678` as `0912345678`."""
    digits = re.sub(r"[\s.\-()]", "", text)
    return re.sub(r"^(\+84|0084|84(?=\d{9}$))", "0", digits)


def keep(
    person: Person, account: Account | None = None, language: str = "vi", secret: str = ""
) -> tuple[Contact, str]:
    """A contact, and the secret by which its person follows without an account; told once.

    `secret`: one that the caller made, hard to guess, so that what is sent again gets the same.
    Raises InputError as `Person.checked`.
    """
    # Digits and the letters a to f: typed from paper, or heard on the telephone, in capitals or not.
    secret = secret or secrets.token_hex(10)
    contact = made(person, account, language, secret)
    contact.save()
    return contact, secret


def made(person: Person, account: Account | None, language: str, secret: str) -> Contact:
    """As `keep`, for whoever writes it with the rest of an act."""
    contact = Contact(account=account, secret=digest(secret), language=language)
    _seal(contact, person.checked(), keyring.newest())
    return contact


def opened(contact: Contact) -> Person:
    """The person behind a contact; who may ask is for the caller to know."""
    return Person(**keyring.unsealed(contact))


def watch(case: Case, contact: Contact, *, sender: bool = False) -> Watcher:
    found, _ = Watcher.objects.get_or_create(
        case=case, contact=contact, defaults={"sender": sender}
    )
    return found


def as_kept(typed: str) -> str:
    """A secret as it is kept, from how somebody typed it: capitals count in those of earlier days alone."""
    typed = "".join(typed.split())
    return typed if by_secret(typed) else typed.lower()


def by_secret(secret: str) -> Contact | None:
    return Contact.objects.filter(secret=digest(secret)).first() if secret else None


def cases_of(phone: str = "", email: str = "") -> QuerySet[Case]:
    """The cases that somebody with this number or address sent, newest first."""
    asked = Q(pk__in=[])
    for key in keyring.in_use():
        if phone:
            asked |= Q(watchers__contact__phone=_index(key, plain_phone(phone)))
        if email:
            asked |= Q(watchers__contact__email=_index(key, email.strip().lower()))
    return Case.objects.filter(asked, watchers__sender=True).distinct().order_by("-received_at")


def secret_from(room: str, key: str) -> str:
    """A secret made from a case's own key, which its sender alone knows: so the answer to what is sent
    again, because the first answer was lost on the way, opens the same case. Nobody can make it without
    the site's secret key."""
    return salted_hmac(f"tinhso.{room}.secret", key, algorithm="sha256").hexdigest()[:20]


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _index(key: keyring.Key, text: str) -> str:
    return key.index(f"contact {text}") if text else ""


def _seal(row: Contact, person: Person, key: keyring.Key) -> None:
    keyring.seal(row, key, asdict(person))
    row.phone, row.email = _index(key, person.phone), _index(key, person.email.lower())


def _reseal(row: Contact, key: keyring.Key) -> None:
    _seal(row, opened(row), key)


identity.SEALED.append(identity.Sealed(Contact.objects.all, _reseal))
