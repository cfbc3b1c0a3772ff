"""What the page helps with while a report is filled in: the place, by phone or map; the category."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.test_pages import violations

HERE = {"latitude": 11.75, "longitude": 106.72}


@pytest.mark.parametrize("prefix", ["", "/en"], ids=["vi", "en"])
def test_the_place_comes_from_the_phone_or_a_tap_on_the_map(
    chromium: Browser, server: str, prefix: str
) -> None:
    context = chromium.new_context(
        viewport={"width": 360, "height": 740},
        has_touch=True,
        geolocation=HERE,  # type: ignore[arg-type]
        permissions=["geolocation"],
    )
    page = context.new_page()
    page.goto(f"{server}{prefix}/phan-anh/gui/")
    lat, told = page.locator("[name=lat]"), page.locator("[data-placed]")
    expect(lat).to_have_value("")
    page.locator("[data-locate]").click()
    expect(lat).to_have_value("11.750000")
    expect(told).to_contain_text(told.get_attribute("data-phone") or "?")
    found = violations(page)
    page.locator("[data-unpin]").click()
    expect(lat).to_have_value("")
    expect(told).to_have_text("")
    page.locator("[data-map]").click(position={"x": 120, "y": 140})
    expect(lat).to_have_value(re.compile(r"^1\d\.\d{6}$"))
    expect(told).to_contain_text(told.get_attribute("data-map-chosen") or "?")
    assert (found, page.evaluate("document.documentElement.scrollWidth")) == ([], 360)
    context.close()


def test_a_phone_that_does_not_tell_its_place_is_said_so(chromium: Browser, server: str) -> None:
    context = chromium.new_context()  # asked, it refuses
    page = context.new_page()
    page.goto(f"{server}/phan-anh/gui/")
    page.locator("[data-locate]").click()
    told = page.locator("[data-placed]")
    expect(told).to_have_text(told.get_attribute("data-none") or "?")
    expect(page.locator("[name=lat]")).to_have_value("")
    context.close()


@pytest.mark.parametrize("prefix", ["", "/en"], ids=["vi", "en"])
def test_a_category_is_suggested_by_the_words_and_a_person_decides(
    chromium: Browser, server: str, prefix: str
) -> None:
    page = chromium.new_page(viewport={"width": 360, "height": 740})
    page.goto(f"{server}{prefix}/phan-anh/gui/")
    category, words = page.locator("[name=category]"), page.locator("[name=text]")
    words.fill("den duong hong, ca xom toi om")
    words.blur()
    choose = page.locator("[data-suggestion] button")
    expect(choose).to_be_visible()
    expect(category).to_have_value("")
    found = violations(page)
    choose.click()
    expect(category).to_have_value("light")
    expect(category).to_be_focused()
    assert found == []
    page.close()
