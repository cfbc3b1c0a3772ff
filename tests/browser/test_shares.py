"""A reader comes from the province's target to one commune's share, on any screen and by rule."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.test_pages import open_page, violations


@pytest.mark.parametrize("width", [320, 1280])
def test_a_target_leads_to_the_share_of_each_unit(
    chromium: Browser, server: str, width: int
) -> None:
    page, complaints, status = open_page(
        chromium, f"{server}/giao-chi-tieu/", viewport={"width": width, "height": 800}
    )
    assert status == 200
    found = violations(page)
    page.get_by_role("link", name="Hồ sơ xử lý hoàn toàn trực tuyến").click()
    assert page.get_by_text("Nếu mọi đơn vị đạt đúng phần giao").is_visible()
    found += violations(page)
    wide = page.evaluate("document.documentElement.scrollWidth")
    row = page.get_by_role("row", name="Các phần giao khác nhau").first
    row.get_by_role("link").first.click()
    assert page.get_by_role("heading", level=1).inner_text() == "Chỉ tiêu của chúng tôi"
    found += violations(page)
    assert (wide, found, complaints) == (width, [], [])
    page.context.close()
