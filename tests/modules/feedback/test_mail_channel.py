"""Mail to 1022 over real servers: IMAP in (pymap), SMTP out (aiosmtpd)."""

from __future__ import annotations

import base64
import imaplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db.models.functions import Now

from tests.people import letters
from tinhso.kernel.cases import actions, contacts
from tinhso.kernel.cases.actions import Doer, Received
from tinhso.kernel.cases.kinds import Role
from tinhso.kernel.cases.models import Case
from tinhso.kernel.ledger import delivering
from tinhso.kernel.ledger.actor import SYSTEM
from tinhso.kernel.ledger.models import Delivery
from tinhso.kernel.notices.mail import TOPIC
from tinhso.measure.text import InputError
from tinhso.modules.feedback import mail_in, mailbox
from tinhso.modules.feedback.machine_settings import Mailbox
from tinhso.modules.feedback.mail_in import Outcome, take
from tinhso.modules.feedback.mail_reading import ABOVE, as_text, fresh, read

pytestmark = pytest.mark.django_db

ROUTER = Doer(SYSTEM, Role.ROUTER)
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
ANH = "Nguyễn Thị Ánh <anh@example.vn>"


@pytest.fixture(autouse=True)
def addresses(settings: object) -> None:
    settings.DEFAULT_FROM_EMAIL = "Tổng đài 1022 <1022@example.gov.vn>"  # type: ignore[attr-defined]
    settings.TINHSO_MAILBOX = None  # type: ignore[attr-defined]


def mail(subject: str, text: str, ident: str, sender: str = ANH, **headers: str) -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, "1022@example.gov.vn", subject
    made["Message-ID"] = f"<{ident}@example.vn>"
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made


LAMP = mail("Đèn đường hỏng", "Đèn trước số 5 tối ba hôm nay.", "m1")


def handled(case: Case, lead: str) -> Doer:
    """Somebody who handles the case."""
    actions.act(ROUTER, case, "route", {"unit": lead})
    return Doer(SYSTEM, Role.LEAD, lead)


def test_a_message_is_a_case_once_however_often_it_is_read() -> None:
    first, second = take(bytes(LAMP)), take(bytes(LAMP))
    assert (first.outcome, second.outcome) == (Outcome.CASE, Outcome.KNOWN)
    assert first.case == second.case == Case.objects.get()
    case = Case.objects.get()
    assert (case.title, case.channel) == ("Đèn đường hỏng", "email")
    (watcher,) = case.watchers.all()
    assert contacts.opened(watcher.contact).name == "Nguyễn Thị Ánh"
    (receipt,) = letters()
    assert receipt.to == ["anh@example.vn"]
    assert case.code in receipt.subject
    assert case.code in receipt.body


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"List_Id": "<tin.example.vn>"},
        {"Return_Path": "<>"},
        {"sender": "MAILER-DAEMON@example.vn"},
        {"sender": "no-reply@example.vn"},
        {"sender": "1022@example.gov.vn"},
    ],
)
def test_what_no_person_wrote_is_no_case_and_gets_no_answer(headers: dict[str, str]) -> None:
    sender = headers.pop("sender", ANH)
    one = mail("Vắng mặt", "Tôi đi công tác", "auto", sender, **headers)
    assert take(bytes(one)).outcome is Outcome.AUTOMATIC
    assert (Case.objects.count(), Delivery.objects.count()) == (0, 0)


def test_a_question_is_answered_in_the_thread_and_its_answer_starts_the_clock_again(
    home: str,
) -> None:
    case = take(bytes(LAMP)).case
    assert case is not None
    officer = handled(case, home)
    actions.act(officer, case, "ask", {"text": "Cột số mấy?"})
    assert letters()[-1].subject == f"Re: Đèn đường hỏng [{case.code}]"
    payload = Delivery.objects.filter(topic=TOPIC).latest("id").payload
    assert (payload["thread"], payload["about"]) == (["<m1@example.vn>"], case.code)
    quoting = f"Cột số 7 ạ.\n\nVào Th 2, 1022 đã viết:\n> {ABOVE}\n> Cột số mấy?"
    answer = mail("Re: gì đó", quoting, "m2", In_Reply_To=f"<{case.code}.x@example.gov.vn>")
    assert take(bytes(answer)).outcome is Outcome.MORE
    case.refresh_from_db()
    event = case.history.latest("n")
    assert (case.state, event.act, event.data["text"]) == ("assigned", "reply", "Cột số 7 ạ.")
    actions.act(officer, case, "answer", {"text": "Đã thay bóng."})
    told = Delivery.objects.filter(topic=TOPIC).latest("id").payload
    assert told["thread"] == ["<m1@example.vn>", "<m2@example.vn>"]


def test_thanks_after_the_answer_change_nothing_and_the_word_opens_it_again(home: str) -> None:
    case = take(bytes(LAMP)).case
    assert case is not None
    actions.act(handled(case, home), case, "answer", {"text": "Đã thay bóng."})
    subject = f"Re: Đèn [{case.code}]"
    take(bytes(mail(subject, "Cảm ơn!", "m3")))
    case.refresh_from_db()
    assert (case.state, case.history.latest("n").act) == ("answered", "add")
    take(bytes(mail(subject, "MỞ LẠI: vẫn tối\n", "m4")))
    case.refresh_from_db()
    assert (case.state, case.reopened) == ("received", 1)


def test_what_is_merged_into_an_answered_report_gets_its_answer_at_once_in_its_own_thread(
    home: str,
) -> None:
    case = take(bytes(LAMP)).case
    assert case is not None
    told = Received("feedback", "Đèn đường tối", home, channel=Case.Channel.PHONE)
    target = actions.open_case(Doer(SYSTEM, Role.REQUESTER), told)
    officer = handled(target, home)
    actions.act(officer, target, "answer", {"text": "Đã thay bóng hôm qua."})
    actions.act(ROUTER, case, "merge", {"case": str(target.pk)})
    news = letters()[-1]
    assert (news.to, news.subject) == (["anh@example.vn"], f"Re: Đèn đường hỏng [{case.code}]")
    assert f"{case.code} đã nhập vào {target.code}" in news.body
    assert "Đã thay bóng hôm qua." in news.body
    # Opened again and answered anew, the news goes on in the same thread, once each time.
    many = len(letters())
    actions.act(ROUTER, target, "reopen", {"reason": "Lại tối"})
    actions.act(handled(target, home), target, "answer", {"text": "Đã thay dây."})
    assert [one.to for one in letters()[many:]] == [["anh@example.vn"]] * 3
    assert "Đã thay dây." in letters()[-1].body
    assert Delivery.objects.filter(topic=TOPIC).latest("id").payload["thread"] == [
        "<m1@example.vn>"
    ]


def test_of_a_long_message_nothing_is_lost_and_what_is_longer_still_is_said(home: str) -> None:
    words = [f"dòng{n}" for n in range(2000)]
    long = mail("Đèn \u202ehỏng. Cả xóm tối", "\n".join(words), "long")
    case = take(bytes(long)).case
    assert take(bytes(long)).outcome is Outcome.KNOWN
    assert case is not None
    assert case.title == "Đèn hỏng."
    added = [one.data["text"] for one in case.history.filter(act="add").order_by("n")]
    assert len(added) == 3
    assert " ".join([case.text, *added]).split() == ["Đèn", "hỏng.", "Cả", "xóm", "tối", *words]
    assert "Thư dài" not in letters()[-1].body
    longer = take(bytes(mail("Đèn hỏng", "tối om " * 10_000, "longer"))).case
    assert longer is not None
    assert longer.history.filter(act="add").count() == 9
    assert "Thư dài 69999 chữ cái, chỉ ghi được 50000 chữ đầu." in letters()[-1].body
    more = mail(f"[{longer.code}]", "vẫn tối " * 10_000, "more")
    assert take(bytes(more)).outcome is Outcome.MORE
    assert "chỉ ghi được 50000 chữ đầu" in letters()[-1].body


def test_a_stranger_who_knows_a_code_begins_a_case_of_their_own() -> None:
    case = take(bytes(LAMP)).case
    assert case is not None
    other = mail(f"Re: [{case.code}]", "Rút đi", "m5", "Người Khác <khac@example.vn>")
    taken = take(bytes(other))
    assert taken.outcome is Outcome.CASE
    assert taken.case != case


def test_pictures_are_kept_drawn_anew_and_what_is_no_picture_is_named() -> None:
    one = mail("Ổ gà", "Ảnh đây", "m6")
    one.add_attachment(PIXEL, maintype="image", subtype="png", filename="Ổ gà.jpg")
    one.add_attachment(b"MZ\x90\x00virus", maintype="application", subtype="x", filename="a.exe")
    case = take(bytes(one)).case
    assert case is not None
    assert [each.file.name for each in case.attachments.all()] == ["Ổ gà.png"]
    assert "a.exe" in case.text


def test_mail_that_is_html_only_is_read_as_text() -> None:
    one = mail("x", "", "m7")
    one.set_content(
        "<html><head><style>p{color:red}</style></head><body><p>Đường&nbsp;hỏng</p>"
        "<script>alert(1)</script><div onclick='x()'>ở <b>ngã tư</b></div></body></html>",
        subtype="html",
    )
    assert read(bytes(one)).text == "Đường hỏng\n\nở ngã tư"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"From: a@b.vn\nSubject: =?nix?B?4oKs?=\nContent-Type: text/plain; charset=nix\n\n\xe1\xbb\x81",
        "From: Ánh <anh@example.vn>\nSubject: Đèn hỏng\n\nTối".encode(),
        b"From: \"x\nSubject: =?utf-8?B?!!!?=\nMessage-ID: <<>>\n\nx\x00y",
        b"From: a@b.vn\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: image/png\n\n",
        b"From: a@b.vn\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\n!!!=",
        b"From: a@b.vn\nContent-Disposition: attachment; filename*=nix''%FF\n\nx",
    ],
)  # fmt: skip
def test_badly_written_mail_is_read_as_far_as_it_goes(raw: bytes) -> None:
    found = read(raw)
    assert "\0" not in found.text + found.subject
    take(raw)


def test_headers_in_raw_utf_8_keep_their_letters() -> None:
    found = read("From: Ánh <anh@example.vn>\nSubject: Đèn hỏng\n\nTối quá".encode())
    assert (found.name, found.subject, found.text) == ("Ánh", "Đèn hỏng", "Tối quá")
    # As swaks and sendEmail attach.
    named = 'Content-Type: image/png; name="Ổ gà.png"\nContent-Disposition: attachment; filename="Ổ gà.png"'
    raw = f"From: anh@example.vn\n{named}\nContent-Transfer-Encoding: base64\n\n".encode()
    assert read(raw + base64.b64encode(PIXEL)).pictures[0].name == "Ổ gà.png"


def test_quotes_are_cut_however_programs_write_them() -> None:
    assert fresh("Xong rồi\n\nOn Mon, 2 Jun 2025, 1022 <a@b.vn> wrote:\n> x") == "Xong rồi"
    assert fresh("Xong\n-----Original Message-----\nFrom: 1022") == "Xong"
    assert fresh("On Monday it was dark.\nStill is.") == "On Monday it was dark.\nStill is."
    # Outlook, in English and in Vietnamese.
    rule = "_" * 32
    for head in (
        "From: 1022 <1022@example.gov.vn>\nSent: Monday, November 30, 2026 7:00 PM\nTo: Anh",
        "Từ: Tổng đài 1022\nĐã gửi: 30 Tháng Mười Một 2026 19:00\nĐến: Ánh",
    ):
        assert fresh(f"Cột số 7\n\n{rule}\n{head}\nSubject: x\n\n{ABOVE}\nx") == "Cột số 7"
    assert fresh("Từ: ngã tư A\nĐến: ngã tư B") == "Từ: ngã tư A\nĐến: ngã tư B"
    assert as_text("a<br/>b") == "a\nb"


# -- servers -------------------------------------------------------------------------------------------


def _free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        return int(server.getsockname()[1])


@pytest.fixture
def imap() -> Iterator[Mailbox]:
    """An IMAP server that nobody here wrote, with an empty mailbox."""
    port = _free_port()
    command = [
        str(Path(sys.executable).parent / "pymap"),
        *("--host", "127.0.0.1", "--port", str(port), "--no-tls"),
        *("--no-service", "managesieve", "--no-service", "admin", "dict"),
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert process.poll() is None
            time.sleep(0.1)
        else:
            break
    yield Mailbox("127.0.0.1", port, "demouser", "demopass", "INBOX", "")
    process.terminate()
    process.wait(10)


def put(box: Mailbox, *messages: bytes) -> None:
    with imaplib.IMAP4(box.host, box.port) as link:
        link.login(box.user, box.password)
        for one in messages:
            link.append("INBOX", "", imaplib.Time2Internaldate(time.time()), one)


def flags(box: Mailbox) -> list[str]:
    with imaplib.IMAP4(box.host, box.port) as link:
        link.login(box.user, box.password)
        link.select("INBOX", readonly=True)
        _, data = link.fetch("1:*", "(FLAGS)")
        return [
            " ".join(sorted(word for word in ("Seen", "Flagged") if word in str(one)))
            for one in data
        ]


def test_the_mailbox_is_read_over_imap_each_message_once(
    imap: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not mailbox.read_all(imap)
    put(imap, bytes(LAMP), bytes(mail("Vắng", "x", "m8", Auto_Submitted="auto-replied")))
    assert mailbox.read_all(imap) == {Outcome.CASE: 1, Outcome.AUTOMATIC: 1}
    assert flags(imap) == ["Seen", "Seen"]
    put(imap, bytes(LAMP))
    assert mailbox.read_all(imap) == {Outcome.KNOWN: 1}
    with imaplib.IMAP4(imap.host, imap.port) as link:
        link.login(imap.user, imap.password)
        link.create('"Ph&HqM-n &AOE-nh"')
    assert not mailbox.read_all(replace(imap, folder="Phản ánh"))
    with pytest.raises(InputError) as wrong:
        mailbox.read_all(replace(imap, user="người dùng"))
    assert [one.code for one in wrong.value.problems] == ["mailbox-silent"]
    # One that cannot be taken stays unread and flagged, and keeps no other from being read.
    put(imap, bytes(mail("Hỏng", "x", "m9")), bytes(mail("Cầu gãy", "x", "m10")))
    real = mail_in.take

    def fussy(raw: bytes, *, whole: bool) -> mail_in.Taken:
        if b"<m9@" in raw:
            raise InputError([mailbox.SILENT(host="x", reason="x")])
        return real(raw, whole=whole)

    monkeypatch.setattr(mailbox, "take", fussy)
    with pytest.raises(InputError) as refused:
        mailbox.read_all(imap)
    assert [one.code for one in refused.value.problems] == ["mailbox-not-taken"]
    assert flags(imap)[-2:] == ["Flagged", "Seen"]
    monkeypatch.undo()
    assert mailbox.read_all(imap) == {Outcome.CASE: 1}
    # Too big to be read whole: its head still makes a case, whose sender is told.
    monkeypatch.setattr(mailbox, "MOST_MEGABYTES", 0)
    put(imap, bytes(mail("Thư nặng", "x" * 5000, "m11")))
    assert mailbox.read_all(imap) == {Outcome.CASE: 1}
    assert "quá lớn" in letters()[-1].body


def test_a_mailbox_that_cannot_be_read_says_so_without_its_password(imap: Mailbox) -> None:
    wrong = Mailbox(imap.host, imap.port, imap.user, "sai-mat-khau", "INBOX", "")
    for box in (wrong, Mailbox("127.0.0.1", _free_port(), "a", "sai-mat-khau", "INBOX", "")):
        with pytest.raises(InputError) as refused:
            mailbox.read_all(box)
        assert [one.code for one in refused.value.problems] == ["mailbox-silent"]
        assert "sai-mat-khau" not in str(refused.value) + repr(box)


def test_answers_arrive_by_smtp_within_the_senders_thread(home: str, settings: object) -> None:
    arrived: list[EmailMessage] = []

    class Post:
        async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
            assert isinstance(envelope.content, bytes)
            found = BytesParser(policy=default).parsebytes(envelope.content)
            assert isinstance(found, EmailMessage)
            arrived.append(found)
            return "250 OK"

    case = take(bytes(LAMP)).case
    assert case is not None
    actions.act(handled(case, home), case, "answer", {"text": "Đã thay bóng."})
    controller = Controller(Post(), hostname="127.0.0.1", port=_free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"  # type: ignore[attr-defined]
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port  # type: ignore[attr-defined]
    Delivery.objects.filter(next_try_at__isnull=False).update(next_try_at=Now())
    while taken := delivering.take():
        delivering.deliver(taken)
    controller.stop()
    receipt, routed, answer = arrived
    assert [one["In-Reply-To"] for one in arrived] == ["<m1@example.vn>"] * 3
    assert answer["References"] == "<m1@example.vn>"
    assert case.code in answer["Message-ID"]
    assert "Đã thay bóng." in answer.get_content()
    assert ABOVE in receipt.get_content()
    assert "xử lý" in routed.get_content()
    # What a mail program makes of it comes back to the same case.
    back = mail("Re: ...", "MỞ LẠI vì vẫn tối", "m12", In_Reply_To=str(answer["Message-ID"]))
    assert take(bytes(back)) == mail_in.Taken(Outcome.MORE, case)
