"""Signing in, one's own account, and what the ledger keeps of it."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal import auth as recovery_codes
from allauth.mfa.totp.internal import auth as totp
from allauth.usersessions.models import UserSession
from django.test import Client, override_settings

from tests.people import appoint, letters, sign_in
from tinhso.kernel.ledger.models import Entry
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.signin import lifetime
from tinhso.kernel.people.signin.actions import set_email
from tinhso.kernel.people.signin.adapters import unreadable_factors
from tinhso.kernel.people.signin.throttle import NAME
from tinhso.web.watch.status import findings

PASSWORD = "bốn từ rời nhau"  # noqa: S105 (of accounts that tests make)


@pytest.fixture
def officer(db: None) -> Account:
    """An officer, who needs no second factor."""
    return person("officer", "can.bo")


def person(role: str, username: str) -> Account:
    account = appoint(role, "d695", username)
    account.set_password(PASSWORD)
    account.save()
    set_email(account, f"{username}@tinh.example", verified=True)
    return account


def enter(client: Client, name: str, password: str = PASSWORD, **more: Any) -> Any:
    return client.post("/dang-nhap/", {"login": name, "password": password}, **more)


def is_in(client: Client) -> bool:
    return bool(client.get("/tai-khoan/").status_code == 200)


def acts(account: Account) -> list[str]:
    rows = Entry.objects.filter(kind="people.account", thing=str(account.pk)).order_by("id")
    return [act.removeprefix("people.account.") for act in rows.values_list("act", flat=True)]


def add_totp(account: Account) -> str:
    """The account gets an authenticator app; its secret."""
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(account, secret)
    return secret


def code(secret: str) -> str:
    counter = next(totp.yield_hotp_counters_from_time())
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


# -- signing in ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["can.bo", "CAN.BO", "can.bo@tinh.example", " can.bo "])
def test_one_signs_in_by_user_name_or_address(client: Client, officer: Account, name: str) -> None:
    assert enter(client, name)["Location"] == "/tai-khoan/"
    assert is_in(client)
    assert acts(officer) == ["sign-in"]
    client.post("/dang-xuat/")
    assert not is_in(client)
    assert acts(officer) == ["sign-in", "sign-out"]


def test_whoever_holds_a_position_that_counts_begins_with_the_days_work(db: None) -> None:
    """The officer above holds one in a district that was divided: it gives nothing to do any more."""
    account = appoint("officer", "c25363.2025", "can.bo.xa")
    account.set_password(PASSWORD)
    account.save()
    assert enter(Client(), "can.bo.xa")["Location"] == "/viec-hom-nay/"
    asked = Client().post(
        "/dang-nhap/", {"login": "can.bo.xa", "password": PASSWORD, "next": "/hop/"}
    )
    assert asked["Location"] == "/hop/"


def test_a_wrong_password_an_unknown_name_and_an_inactive_account_are_told_alike(
    officer: Account,
) -> None:
    closed = person("officer", "da.nghi")
    closed.is_active = False
    closed.save()
    pages = []
    for name in ("can.bo", "khong.co", "da.nghi"):
        page = enter(Client(), name, "sai mật khẩu rồi", REMOTE_ADDR="203.0.113.9")
        text = page.content.decode().replace(name, "")
        pages.append(re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text))
    assert pages[0] == pages[1] == pages[2]
    assert acts(officer) == ["sign-in-failed"]


def test_an_unknown_name_waits_like_a_known_one(officer: Account) -> None:
    for name in ("can.bo", "khong.co"):
        for _ in range(NAME.free):
            assert enter(Client(), name, "sai", REMOTE_ADDR="203.0.113.9").status_code == 200
        refused = enter(Client(), name, "sai", REMOTE_ADDR="203.0.113.9")
        assert refused.status_code == 429
        assert 0 < int(refused["Retry-After"]) <= 30
        assert "30 giây" in refused.content.decode()


@pytest.mark.parametrize("name", ["can.bo", "khong.co", "da.nghi", "khong.mat.khau"])
def test_a_password_is_hashed_once_whoever_is_named(
    officer: Account, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What takes the time is the hash: as often for no account as for one."""
    person("officer", "khong.mat.khau")
    Account.objects.filter(username="khong.mat.khau").update(password="!none")  # noqa: S106 (no password at all)
    person("officer", "da.nghi")
    Account.objects.filter(username="da.nghi").update(is_active=False)
    from django.contrib.auth.hashers import MD5PasswordHasher  # noqa: PLC0415

    hashes, own = [], MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher, "encode", lambda *given: (hashes.append(1), own(*given))[1]
    )
    enter(Client(), name, "sai", REMOTE_ADDR="203.0.113.9")
    assert len(hashes) == 1


def test_an_owner_signs_in_while_an_attacker_with_many_addresses_hammers(officer: Account) -> None:
    own = Client()
    enter(own, "can.bo")
    own.post("/dang-xuat/")
    for number in range(30):
        enter(Client(), "can.bo", "sai", REMOTE_ADDR=f"203.0.113.{number}")
    assert enter(Client(), "can.bo", REMOTE_ADDR="198.51.100.1").status_code == 429
    page = own.post("/dang-nhap/", {"login": "can.bo", "password": PASSWORD}, follow=True)
    assert is_in(own)
    assert f"có {NAME.free} lần đăng nhập hỏng" in page.content.decode()


def test_a_forged_device_is_no_known_one(officer: Account) -> None:
    own = Client()
    enter(own, "can.bo")
    cookie = own.cookies["tinhso_device"].value
    for number in range(NAME.free):
        enter(Client(), "can.bo", "sai", REMOTE_ADDR=f"203.0.113.{number}")
    forger = Client()
    forger.cookies["tinhso_device"] = cookie[:-2] + ("AA" if cookie[-2:] != "AA" else "BB")
    assert enter(forger, "can.bo").status_code == 429
    # Nor does one that has signed in to another account help.
    person("officer", "khac")
    other = Client()
    enter(other, "khac", REMOTE_ADDR="198.51.100.2")
    other.post("/dang-xuat/")
    assert enter(other, "can.bo", REMOTE_ADDR="198.51.100.2").status_code == 429


def test_signing_in_changes_the_session_s_key(client: Client, officer: Account) -> None:
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies["sessionid"] = session.session_key
    enter(client, "can.bo")
    assert client.cookies["sessionid"].value != session.session_key
    old = Client()
    old.cookies["sessionid"] = session.session_key
    assert not is_in(old)


def test_nobody_signs_up(client: Client, db: None) -> None:
    for address in ("/dang-ky/", "/tai-khoan/dang-ky/", "/signup/", "/accounts/signup/"):
        assert client.get(address).status_code == 404


def test_passwords_are_hashed_so_that_guessing_is_dear() -> None:
    from tinhso.web import settings  # noqa: PLC0415

    assert settings.PASSWORD_HASHERS[0].endswith(".ScryptPasswordHasher")


# -- password and address -------------------------------------------------------------------------------


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(officer: Account) -> None:
    here, there = Client(), Client()
    enter(here, "can.bo")
    enter(there, "can.bo")
    new = "năm chữ khác hẳn nhau"
    page = here.post(
        "/tai-khoan/mat-khau/", {"oldpassword": PASSWORD, "password1": new, "password2": new}
    )
    assert page.status_code == 302
    assert is_in(here)
    assert not is_in(there)
    assert acts(officer)[-2:] == ["password-changed", "sessions-ended"]
    details = [str(row.details) for row in Entry.objects.all()]
    assert not any(new in text or PASSWORD in text for text in details)


def test_a_password_like_its_owner_is_refused_in_the_reader_s_language(
    client: Client, officer: Account
) -> None:
    enter(client, "can.bo")
    given = {"oldpassword": PASSWORD, "password1": "can.bo@tinh.example", "password2": "x"}
    assert "Mật khẩu quá giống" in client.post("/tai-khoan/mat-khau/", given).content.decode()
    english = client.post("/en/tai-khoan/mat-khau/", given).content.decode()
    assert "The password is too much like" in english


@pytest.mark.parametrize(
    "password", ["Binh-Phuoc@2025", "tỉnh số 123456", "UBND.QuanTri.99", "Matkhau@Admin1"]
)
def test_words_that_anybody_here_would_try_are_no_password(
    client: Client, officer: Account, password: str
) -> None:
    enter(client, "can.bo")
    given = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    assert "ai cũng thử" in client.post("/tai-khoan/mat-khau/", given).content.decode()
    english = client.post("/en/tai-khoan/mat-khau/", given).content.decode()
    assert "anybody would try" in english
    officer.refresh_from_db()
    assert officer.check_password(PASSWORD)


@pytest.mark.parametrize(
    "password",
    ["  xa xôi phương trời  ", "!?!?!?!?!?!?!?", "từ Huế vào Nam bằng xe đạp", "ữ" * 128],
    ids=["spaces around", "signs only", "a province among other words", "128 letters"],
)
def test_any_other_long_password_is_taken_exactly_as_it_is(
    client: Client, officer: Account, password: str
) -> None:
    enter(client, "can.bo")
    given = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    assert client.post("/tai-khoan/mat-khau/", given).status_code == 302
    assert enter(Client(), "can.bo", password)["Location"] == "/tai-khoan/"
    for other in {password.strip(), password[:-1], password.upper()} - {password}:
        assert enter(Client(), "can.bo", other).status_code == 200, other


@pytest.mark.parametrize(
    "way", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:x"]
)
def test_signing_in_leads_to_no_other_site(client: Client, officer: Account, way: str) -> None:
    given = {"login": "can.bo", "password": PASSWORD, "next": way}
    assert client.post("/dang-nhap/", given)["Location"] == "/tai-khoan/"


def test_a_reset_works_once_ends_all_sessions_and_makes_the_device_known(
    officer: Account, django_capture_on_commit_callbacks: Any
) -> None:
    there, here = Client(), Client()
    enter(there, "can.bo")
    with django_capture_on_commit_callbacks(execute=True):
        here.post("/dang-nhap/quen-mat-khau/", {"email": "can.bo@tinh.example"})
    (letter,) = letters()
    assert "can.bo" in letter.body
    found = re.search(r"http://\S+(/dang-nhap/quen-mat-khau/\S+)", letter.body)
    assert found is not None
    form = here.get(found[1])["Location"]
    new = "năm chữ khác hẳn nhau"
    with django_capture_on_commit_callbacks(execute=True):
        here.post(form, {"password1": new, "password2": new})
    assert not is_in(there)
    assert {"password-reset", "sessions-ended"} <= set(acts(officer))
    assert "Địa chỉ này không còn dùng được" in Client().get(found[1]).content.decode()
    for number in range(NAME.free):
        enter(Client(), "can.bo", "sai", REMOTE_ADDR=f"203.0.113.{number}")
    assert enter(here, "can.bo", new)["Location"] == "/tai-khoan/"


def test_a_reset_answers_alike_whether_there_is_an_account(
    officer: Account, django_capture_on_commit_callbacks: Any
) -> None:
    answers = []
    for address in ("can.bo@tinh.example", "khong.co@tinh.example"):
        with django_capture_on_commit_callbacks(execute=True):
            page = Client().post("/dang-nhap/quen-mat-khau/", {"email": address}, follow=True)
        answers.append((page.status_code, page.redirect_chain, page.content))
    assert answers[0] == answers[1]
    assert [one.to for one in letters()] == [["can.bo@tinh.example"], ["khong.co@tinh.example"]]


def test_a_new_address_counts_when_it_is_confirmed(
    client: Client, officer: Account, django_capture_on_commit_callbacks: Any
) -> None:
    enter(client, "can.bo")
    with django_capture_on_commit_callbacks(execute=True):
        asked = client.post(
            "/tai-khoan/thu-dien-tu/", {"email": "moi@tinh.example", "action_add": ""}
        )
        assert asked["Location"].startswith("/tai-khoan/xac-nhan/")
        client.post(asked["Location"], {"password": PASSWORD})
        client.post("/tai-khoan/thu-dien-tu/", {"email": "moi@tinh.example", "action_add": ""})
    officer.refresh_from_db()
    assert officer.email == "can.bo@tinh.example"
    letter = next(one for one in letters() if one.to == ["moi@tinh.example"])
    found = re.search(r"http://[^/]+(/tai-khoan/thu-dien-tu/\S+)", letter.body)
    assert found is not None
    client.post(found[1])
    officer.refresh_from_db()
    assert officer.email == "moi@tinh.example"
    (row,) = EmailAddress.objects.filter(user=officer)
    assert (row.email, row.primary, row.verified) == ("moi@tinh.example", True, True)
    assert "email-changed" in acts(officer)


def test_an_address_that_became_another_account_s_is_not_taken_over(
    client: Client, officer: Account, django_capture_on_commit_callbacks: Any
) -> None:
    enter(client, "can.bo")
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/tai-khoan/xac-nhan/", {"password": PASSWORD})
        client.post("/tai-khoan/thu-dien-tu/", {"email": "moi@tinh.example", "action_add": ""})
    found = re.search(r"http://[^/]+(/tai-khoan/thu-dien-tu/\S+)", letters()[-1].body)
    assert found is not None
    other = appoint("officer", "d695", "khac")
    Account.objects.filter(pk=other.pk).update(email="moi@tinh.example")
    client.post(found[1])
    officer.refresh_from_db()
    assert officer.email == "can.bo@tinh.example"


# -- the second factor -----------------------------------------------------------------------------------


def test_whoever_administers_is_led_to_set_up_a_second_factor(client: Client, db: None) -> None:
    person("administrator", "quan.tri")
    assert enter(client, "quan.tri")["Location"] == "/tai-khoan/xac-thuc/"
    assert (
        "Vị trí của bạn đòi lớp xác thực thứ hai"
        in client.get("/tai-khoan/xac-thuc/").content.decode()
    )


def test_the_password_alone_does_not_sign_in_where_there_is_a_second_factor(
    client: Client, officer: Account
) -> None:
    secret = add_totp(officer)
    assert enter(client, "can.bo")["Location"] == "/dang-nhap/xac-thuc/"
    assert not is_in(client)
    client.post("/dang-nhap/xac-thuc/", {"code": "000000"})
    assert not is_in(client)
    client.post("/dang-nhap/xac-thuc/", {"code": code(secret)})
    assert is_in(client)
    assert acts(officer) == ["factor-added", "sign-in-failed", "sign-in"]
    assert "đã qua lớp thứ hai" in client.get("/tai-khoan/").content.decode()


def test_a_code_is_not_used_twice(officer: Account) -> None:
    secret, first, second = add_totp(officer), Client(), Client()
    now = code(secret)
    enter(first, "can.bo")
    enter(second, "can.bo")
    first.post("/dang-nhap/xac-thuc/", {"code": now})
    second.post("/dang-nhap/xac-thuc/", {"code": now})
    assert (is_in(first), is_in(second)) == (True, False)


def test_codes_are_guessed_at_no_faster_than_passwords(officer: Account) -> None:
    secret, attacker = add_totp(officer), Client()
    enter(attacker, "can.bo", REMOTE_ADDR="203.0.113.1")
    for _ in range(NAME.free):
        attacker.post("/dang-nhap/xac-thuc/", {"code": "000000"}, REMOTE_ADDR="203.0.113.1")
    page = attacker.post("/dang-nhap/xac-thuc/", {"code": code(secret)}, REMOTE_ADDR="203.0.113.1")
    assert "Hãy thử lại sau" in page.content.decode()
    assert not is_in(attacker)


def test_setting_up_an_app_shows_recovery_codes_once_and_ends_other_sessions(
    officer: Account, django_capture_on_commit_callbacks: Any
) -> None:
    here, there = Client(), Client()
    enter(here, "can.bo")
    enter(there, "can.bo")
    assert here.get("/tai-khoan/xac-thuc/ung-dung/")["Location"].startswith("/tai-khoan/xac-nhan/")
    here.post("/tai-khoan/xac-nhan/", {"password": PASSWORD})
    page = here.get("/tai-khoan/xac-thuc/ung-dung/").content.decode()
    assert 'src="data:image/svg+xml;base64,' in page
    secret = re.search(r'class="secret">(\w+)<', page)
    assert secret is not None
    with django_capture_on_commit_callbacks(execute=True):
        done = here.post("/tai-khoan/xac-thuc/ung-dung/", {"code": code(secret[1])})
    assert done["Location"] == "/tai-khoan/xac-thuc/ma/"
    codes = re.findall(r"<li>(\d{8})</li>", here.get(done["Location"]).content.decode())
    assert len(codes) == 10
    assert not re.findall(r"<li>\d{8}</li>", here.get(done["Location"]).content.decode())
    assert is_in(here)
    assert not is_in(there)
    assert "Đã thêm ứng dụng xác thực" in letters()[-1].subject
    assert {"factor-added", "recovery-codes-made", "sessions-ended"} <= set(acts(officer))
    # A recovery code stands in, once.
    for expected in (True, False):
        lost = Client()
        enter(lost, "can.bo")
        lost.post("/dang-nhap/xac-thuc/", {"code": codes[0]})
        assert is_in(lost) is expected
    assert acts(officer).count("recovery-code-used") == 1


def test_seeds_do_not_lie_open_in_the_database(officer: Account) -> None:
    secret = add_totp(officer)
    assert secret not in str(Authenticator.objects.get(user=officer).data)


def test_an_administrator_resets_a_lost_factor_and_its_owner_is_told(
    officer: Account, django_capture_on_commit_callbacks: Any
) -> None:
    add_totp(officer)
    theirs = Client()
    sign_in(theirs, officer)
    theirs.get("/tai-khoan/")
    UserSession.objects.get_or_create(
        user=officer, session_key=theirs.session.session_key, defaults={"ip": "198.51.100.1"}
    )
    admin, address = (
        person("administrator", "quan.tri"),
        f"/quan-tri/tai-khoan/{officer.pk}/dat-lai-xac-thuc/",
    )
    client = Client()
    sign_in(client, admin, strong=False)
    refused = client.get(address)
    assert refused.status_code == 403
    assert "Thiết lập lớp xác thực thứ hai" in refused.content.decode()
    sign_in(client, admin, strong=True)
    assert client.post(address, {"reason": ""}).status_code == 200
    assert Authenticator.objects.filter(user=officer).exists()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(address, {"reason": "mất điện thoại"})
    assert not Authenticator.objects.filter(user=officer).exists()
    assert not is_in(theirs)
    entry = Entry.objects.get(act="people.account.factor-reset")
    assert entry.actor == str(admin.pk)
    assert entry.details["reason"] == "mất điện thoại"  # type: ignore[index]
    (letter,) = letters()
    assert letter.to == [officer.email]
    assert "mất điện thoại" in letter.body


def test_nobody_resets_their_own_factor_or_without_the_right(officer: Account) -> None:
    admin = person("administrator", "quan.tri")
    add_totp(admin)
    client = Client()
    sign_in(client, admin, strong=True)
    client.post(f"/quan-tri/tai-khoan/{admin.pk}/dat-lai-xac-thuc/", {"reason": "vội"})
    assert Authenticator.objects.filter(user=admin).exists()
    sign_in(client, officer, strong=True)
    address = f"/quan-tri/tai-khoan/{admin.pk}/dat-lai-xac-thuc/"
    assert client.post(address, {"reason": "vội"}).status_code == 403


# -- sessions ---------------------------------------------------------------------------------------------


def test_one_ends_one_session_or_all_others(officer: Account) -> None:
    here, second, third = Client(), Client(), Client()
    for one in (here, second, third):
        enter(one, "can.bo", HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Chrome/126.0")
    page = here.get("/tai-khoan/phien/").content.decode()
    assert page.count("Chrome trên Windows") >= 3
    assert page.count("phiên này") == 1
    row = UserSession.objects.get(session_key=second.session.session_key)
    here.post("/tai-khoan/phien/", {"phien": row.pk})
    assert (is_in(here), is_in(second), is_in(third)) == (True, False, True)
    here.post("/tai-khoan/phien/", {"tat-ca": ""})
    assert (is_in(here), is_in(third)) == (True, False)
    assert acts(officer).count("sessions-ended") == 2


def test_nobody_ends_another_s_session(officer: Account) -> None:
    theirs, stranger = Client(), Client()
    enter(theirs, "can.bo")
    person("officer", "khac")
    enter(stranger, "khac")
    row = UserSession.objects.get(user=officer)
    stranger.post("/tai-khoan/phien/", {"phien": row.pk})
    assert is_in(theirs)


def test_a_session_ends_after_its_longest_time_however_much_it_is_used(
    client: Client, officer: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(client, "can.bo")
    now = time.time()
    for hour in range(8, 24, 8):
        monkeypatch.setattr(lifetime.time, "time", lambda hour=hour: now + hour * 3600)
        assert is_in(client)
    monkeypatch.setattr(lifetime.time, "time", lambda: now + 24 * 3600 + 1)
    assert client.get("/tai-khoan/")["Location"].startswith("/dang-nhap/")
    assert acts(officer)[-1] == "sign-out"


def test_a_session_that_is_not_used_for_twelve_hours_ends(client: Client, officer: Account) -> None:
    from django.contrib.sessions.models import Session  # noqa: PLC0415

    enter(client, "can.bo")
    session = Session.objects.get(session_key=client.session.session_key)
    stays = session.expire_date - officer.created_at
    assert 11.9 < stays.total_seconds() / 3600 < 12.1
    assert client.cookies["sessionid"]["max-age"] == ""  # goes when the browser closes


# -- the account's page ------------------------------------------------------------------------------------


def test_the_account_s_page_shows_positions_with_unit_deputy_and_rights(
    client: Client, officer: Account
) -> None:
    chief = person("leader", "truong")
    appoint("leader", "c25363.2025", "can.bo", acting_for=chief)
    enter(client, "can.bo")
    page = client.get("/tai-khoan/").content.decode()
    assert "Xã Đồng Phú" in page or "Phường" in page or "Xã" in page
    assert "thay truong" in page
    assert "bố trí người vào vị trí công tác" in page


def test_letters_are_written_in_the_language_that_was_chosen(
    client: Client, officer: Account, django_capture_on_commit_callbacks: Any
) -> None:
    enter(client, "can.bo")
    assert client.post("/tai-khoan/ngon-ngu/", {"ngon-ngu": "en"})["Location"] == "/en/tai-khoan/"
    with django_capture_on_commit_callbacks(execute=True):
        Client().post("/dang-nhap/quen-mat-khau/", {"email": officer.email})
    assert "Reset your password" in letters()[-1].subject
    assert acts(officer)[-1] == "language-chosen"


@override_settings(TINHSO_OIDC=None)
def test_without_a_provider_there_is_no_way_through_one(client: Client, officer: Account) -> None:
    assert client.post("/dang-nhap/dinh-danh/").status_code == 404
    assert client.get("/dang-nhap/dinh-danh/ve/").status_code == 404


def test_a_factor_kept_under_another_key_is_told_with_whom_to_ask(
    client: Client, officer: Account, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    secret = add_totp(officer)
    settings.SECRET_KEY = "mot-khoa-khac-" * 4
    enter(client, "can.bo")
    page = client.post("/dang-nhap/xac-thuc/", {"code": code(secret)})
    assert page.status_code == 200
    assert "đề nghị người quản trị đặt lại" in page.content.decode()
    assert not is_in(client)
    assert "sign-in-failed" not in acts(officer)
    assert "TINHSO_SECRET_KEY" in caplog.text
    assert unreadable_factors() == 1
    status = next(one for one in findings() if one.name.en == "Second factors")
    assert "1 accounts" in status.found.en
    assert status.todo is not None


def test_recovery_codes_kept_under_another_key_are_told_too(
    client: Client, officer: Account, settings: Any
) -> None:
    add_totp(officer)
    recovery_codes.RecoveryCodes.activate(officer)
    settings.SECRET_KEY = "mot-khoa-khac-" * 4
    sign_in(client, officer, strong=True)
    client.post("/tai-khoan/xac-nhan/", {"password": PASSWORD})
    page = client.get("/tai-khoan/xac-thuc/ma/tao/")
    assert page.status_code == 503
    assert "khóa bí mật của trang đã thay đổi" in page.content.decode()
    # One's own page, and the one where the administrator resets it, stay open.
    assert client.get("/tai-khoan/").status_code == 200
    chief = Client()
    sign_in(chief, person("administrator", "quan.tri"), strong=True)
    reset = f"/quan-tri/tai-khoan/{officer.pk}/dat-lai-xac-thuc/"
    assert chief.post(reset, {"reason": "khóa của trang đã đổi"}).status_code == 302
    assert unreadable_factors() == 0
