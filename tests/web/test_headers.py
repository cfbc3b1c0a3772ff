"""Every answer, of whatever kind, tells browsers what they may do with it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, override_settings
from test_api import PLAN, measured

from tests.people import appoint, sign_in
from tests.prepared import COUNTRY, copy_database
from tinhso.web.configuration import PROJECT
from tinhso.web.security import NO_PAGE_POLICY, POLICY

__all__ = ["measured"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("measured")]

KINDS: dict[str, tuple[str, int]] = {
    "page": ("/ke-hoach/binh-phuoc-2025/", 200),
    "wrong address": ("/khong-co/", 404),
    "redirect": ("/ke-hoach/binh-phuoc-2025", 301),
    "failure": ("/hong/", 500),
    "sign-in": ("/dang-nhap/", 200),
    "api": (f"{PLAN}", 200),
    "api problem": (f"{PLAN}/overview?limit=0", 400),
    "api wrong address": ("/api/v1/khong-co", 404),
    "api page": ("/api/v1/docs", 200),
    "static file": ("/static/web/site.css", 200),
    "picture": ("/static/web/mark.svg", 200),
    "download": ("/ke-hoach/binh-phuoc-2025/chi-tieu/CQS-03/tai-ve.csv", 200),
}


def checked(answer: Any) -> None:
    headers = answer.headers
    page = headers.get("Content-Type", "").startswith("text/html")
    assert headers["Content-Security-Policy"] == (POLICY if page else NO_PAGE_POLICY)
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Access-Control-Allow-Origin" not in headers
    assert not {"Server", "X-Powered-By"} & set(headers)


@pytest.mark.parametrize("kind", KINDS)
@override_settings(
    ROOT_URLCONF="failing_urls", WHITENOISE_USE_FINDERS=True, WHITENOISE_AUTOREFRESH=True
)
def test_every_kind_of_answer_has_the_headers(kind: str) -> None:
    address, status = KINDS[kind]
    answer = Client(raise_request_exception=False).get(address)
    assert answer.status_code == status
    checked(answer)


@pytest.mark.parametrize("address", ["/phan-anh/", "/hoi-dap/", "/khao-sat/ket-qua/"])
def test_not_modified_says_nothing_other_of_a_page_than_the_page_did(address: str) -> None:
    """A browser lays the headers of a 304 over those of the page that it kept: another policy there took
    styles, scripts and forms from every page that was looked at twice."""
    page = Client().get(address)
    again = Client().get(address, headers={"if-none-match": page.headers["ETag"]})
    assert again.status_code == 304
    own = {"X-Request-ID"}
    assert {
        name: text for name, text in again.headers.items() if page.headers.get(name) != text
    }.keys() <= own


def test_a_wrong_address_is_answered_without_words_of_the_framework() -> None:
    """What is nearest is a name; "No Case matches the given query." is none."""
    assert "Có phải bạn tìm" not in Client().get("/phan-anh/PA-250101-AAAAAA/").content.decode()
    assert "Có phải bạn tìm" not in Client().get("/khao-sat/ket-qua/?theo=abc").content.decode()
    near = Client().get("/ke-hoach/binh-phuoc-2025/chi-tieu/CQS-033/").content.decode()
    assert "Có phải bạn tìm “CQS-03" in near


@override_settings(ALLOWED_HOSTS=["so.example.vn"])
def test_a_foreign_host_name_is_refused_with_the_headers() -> None:
    answer = Client().get("/", headers={"host": "other.example.vn"})
    assert answer.status_code == 400
    checked(answer)


def test_a_form_without_its_token_is_refused_in_words() -> None:
    answer = Client(enforce_csrf_checks=True).post("/dang-nhap/", {"login": "x", "password": "y"})
    assert answer.status_code == 403
    assert "chưa việc gì được ghi" in answer.content.decode()
    assert "style=" not in answer.content.decode()
    checked(answer)


#: Static files are the same for everybody.
PAGES = [at for at, status in KINDS.values() if status == 200 and not at.startswith("/static/")]


@pytest.mark.parametrize("address", PAGES)
def test_nothing_that_somebody_signed_in_saw_is_kept(client: Client, address: str) -> None:
    sign_in(client, appoint("officer", "p70"))
    answer = client.get(address, follow=True)
    assert answer.headers["Cache-Control"] == "no-store, private"


def test_signing_out_clears_what_the_browser_holds(client: Client) -> None:
    sign_in(client, appoint("officer", "p70"))
    answer = client.post("/dang-xuat/")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert answer.headers["Cache-Control"] == "no-store, private"
    assert "Clear-Site-Data" not in client.get("/dang-nhap/").headers


UNDER_HTTPS = """
import json, django
django.setup()
from django.test import Client
from tinhso.kernel.people.models import Account
account = Account(username="can-bo", name="Cán bộ")
account.set_password("mat khau rat dai")
account.save()
client = Client(headers={"x-forwarded-proto": "https", "host": "localhost"})
shown = client.get("/dang-nhap/")
done = client.post("/dang-nhap/", {"login": "can-bo", "password": "mat khau rat dai"})
cookies = {**shown.cookies, **done.cookies}
print(json.dumps({
    "hsts": [answer.headers.get("Strict-Transport-Security") for answer in (shown, done, client.get("/khong-co/x"))],
    "cookies": {name: dict(cookie) for name, cookie in cookies.items()},
}))
"""


def test_under_https_cookies_are_bound_to_the_host_and_browsers_stay_on_https(
    tmp_path: Path,
) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TINHSO_")}
    environment = kept | {
        "TINHSO_HOME": str(tmp_path),
        "TINHSO_HTTPS": "1",
        "DJANGO_SETTINGS_MODULE": "tinhso.web.settings",
        "PYTHONPATH": str(PROJECT / "src"),
    }
    copy_database(COUNTRY, tmp_path / "site.sqlite3")
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "staticfiles.json").write_text(
        json.dumps({"version": "1.1", "hash": "", "paths": {}})
    )
    script = UNDER_HTTPS.replace(
        "django.setup()",
        "django.setup()\nfrom django.conf import settings\n"
        "settings.STORAGES['staticfiles']['BACKEND'] = 'django.contrib.staticfiles.storage.StaticFilesStorage'",
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert set(told["hsts"]) == {"max-age=31536000; includeSubDomains"}
    assert set(told["cookies"]) == {
        "__Host-sessionid",
        "__Host-csrftoken",
        "__Host-tinhso_device",
    }
    for cookie in told["cookies"].values():
        assert cookie["secure"] is True
        assert cookie["httponly"] is True
        assert cookie["samesite"] == "Lax"
        assert (cookie["path"], cookie["domain"]) == ("/", "")
