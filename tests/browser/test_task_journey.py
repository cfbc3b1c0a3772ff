"""Tasks in a real browser: an annex becomes tasks without a script, and nobody is excluded."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.languages import BOTH, said
from tests.browser.test_account_pages import TOO_WIDE, code, enter, make
from tests.browser.test_pages import violations
from tests.modules.tasks.annexes import ranges_excel


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


#: Why a row is not kept; the day that was typed, as a page writes it.
NO_DAY = {"": "Chu kỳ này cần ngày hạn", "/en": "This rhythm needs a day"}
TYPED = {"": "30/11/2025", "/en": "30 November 2025"}


@BOTH
def test_an_annex_becomes_tasks_with_and_without_a_script(
    chromium: Browser, server: str, tmp_path: Path, root: str
) -> None:
    # The plan takes the same task once: each language brings rows of its own.
    path = tmp_path / "ranges.xlsx"
    task = f"Chữ ký số{root.replace('/', ' ')}"
    ranges_excel(path, task, f"Khảo sát{root}", f"Đô thị{root}")
    name = f"phu.luc{root.replace('/', '.')}.2"
    (secret,) = make(f"{name}:standing-agency")
    context = chromium.new_context(
        java_script_enabled=bool(root), viewport={"width": 360, "height": 740}
    )
    page = context.new_page()
    enter(page, server, name, root)
    page.fill("input[name=code]", code(secret))
    page.click("main form.code button[type=submit]")
    page.wait_for_url("**/viec-hom-nay/")
    page.goto(f"{server}{root}/nhiem-vu/nhap/")
    page.set_input_files("input[name=file]", str(path))
    page.click("main form.fill button[type=submit]")
    expect(page.locator("table.preview tbody tr")).to_have_count(3)
    # In Vietnamese the journey goes without a script, also ours.
    wrong = [*violations(page), *["too wide"] * page.evaluate(TOO_WIDE)] if root else []
    keep = f"main form >> text={said(root, 'Lưu các dòng đã chọn')}"
    page.fill("input[name='han-1-4']", "")
    page.click(keep)
    expect(page.locator(f"text={NO_DAY[root]}").first).to_be_visible()
    page.fill("input[name='han-1-4']", "2025-11-30")
    page.click(keep)
    kept = said(root, "Đã lưu %(count)s nhiệm vụ từ phụ lục.") % {"count": 3}
    expect(page.locator(f"text={kept}")).to_be_visible()
    page.fill("input[name=tim]", "chu ky so")
    page.click("main form.lens button[type=submit]")
    page.click(f"table.tasks tbody th >> text=/^{task}$/")
    expect(page.locator(f"text={TYPED[root]}").first).to_be_visible()
    assert wrong == []
    context.close()
