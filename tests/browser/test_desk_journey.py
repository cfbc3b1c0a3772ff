"""A call to 1022 in a real browser, by keyboard alone: entered, routed, handed over, asked back, answered
with a photo, reopened. And the desk's pages exclude nobody."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.account_people import UNIT
from tests.browser.showing import picture
from tests.browser.test_account_pages import TOO_WIDE, enter, make
from tests.browser.test_pages import violations

OTHER = "c25345.2025"
PIXELS = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


#: What pages say in each language, by its prefix.
SAYS = {
    "": {
        "enter": "Nhập cuộc gọi", "caller": "Số này", "near": "phản ánh", "phone": "Trong nội dung có số điện thoại",
        "route": "chuyển cơ quan xử lý", "hand_over": "chuyển cho cơ quan khác", "ask": "hỏi lại người gửi",
        "reply": "bổ sung thông tin", "answer": "trả lời", "reopen": "mở lại", "receive": "tiếp nhận",
        "stands": "dừng từ", "if now": "nếu trả lời hôm nay",
    },
    "/en": {
        "enter": "Enter a call", "caller": "This number", "near": "report", "phone": "The text has a telephone number",
        "route": "route", "hand_over": "hand over", "ask": "ask the sender",
        "reply": "add what was asked", "answer": "answer", "reopen": "reopen", "receive": "receive",
        "stands": "stands since", "if now": "if answered today",
    },
}  # fmt: skip


#: What the sender is told, and everybody.
OWN, FOR_ALL = "Đã thay bóng, gọi 0987654321 nếu lại hỏng", "Đã thay bóng đèn cột số 12"


def fill(page: Page, text: str) -> None:
    page.keyboard.type(text)


def key(page: Page, *keys: str) -> None:
    for one in keys:
        page.keyboard.press(one)


def focus_of(page: Page) -> str:
    return str(page.evaluate("document.activeElement.name || document.activeElement.tagName"))


def ready(page: Page, act: str) -> None:
    """The act's form is there, and what is typed goes into its first field."""
    page.wait_for_url(f"**viec={act}#viec")
    page.wait_for_selector(".act form :focus")


def send(page: Page, says: str) -> None:
    """Ctrl+Enter, and what the page says then."""
    key(page, "Control+Enter")
    page.wait_for_selector(f"[role=status] >> text={says}")


def call(page: Page, root: str, says: dict[str, str]) -> str:
    """Enter a call, from the queue on; its code."""
    page.goto(f"{root}/1022/")
    key(page, "n")
    page.wait_for_selector(f"h1 >> text={says['enter']}")
    assert focus_of(page) == "phone"
    fill(page, "0912 345 678")
    key(page, "Tab")
    page.wait_for_selector(f"#nguoi-goi >> text=/{says['caller']}/")
    fill(page, "Bà Tư")
    key(page, "Tab")
    fill(page, UNIT)
    key(page, "Tab")
    fill(page, "Đèn đường trước chợ không sáng")
    page.wait_for_selector(f"#gan-day >> text=/{says['near']}/")
    if not says["enter"].isascii():
        picture(page, "call-entered")
    key(page, "Control+Enter")
    page.wait_for_selector("h1.receipt")
    code = page.inner_text("h1.receipt")
    assert re.fullmatch(r"PA-\d{6}-\w{6}", code)
    assert page.locator(".aloud").inner_text()
    key(page, "m")
    page.wait_for_selector(f".crumbs >> text={code}")
    return code


def act(page: Page, where: str, letter: str, code: str, texts: list[str], says: str) -> None:
    """One act of the case's page: its letter, its fields from the first on, Ctrl+Enter."""
    page.goto(where)
    key(page, letter)
    ready(page, code)
    for n, text in enumerate(texts):
        if n:
            key(page, "Tab")
        fill(page, text)
    send(page, says)


def answer_with_photo(page: Page, where: str, photo: Path, says: dict[str, str]) -> None:
    """What would better not be public is looked at first; the photo is the proof."""
    page.goto(where)
    key(page, "t")
    ready(page, "answer")
    fill(page, OWN)
    page.click("[data-copy]")
    assert page.input_value("textarea[name=public_text]") == OWN
    key(page, "Control+Enter")
    page.wait_for_selector(f"text=/{says['phone']}/")
    page.fill("textarea[name=public_text]", FOR_ALL)
    page.set_input_files("input[name=files]", str(photo))
    page.focus("textarea[name=public_text]")
    if says["enter"] != "Enter a call":
        picture(page, "desk-answer", ".act")
    send(page, says["answer"])
    expect(page.locator(".photos img")).to_have_js_property("naturalWidth", 1)


@pytest.mark.parametrize("prefix", SAYS, ids=["vi", "en"])
def test_a_call_by_keyboard_alone_from_the_first_word_to_reopening(
    chromium: Browser, server: str, tmp_path: Path, prefix: str
) -> None:
    says, name = SAYS[prefix], prefix[1:] or "vi"
    root = server + prefix
    make(f"tong.dai.{name}:call-taker", f"can.bo.xa.{name}:officer")
    photo = tmp_path / "da-sua.png"
    photo.write_bytes(PIXELS)
    contexts = [chromium.new_context(), chromium.new_context()]
    taker, officer = (one.new_page() for one in contexts)
    enter(taker, server, f"tong.dai.{name}", prefix)
    enter(officer, server, f"can.bo.xa.{name}", prefix)
    code = call(taker, root, says)
    where = f"{root}/1022/{code}/"

    # Routed: the table's suggestion stands in the form, one key to accept.
    assert taker.input_value("#o-unit").endswith(f"({UNIT})")
    act(taker, where, "c", "route", [], says["route"])

    # Handed over, and back by whoever routes.
    officer.goto(f"{root}/1022/?tim={code}")
    assert code in officer.inner_text("section.next")
    key(officer, "j", "Enter")
    officer.wait_for_selector(f".crumbs >> text={code}")
    over = says["hand_over"]
    act(officer, where, "g", "hand_over", [OTHER, "Cột đèn thuộc xã bên"], over)
    act(taker, where, "g", "hand_over", [UNIT, "Đã xem bản đồ: thuộc xã này"], over)

    # Asked back: the clocks stand and say so; the caller is rung, and the answer written down.
    act(officer, where, "h", "ask", ["Cột số mấy?"], says["ask"])
    expect(officer.locator(f".clock >> text=/{says['stands']}/")).to_have_count(2)
    expect(officer.locator(f".clock >> text=/{says['if now']}/")).to_have_count(2)
    if not prefix:
        picture(officer, "desk-clocks")
        taker.goto(f"{root}/1022/")
        picture(taker, "desk-queue")
    act(taker, where, "r", "reply", ["Cột số 12"], says["reply"])

    answer_with_photo(officer, where, photo, says)

    # Published, everybody reads what was given for everybody, and not what the sender was told.
    taker.goto(f"{where}cong-khai/")
    assert (
        taker.input_value(".public:has-text('0987') textarea, .columns ~ .columns textarea")
        == FOR_ALL
    )
    taker.focus("input[name=title]")
    key(taker, "Control+Enter")
    taker.wait_for_selector(f".crumbs >> text={code}")
    public = officer.context.browser.new_page()  # type: ignore[union-attr] # it has one
    public.goto(f"{root}/phan-anh/{code}/")
    assert FOR_ALL in public.inner_text(".story")
    assert "0987654321" not in public.content()
    public.close()

    # Reopened: a clock of its own, and the agency is to be chosen again.
    act(taker, where, "o", "reopen", ["Bà Tư gọi lại: đèn tắt rồi"], says["reopen"])
    told = taker.locator(".timeline .said").all_inner_texts()
    happened = ["reopen", "answer", "reply", "ask", *["hand_over"] * 2, "route", "receive"]
    assert told == [says[one][0].upper() + says[one][1:] for one in happened]
    if not prefix:
        picture(taker, "desk-case", ".timeline")
    for one in contexts:
        one.close()


@pytest.mark.parametrize(("root", "scheme"), [("", "light"), ("/en", "dark")])
def test_the_desk_excludes_nobody_and_works_without_a_script(
    chromium: Browser, server: str, root: str, scheme: str
) -> None:
    name = f"tong.dai.{scheme}"
    make(f"{name}:call-taker")
    size = {"width": 320, "height": 640}
    plain = chromium.new_context(java_script_enabled=False)
    page = plain.new_page()
    enter(page, server, name)
    page.goto(f"{server}/1022/nhap/")
    page.fill("input[name=phone]", "0912345679")
    page.fill("input[name=place]", UNIT)
    page.click("button[value=xem]")
    expect(page.locator("#nguoi-goi >> text=/Số này/")).to_be_visible()
    page.fill("input[name=title]", "Ổ gà trước trường")
    page.click("main form.fill button[type=submit] >> nth=0")
    code = page.inner_text("h1.receipt")
    page.goto(f"{server}/1022/{code}/?viec=reject")
    page.click("text=Không đủ thông tin để xử lý")
    expect(page.locator("textarea[name=reason]")).to_have_value(re.compile("chưa thể xử lý"))
    plain.close()
    context = chromium.new_context(color_scheme=scheme, viewport=size)  # type: ignore[arg-type]
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda m: complaints.append(m.text) if "Policy" in m.text else None)
    enter(page, server, name, root)
    wrong = []
    for path in (
        "",
        f"{code}/",
        f"{code}/?viec=merge",
        "nhap/",
        "ngay/",
        f"{code}/cong-khai/",
        f"{code}/lien-he/",
    ):
        page.goto(f"{server}{root}/1022/{path}")
        wrong += [f"{path}: {one}" for one in violations(page)]
        wrong += [f"{path}: too wide"] if page.evaluate(TOO_WIDE) else []
    assert wrong == []
    assert complaints == []
    context.close()
