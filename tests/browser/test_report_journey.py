"""A resident reports from a phone whose signal goes, follows, and says that it is not mended."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable

import pytest
from PIL import ExifTags, Image
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.languages import BOTH, said
from tests.browser.showing import picture as shown
from tests.browser.test_account_pages import TOO_WIDE, on_site
from tests.browser.test_desk_acts_journey import wrong
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
    page.locator("form:has([value=withdraw]) button").click()
    expect(page.locator("[value=reopen]")).to_have_count(1)
    page.locator("details", has=page.locator("[value=reopen]")).locator("summary").click()
    page.locator("[value=mistake]").check()
    page.locator("form", has=page.locator("[value=reopen]")).locator("button").click()
    expect(page.locator(".story li.reopen")).to_be_visible()
    assert (wide, found, errors) == (360, [], [])
    context.close()


#: An officer's part, whose pages have a journey of their own (test_desk_journey).
ANSWERED = """
import sys, django; django.setup()
from tinhso.kernel.cases.actions import Doer, act
from tinhso.kernel.cases.kinds import Role
from tinhso.kernel.cases.models import Case
from tinhso.kernel.ledger.actor import SYSTEM
case, unit = Case.objects.get(code=sys.argv[1]), "c25363.2025"
act(Doer(SYSTEM, Role.ROUTER), case, "route", {"unit": unit})
act(Doer(SYSTEM, Role.LEAD, unit), case, "answer", {"text": "Đã vá sáng nay."})
"""
DONE = {
    "": ("Đã sửa xong chưa?", "Xong rồi", "Gửi ẩn danh", "Cảm ơn bạn", "Bạn đã nhận phiếu"),
    "/en": ("Is it mended?", "Yes, done", "Send anonymously", "Thank you", "You have taken"),
}


@pytest.mark.parametrize(("prefix", "scripts"), [("", False), ("/en", True)], ids=["vi", "en"])
def test_done_is_one_anonymous_question_and_not_done_opens_the_report_again(
    chromium: Browser, server: str, prefix: str, scripts: bool
) -> None:
    """On a phone, without a script; axe, which is one, looks at the same pages in English."""
    asks, done, send, thanks, taken_already = DONE[prefix]
    context = chromium.new_context(
        viewport={"width": 360, "height": 740}, java_script_enabled=scripts
    )
    page, found = context.new_page(), []

    def look(name: str = "") -> None:
        if scripts:
            found.extend(violations(page) + ["too wide"] * bool(page.evaluate(TOO_WIDE)))
        elif name:
            shown(page, name)

    page.goto(f"{server}{prefix}/phan-anh/gui/")
    page.locator("[name=text]").fill("Ổ gà trước bến xe")
    page.locator("form.send-report button[type=submit]").last.click()
    page.locator(".receipt a.button, [data-queue] li a").first.click()
    page.wait_for_url("**/theo-doi/**")
    here = page.url
    on_site("-c", ANSWERED, page.inner_text(".crumbs .num"))
    page.goto(here)
    expect(page.locator("#h-done")).to_have_text(asks)
    look("report-done")
    page.get_by_role("button", name=done, exact=True).click()
    expect(page.locator("form.survey")).to_be_visible()
    look("report-rated")
    page.check("input[name=rating][value='4']")
    page.get_by_role("button", name=send).click()
    expect(page.locator("h1")).to_have_text(thanks)
    page.goto(here)
    expect(page.locator(".act")).to_contain_text(taken_already)
    expect(page.get_by_role("button", name=done, exact=True)).to_have_count(0)
    page.locator(".done summary").click()
    look()
    page.locator("[value=again]").check()
    page.locator("form", has=page.locator("[value=reopen]")).locator("button").click()
    expect(page.locator(".story li.reopen")).to_be_visible()
    assert found == []
    context.close()


HONEST = {
    "": ("Gửi phản ánh", "Trang đang bận", "ảnh quá nặng", "lỗi 403", "Mở trang theo dõi"),
    "/en": ("Send a report", "The site is busy", "pictures are too big", "error 403", "Open the page to follow it"),
}  # fmt: skip
POSTED = re.compile(r"/phan-anh/gui/$")


def answering(page: Page, *answers: dict[str, object]) -> Callable[[], int]:
    """What is posted gets these answers, one after the other, then the site's own. Tells how many."""
    left, count = list(answers), [0]

    def route(one: Route) -> None:
        if one.request.method != "POST":
            one.continue_()
            return
        count[0] += 1
        if left:
            one.fulfill(**left.pop(0))  # type: ignore[arg-type]
        else:
            one.continue_()

    page.route(POSTED, route)
    return lambda: count[0]


def page_of(status: int, **headers: str) -> dict[str, object]:
    return {"status": status, "headers": {"Content-Type": "text/html", **headers}, "body": "<p>"}


@pytest.mark.parametrize("prefix", ["", "/en"], ids=["vi", "en"])
def test_a_busy_site_is_called_busy_and_asked_again_while_the_page_is_open(
    chromium: Browser, server: str, prefix: str
) -> None:
    send, busy, _, _, follow = HONEST[prefix]
    page = chromium.new_page()
    page.goto(f"{server}{prefix}/phan-anh/gui/")
    busy_for_a_second = page_of(429, **{"Retry-After": "1"})
    posted = answering(page, page_of(503, **{"Retry-After": "3"}), busy_for_a_second)
    page.locator("[name=text]").fill("Cây đổ chắn lối vào trạm y tế")
    page.get_by_role("button", name=send, exact=True).click()
    kept = page.locator("[data-queue] li")
    expect(kept).to_contain_text(busy)
    if not prefix:
        shown(page, "report-busy")
    # Nobody touches the page any more.
    kept.get_by_role("link", name=follow).wait_for(timeout=30_000)
    expect(kept).to_have_count(1)
    assert posted() == 3
    page.close()


@pytest.mark.parametrize("prefix", ["", "/en"], ids=["vi", "en"])
def test_what_is_too_big_is_told_so_and_stays_on_the_machine(
    chromium: Browser, server: str, prefix: str
) -> None:
    send, _, too_big, _, _ = HONEST[prefix]
    page = chromium.new_page()
    page.goto(f"{server}{prefix}/phan-anh/gui/")
    posted = answering(page, page_of(413))
    photo = {"name": "anh.jpg", "mimeType": "image/jpeg", "buffer": picture((11.75, 106.72)).read()}
    page.locator("[name=photos]").set_input_files([photo])  # type: ignore[list-item]
    page.locator("[data-thumbs] li").wait_for()
    page.locator("[name=text]").fill("Cột điện nghiêng sát mái trường")
    page.get_by_role("button", name=send, exact=True).click()
    expect(page.locator("[data-problems]")).to_contain_text(too_big)
    expect(page.locator("[name=text]")).to_have_value("Cột điện nghiêng sát mái trường")
    # The page is closed in anger: it is all there again, waits for the person, and is sent once.
    page.reload()
    kept = page.locator("[data-queue] li[data-state=refused]")
    expect(kept).to_contain_text(too_big)
    assert violations(page) == []
    kept.get_by_role("button").first.click()
    expect(page.locator("[name=text]")).to_have_value("Cột điện nghiêng sát mái trường")
    page.locator("[data-thumbs] button").click()
    page.get_by_role("button", name=send, exact=True).click()
    page.locator(".receipt").wait_for()
    assert posted() == 2
    page.close()


@pytest.mark.parametrize("prefix", ["", "/en"], ids=["vi", "en"])
def test_a_stale_token_is_renewed_once_and_then_the_person_is_asked(
    chromium: Browser, server: str, prefix: str
) -> None:
    send, _, _, unproven, _ = HONEST[prefix]
    page = chromium.new_page()
    page.goto(f"{server}{prefix}/phan-anh/gui/")
    posted = answering(page, page_of(403))
    page.locator("[name=text]").fill("Nắp cống vỡ cạnh vỉa hè")
    page.get_by_role("button", name=send, exact=True).click()
    page.locator(".receipt").wait_for()
    assert posted() == 2
    page.reload()
    page.unroute_all()
    posted = answering(page, page_of(403), page_of(403))
    page.locator("[name=text]").fill("Vòi nước công viên chảy suốt đêm")
    page.get_by_role("button", name=send, exact=True).click()
    expect(page.locator("[data-problems]")).to_contain_text(unproven)
    assert posted() == 2
    kept = page.locator("[data-queue] li[data-state=refused]")
    kept.get_by_role("button", name="Gửi lại" if not prefix else "Send again").click()
    expect(page.locator("[data-queue] li[data-state=sent]")).to_have_count(2)
    page.close()


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


@BOTH
def test_what_everybody_reads_excludes_nobody(chromium: Browser, server: str, root: str) -> None:
    """The map and list, one report, how agencies answer, one of them, following by codes."""
    context = chromium.new_context(viewport={"width": 320, "height": 700}, color_scheme="dark")
    page = context.new_page()
    page.goto(f"{server}{root}/phan-anh/")
    in_view = said(root, "# phản ánh trong khung nhìn").removeprefix("#")
    expect(page.locator("[data-total]")).to_contain_text(in_view)
    found = wrong(page)
    if not root:
        shown(page, "report-map")
    page.locator(".reports a").first.click()
    page.wait_for_url("**/phan-anh/PA-**")
    found += wrong(page)
    page.goto(f"{server}{root}/phan-anh/co-quan/")
    found += wrong(page)
    page.locator("table.agencies a").first.click()
    page.wait_for_url(re.compile("/co-quan/[^/]+/$"))
    found += wrong(page)
    page.goto(f"{server}{root}/phan-anh/theo-doi/")
    found += wrong(page)
    page.fill("[name=code]", "PA-250602-ACDEFH")
    page.fill("[name=secret]", "không nhớ")
    page.click("main button[type=submit]")
    page.locator("main [role=alert]").wait_for()
    expect(page.locator("[name=secret]")).to_have_value("không nhớ")
    assert found + wrong(page) == []
    context.close()
