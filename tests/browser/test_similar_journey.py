"""Somebody else has reported it: a resident is told before sending, and follows that one instead; or says
that theirs is another matter."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.account_people import UNIT
from tests.browser.languages import BOTH, said
from tests.browser.test_account_pages import make
from tests.browser.test_desk_acts_journey import wrong
from tests.browser.visitor import Visitor

PHONE = {"width": 360, "height": 740}


def published(site: str, name: str, title: str) -> str:
    """A report of today that everybody reads, made by somebody at 1022; its code."""
    make(f"{name}:call-taker")
    who = Visitor(site, name)
    page = who.open("/1022/nhap/").press("Lưu, nhận mã", title=title, place=UNIT, category="light")
    (code,) = page.at("//h1")
    who.open(f"/1022/{code}/cong-khai/").press("Công khai")
    return str(code)


def filled(page: Page, site: str, root: str, text: str) -> None:
    page.goto(f"{site}{root}/phan-anh/gui/")
    page.select_option("[name=category]", "light")
    page.select_option("[name=commune]", UNIT)
    page.fill("[name=text]", text)


def followed(page: Page, root: str, code: str, title: str) -> list[str]:
    """Follow the report on its page, and open what was given to follow it by."""
    found = wrong(page)
    page.get_by_role("button", name=said(root, "Theo dõi phản ánh này")).click()
    page.wait_for_selector(".receipt")
    found += wrong(page)
    page.click(".receipt .button")
    page.wait_for_url(f"**/theo-doi/{code}/**")
    expect(page.locator("h1")).to_have_text(title)
    expect(page.get_by_role("button", name=said(root, "Rút phản ánh này"))).to_have_count(0)
    return found + wrong(page)


@BOTH
def test_a_report_that_is_there_already_is_followed_instead(
    chromium: Browser, server: str, root: str
) -> None:
    title = "Đèn đường tắt trước đình Tân Lợi" if root else "Đèn đường tắt trước chùa Tân Lập"
    code = published(server, f"gan.day{root.replace('/', '.')}", title)
    context = chromium.new_context(viewport=PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    early: list[Route] = []
    page.route("**/gan-day/*chu=", lambda one: early.append(one))  # noqa: PLW0108 (it marks the function)
    filled(page, server, root, f"{title} từ tối qua")
    page.locator("[name=text]").blur()
    near = page.locator("[data-near-list]")
    expect(near).to_contain_text(title)
    # What was asked before there were words is answered late, and changes nothing any more.
    with page.expect_response("**/gan-day/*chu="):
        early[0].continue_()
    expect(near.locator("[data-held]")).to_be_hidden()
    found = wrong(page)
    with context.expect_page() as opened:
        near.get_by_role("link", name=title).click()
    other = opened.value
    other.set_viewport_size(PHONE)  # type: ignore[arg-type]
    expect(other.locator("h1")).to_have_text(title)
    found += followed(other, root, code, title)
    # What was typed is there still. Where the page could not ask, the server tells, and nothing is sent.
    expect(page.locator("[name=text]")).to_have_value(f"{title} từ tối qua")
    page.route("**/gan-day/**", lambda one: one.abort())
    filled(page, server, root, f"{title} từ tối qua")
    send = page.get_by_role("button", name=said(root, "Gửi phản ánh"), exact=True)
    send.click()
    expect(near.locator("[data-held]")).to_contain_text(said(root, "Chưa gửi."))
    found += wrong(page)
    send.click()
    page.locator(".receipt").wait_for()
    assert found == []
    context.close()
    if not root:
        between_without_a_script(chromium, server, code, title)


def between_without_a_script(chromium: Browser, server: str, code: str, title: str) -> None:
    """The page that stands between the form and another report of the same."""
    plain = chromium.new_context(java_script_enabled=False, viewport=PHONE)  # type: ignore[arg-type]
    page = plain.new_page()
    filled(page, server, "", title)
    page.get_by_role("button", name="Gửi phản ánh", exact=True).click()
    entry = page.locator(".entries li", has=page.get_by_role("link", name=title))
    entry.get_by_role("button").click()
    page.click(".receipt .button")
    page.wait_for_url(f"**/theo-doi/{code}/**")
    plain.close()
