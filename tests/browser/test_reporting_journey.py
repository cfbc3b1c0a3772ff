"""The month's figures on a phone: from signing in to the plan's page, with everybody on the way."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote_plus

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.account_people import UNIT
from tests.browser.languages import said
from tests.browser.test_account_pages import check, make, signed_in
from tests.browser.test_pages import violations

ROOT = "/bao-cao-so-lieu/"
FORM = f"{ROOT}binh-phuoc-2025/XA-THANG/2025-12r/{UNIT}/"
FIGURE = f"/ke-hoach/binh-phuoc-2025/chi-tieu/HTS-02/?don-vi={UNIT}&ky=2025"


@pytest.fixture(scope="session")
def site(server: str) -> str:
    return server


def keep(page: Page, field: str, text: str) -> None:
    """Type into a field and wait until the draft with it is kept: what was typed before is kept by a
    request of its own, which may be answered later."""
    with page.expect_response(lambda one: quote_plus(text) in (one.request.post_data or "")):
        page.locator(field).fill(text)
        page.locator(field).blur()


def measure() -> None:
    home = str(Path(os.environ["TINHSO_HOME"]) / "served")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TINHSO_")}
    kept["DJANGO_SETTINGS_MODULE"] = "tinhso.web.settings"
    command = [str(Path(sys.executable).parent / "tinhso"), "measure"]
    subprocess.run(command, env=kept | {"TINHSO_HOME": home}, check=True, capture_output=True)


def test_the_months_figures_are_entered_and_sent_in_english(chromium: Browser, site: str) -> None:
    unit = "c25210.2025"
    make(f"en.nhap:officer:{unit}")
    page = signed_in(chromium, site, "en.nhap", prefix="/en", width=360)
    form = f"{site}/en{FORM.replace(UNIT, unit)}"
    wrong = check(page, form)
    first = page.locator("fieldset.figure").first
    shown = re.search(
        r": ([\d,]+) / ([\d,]+)", first.locator("text=/Last time/").first.inner_text()
    )
    assert shown is not None
    numerator, denominator = first.locator("input[inputmode=numeric]").all()
    assert denominator.input_value() == shown[2].replace(",", "")  # nobody types what is known
    numerator.fill("1,2")
    page.locator("#o-evidence").focus()
    expect(first.locator(".share")).to_contain_text("can be read in two ways")
    numerator.fill(shown[1].replace(",", ""))
    keep(page, "#o-evidence", "16/BC-UBND")
    expect(page.locator("#nhap")).to_contain_text("Draft kept")
    page.click(f"text={said('/en', 'Gửi đi duyệt')}")
    expect(page.locator("main [role=status]").first).to_contain_text("1 figure sent")
    wrong += violations(page)
    assert wrong == []
    page.context.close()


def test_a_months_figures_go_from_a_phone_to_the_plans_page(chromium: Browser, site: str) -> None:
    names = {"xa.nhap": "officer", "xa.duyet.2": "leader", "tinh.duyet.2": "standing-agency"}
    secrets = dict(zip(names, make(*(f"{n}:{r}" for n, r in names.items())), strict=True))
    clerk = signed_in(chromium, site, "xa.nhap", secrets["xa.nhap"], width=360)
    complaints: list[str] = []
    clerk.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    clerk.goto(f"{site}{FORM}")
    before = clerk.locator("text=/Lần trước/").first.inner_text()
    last = re.search(r": ([\d.]+) / ([\d.]+)", before)
    assert last is not None
    denominator = int(last[2].replace(".", ""))
    numerator = min(int(last[1].replace(".", "")) + 1, denominator)
    first = clerk.locator("fieldset.figure").first
    first.get_by_label("Hộ có thể lắp cáp quang").fill("1.2")
    first.get_by_label("Số hộ gia đình").fill(last[2])
    clerk.locator("#o-evidence").focus()
    expect(first.locator(".share")).to_contain_text("có thể hiểu hai cách")
    first.get_by_label("Hộ có thể lắp cáp quang").fill(str(numerator))
    keep(clerk, "#o-evidence", "15/BC-UBND")
    expect(first.locator(".share")).to_contain_text("%")
    expect(clerk.locator("#nhap")).to_contain_text("Đã lưu nháp")
    assert first.get_by_label("Hộ có thể lắp cáp quang").get_attribute("inputmode") == "numeric"
    clerk.reload()  # the phone was put away; the draft is there
    expect(clerk.locator("#o-evidence")).to_have_value("15/BC-UBND")
    clerk.click("text=Gửi đi duyệt")
    expect(clerk.locator("main [role=status]").first).to_contain_text("Đã gửi 1 số liệu")
    assert complaints == []

    for name in ("xa.duyet.2", "tinh.duyet.2"):
        page = signed_in(chromium, site, name, secrets[name])
        page.goto(f"{site}{ROOT}duyet/")
        everything = page.locator("input[name=chosen]")
        everything.evaluate_all("all => all.forEach((one) => (one.checked = false))")
        row = page.locator("tr", has_text=f"{numerator} / ").filter(has_text="15/BC-UBND")
        row.locator("input").check()
        page.click("text=Duyệt số đã chọn")
        expect(page.locator("main [role=status]").first).to_contain_text("Đã duyệt 1 số liệu")

    history = f"{FORM}lich-su/HTS-02/"
    overview = f"{ROOT}tong-hop/?ky=binh-phuoc-2025/XA-THANG/2025-12r"
    clerk.set_viewport_size({"width": 320, "height": 640})
    clerk.emulate_media(color_scheme="dark")
    paths = (ROOT, f"/en{FORM}", f"{FORM}gui-tep/", history, overview)
    wrong = [one for path in paths for one in check(clerk, site + path)]
    page.set_viewport_size({"width": 320, "height": 640})
    wrong += check(page, f"{site}{ROOT}duyet/")
    assert wrong == []

    expected = re.compile(rf"\b{numerator}\b")
    for _ in range(25):
        time.sleep(2)  # the worker brings it into the lake within seconds, later on a busy machine
        measure()
        clerk.goto(f"{site}{FIGURE}")
        if expected.search(clerk.locator(".hero").inner_text()):
            break
    assert expected.search(clerk.locator(".hero").inner_text())
