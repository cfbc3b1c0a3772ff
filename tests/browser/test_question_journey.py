"""Questions in a real browser: one that is answered already, and one that is asked, routed, drafted,
reviewed, published and corrected, in both languages."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from tests.browser.showing import picture
from tests.browser.test_account_pages import check, make, signed_in

QUESTION = "Nuôi bò sữa trong khu dân cư có cần xin phép không?"


def test_a_question_is_answered_from_what_exists_before_it_is_sent(
    chromium: Browser, server: str
) -> None:
    page = chromium.new_context(viewport={"width": 320, "height": 640}).new_page()
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    paths = ("/hoi-dap/", "/en/hoi-dap/hoi/", "/khao-sat/ket-qua/")
    assert [one for path in paths for one in check(page, server + path)] == []
    page.goto(f"{server}/en/hoi-dap/hoi/")
    page.locator("#o-title").press_sequentially("lam giay khai sinh cho con")
    expect(page.locator(".offered")).to_contain_text("Làm giấy khai sinh cho con")
    picture(page, "question-offered", ".offered")
    found = page.locator(".offered a").first.get_attribute("href")
    assert check(page, f"{server}{found}") == []
    page.click("button[value=huu-ich]")
    expect(page.locator(".thanks")).to_contain_text("Thank you")
    assert complaints == []
    page.context.close()


def test_asked_routed_drafted_reviewed_published_corrected(chromium: Browser, server: str) -> None:
    people = ("hoi.dieu.phoi:call-taker", "hoi.can.bo:officer", "hoi.lanh.dao.2:leader")
    *_, secret = make(*people)
    asker = chromium.new_context(java_script_enabled=False).new_page()
    asker.goto(f"{server}/hoi-dap/hoi/")
    asker.fill("#o-title", QUESTION)
    asker.select_option("#o-field", "moi-truong")
    asker.click("main form.fill button[type=submit]")
    expect(asker.locator("main")).to_contain_text("Giữ hai mã này")
    followed = asker.url

    router = signed_in(chromium, server, "hoi.dieu.phoi", prefix="/en")
    router.goto(f"{server}/en/hoi-dap/viec/")
    router.click(f"text={QUESTION} >> nth=0")
    router.fill("#o-route-unit", "c25363.2025")
    router.click("#viec-route button")
    expect(router.locator("[role=status]")).to_contain_text("Saved.")

    officer = signed_in(chromium, server, "hoi.can.bo")
    officer.goto(f"{server}/hoi-dap/viec/")
    officer.click(f"text={QUESTION} >> nth=0")
    assert check(officer, officer.url) == []
    officer.fill("#o-draft-text", "Không nuôi trong khu dân cư.")
    officer.click("#viec-draft button")
    expect(officer.locator("main .facts").first).to_contain_text("Chờ lãnh đạo duyệt")
    expect(officer.locator("#viec-review")).to_have_count(0)

    head = signed_in(chromium, server, "hoi.lanh.dao.2", secret, "/en")
    head.goto(officer.url.replace(server, f"{server}/en"))
    head.fill("#o-review-basis", "Luật Chăn nuôi 2018")
    head.click("#viec-review button")
    expect(head.locator("main .facts").first).to_contain_text("about to be sent")
    head.click("#viec-answer button")
    head.click("text=See the published answer")
    expect(head.locator(".said")).to_contain_text("Không nuôi trong khu dân cư.")
    expect(head.locator("article")).to_contain_text("Luật Chăn nuôi 2018")
    picture(head, "question-published")

    head.click("text=Correct, review")
    head.fill("#o-text", "Không nuôi trong khu dân cư, trừ nuôi làm cảnh.")
    head.fill("#o-reason", "Bổ sung ngoại lệ")
    head.click("text=Keep as a new version")
    expect(head.locator(".said")).to_contain_text("trừ nuôi làm cảnh")
    assert check(head, head.url) == []

    asker.goto(followed)
    expect(asker.locator(".timeline")).to_contain_text("Đính chính")
    reader = chromium.new_context(viewport={"width": 320, "height": 640}).new_page()
    assert check(reader, followed) == []
    asker.click("text=Nhận phiếu và đánh giá")
    asker.check("input[name=rating][value='5']")
    asker.click("text=Gửi ẩn danh")
    expect(asker.locator("h1")).to_have_text("Cảm ơn bạn")
    asker.goto(f"{server}/hoi-dap/?tim=nuoi+bo+sua")
    expect(asker.locator(".answers a").first).to_have_text(QUESTION)
