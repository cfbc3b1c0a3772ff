"""Questions in a real browser, each journey in both languages: one that is answered already, and one that
is asked, routed, drafted, reviewed, published and corrected."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.showing import picture
from tests.browser.test_account_pages import check, make, signed_in
from tests.browser.test_pages import TOO_WIDE, violations

PHONE = 360


def wrong(page: Page) -> list[str]:
    """What is wrong with a page as it stands, in axe's eyes or on a phone."""
    found = [f"{page.url}: {one}" for one in violations(page)]
    return found + ([f"{page.url}: too wide"] if page.evaluate(TOO_WIDE) else [])


@pytest.mark.parametrize(("prefix", "thanks"), [("", "Cảm ơn bạn"), ("/en", "Thank you")])
def test_a_question_is_answered_from_what_exists_before_it_is_sent(
    chromium: Browser, server: str, prefix: str, thanks: str
) -> None:
    page = chromium.new_context(viewport={"width": PHONE, "height": 640}).new_page()
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    paths = ("/hoi-dap/", "/hoi-dap/hoi/", "/khao-sat/ket-qua/")
    assert [one for path in paths for one in check(page, server + prefix + path)] == []
    page.goto(f"{server}{prefix}/hoi-dap/hoi/")
    page.locator("#o-title").press_sequentially("lam giay khai sinh cho con")
    expect(page.locator(".offered")).to_contain_text("Làm giấy khai sinh cho con")
    assert wrong(page) == []
    picture(page, "question-offered", ".offered")
    found = page.locator(".offered a").first.get_attribute("href")
    assert check(page, f"{server}{found}") == []
    page.click("button[value=huu-ich]")
    expect(page.locator(".thanks")).to_contain_text(thanks)
    assert complaints == []
    page.context.close()


#: What each step says, in Vietnamese and English.
WORDS = {
    "": {
        "keep": "Giữ hai mã này", "saved": "Đã ghi.", "review": "Chờ lãnh đạo duyệt",
        "send": "chờ gửi trả lời", "see": "Xem câu trả lời công khai",
        "correct": "Đính chính, rà soát", "version": "Lưu phiên bản mới", "corrected": "Đính chính",
        "ticket": "Nhận phiếu và đánh giá", "anonymous": "Gửi ẩn danh", "thanks": "Cảm ơn bạn",
        "question": "Nuôi bò sữa trong khu dân cư có cần xin phép không?", "find": "nuoi bo sua",
    },
    "/en": {
        "keep": "Keep both codes", "saved": "Saved.", "review": "Waiting for the head's review",
        "send": "about to be sent", "see": "See the published answer",
        "correct": "Correct, review", "version": "Keep as a new version", "corrected": "Correction",
        "ticket": "Take the ticket and answer", "anonymous": "Send anonymously", "thanks": "Thank you",
        "question": "Xưởng gỗ cưa xẻ ban đêm ồn quá thì giờ nào phải nghỉ?", "find": "xuong go cua xe",
    },
}  # fmt: skip


@pytest.mark.parametrize("prefix", ["", "/en"], ids=["vi", "en"])
def test_asked_routed_drafted_reviewed_published_corrected(
    chromium: Browser, server: str, prefix: str
) -> None:
    """All on a phone; each page is looked at as its people see it."""
    say, root, mark = WORDS[prefix], server + prefix, "en" if prefix else "vi"
    names = [f"hoi.{mark}.{role}" for role in ("dieu.phoi", "can.bo", "lanh.dao.2")]
    *_, secret = make(*(f"{one}:{role}" for one, role in zip(names, ("call-taker", "officer", "leader"), strict=True)))  # fmt: skip
    asker = chromium.new_context(
        java_script_enabled=False, viewport={"width": PHONE, "height": 640}
    ).new_page()
    asker.goto(f"{root}/hoi-dap/hoi/")
    asker.fill("#o-title", say["question"])
    asker.select_option("#o-field", "moi-truong")
    asker.click("main form.fill button[type=submit]")
    expect(asker.locator("main")).to_contain_text(say["keep"])
    followed = asker.url

    router = signed_in(chromium, server, names[0], prefix=prefix, width=PHONE)
    assert check(router, f"{root}/hoi-dap/viec/") == []
    router.click(f"text={say['question']} >> nth=0")
    expect(router.locator("#viec-route")).to_be_visible()  # the page is there
    assert wrong(router) == []
    router.fill("#o-route-unit", "c25363.2025")
    router.click("#viec-route button")
    expect(router.locator("[role=status]")).to_contain_text(say["saved"])

    officer = signed_in(chromium, server, names[1], prefix=prefix, width=PHONE)
    officer.goto(f"{root}/hoi-dap/viec/")
    officer.click(f"text={say['question']} >> nth=0")
    expect(officer.locator("#viec-draft")).to_be_visible()
    assert wrong(officer) == []
    officer.fill("#o-draft-text", "Không nuôi trong khu dân cư.")
    officer.click("#viec-draft button")
    expect(officer.locator("main .facts").first).to_contain_text(say["review"])
    expect(officer.locator("#viec-review")).to_have_count(0)

    head = signed_in(chromium, server, names[2], secret, prefix, width=PHONE)
    assert check(head, officer.url) == []
    head.fill("#o-review-basis", "Luật Chăn nuôi 2018")
    head.click("#viec-review button")
    expect(head.locator("main .facts").first).to_contain_text(say["send"])
    head.click("#viec-answer button")
    head.click(f"text={say['see']}")
    expect(head.locator(".said")).to_contain_text("Không nuôi trong khu dân cư.")
    expect(head.locator("article")).to_contain_text("Luật Chăn nuôi 2018")
    assert wrong(head) == []
    picture(head, "question-published")

    head.click(f"text={say['correct']}")
    expect(head.locator("#o-reason")).to_be_visible()
    assert wrong(head) == []
    head.fill("#o-text", "Không nuôi trong khu dân cư, trừ nuôi làm cảnh.")
    head.fill("#o-reason", "Bổ sung ngoại lệ")
    head.click(f"text={say['version']}")
    expect(head.locator(".said")).to_contain_text("trừ nuôi làm cảnh")
    assert wrong(head) == []

    for page in (asker, router, officer, head):
        page.context.close()
    hears_of_it(chromium, followed, root, say)


def hears_of_it(chromium: Browser, followed: str, root: str, say: dict[str, str]) -> None:
    """Whoever asked reads the correction, answers the survey, and finds the answer again."""
    reader = chromium.new_context(viewport={"width": PHONE, "height": 640}).new_page()
    assert check(reader, followed) == []
    expect(reader.locator(".timeline")).to_contain_text(say["corrected"])
    reader.click(f"text={say['ticket']}")
    expect(reader.locator("input[name=rating]").first).to_be_attached()
    assert wrong(reader) == []
    reader.check("input[name=rating][value='5']")
    reader.click(f"text={say['anonymous']}")
    expect(reader.locator("h1")).to_have_text(say["thanks"])
    assert wrong(reader) == []
    assert check(reader, f"{root}/hoi-dap/?tim={say['find'].replace(' ', '+')}") == []
    expect(reader.locator(".answers a").first).to_have_text(say["question"])
    reader.context.close()
