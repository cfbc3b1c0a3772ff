"""Signing in with an identity of an OpenID Connect provider: a real one, run for these tests."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client, RequestFactory

from tests.kernel.people.test_sign_in import PASSWORD, acts, enter, is_in, person
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.signin import oidc
from tinhso.kernel.people.signin.provider import OpenIdProvider
from tinhso.measure.text import InputError, Text
from tinhso.web import configuration

NAME = Text("Định danh thử", "Trial identity")


@pytest.fixture(scope="session")
def issuer() -> Iterator[str]:
    """The address of the provider, a process of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "oidc_provider_mock",
        "--port",
        str(port),
        "--require-nonce",
        "true",
    ]
    env = {**os.environ, "AUTHLIB_INSECURE_TRANSPORT": "1"}
    process = subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL)
    address = f"http://localhost:{port}"
    try:
        for _ in range(200):
            try:
                requests.get(address, timeout=5)
                break
            except requests.ConnectionError:
                assert process.poll() is None, "the provider did not start"
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait()


def use(settings: Any, issuer: str, *acr: str) -> OpenIdProvider:
    provider = OpenIdProvider(issuer, "tinhso", "a secret", NAME, frozenset(acr))
    settings.TINHSO_OIDC = provider
    settings.SOCIALACCOUNT_PROVIDERS = provider.allauth()
    return provider


@pytest.fixture
def provider(settings: Any, issuer: str) -> OpenIdProvider:
    return use(settings, issuer, "loa3")


@pytest.fixture
def officer(db: None) -> Account:
    return person("officer", "can.bo")


def leave(client: Client, process: str = "login", prefix: str = "") -> str:
    """Press the button; the address at the provider that one is sent to."""
    page = client.post(f"{prefix}/dang-nhap/dinh-danh/", {"process": process})
    assert page.status_code == 200
    refresh: str = page["Refresh"]
    return refresh.partition("url=")[2]


def consent(address: str, subject: str, **claims: str) -> str:
    """Say at the provider who one is; the way back to the site (path and query)."""
    root = "{0.scheme}://{0.netloc}".format(urlsplit(address))
    requests.put(f"{root}/users/{subject}", json=claims, timeout=10).raise_for_status()
    answer = requests.post(address, data={"sub": subject}, allow_redirects=False, timeout=10)
    back = urlsplit(answer.headers["Location"])
    assert back.path == "/dang-nhap/dinh-danh/ve/"
    return f"{back.path}?{back.query}"


def link(client: Client, subject: str, **claims: str) -> Any:
    """As its owner does it: signed in, the password given again."""
    client.post("/tai-khoan/xac-nhan/", {"password": PASSWORD})
    return client.get(consent(leave(client, "connect"), subject, **claims))


def test_an_identity_that_its_owner_linked_signs_in(
    provider: OpenIdProvider, officer: Account
) -> None:
    own = Client()
    enter(own, "can.bo")
    assert link(own, "079001", name="Nguyễn Văn An", email="x@y.example").status_code == 302
    row = SocialAccount.objects.get(user=officer)
    assert row.uid == "079001"
    assert row.extra_data == {"id_token": {"sub": "079001", "acr": ""}}, "no more than is needed"
    assert acts(officer)[-1] == "identity-linked"
    later = Client()
    back = later.get(consent(leave(later), "079001"))
    assert back.status_code == 302
    assert is_in(later)
    assert acts(officer)[-1] == "sign-in"


def test_an_identity_that_nobody_linked_opens_nothing_and_is_told_what_to_do(
    provider: OpenIdProvider, officer: Account, client: Client
) -> None:
    claims = {"email": officer.email, "email_verified": "true"}
    page = client.get(consent(leave(client), "stranger", **claims))
    assert "chưa liên kết với tài khoản nào" in page.content.decode()
    assert not is_in(client)
    assert Account.objects.count() == 1
    page = client.get(consent(leave(client, prefix="/en"), "stranger"))
    assert "not linked to any account" in page.content.decode(), "in the language one left in"


def test_the_request_carries_pkce_state_and_nonce(
    provider: OpenIdProvider, client: Client, db: None
) -> None:
    asked = parse_qs(urlsplit(leave(client)).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["code_challenge"][0]) == 43
    assert asked["nonce"] == [oidc.nonce_of(asked["state"][0])]
    assert asked["scope"] == ["openid"]
    assert asked["acr_values"] == ["loa3"]


def test_linking_wants_the_password_again(provider: OpenIdProvider, officer: Account) -> None:
    own = Client()
    enter(own, "can.bo")
    answer = own.get(consent(leave(own, "connect"), "079001"))
    assert answer["Location"] == "/tai-khoan/xac-nhan/"
    assert not SocialAccount.objects.exists()
    own.post("/tai-khoan/xac-nhan/", {"password": PASSWORD})
    assert SocialAccount.objects.filter(user=officer).exists()


def test_an_identity_of_one_account_is_not_linked_to_another(
    provider: OpenIdProvider, officer: Account
) -> None:
    first, second = Client(), Client()
    enter(first, "can.bo")
    link(first, "079001")
    person("officer", "khac")
    enter(second, "khac")
    link(second, "079001")
    assert SocialAccount.objects.get().user_id == officer.pk


def test_unlinking_closes_that_way(provider: OpenIdProvider, officer: Account) -> None:
    own, later = Client(), Client()
    enter(own, "can.bo")
    link(own, "079001")
    row = SocialAccount.objects.get()
    own.post("/tai-khoan/dinh-danh/", {"account": row.pk})
    assert acts(officer)[-1] == "identity-unlinked"
    later.get(consent(leave(later), "079001"))
    assert not is_in(later)


@pytest.mark.parametrize(("acr", "strong"), [("loa3", True), ("loa1", False), ("", False)])
def test_only_an_acr_that_the_operator_named_counts_as_a_second_factor(
    provider: OpenIdProvider, officer: Account, acr: str, strong: bool
) -> None:
    own, later = Client(), Client()
    enter(own, "can.bo")
    claims = {"acr": acr} if acr else {}
    link(own, "079001", **claims)
    later.get(consent(leave(later), "079001", **claims))
    assert ("đã qua lớp thứ hai" in later.get("/tai-khoan/").content.decode()) is strong


def test_the_second_factor_of_an_account_is_asked_for_after_a_weak_identity(
    provider: OpenIdProvider, officer: Account
) -> None:
    from tests.kernel.people.test_sign_in import add_totp  # noqa: PLC0415

    own, later = Client(), Client()
    enter(own, "can.bo")
    link(own, "079001")
    add_totp(officer)
    assert later.get(consent(leave(later), "079001"))["Location"] == "/dang-nhap/xac-thuc/"
    assert not is_in(later)


# -- what does not fit is refused -------------------------------------------------------------------------


def linked(officer: Account) -> None:
    own = Client()
    enter(own, "can.bo")
    link(own, "079001")


def refused(client: Client, way: str) -> None:
    page = client.get(way)
    assert page.status_code == 401
    assert "không khớp với yêu cầu" in page.content.decode()
    assert not is_in(client)


def test_another_state_than_was_sent_is_refused(
    provider: OpenIdProvider, officer: Account, client: Client
) -> None:
    linked(officer)
    way = consent(leave(client), "079001")
    given = parse_qs(urlsplit(way).query)
    refused(
        client,
        f"/dang-nhap/dinh-danh/ve/?{urlencode({'code': given['code'][0], 'state': 'made-up'})}",
    )


def test_an_answer_to_another_browser_is_refused(
    provider: OpenIdProvider, officer: Account, client: Client
) -> None:
    linked(officer)
    attacker = Client()
    refused(client, consent(leave(attacker), "079001"))


def test_an_answer_is_good_once(provider: OpenIdProvider, officer: Account, client: Client) -> None:
    linked(officer)
    way = consent(leave(client), "079001")
    client.get(way)
    client.post("/dang-xuat/")
    refused(client, way)


def test_a_token_made_for_another_nonce_is_refused(
    provider: OpenIdProvider, officer: Account, client: Client
) -> None:
    linked(officer)
    address = urlsplit(leave(client))
    asked = {name: values[0] for name, values in parse_qs(address.query).items()}
    asked["nonce"] = "somebody else's"
    refused(client, consent(address._replace(query=urlencode(asked)).geturl(), "079001"))


def test_a_code_without_its_verifier_is_refused(
    provider: OpenIdProvider, officer: Account, client: Client
) -> None:
    """An intercepted code: the thief has the way back, but not the browser's secret (PKCE)."""
    linked(officer)
    thief = Client()
    stolen = parse_qs(urlsplit(consent(leave(client), "079001")).query)["code"][0]
    state = parse_qs(urlsplit(leave(thief)).query)["state"][0]
    refused(thief, f"/dang-nhap/dinh-danh/ve/?{urlencode({'code': stolen, 'state': state})}")


def forged(provider: OpenIdProvider, key: Any, algorithm: str, **claims: Any) -> str:
    now = int(time.time())
    whole = {
        "iss": provider.issuer, "aud": provider.client, "sub": "079001", "nonce": "n",
        "iat": now, "exp": now + 60, **claims,
    }  # fmt: skip
    return jwt.encode(whole, key, algorithm=algorithm)


def test_a_token_that_somebody_else_signed_is_refused(provider: OpenIdProvider, db: None) -> None:
    adapter = oidc.Adapter(RequestFactory().get("/"), provider.id)
    own_key = rsa.generate_private_key(65537, 2048)
    for token in (
        forged(provider, own_key, "RS256"),
        forged(provider, "", "none"),
        forged(provider, provider.secret * 8, "HS256"),
        "not.a.token",
    ):
        with pytest.raises(OAuth2Error):
            adapter.verified_claims(token, provider.client, "n")


def test_a_provider_that_names_another_issuer_is_not_used(
    settings: Any, issuer: str, client: Client, db: None
) -> None:
    use(settings, issuer.replace("localhost", "127.0.0.1") + "/")
    page = client.post("/dang-nhap/dinh-danh/")
    assert page.status_code == 503


def test_a_provider_that_is_down_is_said_to_be(settings: Any, client: Client, db: None) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{probe.getsockname()[1]}"
    use(settings, nobody)
    page = client.post("/dang-nhap/dinh-danh/")
    assert page.status_code == 503
    assert "Định danh thử đang không trả lời" in unescape(page.content.decode())
    assert "Định danh thử" in client.get("/dang-nhap/").content.decode(), "the page itself stays"


def test_whoever_declines_at_the_provider_is_brought_back(
    provider: OpenIdProvider, client: Client, db: None
) -> None:
    address = leave(client)
    answer = requests.post(address, data={"action": "deny"}, allow_redirects=False, timeout=10)
    back = urlsplit(answer.headers["Location"])
    state = parse_qs(urlsplit(address).query)["state"][0]
    query = back.query if "state=" in back.query else f"{back.query}&state={state}"
    page = client.get(f"{back.path}?{query}", follow=True)
    assert "Bạn đã hủy việc xác thực" in page.content.decode()


# -- settings ----------------------------------------------------------------------------------------------


def test_a_provider_is_configured_whole_or_not_at_all(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    assert configuration.oidc() is None
    monkeypatch.setenv("TINHSO_OIDC_ISSUER", "https://id.example")
    with pytest.raises(InputError):
        configuration.oidc()
    monkeypatch.setenv("TINHSO_OIDC_CLIENT", "tinhso")
    (tmp_path / "secret").write_text("from a file\n")
    (tmp_path / "secret").chmod(0o600)
    monkeypatch.setenv("TINHSO_OIDC_SECRET_FILE", str(tmp_path / "secret"))
    monkeypatch.setenv("TINHSO_OIDC_STRONG_ACR", "loa3, loa4")
    found = configuration.oidc()
    assert found is not None
    assert (found.secret, found.strong_acr) == ("from a file", {"loa3", "loa4"})
    monkeypatch.setenv("TINHSO_OIDC_ISSUER", "http://id.example")
    with pytest.raises(InputError):
        configuration.oidc()


def test_another_issuer_s_subjects_are_other_people() -> None:
    one, other = (OpenIdProvider(f"https://{n}.example", "c", "s", NAME) for n in "ab")
    assert one.id != other.id
