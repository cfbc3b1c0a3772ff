"""Zalo Official Account: what the webhook takes and refuses, conversations, answers, tokens."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest
import requests
from django.db.models.functions import Now
from django.test import Client
from django.utils import timezone

from tinhso.kernel.cases import actions, contacts
from tinhso.kernel.cases.actions import Doer, Received
from tinhso.kernel.cases.contacts import Person
from tinhso.kernel.cases.kinds import Role
from tinhso.kernel.cases.models import Case, Conversation
from tinhso.kernel.ledger import deliveries, delivering
from tinhso.kernel.ledger.actor import SYSTEM
from tinhso.kernel.ledger.deliveries import Standing
from tinhso.kernel.ledger.models import Delivery
from tinhso.kernel.outward import Outward
from tinhso.kernel.people import identity
from tinhso.modules.feedback import zalo_out, zalo_tokens, zalo_views
from tinhso.modules.feedback.machine_settings import ZaloSecrets
from tinhso.modules.feedback.zalo_views import mac_of

pytestmark = pytest.mark.django_db

APP, SECRET = "4214537243", "oa-secret-of-the-test"
ROUTER = Doer(SYSTEM, Role.ROUTER)
SENDER = "246845883529197922"


@pytest.fixture(autouse=True)
def configured(settings: object, tmp_path: Path) -> None:
    settings.TINHSO_ZALO = APP  # type: ignore[attr-defined]
    settings.TINHSO_ZALO_SECRETS = lambda: ZaloSecrets(SECRET, "app-secret", "refresh-1")  # type: ignore[attr-defined]
    settings.TINHSO_SECRETS = tmp_path  # type: ignore[attr-defined]
    # Other tests run at once and keep what they write under the keys that all share.
    settings.TINHSO_IDENTITY_KEYS = tmp_path / "identity"  # type: ignore[attr-defined]


def event(
    ident: str, text: str = "", *, at: float = 0, attachments: object = None, **more: object
) -> bytes:
    """As the documentation of Zalo writes it."""
    told: dict[str, object] = {"msg_id": ident, "text": text}
    if attachments is not None:
        told["attachments"] = attachments
    body = {
        "app_id": APP,
        "sender": {"id": SENDER},
        "user_id_by_app": "552177279717587730",
        "recipient": {"id": "388613280878808645"},
        "event_name": "user_send_text" if text else "user_send_image",
        "message": told,
        "timestamp": str(int((at or time.time()) * 1000)),
        **more,
    }
    return json.dumps(body, ensure_ascii=False).encode()


def post(http: str, body: bytes, mac: str | None = None) -> requests.Response:
    if mac is None:
        mac = mac_of(APP, body, json.loads(body)["timestamp"], SECRET)
    headers = {"X-ZEvent-Signature": f"mac={mac}", "Content-Type": "application/json"}
    return requests.post(f"{http}/zalo/webhook", data=body, headers=headers, timeout=20)


def work(*topics: str) -> None:
    """Everything of these topics that waits is tried once, now."""
    waiting = Delivery.objects.filter(state="waiting")
    waiting.exclude(topic__in=topics).update(next_try_at=timezone.now() + timedelta(days=9))
    waiting.filter(topic__in=topics).update(next_try_at=Now())
    while taken := delivering.take():
        delivering.deliver(taken)


def said() -> list[str]:
    owed = Delivery.objects.filter(topic=zalo_out.MESSAGES).order_by("id")
    return [one.payload["text"] for one in owed]


@pytest.fixture
def talk(http: str) -> Callable[..., str]:
    """Say something through the door; answers the latest message that we owe."""

    def tell(ident: str, text: str = "", **more: object) -> str:
        assert post(http, event(ident, text, **more)).json() == {"error": 0}  # type: ignore[arg-type]
        work(zalo_out.EVENTS)
        return said()[-1] if said() else ""

    return tell


# -- the door ------------------------------------------------------------------------------------------


def test_without_a_secret_nothing_is_taken(http: str, settings: object) -> None:
    settings.TINHSO_ZALO_SECRETS = lambda: ZaloSecrets("", "", "")  # type: ignore[attr-defined]
    body = event("m1", "Đèn hỏng")
    mac = mac_of(APP, body, json.loads(body)["timestamp"], "")
    answer = post(http, body, mac)
    assert (answer.status_code, answer.json()["error"]) == (403, "not-configured")
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(
    ("after", "more", "word"),
    [
        (-12 * 3600 - 600, {}, "stale"),
        (3600, {}, "stale"),
        (0, {"app_id": "99"}, "app"),
        (0, {"timestamp": "hôm qua"}, "timestamp"),
    ],
)
def test_what_is_signed_and_still_wrong_is_refused(
    http: str, after: float, more: dict[str, object], word: str
) -> None:
    at = time.time() + after if after else 0
    answer = post(http, event("m1", "Đèn hỏng", at=at, **more))
    assert (answer.status_code >= 400, answer.json()["error"]) == (True, word)
    assert not Delivery.objects.exists()


def test_a_signature_that_is_not_of_this_very_body_is_refused(http: str) -> None:
    body = event("m1", "Đèn hỏng")
    good = mac_of(APP, body, json.loads(body)["timestamp"], SECRET)
    for mac in ("", "0" * 64, good.upper()):
        assert post(http, body, mac).json() == {"error": "signature"}
    assert post(http, body.replace(b"m1", b"m2"), good).status_code == 403
    assert requests.get(f"{http}/zalo/webhook", timeout=20).status_code == 405
    assert post(http, b"{" * 9, "x").json() == {"error": "no-json"}
    big = event("m1", "x" * 300_000)
    assert (post(http, big).status_code, Delivery.objects.count()) == (413, 0)


def test_a_retry_after_hours_is_taken_and_counts_once(http: str, talk: Callable[..., str]) -> None:
    late = time.time() - 11.9 * 3600
    assert "ở đâu" in talk("m1", "Đèn đường hỏng ba hôm nay", at=late)
    talk("m2", "Đường số 5, phường Bình Phước")
    assert Case.objects.count() == 1
    before = len(said())
    # The same event again (replayed or retried), also after the case was made.
    talk("m1", "Đèn đường hỏng ba hôm nay", at=late)
    talk("m2", "Đường số 5, phường Bình Phước")
    assert (Case.objects.count(), len(said())) == (1, before)
    assert Case.objects.get().history.count() == 1


def test_events_that_are_nobodys_message_are_answered_and_left(http: str) -> None:
    # What is Zalo's own is never refused: it would be sent for 12 hours, then no more at all.
    for more in (
        {"event_name": "follow", "follower": {"id": SENDER}},
        {"event_name": "user_send_sticker"},
        {"message": "?"},
        {"message": {"text": "x"}},
    ):
        answer = post(http, event("m1", "x", **more))  # type: ignore[arg-type]
        assert (answer.status_code, answer.json()) == (200, {"error": 0})
    assert not Delivery.objects.exists()


# -- the conversation ----------------------------------------------------------------------------------


def test_a_link_is_words_a_file_may_be_a_picture_and_what_is_not_taken_is_said_so(
    talk: Callable[..., str],
) -> None:
    """Events as the documentation of Zalo has them, besides those of text, picture and place."""

    def one(kind: str, payload: dict[str, object]) -> dict[str, object]:
        name = "business_card" if "phone" in str(payload) else kind
        return {
            "attachments": [{"type": kind, "payload": payload}],
            "event_name": f"user_send_{name}",
        }

    said_no = "chưa nhận tệp, video"
    assert said_no in talk("m1", **one("video", {"url": "https://zalo.example/1.mp4"}))
    assert said_no in talk(
        "m2", **one("link", {"description": '{"phone":"0"}', "url": "https://x"})
    )
    file = {"url": "https://zalo.example/2", "name": "Ảnh.JPG", "type": "jpg", "size": "9"}
    assert "Việc gì" in talk("m3", **one("file", file))
    assert "ở đâu" in talk("m4", "Ổ gà lớn giữa đường")
    place = "https://maps.example/?q=11.5,106.9"
    talk("m5", "Đường số 5", **one("link", {"url": place, "description": "", "thumbnail": ""}))
    case = Case.objects.get()
    assert place in case.address
    assert case.history.get().data["media_url"] == ["https://zalo.example/2"]


def test_asks_what_and_where_then_makes_a_case_and_tells_its_code(
    talk: Callable[..., str],
) -> None:
    picture = [{"type": "image", "payload": {"url": "https://zalo.example/1.jpg"}}]
    assert "Việc gì" in talk("m1", attachments=picture)
    assert "ở đâu" in talk("m2", "Cây đổ chắn ngang đường")
    told = talk("m3", "Trước chợ, Phường Bình Phước")
    case = Case.objects.get()
    assert (case.channel, case.title, case.place_id) == (
        "zalo", "Cây đổ chắn ngang đường", "c25195.2025",
    )  # fmt: skip
    assert case.code in told
    assert case.history.get().data["media_url"] == ["https://zalo.example/1.jpg"]
    assert contacts.opened(case.watchers.get().contact).zalo == SENDER


def test_a_location_is_a_place_and_one_outside_the_province_is_asked_again(
    talk: Callable[..., str],
) -> None:
    def at(lat: str, lon: str) -> list[dict[str, object]]:
        coordinates = {"latitude": lat, "longitude": lon}
        return [{"type": "location", "payload": {"coordinates": coordinates}}]

    more = {"event_name": "user_send_location"}
    talk("m1", "Mất nắp cống rất nguy hiểm")
    assert "nằm ngoài" in talk("m2", attachments=at("21.03", "105.85"), **more)
    talk("m3", attachments=at("11.53", "106.89"), **more)
    assert (Case.objects.get().lat, Case.objects.get().place_id) == (11.53, "c25195.2025")


def test_what_is_said_while_a_case_is_open_goes_on_to_it(
    talk: Callable[..., str], home: str
) -> None:
    talk("m1", "Đèn đường hỏng ba hôm nay")
    talk("m2", "Đường số 5")
    case = Case.objects.get()
    assert case.code in talk("m3", "Cột số 7 ạ")
    actions.act(ROUTER, case, "route", {"unit": home})
    officer = Doer(SYSTEM, Role.LEAD, home)
    actions.act(officer, case, "ask", {"text": "Cột bên phải hay trái?"})
    assert "bên phải hay trái" in said()[-1]
    talk("m4", "Bên phải")
    case.refresh_from_db()
    assert (case.state, case.history.latest("n").act) == ("assigned", "reply")
    assert "ở đâu" in talk("m5", "MỚI: rác đổ trộm ở bãi đất trống")
    assert "Đã bỏ" in talk("m6", "Hủy")
    actions.act(officer, case, "answer", {"text": "Đã thay bóng"})
    assert talk("m7", "cảm ơn") == said()[-1]
    assert Case.objects.count() == 1
    assert "mở lại" in talk("m8", "Mở lại, vẫn tối")
    case.refresh_from_db()
    assert case.reopened == 1


def test_whoever_wrote_here_hears_of_the_report_that_theirs_was_merged_into(home: str) -> None:
    """Another came by the web; it is answered at length, in the words that its sender gets."""
    own = actions.open_case(
        Doer(SYSTEM, Role.REQUESTER),
        Received("feedback", "Đèn hỏng", home, channel=Case.Channel.ZALO),
        contacts.keep(Person(zalo=SENDER))[0],
    )
    first = Received("feedback", "Đèn đường tối", home)
    target = actions.open_case(Doer(SYSTEM, Role.REQUESTER), first, contacts.keep(Person("Tư"))[0])
    actions.act(ROUTER, own, "merge", {"case": str(target.pk)})
    assert said()[-1].startswith(f"{own.code}: đã nhập vào {target.code}")
    actions.act(ROUTER, target, "route", {"unit": home})
    officer = Doer(SYSTEM, Role.LEAD, home)
    actions.act(officer, target, "ask", {"text": "Nhà bà Tư ở đâu?"})
    assert "bà Tư" not in "".join(said())
    actions.act(Doer(SYSTEM, Role.REQUESTER), target, "reply", {"text": "Số 5"})
    before, words = len(said()), "đã thay bóng " * 300
    actions.act(officer, target, "answer", {"text": words})
    parts = said()[before:]
    assert [len(one) <= 2000 for one in parts] == [True] * len(parts)
    assert parts[0].startswith(f"{own.code} (đã nhập vào {target.code}): trả lời")
    assert " ".join(parts).count("đã thay bóng") == 300
    assert "MỞ LẠI" in parts[-1]


def test_whoever_wrote_here_gets_the_address_of_their_own_page_and_rates_there(
    talk: Callable[..., str], home: str, client: Client, settings: object
) -> None:
    settings.TINHSO_SITE = "https://so.example"  # type: ignore[attr-defined]
    talk("m1", "Đèn đường hỏng ba hôm nay")
    found = re.search(r"https://so\.example(\S+)", talk("m2", "Đường số 5"))
    assert found is not None
    case = Case.objects.get()
    secret = found[1].strip("/").split("/")[-1]
    assert secret not in str(case.watchers.get().contact.__dict__)
    assert "Đèn đường hỏng" in client.get(found[1]).content.decode()
    actions.act(ROUTER, case, "route", {"unit": home})
    assert "https://" not in said()[-1]
    actions.act(Doer(SYSTEM, Role.LEAD, home), case, "answer", {"text": "Đã thay bóng"})
    assert f"Đánh giá ẩn danh, xem diễn biến: https://so.example{found[1]}" in said()[-1]
    assert 'name="ticket"' in client.post(found[1], {"act": "ticket"}).content.decode()


def test_who_came_before_there_were_pages_gets_no_address_that_would_not_open(
    home: str, settings: object
) -> None:
    settings.TINHSO_SITE = "https://so.example"  # type: ignore[attr-defined]
    actions.open_case(
        Doer(SYSTEM, Role.REQUESTER),
        Received("feedback", "Đèn hỏng", home, channel=Case.Channel.ZALO, key="zalo:1"),
        contacts.keep(Person(zalo=SENDER))[0],
    )
    assert said()[-1].startswith("Đã tiếp nhận")
    assert "https://" not in said()[-1]


def test_nobody_reads_a_conversation_without_the_key_and_keys_may_change(
    talk: Callable[..., str],
) -> None:
    talk("m1", "Đèn đường hỏng ba hôm nay")
    kept = Conversation.objects.get()
    assert SENDER not in kept.who
    assert SENDER.encode() not in bytes(kept.sealed)
    list(identity.rotate())
    talk("m2", "Đường số 5")
    assert (Conversation.objects.count(), Case.objects.count()) == (1, 1)


# -- answers -------------------------------------------------------------------------------------------


class Zalo:
    """Zalo's two servers: gives tokens by turns, answers messages as told."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, dict[str, object]]] = []
        self.refreshed: list[str] = []
        self.errors: list[int] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.path == "/token":
                    outer.refreshed.append(parse_qs(body.decode())["refresh_token"][0])
                    n = len(outer.refreshed)
                    assert self.headers["secret_key"] == "app-secret"  # noqa: S105 (invented)
                    good = outer.refreshed == [f"refresh-{i + 1}" for i in range(n)]
                    told: dict[str, object] = {"error": -14014, "error_name": "Invalid"}
                    if good:
                        told = {
                            "access_token": f"access-{n}",
                            "refresh_token": f"refresh-{n + 1}",
                            "expires_in": "90000",
                        }
                else:
                    outer.messages.append((self.headers["access_token"], json.loads(body)))
                    told = {"error": outer.errors.pop(0) if outer.errors else 0, "message": "x"}
                content = json.dumps(told).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_args: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()


@pytest.fixture
def zalo(monkeypatch: pytest.MonkeyPatch) -> Iterator[Zalo]:
    found = Zalo()
    here = f"http://127.0.0.1:{found.server.server_port}"
    near = Outward(plain=True, private=frozenset({"127.0.0.1"}))
    for module, path in ((zalo_out, "/cs"), (zalo_tokens, "/token")):
        monkeypatch.setattr(module, "ADDRESS", here + path)
        monkeypatch.setattr(module, "OUTWARD", near)
    yield found
    found.server.shutdown()
    found.server.server_close()


def owing(text: str = "Đã tiếp nhận") -> Delivery:
    from django.db import transaction  # noqa: PLC0415

    with transaction.atomic():
        return zalo_out.say(SENDER, text)


def standing(one: Delivery) -> Standing:
    found = deliveries.find(one.uid)
    assert found is not None
    return found.standing


def test_tokens_are_renewed_once_and_lie_unreadable(zalo: Zalo, tmp_path: Path) -> None:
    first, second = owing("một"), owing("hai")
    work(zalo_out.MESSAGES)
    assert [standing(first), standing(second)] == [Standing.DONE] * 2
    assert zalo.refreshed == ["refresh-1"]
    assert [token for token, _ in zalo.messages] == ["access-1"] * 2
    assert zalo.messages[0][1] == {
        "recipient": {"user_id": SENDER}, "message": {"text": "một"},
    }  # fmt: skip
    kept = tmp_path / "zalo-tokens"
    assert kept.stat().st_mode & 0o077 == 0
    assert b"refresh-2" not in kept.read_bytes()


def test_a_token_that_zalo_refuses_is_renewed_with_the_next_refresh_token(zalo: Zalo) -> None:
    owing("một")
    work(zalo_out.MESSAGES)
    zalo.errors = [-216]
    one = owing("hai")
    work(zalo_out.MESSAGES)
    assert standing(one) is Standing.DONE
    assert zalo.refreshed == ["refresh-1", "refresh-2"]
    assert [token for token, _ in zalo.messages] == ["access-1", "access-1", "access-2"]


def test_http_200_with_an_error_in_it_is_a_failure_that_is_tried_again(
    zalo: Zalo, monkeypatch: pytest.MonkeyPatch
) -> None:
    zalo.errors = [-32]
    one = owing()
    work(zalo_out.MESSAGES)
    assert standing(one) is Standing.FAILING
    found = deliveries.find(one.uid)
    assert found is not None
    assert "-32" in found.error.vi
    assert SENDER not in found.error.vi
    work(zalo_out.MESSAGES)
    assert standing(one) is Standing.DONE
    # After hours of it, a person is told.
    monkeypatch.setattr(zalo_out, "PATIENCE", zalo_out.PATIENCE * 0)
    zalo.errors = [-201]
    two = owing()
    work(zalo_out.MESSAGES)
    assert standing(two) is Standing.STUCK


def test_without_tokens_messages_wait_and_say_why(settings: object) -> None:
    settings.TINHSO_ZALO_SECRETS = lambda: ZaloSecrets(SECRET, "", "")  # type: ignore[attr-defined]
    one = owing()
    work(zalo_out.MESSAGES)
    assert standing(one) is Standing.STUCK
    found = deliveries.find(one.uid)
    assert found is not None
    assert "TINHSO_ZALO_REFRESH_TOKEN" in found.error.vi


def test_no_secret_is_in_what_is_logged_or_shown(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(zalo_views.RefusalError):
        zalo_views.checked(event("m1", "bí mật riêng"), "mac=0")
    assert SECRET not in caplog.text + repr(ZaloSecrets(SECRET, SECRET, SECRET))
    assert "bí mật riêng" not in caplog.text
