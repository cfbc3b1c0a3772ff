"""Every write that comes by mail (thư điện tử): a message becomes a case, or an addition to one."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from enum import StrEnum

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from tinhso.kernel.cases import actions, contacts
from tinhso.kernel.cases.actions import Doer, Received
from tinhso.kernel.cases.contacts import Person
from tinhso.kernel.cases.kinds import Role
from tinhso.kernel.cases.models import Case, CaseEvent
from tinhso.kernel.cases.standing import refusal
from tinhso.kernel.cases.tidy import MOST_ON_A_LINE, in_parts, tidy
from tinhso.kernel.cases.waiting import going_on
from tinhso.kernel.files.models import StoredFile
from tinhso.kernel.ledger.actor import SYSTEM
from tinhso.measure.text import InputError, Place, fold
from tinhso.modules.feedback.machine_doors import (
    KIND,
    MOST_PICTURES,
    codes_in,
    door_account,
    keep_picture,
    key_of,
    take_in,
    tell_more,
    title_of,
)
from tinhso.modules.feedback.machine_places import province
from tinhso.modules.feedback.mail_reading import MOST_ADDITIONS, Mail, fresh, plain_subject, read

DOER = Doer(SYSTEM, Role.REQUESTER)
#: The first line of an answer that opens a case again, without diacritics.
AGAIN = re.compile(r"(mo lai|reopen)\b.*")
EMPTY = "(Thư không có chữ)"


class Outcome(StrEnum):
    """What became of a message."""

    CASE = "case"
    MORE = "more"
    KNOWN = "known"  # it came before
    AUTOMATIC = "automatic"  # no person wrote it


@dataclass(frozen=True)
class Taken:
    outcome: Outcome
    case: Case | None = None


def take(raw: bytes, *, whole: bool = True) -> Taken:
    """Take a message in. `whole` False: only its head was read, since it is too big.

    Raises InputError, TooManyError (the message is to be read again later).
    """
    mail = read(raw)
    if mail.automatic or _ours(mail.address):
        return Taken(Outcome.AUTOMATIC)
    key = key_of("mail", mail.id or hashlib.sha256(raw).hexdigest())
    known = _case_by_key(key)
    if known is not None:
        return Taken(Outcome.KNOWN, known)
    case = _answered(mail)
    with transaction.atomic():
        files, spoilt = _pictures(mail)
        left_out = [*mail.left_out, *spoilt]
        if case is not None:
            _more(mail, case, key, files, left_out)
            return Taken(Outcome.MORE, case)
        return Taken(Outcome.CASE, _new(mail, key, files, left_out, whole=whole))


def _new(
    mail: Mail, key: str, files: Sequence[StoredFile], left_out: Sequence[str], *, whole: bool
) -> Case:
    sender = contacts.keep(Person(mail.name, email=mail.address))[0]
    subject = plain_subject(mail.subject)
    title = title_of(subject or mail.text, EMPTY)
    # A subject that is no title of one sentence belongs to what was told.
    words = "\n\n".join(filter(None, [subject if subject != title else "", mail.text]))
    text, more, cut = _parts(_with_left_out(words, left_out))
    if not whole:
        text = "Thư quá lớn nên chỉ đọc phần đầu. Người gửi được báo gửi lại với ảnh nhỏ hơn."
        more, cut = [], {}
    told = Received(
        KIND,
        title,
        province(),
        text=text,
        channel=Case.Channel.EMAIL,
        key=key,
        files=files,
        data={
            "message_id": mail.id,
            "references": list(mail.references),
            "subject": mail.subject[:MOST_ON_A_LINE],
            **({} if whole else {"too_big": True}),
            **cut,
        },
    )
    case = take_in(DOER, told, sender)
    _add(case, more, key)
    return case


def _parts(text: str) -> tuple[str, list[str], dict[str, int]]:
    """What of a message stands in the case or its addition, what is added to that, and of how many
    letters only the first were taken, which its sender is told."""
    parts = in_parts(tidy(text))
    cut = {"cut": len(text)} if len(parts) > MOST_ADDITIONS else {}
    return parts[0], parts[1:MOST_ADDITIONS], cut


def _add(case: Case, more: Sequence[str], key: str) -> None:
    """The rest of a long message, each part once."""
    for number, text in enumerate(more, start=2):
        actions.act(DOER, case, "add", {"text": text}, key=f"{key}:{number}")


def _more(
    mail: Mail, case: Case, key: str, files: Sequence[StoredFile], left_out: Sequence[str]
) -> CaseEvent:
    case = going_on(case)
    words = fresh(mail.text)
    told = _with_left_out(words, left_out) or ("(Gửi thêm ảnh)" if files else EMPTY)
    text, more, cut = _parts(told)
    data = {"text": text, "message_id": mail.id, **cut}
    first = fold(words.partition("\n")[0])
    standing = actions.standing_of(case)
    if AGAIN.fullmatch(first) and not refusal(standing, "reopen", Role.REQUESTER, timezone.now()):
        done = actions.act(DOER, case, "reopen", {**data, "reason": text}, key=key, files=files)
    else:
        done = tell_more(DOER, case, data, key=key, files=files)
    _add(case, more, key)
    return done


def _answered(mail: Mail) -> Case | None:
    """The case that a message answers: named by what it answers or by its subject, and sent by the
    one who writes. A code is no secret: whoever else names one begins a case of their own."""
    for case in _named(mail):
        if contacts.cases_of(email=mail.address).filter(pk=case.pk).exists():
            return case
    return None


def _named(mail: Mail) -> list[Case]:
    found = []
    for one in mail.answers:
        case = _case_by_key(key_of("mail", one))
        if case is None:
            case = Case.objects.filter(kind=KIND, code__in=codes_in(one)).first()
        found += [case] if case is not None else []
    found += list(Case.objects.filter(kind=KIND, code__in=codes_in(mail.subject)))
    return found


def _case_by_key(key: str) -> Case | None:
    case = Case.objects.filter(key=key).first()
    if case is None:
        event = CaseEvent.objects.filter(key=key).select_related("case").first()
        case = event.case if event is not None else None
    return case


def _pictures(mail: Mail) -> tuple[list[StoredFile], list[str]]:
    """Those that were kept, and names of those that were not. Raises TooManyError."""
    kept: list[StoredFile] = []
    spoilt: list[str] = [one.name for one in mail.pictures[MOST_PICTURES:]]
    if not mail.pictures:
        return kept, spoilt
    account = door_account("kenh-thu-dien-tu", "Kênh thư điện tử")
    for one in mail.pictures[:MOST_PICTURES]:
        try:
            kept.append(keep_picture(account, one.content, one.name, province(), Place(one.name)))
        except InputError:  # told in the case's text, where whoever handles it reads it
            spoilt.append(one.name)
    return kept, spoilt


def _with_left_out(text: str, left_out: Sequence[str]) -> str:
    if not left_out:
        return text
    return f"{text}\n\n(Tệp gửi kèm không nhận qua thư: {', '.join(left_out)})".strip()


def _ours(address: str) -> bool:
    """Mail of our own that came back would go round and round."""
    own = {parseaddr(settings.DEFAULT_FROM_EMAIL)[1].lower()}
    if settings.TINHSO_MAILBOX is not None:
        own.add(settings.TINHSO_MAILBOX.user.lower())
    return address.lower() in own
