"""Every page, in both languages, in a real browser: usable by everybody, and whole without scripts."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

PLAN = "/ke-hoach/binh-phuoc-2025"
PAGES = {
    "overview": f"{PLAN}/",
    "overview of a quarter, filtered": f"{PLAN}/?ky=2025-Q2&dia-gioi=2025-07-01&tru-cot=CQS",
    "indicator": f"{PLAN}/chi-tieu/CQS-03/?ky=2025-Q2",
    "indicator of persons": f"{PLAN}/chi-tieu/XHS-06/?ky=2025-Q2",
    "indicator unknown": f"{PLAN}/chi-tieu/XHG-01/",
    "open number": f"{PLAN}/chi-tieu/CQS-03/mo/?ky=2025-Q2&don-vi=d695",
    "honesty check": f"{PLAN}/phep-kiem/KT-NOP-HO/?ky=2025-Q2&don-vi=d695",
    "open number of a register": f"{PLAN}/chi-tieu/CQS-10/mo/?ky=2025-Q2",
    "units": f"{PLAN}/don-vi/",
    "units found": f"{PLAN}/don-vi/?tim=dong+phu",
    "unit of the past": f"{PLAN}/don-vi/d695/?ky=2025-Q2&dia-gioi=2025-07-01",
    "unit of today": f"{PLAN}/don-vi/c25363.2025/?ky=2025-Q4",
    "tasks": f"{PLAN}/nhiem-vu/",
    "documents": f"{PLAN}/van-ban/",
    "data": f"{PLAN}/du-lieu/",
    "another plan": "/ke-hoach/vi-du-3-chi-tieu/",
    "API": "/api/v1/docs",
}
WRONG = {
    "no page": (404, "/khong-co-trang-nay/"),
    "no plan": (404, "/ke-hoach/khong-co/"),
    "no unit": (404, f"{PLAN}/don-vi/x999/"),
    "no indicator": (404, f"{PLAN}/chi-tieu/CQS-033/"),
    "no period": (400, f"{PLAN}/?ky=quy-2"),
    "no view": (400, f"{PLAN}/?dia-gioi=hom-qua"),
    "period out of range": (400, f"{PLAN}/?ky=1999"),
}
LANGUAGES = {"vi": "", "en": "/en"}
CASES = [
    pytest.param(prefix + path if not path.startswith("/api") else path, id=f"{name}-{language}")
    for name, path in PAGES.items()
    for language, prefix in LANGUAGES.items()
    if not (path.startswith("/api") and language == "en")
]


#: Letters that only Vietnamese has: an English page shows them in names of units alone.
VIETNAMESE_WORDS = re.compile(
    r"\b(chỉ tiêu|đơn vị|số liệu|bản ghi|địa giới|kỳ|tử số|mẫu số|chưa có|không áp dụng|nhiệm vụ)\b",
    re.IGNORECASE,
)


TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def open_page(chromium: Browser, address: str, **options: object) -> tuple[Page, list[str], int]:
    """The page, what its console complained of, and its status."""
    context = chromium.new_context(**options)  # type: ignore[arg-type]
    page = context.new_page()
    complaints: list[str] = []
    page.on(
        "console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    response = page.goto(address)
    assert response is not None
    return page, complaints, response.status


def violations(page: Page) -> list[str]:
    """What axe finds, with the elements."""
    found = Axe().run(page).response["violations"]
    return [
        f"{v['id']}: {n['html'][:160]} {n['failureSummary'][:200]}"
        for v in found
        for n in v["nodes"]
    ]


@pytest.mark.parametrize("path", CASES)
def test_a_page_excludes_nobody_and_is_whole_in_its_language(
    chromium: Browser, server: str, path: str
) -> None:
    """Looked at once, by every measure: Vietnamese in light, English in dark (and the API's own in
    both), since words do not change colours. On the narrowest phone and with letters of double size."""
    english = path.startswith("/en/")
    page, complaints, status = open_page(
        chromium, server + path, color_scheme="dark" if english else "light"
    )
    assert status == 200
    wrong = violations(page)
    if path.startswith("/api"):
        page.emulate_media(color_scheme="dark")
        wrong += violations(page)
    elif page.locator("#mo-phong").count() != 1:
        wrong.append("it does not say that its records are simulated")
    if english:
        assert page.locator("html").get_attribute("lang") == "en"
        wrong += VIETNAMESE_WORDS.findall(page.locator("body").inner_text())
    page.set_viewport_size({"width": 320, "height": 640})
    if page.evaluate(TOO_WIDE):
        wrong.append("too wide for the narrowest phone")
    page.set_viewport_size({"width": 640, "height": 800})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    if page.evaluate(TOO_WIDE):
        wrong.append("too wide with double text")
    assert wrong == []
    assert complaints == []
    page.context.close()


@pytest.mark.parametrize(("status", "path"), WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("prefix", LANGUAGES.values(), ids=LANGUAGES)
def test_a_wrong_address_gets_an_answer_that_helps(
    chromium: Browser, server: str, status: int, path: str, prefix: str
) -> None:
    page, complaints, found = open_page(chromium, server + prefix + path)
    assert found == status
    assert violations(page) == []
    assert page.locator("main a, main form").count() > 0, "a next step is offered"
    assert not [one for one in complaints if "Failed to load resource" not in one]
    page.context.close()


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_a_page_is_whole_without_scripts(chromium: Browser, server: str, path: str) -> None:
    page, _, status = open_page(chromium, server + path, java_script_enabled=False)
    assert status == 200
    assert page.locator("h1").count() == 1
    page.context.close()


@pytest.mark.parametrize("path", ["/phan-anh/", "/hoi-dap/", "/khao-sat/ket-qua/"])
def test_a_page_looked_at_again_is_as_whole_as_at_first(
    chromium: Browser, server: str, path: str
) -> None:
    """The second time the server says that nothing changed, and the browser shows what it kept."""
    page, complaints, _ = open_page(chromium, server + path)
    font = "getComputedStyle(document.body).fontFamily"
    at_first = page.evaluate(font)
    page.goto(f"{server}/phan-anh/theo-doi/")
    again = page.goto(server + path)
    assert again is not None
    assert (page.evaluate(font), complaints) == (at_first, [])
    page.context.close()


def test_choosing_a_period_changes_figures_and_address_alike(
    chromium: Browser, server: str
) -> None:
    page, complaints, _ = open_page(chromium, f"{server}{PLAN}/?ky=2025-Q1")
    before = page.locator(".row .value").all_inner_texts()
    page.select_option("select[name=ky]", "2025-Q2")
    page.wait_for_url(re.compile("ky=2025-Q2"))
    page.wait_for_function("document.querySelector('.made').innerText.includes('1/4/2025')")
    live = page.locator(".row .value").all_inner_texts()
    assert live != before
    page.goto(page.url)
    assert page.locator(".row .value").all_inner_texts() == live
    assert complaints == []
    page.context.close()


def test_a_unit_is_found_while_typing_without_diacritics(chromium: Browser, server: str) -> None:
    page, _, _ = open_page(chromium, f"{server}{PLAN}/don-vi/")
    page.locator("main input[name=tim]").press_sequentially("dong phu", delay=20)
    page.wait_for_selector("#ket-qua a:has-text('Huyện Đồng Phú')")
    page.context.close()


def test_the_question_of_dong_phu_is_answered_by_pages_alone(
    chromium: Browser, server: str
) -> None:
    """How many dossiers were handled wholly online in Đồng Phú in the second quarter, as the
    units were then and as they are now, and which records say so?"""
    page, _, _ = open_page(chromium, f"{server}{PLAN}/don-vi/?tim=dong+phu&ky=2025-Q2")
    page.locator("main a:has-text('Huyện Đồng Phú')").first.click()
    page.select_option("select[name=ky]", "2025-Q2")
    page.wait_for_url(re.compile("ky=2025-Q2"))
    page.locator(".row:has-text('CQS-03') .value a").click()
    page.wait_for_url(re.compile("/mo/"))
    then = page.locator(".sum").inner_text()
    assert "hồ sơ toàn trình" in then
    assert page.locator("text=khớp.").count() == 2, "both parts are counted again and agree"
    assert page.locator("table tbody tr").count() > 0, "records are shown"
    page.select_option("select[name=dia-gioi]", "2025-07-01")
    page.wait_for_url(re.compile("dia-gioi=2025-07-01"))
    assert page.locator("text=khớp.").count() == 2
    assert page.locator(".sum").inner_text() == then, "the territory has the same records"
    page.context.close()


def test_a_page_prints_on_paper_in_black_and_white(chromium: Browser, server: str) -> None:
    page, _, _ = open_page(chromium, f"{server}{PLAN}/?ky=2025-Q2")
    page.emulate_media(media="print")
    assert not page.locator("header nav").is_visible()
    assert page.locator(".row .standing").first.is_visible()
    assert len(page.pdf(format="A4")) > 10_000
    page.context.close()
