"""A share is given by rule from a phone, in both languages: what lacks is said, and what is typed stays."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from tests.browser.languages import BOTH, said
from tests.browser.showing import picture
from tests.browser.test_account_pages import TOO_WIDE, make, signed_in
from tests.browser.test_pages import violations

#: Each language gives a target of its own: the site of the tests is one.
TARGET = {"": "XHS-02", "/en": "XHS-03"}


@BOTH
def test_a_share_is_given_by_rule_on_a_phone(chromium: Browser, server: str, root: str) -> None:
    name = f"giao{root.replace('/', '.')}.2"
    (secret,) = make(f"{name}:standing-agency:p75.2025")
    page = signed_in(chromium, server, name, secret, root, width=360)
    page.goto(f"{server}{root}/giao-chi-tieu/binh-phuoc-2025/chi-tieu/{TARGET[root]}/giao/")
    page.select_option("select[name=cach]", "same")
    page.fill("input[name=ngay]", "2025-07-15")
    page.fill("input[name=tra-loi]", "Chủ tịch UBND xã")
    page.click(f"main form >> text={said(root, 'Xem trước')}")
    # Neither for whom nor how much was said: the form says so and keeps the rest.
    expect(page.locator("main .bad")).not_to_have_count(0)
    expect(page.locator("input[name=tra-loi]")).to_have_value("Chủ tịch UBND xã")
    wrong = [*violations(page), *["too wide"] * page.evaluate(TOO_WIDE)]
    page.check("input[name=cap][value=commune]")
    page.fill("input[name=muc]", "85,5")
    page.click(f"main form >> text={said(root, 'Xem trước')}")
    cells = page.locator("input[name^='gt-']")
    expect(cells.first).to_have_value("85,5")
    wrong += [*violations(page), *["too wide"] * page.evaluate(TOO_WIDE)]
    picture(page, "shares-phone")
    # One commune by hand: its own row and the sum follow.
    cells.nth(1).fill("chín mươi")
    page.click(f"main form >> text={said(root, 'Tính lại tổng')}")
    expect(page.locator("main td, main th").locator("small.bad")).to_have_count(1)
    expect(cells.nth(1)).to_have_value("chín mươi")
    cells.nth(1).fill("90")
    page.click(f"main form >> text={said(root, 'Lưu đợt giao')}")
    expect(page.locator("main [role=status]").first).to_be_visible()
    expect(page.locator("main")).to_contain_text("Chủ tịch UBND xã")
    wrong += [*violations(page), *["too wide"] * page.evaluate(TOO_WIDE)]
    assert wrong == []
    page.context.close()
