"""Tasks in a real browser: an annex becomes tasks without a script, and nobody is excluded."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.test_account_pages import TOO_WIDE, code, enter, make
from tests.browser.test_pages import violations
from tests.modules.tasks.annexes import FILES


@pytest.mark.parametrize(("root", "scheme"), [("", "light"), ("/en", "dark")])
def test_the_list_and_a_task_exclude_nobody(
    chromium: Browser, server: str, root: str, scheme: str
) -> None:
    size = {"width": 320, "height": 640}
    context = chromium.new_context(color_scheme=scheme, viewport=size)  # type: ignore[arg-type]
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda m: complaints.append(m.text) if "Policy" in m.text else None)
    page.goto(f"{server}{root}/nhiem-vu/")
    wrong = [*violations(page), *["too wide"] * page.evaluate(TOO_WIDE)]
    page.click("table.tasks th[scope=row] a >> nth=0")
    page.wait_for_selector(".timeline")
    wrong += [*violations(page), *["too wide"] * page.evaluate(TOO_WIDE)]
    assert wrong == []
    assert complaints == []
    context.close()


def test_an_annex_becomes_tasks_without_a_script(
    chromium: Browser, server: str, tmp_path: Path
) -> None:
    path = tmp_path / "ranges.xlsx"
    FILES["ranges.xlsx"](path)
    (secret,) = make("phu.luc.2:standing-agency")
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    enter(page, server, "phu.luc.2")
    page.fill("input[name=code]", code(secret))
    page.click("main form.code button[type=submit]")
    page.goto(f"{server}/nhiem-vu/nhap/")
    page.set_input_files("input[name=file]", str(path))
    page.click("main form.fill button[type=submit]")
    assert page.locator("table.preview tbody tr").count() == 3
    page.fill("input[name='han-1-4']", "")
    page.click("main form >> text=Lưu các dòng đã chọn")
    assert page.locator("text=Chu kỳ này cần ngày hạn").first.is_visible()
    page.fill("input[name='han-1-4']", "2025-11-30")
    page.click("main form >> text=Lưu các dòng đã chọn")
    assert page.locator("text=Đã lưu 3 nhiệm vụ từ phụ lục").is_visible()
    page.fill("input[name=tim]", "chu ky so")
    page.click("main form.lens button[type=submit]")
    page.click("table.tasks tbody th >> text=/^Chữ ký số$/")
    assert page.locator("text=30/11/2025").first.is_visible()
    context.close()
