"""Signing in and one's own account in a real browser, passkeys with a virtual authenticator."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from allauth.mfa.totp.internal import auth as totp
from playwright.sync_api import Browser, Page

from tests.browser import account_people
from tests.browser.account_people import PASSWORD
from tests.browser.test_pages import TOO_WIDE, violations

LANGUAGES = {"vi": "", "en": "/en"}
SIGNED_OUT = (
    *("/dang-nhap/", "/dang-xuat/", "/dang-nhap/da-dong/", "/dang-nhap/quen-mat-khau/"),
    *("/dang-nhap/quen-mat-khau/da-gui/", "/dang-nhap/quen-mat-khau/1-khong-con/"),
    *("/dang-nhap/mat-khau-da-dat/", "/dang-nhap/dinh-danh/da-huy/", "/tai-khoan/thu-dien-tu/x/"),
)
SIGNED_IN = (
    *("/tai-khoan/", "/tai-khoan/phien/", "/tai-khoan/mat-khau/", "/tai-khoan/thu-dien-tu/"),
    *("/tai-khoan/xac-nhan/", "/tai-khoan/xac-thuc/", "/tai-khoan/dinh-danh/"),
    *("/tai-khoan/xac-thuc/khoa/", "/tai-khoan/xac-nhan/ma/"),
)
#: These want the password again first.
CONFIRMED = (
    *("/tai-khoan/xac-thuc/khoa/them/", "/tai-khoan/xac-thuc/ma/tao/", "/tai-khoan/xac-thuc/ma/"),
    "/tai-khoan/xac-thuc/ung-dung/go/",
)


@pytest.fixture(scope="session")
def site(server: str) -> str:
    """The served site by the only name for which browsers allow passkeys without HTTPS."""
    return server.replace("127.0.0.1", "localhost")


def make(*names: str) -> list[str]:
    """Accounts on the served site, each with a name of its own; the secrets of their apps."""
    return on_site(str(Path(account_people.__file__)), *names)


def on_site(*program: str) -> list[str]:
    """Run a Python program on the served site's own home; the words that it prints."""
    home = str(Path(os.environ["TINHSO_HOME"]) / "served")
    env = {name: value for name, value in os.environ.items() if not name.startswith("TINHSO_")}
    env |= {"TINHSO_HOME": home, "DJANGO_SETTINGS_MODULE": "tinhso.web.settings"}
    command = [sys.executable, *program]
    return subprocess.run(
        command, env=env, check=True, text=True, capture_output=True
    ).stdout.split()


def code(secret: str, ahead: int = 0) -> str:
    counter = next(totp.yield_hotp_counters_from_time()) + ahead
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


def enter(page: Page, site: str, name: str, prefix: str = "") -> None:
    """Name and password given and taken: a click alone does not wait for the page behind it."""
    page.goto(f"{site}{prefix}/dang-nhap/")
    page.fill("input[name=login]", name)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(re.compile("/(viec-hom-nay|xac-thuc)/$"))


def signed_in(
    chromium: Browser, site: str, name: str, secret: str = "", prefix: str = "", width: int = 1280
) -> Page:
    """Somebody on the day's work, with a second factor where the name ends in `.2`."""
    page = chromium.new_context(viewport={"width": width, "height": 740}).new_page()
    enter(page, site, name, prefix)
    if name.endswith(".2"):
        page.fill("input[name=code]", code(secret))
        page.click("main form.code button[type=submit]")
    page.wait_for_url("**/viec-hom-nay/")
    return page


def check(page: Page, address: str) -> list[str]:
    """What is wrong with a page for somebody: in axe's eyes, or on the narrowest phone."""
    page.goto(address)
    wrong = [f"{address}: {one}" for one in violations(page)]
    return wrong + ([f"{address}: too wide"] if page.evaluate(TOO_WIDE) else [])


@pytest.mark.parametrize(("language", "scheme"), [("vi", "light"), ("en", "dark")])
def test_pages_of_signing_in_exclude_nobody(
    chromium: Browser, site: str, language: str, scheme: str
) -> None:
    root, name = site + LANGUAGES[language], f"moi.{language}.{scheme}.2"
    (secret,) = make(f"{name}:officer")
    size = {"width": 320, "height": 640}
    context = chromium.new_context(color_scheme=scheme, viewport=size)  # type: ignore[arg-type]
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda m: complaints.append(m.text) if "Policy" in m.text else None)
    wrong = [one for path in SIGNED_OUT for one in check(page, root + path)]
    enter(page, site, name, LANGUAGES[language])
    wrong += check(page, f"{root}/dang-nhap/xac-thuc/")
    page.fill("input[name=code]", code(secret))
    page.click("main form.code button[type=submit]")
    page.wait_for_url("**/viec-hom-nay/")
    wrong += [one for path in SIGNED_IN for one in check(page, root + path)]
    page.goto(f"{root}/tai-khoan/xac-nhan/")
    page.fill("main input[name=password]", PASSWORD)
    page.click("main form.form button[type=submit]")
    wrong += [one for path in CONFIRMED for one in check(page, root + path)]
    assert wrong == []
    assert complaints == []
    context.close()


def test_whoever_must_adds_a_passkey_and_needs_no_password_any_more(
    chromium: Browser, site: str
) -> None:
    make("khoa:administrator")
    context = chromium.new_context()
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    enter(page, site, "khoa")
    page.wait_for_url("**/tai-khoan/xac-thuc/")
    assert page.locator("text=Vị trí của bạn đòi lớp xác thực thứ hai").is_visible()
    page.click("main a:has-text('Thêm khóa')")
    page.fill("main input[name=password]", PASSWORD)
    page.click("main form.form button[type=submit]")
    page.wait_for_url("**/khoa/them/")
    page.fill("input[name=name]", "Máy tính ở cơ quan")
    page.click("#mfa_webauthn_add")
    page.wait_for_url("**/tai-khoan/xac-thuc/ma/")
    assert page.locator(".codes li").count() == 10
    page.goto(f"{site}/tai-khoan/")
    assert page.locator("text=đã qua lớp thứ hai").is_visible()
    page.click("form[action$='/dang-xuat/'] button")
    page.goto(f"{site}/dang-nhap/")
    page.click("#passkey_login")
    page.wait_for_url("**/viec-hom-nay/")
    page.goto(f"{site}/tai-khoan/")
    assert page.locator("text=đã qua lớp thứ hai").is_visible()
    context.close()


def test_a_device_without_a_passkey_is_told_so_and_the_password_still_works(
    chromium: Browser, site: str
) -> None:
    make("khong.khoa:officer")
    context = chromium.new_context()
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.goto(f"{site}/dang-nhap/")
    page.click("#passkey_login")
    page.wait_for_selector("#khoa-loi:visible")
    enter(page, site, "khong.khoa")
    page.wait_for_url("**/viec-hom-nay/")
    context.close()


def test_password_and_code_sign_in_without_scripts(chromium: Browser, site: str) -> None:
    (secret,) = make("khong.js.2:officer")
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    enter(page, site, "khong.js.2")
    page.fill("input[name=code]", code(secret))
    page.click("main form.code button[type=submit]")
    page.wait_for_url("**/viec-hom-nay/")  # a click does not wait for the page behind it
    context.close()
