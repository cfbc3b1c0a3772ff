"""Before everybody sees a report: its words are changed, and what nobody should recognise on its photo is
marked with the mouse, a finger or by typing. What everybody then sees is looked at pixel by pixel; and
whoever still finds themselves there asks for it to be hidden."""

from __future__ import annotations

import io

from PIL import Image, ImageStat
from playwright.sync_api import Browser, FloatRect, Page, expect

from tests.browser.account_people import UNIT
from tests.browser.test_account_pages import make
from tests.browser.test_desk_acts_journey import as_they_are, wrong
from tests.browser.test_desk_journey import key
from tests.browser.visitor import Visitor

#: Rectangles in per cent of the photo: left, top, width, height.
FACE, PLATE, DOOR, LEFT_ALONE = (
    (60, 10, 20, 30),
    (10, 60, 30, 20),
    (70, 60, 20, 30),
    (10, 10, 30, 30),
)


def chequered() -> bytes:
    """A photo on which any place can be told from one that was made unreadable."""
    photo = Image.new("L", (800, 600), "white")
    for x in range(0, 800, 16):
        for y in range(x % 32, 600, 32):
            photo.paste(0, (x, y, x + 16, y + 16))
    out = io.BytesIO()
    photo.save(out, "PNG")
    return out.getvalue()


def contrast(photo: bytes, at: tuple[int, int, int, int]) -> float:
    """How much the middle of a rectangle differs within itself: 0 one grey, about 127 black and white."""
    with Image.open(io.BytesIO(photo)) as picture:
        grey = picture.convert("L")
        left, top, width, height = (share / 100 for share in at)
        box = (left + width / 5, top + height / 5, left + width * 4 / 5, top + height * 4 / 5)
        middle = grey.crop(
            tuple(round(one * size) for one, size in zip(box, grey.size * 2, strict=True))
        )  # type: ignore[arg-type] # four
    return ImageStat.Stat(middle).stddev[0]


def corners(page: Page, at: tuple[int, int, int, int]) -> list[tuple[float, float]]:
    """Where on the screen a rectangle of the photo begins and ends."""
    frame = page.locator(".marking")
    frame.scroll_into_view_if_needed()
    box: FloatRect | None = frame.bounding_box()
    assert box
    left, top, width, height = at
    return [
        (box["x"] + x * box["width"] / 100, box["y"] + y * box["height"] / 100)
        for x, y in ((left, top), (left + width, top + height))
    ]


def by_mouse(page: Page, at: tuple[int, int, int, int], button: str = "left") -> None:
    begin, end = corners(page, at)
    page.mouse.move(*begin)
    page.mouse.down(button=button)  # type: ignore[arg-type]
    page.mouse.move(*end, steps=3)
    page.mouse.up(button=button)  # type: ignore[arg-type]


def by_finger(page: Page, at: tuple[int, int, int, int]) -> None:
    tools = page.context.new_cdp_session(page)
    begin, end = corners(page, at)
    for kind, points in (("touchStart", [begin]), ("touchMove", [end]), ("touchEnd", [])):
        told = {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]}
        tools.send("Input.dispatchTouchEvent", told)


def public_photo(page: Page, report: str) -> bytes:
    """The one picture that everybody sees of a report."""
    page.goto(report)
    (photo,) = page.locator(".photos a").all()
    return page.request.get(str(photo.evaluate("one => one.href"))).body()


def test_everybody_sees_a_blurred_photo_and_other_words(chromium: Browser, server: str) -> None:
    make("duyet.tong:call-taker")
    who = Visitor(server, "duyet.tong")
    (code,) = who.open("/1022/nhap/").press(
        "Lưu, nhận mã",
        title="Xe đỗ chắn cổng trường",
        text="Xe 93A-123.45 của ông Ba, số 0912345678",
        place=UNIT,
        files={"files": ("xe.png", chequered(), "image/png")},
    ).at("//h1")  # fmt: skip
    page = as_they_are(chromium, who)
    moderation, report = f"{server}/1022/{code}/cong-khai/", f"{server}/phan-anh/{code}/"
    page.goto(moderation)
    expect(page.locator("mark")).to_have_text(["93A-123.45", "0912345678"])
    found = wrong(page)
    original = page.locator(".photos img").get_attribute("src") or ""

    # Marked with the mouse; a slip is taken back, and the other button marks nothing.
    page.get_by_role("link", name="Làm mờ", exact=True).click()
    page.wait_for_selector(".marking svg")
    found += wrong(page)
    by_mouse(page, LEFT_ALONE)
    page.click("[data-undo]")
    by_mouse(page, LEFT_ALONE, "right")
    expect(page.locator("#o-vung")).to_have_value("")
    by_mouse(page, FACE)
    by_mouse(page, PLATE)
    expect(page.locator(".marking rect")).to_have_count(2)
    page.click("form.blur button[type=submit] >> nth=0")

    # The copy is chosen; the words are looked at before they go.
    page.wait_for_url("**/cong-khai/?ban-mo=*")
    expect(page.locator("[name=files]:checked")).to_have_count(1)
    page.focus("#o-text")
    key(page, "Control+Enter")
    expect(page.locator("#o-text-wrong")).to_contain_text("0912345678")
    expect(page.locator("[name=files]:checked")).to_have_count(1)
    found += wrong(page)
    page.fill("#o-text", "Xe đỗ chắn cổng từ sáng")
    key(page, "Control+Enter")
    page.wait_for_selector(f".crumbs >> text={code}")
    photo = public_photo(page, report)
    assert [contrast(photo, at) < 20 for at in (FACE, PLATE, LEFT_ALONE)] == [True, True, False]
    told = page.inner_text("main")
    assert "Xe đỗ chắn cổng từ sáng" in told
    assert "0912345678" not in told
    assert page.request.get(f"{report}anh/{original.split('/')[-2]}/").status == 404
    page.context.close()
    found += asked_by_readers(chromium, report)
    assert found + again_on_a_phone(chromium, server, who, code) == []


def asked_by_readers(chromium: Browser, report: str) -> list[str]:
    """Somebody asks to be hidden; a second, in English and without a script, hears that it counts as the same."""
    page = chromium.new_page(viewport={"width": 360, "height": 740})
    page.goto(report)
    page.get_by_role("link", name="Ảnh hoặc chữ lộ thông tin của tôi").click()
    page.wait_for_url("**/xin-che/")
    found = wrong(page)
    page.check("[name=why][value=photo]")
    page.fill("#o-text", "x" * 501)
    page.click("main form button")
    expect(page.locator("#o-text-wrong")).to_contain_text("501")
    found += wrong(page)
    page.fill("#o-text", "Cửa nhà tôi ở góc phải")
    page.click("main form button")
    expect(page.locator("h1")).to_have_text("Đã nhận yêu cầu của bạn")
    found += wrong(page)
    english = report.replace("/phan-anh/", "/en/phan-anh/") + "xin-che/"
    page.goto(english)
    found += wrong(page)
    page.close()
    plain = chromium.new_context(java_script_enabled=False)
    page = plain.new_page()
    page.goto(english)
    page.check("[name=why][value=text]")
    page.click("main form button")
    expect(page.locator("h1")).to_have_text("Such a request waits already")
    plain.close()
    return found


def again_on_a_phone(chromium: Browser, server: str, who: Visitor, code: str) -> list[str]:
    """In English, from the queue on: what was overlooked is marked on the copy, with a finger and in the
    field, and nobody waits any more."""
    context = chromium.new_context(viewport={"width": 360, "height": 740}, has_touch=True)
    context.add_cookies(who.cookies())  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{server}/en/1022/")
    waits = page.locator(f".asks a[href$='/{code}/cong-khai/']")
    waits.click()
    expect(page.locator(".asks")).to_contain_text("“Cửa nhà tôi ở góc phải”")
    expect(page.locator("[name=da-che]")).not_to_be_checked()
    found = wrong(page)
    page.locator(".photos li", has=page.locator(":checked")).get_by_role("link").click()
    page.wait_for_selector(".marking svg")
    found += wrong(page)
    by_finger(page, DOOR)
    expect(page.locator(".marking rect")).to_have_count(1)
    page.focus("#o-vung")
    key(page, "Control+End", "Enter")
    page.keyboard.type("40,5 5 10 12,5")
    expect(page.locator(".marking rect")).to_have_count(2)
    page.click("form.blur button[type=submit] >> nth=0")
    page.wait_for_url("**/cong-khai/?ban-mo=*")
    # Until it is saved, nobody sees the one that somebody could still be recognised on.
    reader = chromium.new_page()
    reader.goto(f"{server}/en/phan-anh/{code}/")
    expect(reader.locator(".photos")).to_have_count(0)
    expect(page.locator("[name=da-che]")).to_be_checked()
    page.click("main form[data-quick] button:has-text('Save')")
    page.wait_for_selector(".timeline >> text=Settle a request to hide data")
    page.goto(f"{server}/en/1022/")
    expect(page.locator("h1")).to_be_visible()
    expect(waits).to_have_count(0)
    photo = public_photo(reader, f"{server}/en/phan-anh/{code}/")
    assert [contrast(photo, at) < 20 for at in (FACE, PLATE, DOOR, LEFT_ALONE)] == [True] * 3 + [False]  # fmt: skip
    found += wrong(reader)
    reader.close()
    context.close()
    return found
