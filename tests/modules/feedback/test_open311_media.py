"""Pictures that a report names by address: fetched by the worker, only if they are pictures, never
from inside; what cannot be had stays a link."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import requests
from django.db.models.functions import Now

from tests.modules.feedback.test_mail_channel import PIXEL
from tests.modules.feedback.test_open311 import LAMP, code_of
from tinhso.kernel.cases.models import Case
from tinhso.kernel.ledger import deliveries, delivering
from tinhso.kernel.ledger.deliveries import Standing
from tinhso.kernel.ledger.models import Delivery
from tinhso.kernel.outward import Outward
from tinhso.modules.feedback import open311_media

pytestmark = pytest.mark.django_db


@pytest.fixture
def pictures(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = PIXEL if self.path == "/a.png" else b"<script>alert(1)</script>"
            self.send_response(200)
            self.send_header("Content-Type", "image/png")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def sent(http: str, key: str, address: str) -> Case:
    data = {"api_key": key, **LAMP, "media_url": address}
    return Case.objects.get(code=code_of(requests.post(f"{http}/open311/v2/requests.json", data=data, timeout=30)))  # fmt: skip


def fetched(case: Case, address: str) -> Delivery:
    """As the worker does it; the address is one of a server here."""
    one = Delivery.objects.get(topic=open311_media.TOPIC)
    one.payload["address"] = address
    one.save(update_fields=["payload"])
    Delivery.objects.exclude(pk=one.pk).delete()
    Delivery.objects.filter(pk=one.pk).update(next_try_at=Now())
    while taken := delivering.take():
        delivering.deliver(taken)
    return one


def test_an_address_is_kept_and_not_called_unless_the_operator_says_so(
    http: str, key: str, settings: object
) -> None:
    settings.TINHSO_FETCH_MEDIA = False  # type: ignore[attr-defined]
    case = sent(http, key, "https://example.com/a.png")
    assert case.history.get().data["media_url"] == ["https://example.com/a.png"]
    assert not Delivery.objects.filter(topic=open311_media.TOPIC).exists()
    row = requests.get(f"{http}/open311/v2/requests/{case.code}.json", {"api_key": key}, timeout=30)
    assert row.json()[0]["media_url"] == "https://example.com/a.png"


@pytest.mark.parametrize(
    ("path", "kept", "near"),
    [("/a.png", 1, True), ("/b.png", 0, True), ("/a.png", 0, False)],
    ids=["a picture", "no picture", "an address inside"],
)
def test_only_pictures_from_outside_are_kept_and_a_note_says_what_became_of_others(
    http: str,
    key: str,
    settings: object,
    pictures: str,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    kept: int,
    near: bool,
) -> None:
    settings.TINHSO_FETCH_MEDIA = True  # type: ignore[attr-defined]
    case = sent(http, key, "https://example.com/a.png")
    private = frozenset({"127.0.0.1"}) if near else frozenset[str]()
    monkeypatch.setattr(open311_media, "OUTWARD", Outward(plain=True, private=private))
    one = fetched(case, pictures + path)
    found = deliveries.find(one.uid)
    assert found is not None
    assert found.standing is Standing.DONE
    assert case.attachments.count() == kept
    note = case.history.latest("n")
    assert (note.act, "Không lấy được" in note.data["text"]) == ("note", not kept)
