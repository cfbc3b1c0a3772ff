"""What officers do to a case after it is entered, by page and by keys: split, merged, consulted on, returned,
handed over, many at once. Whoever comes second sees what the first did and keeps what they typed."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from tests.browser.account_people import UNIT
from tests.browser.test_account_pages import TOO_WIDE, make
from tests.browser.test_desk_journey import act, fill, focus_of, key, ready, send
from tests.browser.test_pages import violations
from tests.browser.visitor import Visitor

#: Communes: where the case is, and two that are asked.
PLACE, ASKED, SILENT = "c25345.2025", "c25210.2025", "c25195.2025"


def entered(taker: Visitor, *titles: str, place: str = PLACE) -> list[str]:
    """Cases that callers told of; their codes."""
    return [
        taker.open("/1022/nhap/").press("Lưu, nhận mã", title=one, place=place).at("//h1")[0]
        for one in titles
    ]


def as_they_are(browser: Browser, who: Visitor, width: int = 1280) -> Page:
    """A browser of somebody who has signed in already."""
    context = browser.new_context(viewport={"width": width, "height": 800})
    context.add_cookies(who.cookies())  # type: ignore[arg-type]
    return context.new_page()


def wrong(page: Page) -> list[str]:
    """What is wrong with the page as it stands, in axe's eyes or on the narrowest phone."""
    found = violations(page)
    size = page.viewport_size
    page.set_viewport_size({"width": 320, "height": 640})
    found += ["too wide"] * page.evaluate(TOO_WIDE)
    page.set_viewport_size(size or {"width": 1280, "height": 800})
    return [f"{page.url}: {one}" for one in found]


def test_a_case_is_split_merged_and_asked_about_by_keys(chromium: Browser, server: str) -> None:
    make("viec.tong:call-taker", "viec.cb:officer", f"viec.y.kien:officer:{ASKED}")
    teller = Visitor(server, "viec.tong")
    (code,) = entered(teller, "Đèn tắt và nắp cống vỡ trước chợ")
    taker = as_they_are(chromium, teller)
    where = f"{server}/1022/{code}/"

    # Two things in one: split; each page tells of the other.
    taker.goto(where)
    key(taker, "s")
    ready(taker, "split")
    found = wrong(taker)
    fill(taker, "Nắp cống vỡ trước chợ")
    key(taker, "Control+Enter")
    taker.wait_for_selector("h1 >> text=Nắp cống vỡ trước chợ")
    other = re.findall(r"PA-\w+-\w+", taker.url)[0]
    taker.click(f".note a:has-text('{code}')")
    taker.wait_for_url(where)
    expect(taker.locator(".note", has_text="Đã tách ra vụ việc")).to_contain_text(other)

    # They are one after all: the similar one is chosen from the list, and goes into the field.
    taker.goto(f"{server}/1022/{other}/")
    key(taker, "m")
    ready(taker, "merge")
    found += wrong(taker)
    taker.locator(f"[name=gan][value={code}]").focus()
    key(taker, "Space")
    expect(taker.locator("#o-case")).to_have_value(code)
    send(taker, "nhập vào vụ việc khác")
    taker.goto(where)
    expect(taker.locator(".note", has_text="Đã nhập vào đây")).to_contain_text(other)
    act(taker, where, "c", "route", [], "chuyển cơ quan xử lý")
    act(taker, where, "g", "hand_over", [UNIT, "Đèn do phường quản lý"], "chuyển cho cơ quan khác")
    lead = as_they_are(chromium, Visitor(server, "viec.cb"))
    found += asked_and_told(chromium, server, lead, code)
    found += seen_before_it_goes_on(taker, lead, where)
    assert found == []
    for one in (taker, lead):
        one.context.close()


def asked_and_told(chromium: Browser, server: str, lead: Page, code: str) -> list[str]:
    """The agency asks two more, of which one says its word: in English, and is back at what waits for it."""
    lead.goto(f"{server}/1022/{code}/")
    key(lead, "y")
    ready(lead, "consult")
    fill(lead, "Sở Mây")
    key(lead, "Tab")
    assert lead.evaluate("document.activeElement.id") == "o-them"
    fill(lead, f"Phường Đồng Xoài ({ASKED})")
    key(lead, "Tab")
    fill(lead, "Cột đèn của ai?")
    key(lead, "Control+Enter")
    expect(lead.locator("#o-units-wrong")).to_contain_text("“Sở Mây”")
    expect(lead.locator("#o-units")).to_be_focused()
    expect(lead.locator("#o-units")).to_have_value(f"Sở Mây\nPhường Đồng Xoài ({ASKED})")
    found = wrong(lead)
    lead.fill("#o-units", f"{ASKED}\n{SILENT}")
    send(lead, "hỏi ý kiến cơ quan khác")
    expect(lead.locator(".lede")).to_contain_text("Phường Đồng Xoài, Phường Bình Phước")

    member = as_they_are(chromium, Visitor(server, "viec.y.kien"))
    member.goto(f"{server}/en/1022/?tim={code}")
    key(member, "j", "Enter")
    expect(member.locator(".act blockquote")).to_have_text("Cột đèn của ai?")
    expect(member.locator("label[for=o-text]")).to_have_text("Text")
    found += wrong(member)
    member.fill("#o-text", "Của xã")
    member.focus("#o-text")
    send(member, f"The case {code} is no longer with your agency")
    assert member.url == f"{server}/en/1022/"
    member.context.close()
    return found


def seen_before_it_goes_on(taker: Page, lead: Page, where: str) -> list[str]:
    """The other agency never says anything. What others do meanwhile is seen first, and what was typed stays."""
    code = where.split("/")[-2]
    lead.goto(where)
    expect(lead.locator(".lede")).to_contain_text("Cho ý kiến, Phường Bình Phước.")
    key(lead, "u")
    ready(lead, "proceed")
    fill(lead, "Đã rõ")
    act(taker, where, "i", "note", ["Đã gọi Phường Bình Phước"], "ghi chú nội bộ")
    key(lead, "Control+Enter")
    expect(lead.locator(".act [role=alert]")).to_contain_text("thay đổi: ghi chú nội bộ")
    expect(lead.locator("#o-reason")).to_have_value("Đã rõ")
    expect(lead.locator(".timeline .fresh")).to_contain_text("Đã gọi Phường Bình Phước")
    lead.focus("#o-reason")
    send(lead, "xử lý tiếp không chờ ý kiến nữa")

    # Given back to whoever routes, it is out of reach; so is what was handed on while somebody typed.
    act(lead, where, "l", "return", ["Cột đèn của xã"], f"Vụ việc {code} không còn ở")
    act(taker, where, "c", "route", [], "chuyển cơ quan xử lý")
    act(taker, where, "g", "hand_over", [UNIT, "Xã đã trả lời"], "chuyển cho cơ quan khác")
    lead.goto(where)
    key(lead, "t")
    ready(lead, "answer")
    fill(lead, "Đã thay bóng đèn cột 12")
    act(taker, where, "g", "hand_over", [ASKED, "Nhầm"], "chuyển cho cơ quan khác")
    key(lead, "Control+Enter")
    expect(lead.locator("pre.typed")).to_have_text("Đã thay bóng đèn cột 12")
    return wrong(lead)


def test_of_many_at_once_each_tells_what_became_of_it(chromium: Browser, server: str) -> None:
    make("nhieu.tong:call-taker", "nhieu.cb:officer")
    teller = Visitor(server, "nhieu.tong")
    codes = entered(teller, *(f"Bờ mương sụt số {n}" for n in (1, 2, 3)), place=UNIT)
    taker = as_they_are(chromium, teller)
    taker.goto(f"{server}/en/1022/?tim=bo+muong+sut")
    for _ in codes:
        key(taker, "j", "x")
    expect(taker.locator("[name=chon]:checked")).to_have_count(3)
    teller.open(f"/1022/{codes[1]}/?viec=reject").press("Không tiếp nhận", reason="Trùng")
    taker.click("button[value=route]")
    taker.wait_for_selector("form.fill legend")
    found = wrong(taker)
    key(taker, "Control+Enter")
    results = taker.locator(".results li")
    expect(results).to_have_count(3)
    expect(taker.locator(".lede")).to_have_text("Done: 2, refused: 1.")
    expect(results.nth(1)).to_contain_text("something happened to the case: reject")
    expect(results.nth(1)).to_contain_text('Cannot route while the case is "Not accepted"')
    found += wrong(taker)

    # The agency extends one, then both: the second time says why not. None chosen, it says so.
    officer = as_they_are(chromium, Visitor(server, "nhieu.cb"))
    for chosen, told in (((2,), "Xong 1, không được 0."), ((0, 2), "Xong 1, không được 1.")):
        officer.goto(f"{server}/1022/?tim=bo+muong+sut")
        for one in chosen:
            officer.check(f"[name=chon][value^='{codes[one]}']")
        officer.click("button[value=extend]")
        officer.wait_for_selector("form.fill legend")
        officer.fill("#o-reason", "Chờ nước rút")
        officer.focus("#o-reason")
        key(officer, "Control+Enter")
        expect(officer.locator(".lede")).to_have_text(told)
    expect(officer.locator(".results .bad.block")).to_contain_text(
        "gia hạn 1 lần, là số lần tối đa"
    )
    officer.goto(f"{server}/1022/?tim=bo+muong+sut")
    officer.click("button[value=reject]")
    expect(officer.locator("[role=status]")).to_contain_text("Chưa chọn vụ việc nào")

    # Refused together, with words for everybody that are looked at first.
    for code in (codes[0], codes[2]):
        officer.check(f"[name=chon][value^='{code}']")
    officer.click("button[value=reject]")
    officer.wait_for_selector("form.fill legend")
    officer.fill("#o-reason", "Đã có kế hoạch nạo vét")
    officer.fill("#o-public_text", "Hỏi 0912345678")
    officer.click("form.fill button[type=submit]")
    officer.check("[name=da-xem]")
    assert focus_of(officer) == "da-xem"
    expect(officer.locator("#o-public_text-wrong")).to_contain_text("0912345678")
    found += wrong(officer)
    officer.fill("#o-public_text", "Tháng sau nạo vét cống")
    officer.click("form.fill button[type=submit]")
    expect(officer.locator(".lede")).to_have_text("Xong 2, không được 0.")
    assert found == []
    for one in (taker, officer):
        one.context.close()
