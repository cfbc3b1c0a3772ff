"""Notices on a device: a service that stands for the browser's, and a device that reads what comes."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.test import Client

from tests.modules.feedback.test_report_following import COMMUNE, LEAD, ROUTER, sent
from tinhso.kernel.cases.actions import act
from tinhso.kernel.cases.models import Device
from tinhso.kernel.ledger import deliveries, delivering
from tinhso.kernel.ledger.deliveries import Standing
from tinhso.kernel.ledger.models import Delivery
from tinhso.kernel.outward import Outward
from tinhso.kernel.people import identity
from tinhso.measure.text import InputError
from tinhso.modules.feedback import push
from tinhso.modules.feedback.actions import Sent
from tinhso.modules.feedback.push import Subscription

pytestmark = pytest.mark.django_db


def coded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


@dataclass
class Browser:
    """A device with keys of its own, and the service that takes what is for it."""

    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    auth: bytes = b"sixteen bytes...".ljust(16)
    status: int = 201
    taken: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    address: str = ""

    @property
    def point(self) -> bytes:
        return self.key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )

    @property
    def subscription(self) -> Subscription:
        return Subscription(self.address, coded(self.point), coded(self.auth))

    def read(self, content: bytes) -> dict[str, str]:
        """As RFC 8291, section 3.4, and RFC 8188 have it."""
        salt, size = content[:16], content[20]
        theirs, cipher = content[21 : 21 + size], content[21 + size :]
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs)
        shared = self.key.exchange(ec.ECDH(), point)
        info = b"WebPush: info\x00" + self.point + theirs
        drawn = HKDF(hashes.SHA256(), 32, self.auth, info).derive(shared)
        key = HKDF(hashes.SHA256(), 16, salt, b"Content-Encoding: aes128gcm\x00").derive(drawn)
        nonce = HKDF(hashes.SHA256(), 12, salt, b"Content-Encoding: nonce\x00").derive(drawn)
        plain = AESGCM(key).decrypt(nonce, cipher, None)
        assert plain.endswith(b"\x02")
        found: dict[str, str] = json.loads(plain[:-1])
        return found


@pytest.fixture
def browser(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    settings.TINHSO_SITE = "https://so.example"
    settings.EMAIL_HOST, settings.DEFAULT_FROM_EMAIL = "mail.example", "Tỉnh Số <so@tinh.example>"
    monkeypatch.setattr(push, "OUTWARD", Outward(plain=True, private=frozenset({"127.0.0.1"})))
    made = Browser()

    class Service(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            made.taken.append((headers, content))
            self.send_response(made.status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    made.address = f"http://127.0.0.1:{server.server_port}/device/1"
    yield made
    server.shutdown()
    server.server_close()


def told(browser: Browser, found: Sent) -> Device:
    return push.add(found.case.watchers.get().contact, browser.subscription)


def delivered() -> None:
    while taken := delivering.take():
        delivering.deliver(taken)


def notices() -> list[Delivery]:
    return list(Delivery.objects.filter(topic=push.TOPIC).order_by("id"))


def test_a_device_is_told_what_happened_by_the_site_and_by_nobody_else(browser: Browser) -> None:
    found = sent()
    told(browser, found)
    act(ROUTER, found.case, "route", {"unit": COMMUNE})
    act(LEAD, found.case, "answer", {"text": "Gọi ông Ba 0912345678", "public_text": "Đã vá"})
    delivered()
    (_, first), (headers, second) = browser.taken
    assert "đã chuyển tới" in browser.read(first)["title"]
    notice = browser.read(second)
    assert notice["title"] == f"Phản ánh {found.case.code} đã có trả lời"
    assert (notice["body"], notice["code"]) == (found.case.title, found.case.code)
    assert "0912345678" not in json.dumps(notice)
    assert found.secret not in json.dumps(notice)
    kind, _, said = headers["authorization"].partition(" ")
    parts = dict(one.strip().split("=", 1) for one in said.split(","))
    assert (kind, parts["k"]) == ("vapid", push.public_key())
    pad = "=" * (-len(parts["k"]) % 4)
    key = ec.EllipticCurvePublicKey.from_encoded_point(
        ec.SECP256R1(), base64.urlsafe_b64decode(parts["k"] + pad)
    )
    claims = jwt.decode(parts["t"], key, algorithms=["ES256"], audience="http://127.0.0.1")
    assert claims["sub"] == "mailto:so@tinh.example"
    assert headers["content-encoding"] == "aes128gcm"
    # What was told stands nowhere once it is sent.
    assert all("told" not in one.payload for one in notices())


def test_a_locked_screen_shows_nothing_of_a_private_report(browser: Browser) -> None:
    found = sent("Hàng xóm đánh con", private=True)
    told(browser, found)
    act(ROUTER, found.case, "route", {"unit": COMMUNE})
    delivered()
    ((_, content),) = browser.taken
    assert browser.read(content)["body"] == ""


@pytest.mark.parametrize("status", sorted(push.GONE))
def test_a_device_that_is_gone_is_forgotten_and_nothing_is_stuck(
    browser: Browser, status: int
) -> None:
    found = sent()
    told(browser, found)
    browser.status = status
    act(ROUTER, found.case, "route", {"unit": COMMUNE})
    act(LEAD, found.case, "ask", {"text": "Ở đâu?"})
    delivered()
    assert len(browser.taken) == 1
    assert not Device.objects.exists()
    assert all(deliveries.find(one.uid).standing is Standing.DONE for one in notices())  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("status", "standing"),
    [
        (429, Standing.FAILING),
        (503, Standing.FAILING),
        (400, Standing.STUCK),
        (413, Standing.STUCK),
    ],
)
def test_a_service_that_is_busy_is_asked_again_and_one_that_refuses_is_told(
    browser: Browser, status: int, standing: Standing
) -> None:
    found = sent()
    told(browser, found)
    browser.status = status
    act(ROUTER, found.case, "route", {"unit": COMMUNE})
    delivered()
    (one,) = notices()
    assert deliveries.find(one.uid).standing is standing  # type: ignore[union-attr]
    assert Device.objects.exists()


def test_what_is_owed_when_the_settings_go_says_what_to_set(
    browser: Browser, settings: Any
) -> None:
    found = sent()
    told(browser, found)
    act(ROUTER, found.case, "route", {"unit": COMMUNE})
    settings.TINHSO_SITE = ""
    delivered()
    (one,) = notices()
    kept = deliveries.find(one.uid)
    assert kept is not None
    assert kept.standing is Standing.STUCK
    assert "TINHSO_SITE" in kept.error.vi


def test_an_address_inside_is_never_called(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = sent()
    told(browser, found)
    monkeypatch.setattr(push, "OUTWARD", Outward(plain=True))
    act(ROUTER, found.case, "route", {"unit": COMMUNE})
    delivered()
    assert browser.taken == []


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "{}",
        "[1]",
        '{"endpoint": "https://x.example/1", "keys": {"p256dh": "AA", "auth": "AA"}}',
        "plain http",
        "a long address",
        "a point beside the curve",
    ],
)
def test_what_no_browser_says_is_refused(browser: Browser, client: Client, wrong: str) -> None:
    right = {
        "endpoint": "https://push.example/1",
        "keys": {"p256dh": coded(browser.point), "auth": coded(browser.auth)},
    }
    push.read(json.dumps(right))
    text = {
        "plain http": json.dumps(right | {"endpoint": "http://push.example/1"}),
        "a long address": json.dumps(right | {"endpoint": "https://push.example/" + "x" * 1000}),
        "a point beside the curve": json.dumps(
            right | {"keys": {"p256dh": coded(b"\x04" + b"\x01" * 64), "auth": coded(browser.auth)}}
        ),
    }.get(wrong, wrong)
    with pytest.raises(InputError) as refused:
        push.read(text)
    assert [one.code for one in refused.value.problems] == ["push-wrong"]
    found = sent()
    here = f"/phan-anh/theo-doi/{found.case.code}/{found.secret}/"
    assert client.post(here, {"act": "push", "subscription": text}).status_code == 400


def test_whoever_follows_says_so_on_the_page_and_takes_it_back(
    browser: Browser, client: Client
) -> None:
    found = sent()
    here = f"/phan-anh/theo-doi/{found.case.code}/{found.secret}/"
    assert push.public_key() in client.get(here).content.decode()
    told = {
        "endpoint": "https://push.example/1",
        "keys": {"p256dh": coded(browser.point), "auth": coded(browser.auth)},
    }
    for _ in range(2):  # pressed twice it is one device
        assert (
            client.post(here, {"act": "push", "subscription": json.dumps(told)}).status_code == 302
        )
    assert Device.objects.count() == 1
    device = Device.objects.get()
    assert b"push.example" not in bytes(device.sealed)
    assert push.opened(device).endpoint == told["endpoint"]
    for number in range(2, 8):
        more = json.dumps(told | {"endpoint": f"https://push.example/{number}"})
        answer = client.post(here, {"act": "push", "subscription": more})
    assert (answer.status_code, Device.objects.count()) == (400, push.MOST_DEVICES)
    client.post(here, {"act": "unpush", "subscription": json.dumps(told)})
    assert Device.objects.count() == push.MOST_DEVICES - 1


def test_addresses_of_devices_move_along_when_keys_change(
    browser: Browser, settings: Any, tmp_path: Path
) -> None:
    settings.TINHSO_IDENTITY_KEYS = tmp_path / "identity"
    device = told(browser, sent())
    before = device.key_id
    list(identity.rotate())
    device.refresh_from_db()
    assert device.key_id != before
    assert push.opened(device) == browser.subscription


def test_without_an_address_to_write_to_the_page_offers_none(settings: Any, client: Client) -> None:
    settings.EMAIL_HOST = ""
    found = sent()
    page = client.get(f"/phan-anh/theo-doi/{found.case.code}/{found.secret}/").content.decode()
    assert "data-push" not in page
