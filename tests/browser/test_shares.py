"""A reader comes from the province's target to one commune's share, on any screen and by rule."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.languages import said
from tests.browser.test_pages import open_page, violations

#: A target's name, which stands in the plan and not in the catalogue.
TARGET = {"": "Hồ sơ xử lý hoàn toàn trực tuyến", "/en": "Dossiers handled wholly online"}
DIFFER = {"": "Các phần giao khác nhau", "/en": "The shares differ"}


@pytest.mark.parametrize(("root", "width"), [("", 320), ("/en", 320), ("", 1280)])
def test_a_target_leads_to_the_share_of_each_unit(
    chromium: Browser, server: str, root: str, width: int
) -> None:
    page, complaints, status = open_page(
        chromium, f"{server}{root}/giao-chi-tieu/", viewport={"width": width, "height": 800}
    )
    assert status == 200
    found = violations(page)
    page.get_by_role("link", name=TARGET[root]).click()
    expect(page.get_by_text(said(root, "Nếu mọi đơn vị đạt đúng phần giao"))).to_be_visible()
    found += violations(page)
    wide = page.evaluate("document.documentElement.scrollWidth")
    row = page.get_by_role("row", name=DIFFER[root]).first
    row.get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(said(root, "Chỉ tiêu của chúng tôi"))
    found += violations(page)
    assert (wide, found, complaints) == (width, [], [])
    page.context.close()
