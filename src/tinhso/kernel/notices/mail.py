"""E-mail (thư điện tử): owed with the act, sent by the worker.

A mail that the server took may be sent a second time (the worker died before it could note it);
its Message-ID is made of the delivery's uid, so that a repeat is known (RFC 5322, section 3.6.4).
"""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db.models.functions import Now
from django.utils.crypto import salted_hmac

from tinhso.kernel.ledger.delivering import (
    DeliveryError,
    Parcel,
    PermanentError,
    TemporaryError,
    delivers,
)
from tinhso.kernel.ledger.models import Delivery, DeliveryState
from tinhso.kernel.ledger.outbox import owe
from tinhso.measure.text import Language, Text

TOPIC = "mail"

#: Seconds that the mail server may keep silent.
TIMEOUT = 30

NO_SERVER = Text(
    "Chưa gửi thư vì chưa đặt máy chủ thư: người vận hành cần đặt TINHSO_MAIL_URL và TINHSO_MAIL_FROM, chạy lại, rồi cho gửi lại.",
    "Not sent, because no mail server is set: the operator has to set TINHSO_MAIL_URL and TINHSO_MAIL_FROM, restart, then retry.",
)


def owe_mail(to: str, subject: Text, body: Text, language: Language) -> Delivery:
    """Owe somebody a mail in plain text, in the language that they read. See `owe_written`."""
    return owe_written(to, subject.to(language), body.to(language))


def owe_written(
    to: str, subject: str, body: str, *, thread: Sequence[str] = (), about: str = ""
) -> Delivery:
    """Owe somebody a mail whose words are written already.

    `thread`: the Message-IDs that it answers, oldest first. `about`: a code that its own Message-ID
    carries, so that an answer to it says what it is about.

    Mails to one address come in order. The address and the words are shown to nobody else, and
    erased once sent. Raises NotInTransactionError outside the act's transaction.
    """
    key = salted_hmac("tinhso.mail", to.casefold(), algorithm="sha256").hexdigest()[:16]
    line = " ".join(subject.split())  # a subject is one line
    payload: dict[str, Any] = {"to": to, "subject": line, "body": body}
    if thread:
        payload["thread"] = list(thread)
    if about:
        payload["about"] = about
    return owe(TOPIC, key, payload)


def give_up_owed(to: str, reason: str) -> int:
    """Never send what is still owed to an address, and forget its words: how many mails."""
    owed = Delivery.objects.filter(topic=TOPIC, state=DeliveryState.WAITING, payload__to=to)
    return owed.update(
        state=DeliveryState.GIVEN_UP,
        reason=reason,
        payload={},
        ended_at=Now(),
        lease=None,
        leased_until=None,
    )


@delivers(TOPIC, personal=True)
def send(parcel: Parcel) -> None:
    """One mail over SMTP."""
    if not settings.EMAIL_HOST:
        raise PermanentError(NO_SERVER)
    sender = settings.DEFAULT_FROM_EMAIL
    domain = sender.rpartition("@")[2].strip("> ")
    about, thread = parcel.payload.get("about", ""), parcel.payload.get("thread", [])
    tag = f"{about}." if about else ""
    answering = {"In-Reply-To": thread[-1], "References": " ".join(thread)} if thread else {}
    mail = EmailMessage(
        parcel.payload["subject"],
        parcel.payload["body"],
        sender,
        [parcel.payload["to"]],
        headers={
            "Message-ID": f"<{tag}{parcel.uid}@{domain}>",
            "Auto-Submitted": "auto-generated",
            **answering,
        },
        connection=get_connection(timeout=TIMEOUT),
    )
    try:
        mail.send()
    except OSError as error:  # smtplib's own errors are of this kind too
        raise reason_of(error) from error


def reason_of(error: OSError) -> DeliveryError:
    """Why a mail was not sent, by the server's answer (RFC 5321, section 4.2.1: 4yz later, 5yz never).

    A refusal of us (sign-in, sender) is no fault of the mail: it is tried again.
    """
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = max(code for code, _ in error.recipients.values())
        text = Text(
            f"Máy chủ thư không nhận người nhận này (mã {code}).",
            f"The mail server does not take this recipient (code {code}).",
        )
        return PermanentError(text) if code >= 500 else TemporaryError(text)
    if isinstance(error, smtplib.SMTPDataError):
        code = error.smtp_code
        text = Text(
            f"Máy chủ thư không nhận thư này (mã {code}).",
            f"The mail server does not take this mail (code {code}).",
        )
        return PermanentError(text) if code >= 500 else TemporaryError(text)
    if isinstance(error, smtplib.SMTPResponseException):
        code = error.smtp_code
        return TemporaryError(
            Text(
                f"Máy chủ thư không nhận chúng ta (mã {code}): xem lại TINHSO_MAIL_URL và TINHSO_MAIL_FROM.",
                f"The mail server does not take us (code {code}): see TINHSO_MAIL_URL and TINHSO_MAIL_FROM.",
            )
        )
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return TemporaryError(
            Text(
                "Máy chủ thư không có điều TINHSO_MAIL_URL đòi (mã hóa hoặc đăng nhập).",
                "The mail server lacks what TINHSO_MAIL_URL asks for (encryption or sign-in).",
            )
        )
    return TemporaryError(
        Text(
            "Không nối được với máy chủ thư, hoặc bị ngắt giữa chừng.",
            "The mail server could not be reached, or broke off in between.",
        )
    )
