"""Mails owed are sent over real SMTP; a server that breaks off gets the same mail again, known as such."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import transaction
from django.db.models.functions import Now

from tinhso.kernel.ledger import deliveries, delivering
from tinhso.kernel.ledger.deliveries import Standing
from tinhso.kernel.ledger.models import Delivery
from tinhso.kernel.notices.mail import owe_mail
from tinhso.measure.text import InputError, Text
from tinhso.web import configuration

pytestmark = pytest.mark.django_db

SUBJECT = Text("Phản ánh đã được tiếp nhận", "Your report was received")
BODY = Text("Kính gửi bà Nguyễn Thị Ánh,\nđã tiếp nhận.", "Dear Nguyễn Thị Ánh,\nreceived.")
TO = "anh.nguyen@example.vn"


class Postbox:
    """A mail server's mind: keeps what it takes, answers as told."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answers: dict[str, str] = {}

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, to: str, options: list[str]
    ) -> str:
        if "RCPT" in self.answers:
            return self.answers["RCPT"]
        envelope.rcpt_tos.append(to)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        if "DATA" in self.answers:
            return self.answers["DATA"]
        assert isinstance(envelope.content, bytes)
        found = BytesParser(policy=default).parsebytes(envelope.content)
        assert isinstance(found, EmailMessage)
        self.mails.append(found)
        return "250 OK"


@pytest.fixture
def postbox(settings: object) -> Iterator[Postbox]:
    found = Postbox()
    controller = Controller(found, hostname="127.0.0.1", port=_free_port())
    controller.start()
    _use(settings, controller.port)
    yield found
    controller.stop()


def _free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        return int(server.getsockname()[1])


def _use(settings: object, port: int) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"  # type: ignore[attr-defined]
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port  # type: ignore[attr-defined]
    settings.DEFAULT_FROM_EMAIL = "Tỉnh Số <tinhso@example.gov.vn>"  # type: ignore[attr-defined]


def owing(to: str = TO) -> Delivery:
    with transaction.atomic():
        return owe_mail(to, SUBJECT, BODY, "vi")


def send() -> None:
    """Everything that waits is tried once, now."""
    Delivery.objects.filter(next_try_at__isnull=False).update(next_try_at=Now())
    while taken := delivering.take():
        delivering.deliver(taken)


def row(delivery: Delivery) -> deliveries.Row:
    found = deliveries.find(delivery.uid)
    assert found is not None
    return found


def test_a_mail_arrives_in_the_readers_language_with_an_id_made_of_the_deliverys(
    postbox: Postbox,
) -> None:
    one = owing()
    send()
    (mail,) = postbox.mails
    assert (mail["Subject"], mail["To"]) == (SUBJECT.vi, TO)
    assert mail["Message-ID"] == f"<{one.uid}@example.gov.vn>"
    assert "Nguyễn Thị Ánh" in mail.get_content()
    assert row(one).standing is Standing.DONE


def test_who_looks_at_the_delivery_sees_neither_address_nor_words(postbox: Postbox) -> None:
    one = owing()
    assert row(one).payload is None
    assert "anh" not in one.key
    send()
    one.refresh_from_db()
    assert one.payload == {}


def test_mails_to_one_address_come_in_order_whatever_its_letters_case(postbox: Postbox) -> None:
    assert owing().key == owing(TO.upper()).key != owing("khac@example.vn").key


@pytest.mark.parametrize(
    ("command", "answer", "standing"),
    [
        ("RCPT", "550 no such user", Standing.STUCK),
        ("RCPT", "450 mailbox busy", Standing.FAILING),
        ("DATA", "554 refused", Standing.STUCK),
        ("DATA", "451 try later", Standing.FAILING),
    ],
)
def test_a_refusal_for_good_is_stuck_and_one_for_now_is_tried_again(
    postbox: Postbox, command: str, answer: str, standing: Standing
) -> None:
    one = owing()
    postbox.answers[command] = answer
    send()
    assert row(one).standing is standing
    assert answer[:3] in row(one).error.vi
    assert TO not in row(one).error.vi
    postbox.answers.clear()
    send()
    assert len(postbox.mails) == (standing is Standing.FAILING)


def test_a_server_that_is_down_gets_it_when_it_is_up_again(settings: object) -> None:
    port = _free_port()
    _use(settings, port)
    one = owing()
    send()
    assert row(one).standing is Standing.FAILING
    found = Postbox()
    controller = Controller(found, hostname="127.0.0.1", port=port)
    controller.start()
    send()
    controller.stop()
    assert len(found.mails) == 1
    assert row(one).standing is Standing.DONE


def test_a_server_that_breaks_off_amid_the_data_gets_the_same_mail_again(settings: object) -> None:
    """It may have kept the first: the Message-ID tells that both are one."""
    heads: list[bytes] = []
    listening = socket.create_server(("127.0.0.1", 0))

    def serve_badly() -> None:
        for final in (False, True):
            connection, _ = listening.accept()
            with connection, connection.makefile("rb") as lines:
                connection.sendall(b"220 ready\r\n")
                for line in lines:
                    word = line[:4].upper()
                    if word == b"QUIT":
                        connection.sendall(b"221 bye\r\n")
                        break
                    if word != b"DATA":
                        connection.sendall(b"250 ok\r\n")
                        continue
                    connection.sendall(b"354 go on\r\n")
                    for text in lines:
                        if text.lower().startswith(b"message-id"):
                            heads.append(text)
                            if not final:
                                break
                        if text == b".\r\n":
                            connection.sendall(b"250 kept\r\n")
                            break
                    if not final:
                        break

    thread = threading.Thread(target=serve_badly)
    thread.start()
    _use(settings, listening.getsockname()[1])
    one = owing()
    send()
    assert row(one).standing is Standing.FAILING
    send()
    thread.join(10)
    listening.close()
    assert row(one).standing is Standing.DONE
    assert heads == [f"Message-ID: <{one.uid}@example.gov.vn>\r\n".encode()] * 2


def test_without_a_mail_server_it_is_stuck_and_says_what_to_set(settings: object) -> None:
    settings.EMAIL_HOST = ""  # type: ignore[attr-defined]
    one = owing()
    send()
    assert row(one).standing is Standing.STUCK
    assert "TINHSO_MAIL_URL" in row(one).error.vi


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example.vn", ("mail.example.vn", 25, "", "", False, False)),
        ("smtp://u%40x:p%3A@h:587?tls=1", ("h", 587, "u@x", "p:", True, False)),
        ("smtps://u:p@h", ("h", 465, "u", "p", False, True)),
    ],
)
def test_the_mail_servers_address_says_how_to_reach_it(
    monkeypatch: pytest.MonkeyPatch, url: str, expected: tuple[object, ...]
) -> None:
    monkeypatch.setenv("TINHSO_MAIL_URL", url)
    monkeypatch.setenv("TINHSO_MAIL_FROM", "a@example.vn")
    assert tuple(configuration.mail_settings().values())[:-1] == expected


@pytest.mark.parametrize("url", ["mail.example.vn", "http://h", "smtp://h:port", "smtp://h?tsl=1"])
def test_an_address_that_is_none_is_refused_without_repeating_its_password(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("TINHSO_MAIL_URL", url)
    with pytest.raises(InputError, match="TINHSO_MAIL_URL=…"):
        configuration.mail_settings()
