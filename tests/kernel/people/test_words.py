"""Every page of signing in and of one's own account speaks one language at a time."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from tests.kernel.people.test_oidc import use
from tests.kernel.people.test_sign_in import PASSWORD, add_totp, enter, person
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.signin import urls
from tinhso.kernel.people.signin.letters import NOTES, NOTICES, REQUESTED
from tinhso.web.access import THEIRS

#: Letters that no English word has.
VIETNAMESE = re.compile(
    r"\w*[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]\w*", re.IGNORECASE
)
#: Names stay as they are, and each language is offered in its own.
KEPT = ("Tỉnh Số", "Tiếng Việt", "Định danh thử", "Lê Thị Ánh", "Đồng Phú")
ENGLISH = re.compile(
    r"\b(the|and|your|you|password|sign|code|codes|email|e-mail|this|please|is|are|not|required|invalid|security|remove|change|add)\b",
    re.IGNORECASE,
)

GET = {
    "signed out": (
        *("/dang-nhap/", "/dang-xuat/", "/dang-nhap/da-dong/", "/dang-nhap/quen-mat-khau/"),
        *("/dang-nhap/quen-mat-khau/da-gui/", "/dang-nhap/quen-mat-khau/1-khong-con/"),
        *("/dang-nhap/mat-khau-da-dat/", "/dang-nhap/dinh-danh/da-huy/"),
        "/tai-khoan/thu-dien-tu/x/",
    ),
    "signed in": (
        *("/tai-khoan/", "/tai-khoan/phien/", "/tai-khoan/mat-khau/", "/tai-khoan/thu-dien-tu/"),
        *("/tai-khoan/xac-nhan/", "/tai-khoan/xac-nhan/ma/", "/tai-khoan/xac-thuc/"),
        *("/tai-khoan/xac-thuc/khoa/", "/tai-khoan/xac-thuc/khoa/them/", "/dang-xuat/"),
        *("/tai-khoan/xac-thuc/ung-dung/go/", "/tai-khoan/xac-thuc/ma/tao/"),
        "/tai-khoan/dinh-danh/",
    ),
}
#: What a person can get wrong, and what the page then says.
WRONG: tuple[tuple[str, dict[str, str]], ...] = (
    ("/tai-khoan/mat-khau/", {"oldpassword": "x", "password1": "ngắn", "password2": "khác"}),
    (
        "/tai-khoan/mat-khau/",
        {"oldpassword": PASSWORD, "password1": "password1234", "password2": ""},
    ),
    (
        "/tai-khoan/mat-khau/",
        {"oldpassword": PASSWORD, "password1": "123456789012", "password2": "1"},
    ),
    ("/tai-khoan/thu-dien-tu/", {"email": "không phải", "action_add": ""}),
    ("/tai-khoan/thu-dien-tu/", {"email": "can.bo@tinh.example", "action_add": ""}),
    ("/tai-khoan/xac-nhan/", {"password": "x"}),
    ("/tai-khoan/xac-nhan/ma/", {"code": "1"}),
    ("/tai-khoan/xac-thuc/khoa/them/", {"name": "", "credential": "không phải JSON"}),
    ("/tai-khoan/xac-thuc/khoa/them/", {"name": "x", "credential": "{}"}),
    ("/tai-khoan/dinh-danh/", {"account": "7"}),
)


def seen(page: Any) -> str:
    """What a person reads or hears of a page."""
    html = page.content.decode()
    html = re.sub(r"<(script|style)\b.*?</\1>", " ", html, flags=re.DOTALL)
    spoken = re.findall(r'(?:alt|placeholder|aria-label|title)="([^"]*)"', html)
    text = unescape(" ".join([re.sub(r"<[^>]+>", " ", html), *spoken]))
    for name in KEPT:
        text = text.replace(name, " ")
    return re.sub(r"\S+@\S+", " ", text)


def strays(page: Any, language: str) -> list[str]:
    text = seen(page)
    if language == "en":
        return VIETNAMESE.findall(text)
    return ENGLISH.findall(text)


@pytest.fixture
def officer(db: None, settings: Any) -> Account:
    use(settings, "http://localhost:9")
    account = person("officer", "can.bo")
    account.name = "Lê Thị Ánh"
    account.save()
    add_totp(account)
    return account


@pytest.mark.parametrize(("language", "prefix"), [("vi", ""), ("en", "/en")])
def test_no_page_and_no_mistake_mixes_languages(
    officer: Account, language: str, prefix: str
) -> None:
    from tests.people import sign_in  # noqa: PLC0415

    out, within = Client(), Client()
    wrong = [
        f"{path}: {found}"
        for path in GET["signed out"]
        if (found := strays(out.get(prefix + path), language))
    ]
    pages = [
        enter(out, "can.bo", "sai"),
        out.post(f"{prefix}/dang-nhap/", {"login": "", "password": ""}),
        out.post(f"{prefix}/dang-nhap/", {"login": "x", "password": "y"}),
        out.post(f"{prefix}/dang-nhap/quen-mat-khau/", {"email": "x"}),
    ]
    wrong += [f"signing in: {found}" for page in pages[1:] if (found := strays(page, language))]
    out.post(f"{prefix}/dang-nhap/", {"login": "can.bo", "password": PASSWORD})
    for page in (
        out.get(f"{prefix}/dang-nhap/xac-thuc/"),
        out.post(f"{prefix}/dang-nhap/xac-thuc/", {"code": "1"}),
        out.post(f"{prefix}/dang-nhap/xac-thuc/", {"credential": "{}"}),
    ):
        wrong += strays(page, language)
    sign_in(within, officer, strong=True)
    within.post(f"{prefix}/tai-khoan/xac-nhan/", {"password": PASSWORD})
    for path in GET["signed in"]:
        page = within.get(prefix + path)
        assert page.status_code == 200, path
        wrong += [f"{path}: {found}" for found in strays(page, language)]
    for path, given in WRONG:
        page = within.post(prefix + path, given)
        assert page.status_code == 200, path
        wrong += [f"{path} {given}: {found}" for found in strays(page, language)]
    for path in ("/tai-khoan/xac-thuc/", f"/quan-tri/tai-khoan/{officer.pk}/dat-lai-xac-thuc/"):
        Authenticator.objects.filter(user=officer).delete()
        wrong += [f"{path}: {found}" for found in strays(within.get(prefix + path), language)]
    assert wrong == []


@pytest.mark.parametrize("name", [*NOTES, *NOTICES, *REQUESTED])
def test_no_letter_or_note_mixes_languages(name: str) -> None:
    if name in NOTES:
        texts = [NOTES[name]]
    else:
        letter = NOTICES.get(name) or REQUESTED[name]
        texts = [letter.subject, letter.body]
    for text in texts:
        assert not VIETNAMESE.findall(text.en.replace("Tỉnh Số", ""))
        assert not ENGLISH.findall(re.sub(r"\{\w+\}", "", text.vi))
        assert set(re.findall(r"\{\w+\}", text.vi)) == set(re.findall(r"\{\w+\}", text.en))


def test_every_address_says_who_may_use_it() -> None:
    for pattern in urls.urlpatterns:
        declared = getattr(pattern.callback, "access", None) or THEIRS.get(str(pattern.name))
        assert declared is not None, pattern.name
