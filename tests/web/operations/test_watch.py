"""Machines and operators are told how the site is; the log tells nothing about people."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.people import appoint, sign_in
from tinhso.kernel.files.actions import accept
from tinhso.kernel.files.kinds import CSV
from tinhso.kernel.files.storage import path_of
from tinhso.kernel.ledger.actor import OPERATOR
from tinhso.kernel.ledger.entries import Thing, record
from tinhso.kernel.ledger.models import Delivery
from tinhso.kernel.people.actions import Term
from tinhso.kernel.people.invitations import make_invitation
from tinhso.kernel.people.who import Who
from tinhso.kernel.units.register import register
from tinhso.measure.boundaries import Level
from tinhso.web.rules import copy as copy_rules
from tinhso.web.watch.logs import JsonLines, Lines, WithRequestId
from tinhso.web.watch.status import findings

NAME, EMAIL, PHONE = "Trần Thị Bí Mật", "bi.mat@example.vn", "0912345678"


def found(name: str) -> object:
    return next(one for one in findings() if one.name.en == name)


def test_a_process_lives_and_a_site_with_figures_is_ready(site: None, client: Client) -> None:
    for path in ("/healthz", "/readyz"):
        answer = client.get(path)
        assert (answer.status_code, answer.content) == (200, b"ok\n"), path
        assert answer["Cache-Control"] == "no-store"
        assert not answer.cookies
        assert "Cookie" not in answer.get("Vary", "")


def test_a_site_without_its_lake_is_not_ready_and_says_so(
    site: None, client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from tinhso.modules.plan import workspace  # noqa: PLC0415

    broken = tmp_path / "lake"
    broken.mkdir()
    (broken / "created").touch()
    (broken / "catalog.sqlite").write_text("no catalog")
    lake = type(settings.TINHSO_LAKE)(broken)
    monkeypatch.setattr(settings, "TINHSO_LAKE", lake)
    workspace._workspace.cache_clear()
    answer = client.get("/readyz")
    workspace._workspace.cache_clear()
    assert (answer.status_code, answer.content) == (503, b"lake\n")


def test_metrics_are_for_this_machine_or_the_token(
    site: None, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.get("/healthz")
    text = client.get("/metrics").content.decode()
    assert 'tinhso_request_seconds_count{method="GET",route="healthz",status="2xx"}' in text
    for name in ("acts", "outbox_waiting", "ledger_waiting", "lake_snapshot", "database_bytes"):
        assert f"\ntinhso_{name} " in text
    assert client.get("/metrics", REMOTE_ADDR="10.0.0.9").status_code == 404
    assert client.get("/metrics", headers={"X-Forwarded-For": "10.0.0.9"}).status_code == 404
    monkeypatch.setenv("TINHSO_METRICS_TOKEN", "một mã dài")
    for sent, status in (("Bearer sai", 404), ("Bearer ", 404)):
        headers = {"Authorization": sent}
        assert client.get("/metrics", headers=headers, REMOTE_ADDR="10.0.0.9").status_code == status
    monkeypatch.setenv("TINHSO_METRICS_TOKEN", "mot-ma-dai")
    headers = {"Authorization": "Bearer mot-ma-dai"}
    assert client.get("/metrics", headers=headers, REMOTE_ADDR="10.0.0.9").status_code == 200


@pytest.fixture(params=["json", "line"])
def log(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """Everything that is logged, as the handler writes it."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(JsonLines() if request.param == "json" else Lines())
    handler.addFilter(WithRequestId())
    loggers = [logging.getLogger(name) for name in ("", "django", "django.request")]
    before = [one.level for one in loggers]
    for one in loggers:
        one.setLevel(logging.DEBUG)
    loggers[0].addHandler(handler)
    yield out
    loggers[0].removeHandler(handler)
    for one, level in zip(loggers, before, strict=True):
        one.setLevel(level)


def test_no_log_tells_who_somebody_is_or_what_they_typed(site: None, log: io.StringIO) -> None:
    account = appoint("administrator", "d695", "bi-mat-username")
    account.name, account.email = NAME, EMAIL
    account.set_password("mật khẩu rất bí mật")
    account.save()
    client = Client(raise_request_exception=False)
    client.post("/dang-nhap/", {"login": EMAIL, "password": "mật khẩu sai bí mật"})
    client.post("/dang-nhap/", {"login": EMAIL, "password": "mật khẩu rất bí mật"})
    sign_in(client, account, strong=True)
    seeded = {"q": NAME, "tim": PHONE, "unit": EMAIL}
    for path in ("/", "/khong-co/", "/api/v1/units", "/api/v1/plans/x", "/quan-tri/tinh-trang/"):
        client.get(path, seeded, REMOTE_ADDR="203.0.113.77")
    try:
        int(NAME)  # its error says what it could not read
    except ValueError:
        logging.getLogger("tinhso").exception("failed")
    text = log.getvalue()
    assert str(account.pk) in text
    for secret in (
        NAME,
        "Bí Mật",
        EMAIL,
        "bi.mat",
        PHONE,
        "203.0.113.77",
        "bí mật",
        "bi-mat-username",
    ):
        assert secret not in text, secret
        assert json.dumps(secret)[1:-1] not in text, secret
    assert "%40" not in text


def test_no_log_holds_the_secret_of_a_link(site: None, log: io.StringIO) -> None:
    day = timezone.localdate()
    unit = register().on(day, Level.COMMUNE)[0]
    made = make_invitation(OPERATOR, None, NAME, EMAIL, unit, "officer", "Công chức", Term(day))
    at = reverse("people:accept", args=[made.secret])
    assert Client().post(at, {"username": "x", "password": "y"}).status_code == 400
    assert Client(enforce_csrf_checks=True).post(at, {}).status_code == 403
    Client().get(f"{at}x/")
    assert "people:accept" in log.getvalue()
    assert made.secret not in log.getvalue()


def test_no_log_holds_an_address_that_leads_nowhere_or_fails(
    site: None, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError(PHONE)

    monkeypatch.setattr("tinhso.kernel.units.queries.page", fail)
    client = Client(raise_request_exception=False)
    for path in (f"/{PHONE}/x", f"/loi-moi/{PHONE}/x/", f"/api/v1/{PHONE}", f"/en/{PHONE}/"):
        assert client.get(path).status_code == 404, path
        assert client.post(path, {"x": PHONE}).status_code in (404, 405), path
    assert client.get(f"/api/v1/units/{PHONE}").status_code == 500
    assert "no route" in log.getvalue()
    assert "get_unit failed" in log.getvalue()
    assert PHONE not in log.getvalue()


def test_a_refusal_is_a_line_with_the_route_the_status_and_the_account(
    site: None, log: io.StringIO
) -> None:
    account, client = appoint("officer", "d695"), Client()
    sign_in(client, account)
    client.get("/quan-tri/tinh-trang/")
    line = next(one for one in log.getvalue().splitlines() if "tinhso.request" in one)
    assert "403" in line
    assert str(account.pk) in line
    assert "status" in line


def test_nobody_forges_a_line(site: None, log: io.StringIO) -> None:
    logging.getLogger("tinhso").warning("provider: %s", "x\n2026-01-01 INFO tinhso: forged\x1b[2J")
    assert len(log.getvalue().splitlines()) == 1
    assert "\x1b" not in log.getvalue()


def test_an_answer_carries_the_id_that_its_log_line_has(site: None, log: io.StringIO) -> None:
    answer = Client().get("/healthz", headers={"X-Request-ID": "0123456789abcdef"})
    assert answer["X-Request-ID"] == "0123456789abcdef"
    assert "0123456789abcdef" in log.getvalue()
    forged = Client().get("/healthz", headers={"X-Request-ID": f"{NAME}\n{{}}"})
    assert NAME not in log.getvalue()
    assert len(forged["X-Request-ID"]) == 32


def test_the_status_page_is_for_operators_with_a_second_factor(site: None, client: Client) -> None:
    assert client.get("/quan-tri/tinh-trang/").status_code == 302
    sign_in(client, appoint("officer", "d695"), strong=True)
    assert client.get("/quan-tri/tinh-trang/").status_code == 403
    administrator = appoint("administrator", "d695")
    sign_in(client, administrator)
    assert client.get("/quan-tri/tinh-trang/").status_code == 403
    sign_in(client, administrator, strong=True)
    page = client.get("/quan-tri/tinh-trang/")
    assert page.status_code == 200, page.content.decode()
    assert "Sao lưu" in page.content.decode()


def test_what_waits_too_long_is_told_with_what_to_do(
    site: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    assert found("Outbox").fine
    Delivery.objects.create(
        topic="lake", key="k", payload={}, created_at=now, next_try_at=now, attempts=5
    )
    assert not found("Outbox").fine
    Delivery.objects.update(attempts=1)
    assert found("Outbox").fine
    Delivery.objects.update(next_try_at=None, last_error="refused for good")
    assert not found("Outbox").fine, "it waits for a person from its first try on"
    assert found("Ledger").fine
    with transaction.atomic():
        record(OPERATOR, "x.y", Thing("x", "1"))
    assert found("Ledger").fine
    earlier = SimpleNamespace(now=lambda: now - timedelta(hours=1))
    monkeypatch.setattr("tinhso.kernel.ledger.entries.timezone", earlier)
    with transaction.atomic():
        record(OPERATOR, "x.y", Thing("x", "1"))
    assert not found("Ledger").fine


def test_a_day_and_a_half_without_a_backup_is_told(site: None) -> None:
    note = Path(settings.TINHSO_LAKE.folder).parent / "backups.json"
    for hours, fine in ((1, True), (37, False)):
        at = (timezone.now() - timedelta(hours=hours)).isoformat()
        note.write_text(json.dumps([{"at": at}]), encoding="utf-8")
        assert found("Back-up").fine is fine
    note.unlink()
    assert not found("Back-up").fine


def test_rules_of_the_province_that_changed_since_the_start_are_told(
    site: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(settings, "TINHSO_RULES", tmp_path)
    assert found("Rules").fine  # type: ignore[attr-defined]
    copy_rules("routing/routing.yaml", tmp_path)
    assert str(tmp_path) in found("Rules").todo.en  # type: ignore[attr-defined]


def test_a_stored_file_that_is_gone_is_told(site: None, settings: Any, tmp_path: Path) -> None:
    settings.TINHSO_FILES, settings.TINHSO_CLAMD = tmp_path, ""
    who = Who(timezone.localdate(), appoint("officer", "p70").pk)
    stored = accept(who, SimpleUploadedFile("a.csv", b"a,b\n1,2\n"), (CSV,), unit="p70")
    assert found("Stored files").fine  # type: ignore[attr-defined]
    path_of(stored.digest).write_bytes(b"a,b\n")
    assert "1 files" in found("Stored files").found.en  # type: ignore[attr-defined]
    path_of(stored.digest).unlink()
    finding = found("Stored files")
    assert "1 files" in finding.found.en  # type: ignore[attr-defined]
    assert "back-up" in finding.todo.en  # type: ignore[attr-defined]


def test_a_key_that_others_read_is_told(site: None) -> None:
    key = next((Path(settings.TINHSO_LAKE.folder).parent / "secrets").iterdir())
    assert found("Secret keys").fine
    key.chmod(0o644)
    assert key.name in found("Secret keys").found.en
    key.chmod(0o600)
