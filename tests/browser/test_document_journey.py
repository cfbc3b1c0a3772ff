"""The main journey in a real browser: choose, fill in, look, make, fetch, look a number up."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pypdfium2
import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from tests.browser.languages import BOTH, said
from tests.browser.test_account_pages import TOO_WIDE, enter, make, signed_in
from tests.browser.test_pages import violations

ACCOUNTS = Path(__file__).with_name("account_people.py")


def make_account(name: str) -> None:
    home = str(Path(os.environ["TINHSO_HOME"]) / "served")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TINHSO_")}
    env = kept | {"TINHSO_HOME": home, "DJANGO_SETTINGS_MODULE": "tinhso.web.settings"}
    subprocess.run([sys.executable, str(ACCOUNTS), name], env=env, check=True, capture_output=True)


def looked_at(page: Page, root: str) -> list[str]:
    """What is wrong with the page; in Vietnamese the journey goes without a script, also ours."""
    return [*violations(page), *["too wide"] * page.evaluate(TOO_WIDE)] if root else []


#: What is no text of the catalogue: a kind's name, and why a number is refused.
SHEET = {"": "Thông báo kết quả", "/en": "result sheet"}
DIGITS = {"": "chỉ ghi chữ số", "/en": "digits only"}


@BOTH
def test_an_officer_makes_a_result_sheet_and_anybody_looks_its_number_up(
    chromium: Browser, server: str, root: str
) -> None:
    name = f"soan-van-ban{root.replace('/', '-')}"
    make_account(f"{name}:officer")
    context = chromium.new_context(
        viewport={"width": 320, "height": 640}, java_script_enabled=bool(root)
    )
    page = context.new_page()
    enter(page, server, name, root)
    page.goto(f"{server}{root}/van-ban/")
    wrong = looked_at(page, root)
    page.click(f"text={said(root, 'Soạn văn bản')}")
    page.locator("li", has_text=SHEET[root]).get_by_role("link").click()
    page.select_option("select[name=about]", "d690")
    page.click(f"main form >> text={said(root, 'Tiếp')}")
    page.fill("input[name=number]", "không phải số")
    page.fill("input[name=signer]", "Nguyễn Thị Bình Minh")
    page.click(f"text={said(root, 'Lưu bản nháp')}")
    expect(page.locator("main")).to_contain_text(DIGITS[root])
    wrong += looked_at(page, root)
    assert page.input_value("input[name=signer]") == "Nguyễn Thị Bình Minh"
    page.fill("input[name=number]", "15")
    page.click(f"text={said(root, 'Lưu bản nháp')}")
    page.click(f"text={said(root, 'Hoàn thành văn bản')}")
    expect(page.locator("main")).to_contain_text(said(root, "Đã hoàn thành văn bản."))
    wrong += looked_at(page, root)
    assert wrong == []
    with page.expect_download() as sent:
        page.locator("li", has_text="PDF").get_by_role("link").first.click()
    drawn = pypdfium2.PdfDocument(Path(sent.value.path()).read_bytes())
    first = drawn[0].get_textpage().get_text_bounded()
    drawn.close()
    assert "Số: 15/TB-UBND" in first
    code = page.locator("table th a").first.inner_text()
    context.close()

    stranger = chromium.new_context().new_page()
    stranger.goto(f"{server}{root}/so/")
    stranger.fill("input[name=ma]", code.lower())
    stranger.click("main button[type=submit]")
    expect(stranger.locator("main")).to_contain_text(said(root, "Kiểm chứng"))
    stranger.context.close()


@pytest.mark.parametrize("width", [360, 1366])
def test_a_meeting_gives_a_task_by_keyboard_and_loses_nothing_typed(
    chromium: Browser, server: str, width: int
) -> None:
    name = f"hop.{width}.2"
    (secret,) = make(f"{name}:standing-agency:p75.2025")
    page = signed_in(chromium, server, name, secret.replace("-", ""), width=width)
    page.goto(f"{server}/hop/")
    assert not page.evaluate(TOO_WIDE)
    title, day = f"Lập tổ hỗ trợ {width}", timezone.localdate().isoformat()
    page.locator(".reds .deciding summary").first.focus()
    page.keyboard.press("Enter")
    for typed in (title, "không có đơn vị này"):
        page.keyboard.press("Tab")
        page.keyboard.type(typed)
    form = page.locator(".deciding[open]")
    form.locator("input[name=deadline]").fill(day)
    page.keyboard.press("Enter")
    form.locator("small.bad").wait_for()
    assert "Không có đơn vị nào tên" in form.inner_text()
    assert form.locator("input[name=title]").input_value() == title
    assert violations(page) == []
    lead = page.locator("#don-vi-chon option").first.get_attribute("value") or ""
    form.locator("input[name=lead]").fill(lead)
    page.keyboard.press("Enter")
    page.locator("#ket-luan a", has_text=title).click()
    expect(page.locator("main")).to_contain_text("kết luận cuộc họp, chỉ đạo")
    page.get_by_role("link", name="Lịch sử thay đổi").click()
    expect(page.locator("main")).to_contain_text("giao nhiệm vụ", ignore_case=True)
    page.context.close()
