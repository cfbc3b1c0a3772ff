"""Somebody asks to be told on this device; the service worker shows what comes, and takes it back.

The browser's own service of notices is far away: its part, giving a subscription, is stood for in the
page; what such a service does with a notice, Chromium's own tools do.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import CHROMIUM, FLAGS, start
from tests.browser.test_pages import violations
from tests.prepared import copy_home

GIVEN = """
(() => {
  let held = null;
  const given = (key) => ({
    options: { applicationServerKey: key.buffer || key },
    toJSON: () => ({ endpoint: "https://push.example/device/1", keys: {
      p256dh: "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8",
      auth: "BTBZMqHH6r4Tts7J_aSIgg" } }),
    unsubscribe: async () => { held = null; return true; },
  });
  PushManager.prototype.subscribe = async (asked) => held = given(asked.applicationServerKey);
  PushManager.prototype.getSubscription = async () => held;
})();
"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The product as it tells devices: with a name of its own and an address to write to."""
    copy_home(tmp_path)
    served = start(
        tmp_path,
        "/phan-anh/",
        TINHSO_SAMPLE_SCALE="0",
        TINHSO_SITE="https://so.example",
        TINHSO_MAIL_URL="smtp://127.0.0.1:9",
        TINHSO_MAIL_FROM="so@tinh.example",
    )
    yield str(served["address"]), tmp_path
    os.killpg(int(str(served["pid"])), signal.SIGTERM)


@pytest.fixture
def whole(chromium: Browser) -> Iterator[Browser]:
    """A Chromium that shows notices: the shell has nowhere to."""
    if "shell" not in str(CHROMIUM):
        yield chromium
        return
    if not (path := shutil.which("chromium")):
        pytest.skip("ONLY THE SHELL OF CHROMIUM IS HERE: notices on devices are NOT tested")
    browser = chromium.browser_type.launch(executable_path=path, args=FLAGS)
    yield browser
    browser.close()


def test_a_device_is_asked_told_and_left_alone(whole: Browser, site: tuple[str, Path]) -> None:
    address, home = site
    context = whole.new_context(viewport={"width": 360, "height": 740})
    context.grant_permissions(["notifications"], origin=address)
    context.add_init_script(GIVEN)
    page = context.new_page()
    page.goto(f"{address}/phan-anh/gui/")
    page.locator("[name=text]").fill("Đèn đường trước chợ hỏng")
    page.get_by_role("button", name="Gửi phản ánh", exact=True).click()
    page.locator("[data-address]").click()
    page.wait_for_url("**/theo-doi/PA-**")
    followed = page.url
    button = page.locator("[data-push] button")
    expect(button).to_have_text("Báo tin trên máy này")
    button.click()
    expect(button).to_have_text("Thôi báo trên máy này")
    assert violations(page) == []
    assert _devices(home) == 1

    # A notice comes: the worker shows it, and knows where its code is followed.
    tools = context.new_cdp_session(page)
    registrations: list[dict[str, str]] = []
    tools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: registrations.extend(told["registrations"]),
    )
    tools.send("ServiceWorker.enable")
    page.wait_for_timeout(300)
    (worker,) = {
        one["registrationId"] for one in registrations if one["scopeURL"].endswith("/phan-anh/")
    }
    code = followed.split("/")[-3]
    told = {
        "title": "Đã có trả lời",
        "body": "Đèn đường",
        "code": code,
        "path": "/",
        "language": "vi",
    }
    tools.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": address, "registrationId": worker, "data": json.dumps(told)},
    )
    shown = """async (code) => {
      const worker = await navigator.serviceWorker.getRegistration("/phan-anh/");
      const notices = await worker.getNotifications({ tag: code });
      const kept = await caches.match(`/phan-anh/ma/${code}`);
      return [notices.map((one) => one.title), kept && await kept.text()];
    }"""
    page.wait_for_timeout(300)
    assert page.evaluate(shown, code) == [["Đã có trả lời"], followed.removeprefix(address)]

    button.click()
    expect(button).to_have_text("Báo tin trên máy này")
    assert _devices(home) == 0
    context.close()


def _devices(home: Path) -> int:
    with closing(sqlite3.connect(home / "site.sqlite3")) as file:
        return int(file.execute("SELECT count(*) FROM cases_device").fetchone()[0])
