"""A resident reports from a phone whose signal goes, follows, and says that it is not mended."""

from __future__ import annotations

import base64
import io
import re

import pytest
from PIL import ExifTags, Image
from playwright.sync_api import Browser, expect

from tests.browser.showing import picture as shown
from tests.browser.test_pages import violations
from tests.modules.feedback.test_report_sending import picture
from tinhso.modules.feedback.places import taken

WORDS = {
    "": ("Gửi phản ánh", "Chưa có mạng", "Mở trang theo dõi", "Đã nhận phản ánh", "Rút phản ánh"),
    "/en": ("Send a report", "No signal", "Open the page to follow it", "The report was received", "Withdraw the report"),
}  # fmt: skip


@pytest.mark.parametrize("prefix", ["", "/en"], ids=["vi", "en"])
def test_a_report_made_without_signal_is_sent_once_when_it_is_back(
    chromium: Browser, server: str, prefix: str
) -> None:
    send, waiting, follow, received, withdraw = WORDS[prefix]
    context = chromium.new_context(viewport={"width": 360, "height": 740}, has_touch=True)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{server}{prefix}/phan-anh/gui/")
    found = violations(page)
    page.evaluate("navigator.serviceWorker.ready")
    context.set_offline(True)
    # The page itself is at hand without signal.
    page.reload()
    photo = {"name": "anh.jpg", "mimeType": "image/jpeg", "buffer": picture((11.75, 106.72)).read()}
    page.locator("[name=photos]").set_input_files([photo])  # type: ignore[list-item]
    expect(page.locator("[name=lat]")).to_have_value(re.compile(r"^11\.7"))
    page.locator("[name=text]").fill("Ổ gà sâu trước cổng chợ")
    page.locator("[name=category]").select_option("road")
    if not prefix:
        shown(page, "report-filled")
    page.get_by_role("button", name=send, exact=True).click()
    kept = page.locator("[data-queue] li")
    expect(kept).to_contain_text(waiting)
    if not prefix:
        shown(page, "report-offline")
    wide = page.evaluate("document.documentElement.scrollWidth")
    # The tab is closed meanwhile; what was kept is sent when the form is open again with signal.
    page.close()
    page = context.new_page()
    context.set_offline(False)
    page.goto(f"{server}{prefix}/phan-anh/gui/")
    kept = page.locator("[data-queue] li")
    expect(kept.get_by_role("link", name=follow)).to_be_visible()
    page.reload()
    expect(kept).to_have_count(1)
    kept.get_by_role("link", name=follow).click()
    expect(page.get_by_text(received)).to_be_visible()
    expect(page.locator(".photos img")).to_be_visible()
    found += violations(page)
    if not prefix:
        shown(page, "report-followed")
    page.get_by_text(withdraw).first.click()
    page.locator("button.second").click()
    expect(page.locator("[value=reopen]")).to_have_count(1)
    page.locator("details", has=page.locator("[value=reopen]")).locator("summary").click()
    page.locator("[value=partly]").check()
    page.locator("form", has=page.locator("[value=reopen]")).locator("button").click()
    expect(page.locator(".story li.reopen")).to_be_visible()
    assert (wide, found, errors) == (360, [], [])
    context.close()


SMALLER = """async (coded) => {
  const bytes = Uint8Array.from(atob(coded), (one) => one.charCodeAt(0));
  const small = await smallerPhoto(new File([bytes], "IMG_1.JPEG", { type: "image/jpeg" }));
  const read = new Uint8Array(await small.arrayBuffer());
  return [small.name, btoa(Array.from(read, (one) => String.fromCharCode(one)).join(""))];
}"""


def test_a_big_photo_is_sent_small_upright_and_with_its_place(
    chromium: Browser, server: str
) -> None:
    page = chromium.new_page()
    page.goto(f"{server}/phan-anh/gui/")
    big = picture((11.75, 106.72), size=(3200, 2400), turned=6).read()
    name, coded = page.evaluate(SMALLER, base64.b64encode(big).decode())
    small = base64.b64decode(coded)
    assert (name, len(small) < len(big)) == ("IMG_1.jpg", True)
    with Image.open(io.BytesIO(small)) as seen:
        assert seen.size == (1200, 1600)
        assert seen.getexif()[ExifTags.Base.Orientation] == 1
    assert taken(small).point == pytest.approx((11.75, 106.72), abs=1e-3)
    tiny = picture((11.75, 106.72)).read()
    assert base64.b64decode(page.evaluate(SMALLER, base64.b64encode(tiny).decode())[1]) == tiny
    page.close()


def test_without_a_script_the_form_is_whole(chromium: Browser, server: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server}/phan-anh/gui/")
    page.locator("[name=text]").fill("Rác chất đống ở bến xe")
    page.get_by_role("button", name="Gửi phản ánh", exact=True).click()
    page.get_by_role("link", name="Mở trang theo dõi").click()
    expect(page.locator("h1")).to_contain_text("Rác chất đống ở bến xe")
    context.close()


def test_the_public_map_and_list_exclude_nobody(chromium: Browser, server: str) -> None:
    context = chromium.new_context(viewport={"width": 320, "height": 700}, color_scheme="dark")
    page = context.new_page()
    page.goto(f"{server}/phan-anh/")
    expect(page.locator("[data-total]")).to_contain_text("phản ánh trong khung nhìn")
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert violations(page) == []
    shown(page, "report-map")
    page.locator(".reports a").first.click()
    page.wait_for_url("**/phan-anh/PA-**")
    assert violations(page) == []
    context.close()
