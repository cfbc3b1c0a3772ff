"""The mailbox of 1022, read by the worker over IMAP (hộp thư phản ánh).

A message is flagged before it is taken and marked as read after: one that cannot be taken stays
unread and flagged for a person to see, and is tried again after all others.
"""

from __future__ import annotations

import base64
import imaplib
import logging
import re
import ssl
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings

from tinhso.kernel.files.kinds import MEGABYTE
from tinhso.kernel.ledger.duties import every
from tinhso.kernel.people.limits import TooManyError
from tinhso.measure.text import InputError, Text, message
from tinhso.modules.feedback.machine_settings import Mailbox
from tinhso.modules.feedback.mail_in import Outcome, take

logger = logging.getLogger(__name__)

#: Messages of one round; the next is a minute later.
MOST = 100
#: Megabytes of a message that is read whole.
MOST_MEGABYTES = 30
#: Seconds that the server may keep silent.
TIMEOUT = 30

SILENT = message(
    "mailbox-silent",
    vi="Không đọc được hộp thư ở {host} ({reason}). Xem lại TINHSO_MAILBOX; thư vẫn còn trong hộp và sẽ được đọc lại.",
    en="The mailbox at {host} cannot be read ({reason}). See TINHSO_MAILBOX; the mails are still there and will be read again.",
)
NOT_TAKEN = message(
    "mailbox-not-taken",
    vi="{count} thư chưa nhận được, còn đánh dấu cờ và chưa đọc trong hộp: {reason}",
    en="{count} mails could not be taken; they are flagged and unread in the mailbox: {reason}",
)


@every(60, Text("Đọc hộp thư phản ánh", "Read the mailbox of reports"))
def read_mailbox() -> None:
    if settings.TINHSO_MAILBOX is not None:
        read_all(settings.TINHSO_MAILBOX)


def read_all(mailbox: Mailbox) -> Counter[Outcome]:
    """Take in what is unread: how many messages became what. Raises InputError for a mailbox that
    cannot be read, and at the end for messages that could not be taken."""
    counted: Counter[Outcome] = Counter()
    refused: list[InputError | TooManyError] = []
    try:
        with opened(mailbox) as link:
            for uid in _unread(link)[:MOST]:
                link.uid("STORE", uid, "+FLAGS", r"(\Flagged)")
                raw, whole = _fetched(link, uid)
                try:
                    counted[take(raw, whole=whole).outcome] += 1
                except (InputError, TooManyError) as error:
                    refused.append(error)
                    continue
                link.uid("STORE", uid, "-FLAGS", r"(\Flagged)")
                link.uid("STORE", uid, "+FLAGS", r"(\Seen)")
    except (imaplib.IMAP4.error, OSError) as error:
        # What servers say may repeat the user's name; the kind of error is enough to begin with.
        raise InputError([SILENT(host=mailbox.host, reason=type(error).__name__)]) from error
    if counted:
        logger.info("mailbox: %s", ", ".join(f"{n} {name}" for name, n in sorted(counted.items())))
    if refused:
        raise InputError([NOT_TAKEN(count=len(refused), reason=str(refused[0]))])
    return counted


@contextmanager
def opened(mailbox: Mailbox) -> Iterator[imaplib.IMAP4]:
    """A connection with the folder selected."""
    context = ssl.create_default_context()
    link: imaplib.IMAP4
    if mailbox.tls == "ssl":
        link = imaplib.IMAP4_SSL(mailbox.host, mailbox.port, ssl_context=context, timeout=TIMEOUT)
    else:
        link = imaplib.IMAP4(mailbox.host, mailbox.port, timeout=TIMEOUT)
    with link:
        if mailbox.tls == "starttls":
            link.starttls(context)
        _sign_in(link, mailbox)
        quoted = _in_ascii(mailbox.folder).replace("\\", "\\\\").replace('"', '\\"')
        _done(link.select(f'"{quoted}"'))
        yield link


def _sign_in(link: imaplib.IMAP4, mailbox: Mailbox) -> None:
    """LOGIN, which every server has, knows ASCII only; RFC 4616 knows all letters."""
    user, password = mailbox.user, mailbox.password
    if f"{user}{password}".isascii():
        link.login(user, password)
    else:
        link.authenticate("PLAIN", lambda _: f"\0{user}\0{password}".encode())


def _in_ascii(folder: str) -> str:
    """A folder's name as IMAP writes it (RFC 3501, section 5.1.3).

    >>> _in_ascii("Phản ánh & 1022")
    'Ph&HqM-n &AOE-nh &- 1022'
    """

    def letters(found: re.Match[str]) -> str:
        told = base64.b64encode(found[0].encode("utf-16-be")).decode()
        return f"&{told.rstrip('=').replace('/', ',')}-"

    return re.sub(r"[^\x20-\x7e]+", letters, folder.replace("&", "&-"))


def _unread(link: imaplib.IMAP4) -> list[str]:
    """Oldest first; those that failed before come last."""
    found: list[str] = []
    for asked in ("UNSEEN UNFLAGGED", "UNSEEN FLAGGED"):
        data = _done(link.uid("SEARCH", asked))
        found += [one.decode() for one in (data[0] or b"").split()]
    return found


def _fetched(link: imaplib.IMAP4, uid: str) -> tuple[bytes, bool]:
    """The message, or only its head where it is too big; and whether it is whole."""
    told = b" ".join(
        one for one in _done(link.uid("FETCH", uid, "(RFC822.SIZE)")) if isinstance(one, bytes)
    )
    size = re.search(rb"RFC822\.SIZE (\d+)", told)
    whole = size is None or int(size[1]) <= MOST_MEGABYTES * MEGABYTE
    wanted = "(BODY.PEEK[])" if whole else "(BODY.PEEK[HEADER])"
    for one in _done(link.uid("FETCH", uid, wanted)):
        if isinstance(one, tuple):
            return bytes(one[1]), whole
    raise imaplib.IMAP4.error("no such message any more")


def _done(answer: tuple[str, list[Any]]) -> list[Any]:
    status, data = answer
    if status != "OK":
        raise imaplib.IMAP4.error(status)
    return data
