"""Somebody at the pages without a browser: reads them, and sends the very forms that stand on them.

A field that a form does not have cannot be filled, and a button that is not there cannot be pressed:
what a test does so, a person can do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urljoin

import requests
from lxml import html

from tests.browser.account_people import PASSWORD
from tests.browser.test_account_pages import code

SECONDS = 120

#: Name, content, type of a file that is sent.
Upload = tuple[str, bytes, str]


class Page:
    def __init__(self, visitor: Visitor, answer: requests.Response) -> None:
        self.visitor, self.status, self.address = visitor, answer.status_code, answer.url
        self.content = answer.content
        kind = answer.headers.get("content-type", "")
        self.tree = html.document_fromstring(answer.text) if kind.startswith("text/html") else None

    @property
    def text(self) -> str:
        """What the page says, in one line."""
        assert self.tree is not None
        (main,) = self.tree.xpath("//main")
        return " ".join(main.text_content().split())

    def at(self, path: str) -> list[str]:
        """Texts at an XPath, each in one line."""
        assert self.tree is not None
        return [" ".join(one.text_content().split()) for one in self.tree.xpath(path)]

    def link(self, words: str) -> str:
        """Where the link with these words leads."""
        assert self.tree is not None
        for one in self.tree.xpath("//main//a"):
            if words in " ".join(one.text_content().split()):
                return urljoin(self.address, one.get("href"))
        raise AssertionError(f"no link “{words}” on {self.address}")

    def press(
        self,
        button: str,
        fill: Mapping[str, str] | None = None,
        *,
        files: Mapping[str, Upload] | None = None,
        ticked: Mapping[str, Sequence[str]] | None = None,
        near: str = "",
        refused: bool = False,
        **fields: str,
    ) -> Page:
        """Send the form with this button, its fields as they stand but for what is filled in here.

        `fill` is for names that are no words of Python. `near`: words of the form, where several
        have the same button. `ticked`: which of a name's boxes are ticked. `refused`: the page is
        to answer that something is wrong.
        """
        form, pressed = self._form(button, near)
        values = [(name, value) for name, value in form.form_values() if name not in (ticked or {})]
        known = {one.get("name") for one in form.xpath(".//input|.//select|.//textarea")}
        for name, value in {**(fill or {}), **fields}.items():
            assert name in known, (
                f"the form “{button}” has no field {name}: {sorted(filter(None, known))}"
            )
            values = [(one, old) for one, old in values if one != name] + [(name, value)]
        for name, chosen in (ticked or {}).items():
            boxes = {one.get("value") for one in form.xpath(f".//input[@name='{name}']")}
            assert set(chosen) <= boxes, f"{name} has no {set(chosen) - boxes}"
            values += [(name, one) for one in chosen]
        assert set(files or {}) <= known
        if pressed.get("name"):
            values.append((pressed.get("name"), pressed.get("value", "")))
        where = urljoin(self.address, form.get("action") or self.address)
        page = self.visitor.send(form.method, where, values, files)
        told = "; ".join(page.at("//main//*[@role='alert' or contains(@class,'bad')]"))
        assert (page.status == 400) is refused, f"“{button}” answered {page.status}: {told}"
        return page

    def _form(self, button: str, near: str) -> tuple[html.FormElement, html.HtmlElement]:
        assert self.tree is not None
        for form in self.tree.forms:
            if near and near not in " ".join(form.text_content().split()):
                continue
            for one in form.xpath(".//button[not(@disabled) and not(@type='button')]"):
                if " ".join(one.text_content().split()).startswith(button):
                    return form, one
        raise AssertionError(f"no button “{button}” on {self.address}: {self.at('//button')}")


class Visitor:
    """One person's session."""

    def __init__(self, site: str, name: str = "", secret: str = "") -> None:
        self.site, self.session = site, requests.Session()
        if name:
            page = self.open("/dang-nhap/").press("Đăng nhập", login=name, password=PASSWORD)
            if secret:
                page = page.press("Đăng nhập", near="Mã xác thực", code=code(secret))
            self.landed = page

    def open(self, path: str) -> Page:
        page = Page(self, self.session.get(urljoin(self.site, path), timeout=SECONDS))
        assert page.status == 200, f"{path} answered {page.status}"
        return page

    def send(
        self,
        method: str,
        where: str,
        values: list[tuple[str, str]],
        files: Mapping[str, Upload] | None,
    ) -> Page:
        if method.upper() == "GET":
            answer = self.session.get(where, params=values, timeout=SECONDS)
        else:
            answer = self.session.post(
                *(where, values),
                files=dict(files) if files else None,
                headers={"Referer": where},
                timeout=SECONDS,
            )
        page = Page(self, answer)
        assert page.status in (200, 400), f"{method} {where} answered {page.status}"
        return page

    def cookies(self) -> list[dict[str, object]]:
        """For a browser that is to be the same person."""
        return [
            {"name": one.name, "value": one.value or "", "url": self.site}
            for one in self.session.cookies
        ]
