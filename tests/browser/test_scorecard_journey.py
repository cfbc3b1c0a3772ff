"""The journey through a scorecard in a real browser: from a ranking to the figure behind a point."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.languages import BOTH
from tests.browser.test_pages import open_page, violations

ROOT = "/bo-chi-so/binh-phuoc-2025"


@BOTH
def test_from_a_ranking_to_the_figure_behind_a_point(
    chromium: Browser, server: str, root: str
) -> None:
    """By keyboard, at the width of a small phone, without JavaScript."""
    address = f"{server}{root}{ROOT}/XH-382/xep-hang/cap-huyen/?ky=2025-Q2"
    page, complaints, status = open_page(
        chromium, address, viewport={"width": 320, "height": 700}, java_script_enabled=False
    )
    assert status == 200
    first = page.locator("table.ranking tbody th a").first
    name = first.inner_text()
    first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".lede")).to_contain_text(name)
    figure = page.locator("#XH-TOAN-TRINH td a").first
    shown = figure.inner_text()
    figure.focus()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text(shown)
    expect(page.locator("main")).to_contain_text(name)
    assert complaints == []
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_exclude_nobody(chromium: Browser, server: str, scheme: str) -> None:
    for path in (
        f"{ROOT}/",
        f"/en{ROOT}/XH-382/?don-vi=d695&ky=2025-Q2",
        f"{ROOT}/XH-382/xep-hang/cap-huyen/?ky=2025-Q2",
        f"/en{ROOT}/DTI-2022/cac-tinh/?ky=2022&don-vi=p48",
    ):
        page, complaints, status = open_page(chromium, server + path, color_scheme=scheme)
        assert status == 200
        assert violations(page) == []
        assert complaints == []
        page.context.close()
