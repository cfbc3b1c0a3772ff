"""Inviting, appointing, leaving, forgetting: what holds and what is on record."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from importlib import import_module

import pytest
from allauth.socialaccount.models import SocialAccount
from django.apps import apps
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.people import appoint, sign_in
from tinhso.kernel.ledger.models import Entry
from tinhso.kernel.people import actions, invitations, queries, tokens
from tinhso.kernel.people.accounts import seats_of
from tinhso.kernel.people.actions import Term
from tinhso.kernel.people.models import Account, Appointment, Invitation
from tinhso.kernel.people.policy import ForbiddenError, Need
from tinhso.kernel.people.roles import roles
from tinhso.kernel.people.who import Who
from tinhso.kernel.units.asked import unit_asked, written
from tinhso.kernel.units.register import register
from tinhso.measure.boundaries import Level
from tinhso.measure.text import InputError

pytestmark = pytest.mark.django_db

PROVINCE = "p75.2025"
PASSWORD = "mot cau dai de nho"  # noqa: S105


def as_who(account: Account, *, strong: bool = True) -> Who:
    day = timezone.localdate()
    return Who(day, account.pk, account.name, seats_of(account.pk, day), strong=strong)


@pytest.fixture
def administrator() -> Who:
    return as_who(appoint("administrator", PROVINCE, "quan-tri"))


@pytest.fixture
def commune() -> str:
    return register().descendants(PROVINCE, timezone.localdate(), Level.COMMUNE)[0]


def codes(error: pytest.ExceptionInfo[InputError]) -> list[str]:
    return [one.code for one in error.value.problems]


def acts() -> list[str]:
    return list(Entry.objects.order_by("id").values_list("act", flat=True))


def test_an_invitation_becomes_an_account_in_its_position(administrator: Who, commune: str) -> None:
    made = invitations.invite(
        administrator,
        "Lê Văn Sáu",
        "sau@xa.gov.vn",
        commune,
        "officer",
        "Công chức",
        Term(administrator.day),
    )
    account = invitations.accept(made.secret, "Sau.LV", PASSWORD, "vi", "203.0.113.7")
    assert account.username == "sau.lv"
    assert [(s.role, s.unit) for s in seats_of(account.pk, administrator.day)] == [
        ("officer", commune)
    ]
    assert acts() == [
        "people.position.make",
        "people.account.invite",
        "people.account.make",
        "people.appointment.make",
    ]
    assert Client().login(username="SAU.LV", password=PASSWORD)


def test_an_invitation_works_once(administrator: Who, commune: str) -> None:
    made = invitations.invite(
        administrator, "A", "", commune, "officer", "Công chức", Term(administrator.day)
    )
    invitations.accept(made.secret, "nguoi-a", PASSWORD, "vi", "")
    with pytest.raises(InputError) as error:
        invitations.accept(made.secret, "nguoi-b", PASSWORD, "vi", "")
    assert codes(error) == ["invitation-over"]
    assert not Account.objects.filter(username="nguoi-b").exists()


def test_who_was_dismissed_brings_nobody_in_any_more(administrator: Who, commune: str) -> None:
    head = appoint("leader", commune, "chu-tich")
    term = Term(administrator.day)
    made = invitations.invite(as_who(head), "Bạn", "", commune, "officer", "Công chức", term)
    actions.close_account(administrator, head, "Thôi việc")
    with pytest.raises(InputError) as error:
        invitations.accept(made.secret, "nguoi-ban", PASSWORD, "vi", "")
    assert codes(error) == ["invitation-over"]


def test_a_form_with_what_no_database_keeps_is_refused_in_words(administrator: Who) -> None:
    client = Client()
    sign_in(client, Account.objects.get(username="quan-tri"), strong=True)
    page = client.post(reverse("people:invite"), {"name": "A\0B", "since": "2026-01-01"})
    assert page.status_code == 400
    assert "NUL" in page.content.decode()


@pytest.mark.parametrize("how", ["withdrawn", "expired", "unknown"])
def test_an_invitation_that_is_over_says_so(administrator: Who, commune: str, how: str) -> None:
    made = invitations.invite(
        administrator, "A", "", commune, "officer", "Công chức", Term(administrator.day)
    )
    secret = made.secret
    if how == "withdrawn":
        invitations.withdraw(administrator, made.invitation)
    elif how == "expired":
        Invitation.objects.update(expires_at=timezone.now())
    else:
        secret += "x"
    page = Client().get(reverse("people:accept", args=[secret]))
    assert page.status_code == 410
    assert "không còn hiệu lực" in page.content.decode()


def test_who_is_invited_twice_takes_the_second_up_with_the_account_of_the_first(
    administrator: Who, commune: str
) -> None:
    first, second = (
        invitations.invite(
            administrator, "A", " A@xa.gov.vn", commune, "officer", title, Term(administrator.day)
        )
        for title in ("Kế toán", "Văn thư")
    )
    account = invitations.accept(first.secret, "nguoi-a", PASSWORD, "vi", "")
    form = {"username": "nguoi-b", "password": PASSWORD, "again": PASSWORD}
    page = Client().post(reverse("people:accept", args=[second.secret]), form)
    assert page.status_code == 400
    assert "Đăng nhập bằng tài khoản ấy" in page.content.decode()
    invitations.join(second.secret, account, "")
    assert len(seats_of(account.pk, administrator.day)) == 2


def test_an_invitation_goes_to_an_address_or_to_none(administrator: Who, commune: str) -> None:
    for email in ("khong phai", "a@b\nBcc: c@d.vn", f"{'a' * 250}@xa.gov.vn"):
        with pytest.raises(InputError) as error:
            invitations.invite(
                administrator, "A", email, commune, "officer", "C", Term(administrator.day)
            )
        assert codes(error) == ["email-wrong"]


def test_an_invitation_withdrawn_while_it_is_taken_up_gives_nothing(
    administrator: Who, commune: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = invitations.invite(
        administrator, "A", "", commune, "officer", "C", Term(administrator.day)
    )
    monkeypatch.setattr(invitations, "standing", lambda _: made.invitation)
    invitations.withdraw(administrator, made.invitation)
    with pytest.raises(InputError) as error:
        invitations.accept(made.secret, "nguoi-a", PASSWORD, "vi", "")
    assert codes(error) == ["invitation-over"]
    assert not Account.objects.filter(username="nguoi-a").exists()


def test_everything_wrong_with_a_new_account_is_said_at_once(
    administrator: Who, commune: str
) -> None:
    made = invitations.invite(
        administrator, "Trần Thị Bảy", "", commune, "officer", "Công chức", Term(administrator.day)
    )
    with pytest.raises(InputError) as error:
        invitations.accept(made.secret, "Trần Bảy", "12345", "vi", "")
    assert codes(error) == ["username-wrong", "password-weak", "password-weak"]
    with pytest.raises(InputError) as error:
        invitations.accept(made.secret, "QUAN-TRI", PASSWORD, "vi", "")
    assert codes(error) == ["username-taken"]
    assert invitations.standing(made.secret) == made.invitation, "nothing was used up"


def test_a_head_of_a_commune_makes_no_administrator(commune: str) -> None:
    head = as_who(appoint("leader", commune))
    invitations.invite(head, "A", "", commune, "officer", "Công chức", Term(head.day))
    for role, unit in (("administrator", commune), ("inspector", commune), ("officer", PROVINCE)):
        with pytest.raises(ForbiddenError):
            invitations.invite(head, "A", "", unit, role, "Chức vụ", Term(head.day))
        with pytest.raises(ForbiddenError):
            actions.appoint(head, appoint("officer", commune, "x"), unit, role, "C", Term(head.day))


def test_without_a_second_factor_nobody_is_appointed(commune: str) -> None:
    head = as_who(appoint("leader", commune), strong=False)
    with pytest.raises(ForbiddenError) as error:
        invitations.invite(head, "A", "", commune, "officer", "Công chức", Term(head.day))
    assert error.value.answer.need is Need.SECOND_FACTOR


def test_two_positions_at_once_and_acting_until_a_date(administrator: Who, commune: str) -> None:
    chief, deputy = appoint("leader", commune, "chu-tich"), appoint("officer", commune, "pho")
    until = administrator.day + timedelta(days=30)
    actions.appoint(
        administrator,
        deputy,
        commune,
        "leader",
        "Chủ tịch",
        Term(administrator.day, until),
        acting_for=chief,
        document="12/QĐ-UBND",
    )
    today = seats_of(deputy.pk, administrator.day)
    assert [(one.role, one.acting_for) for one in today] == [
        ("officer", ""),
        ("leader", "chu-tich"),
    ]
    assert [one.role for one in seats_of(deputy.pk, until)] == ["officer"]
    assert [one.role for one in seats_of(deputy.pk, until - timedelta(days=1))] == [
        "officer",
        "leader",
    ]


def test_nobody_holds_one_position_twice_at_a_time(administrator: Who, commune: str) -> None:
    one = appoint("officer", PROVINCE, "mot")
    term = Term(administrator.day, administrator.day + timedelta(days=10))
    actions.appoint(administrator, one, commune, "officer", "Công chức", term)
    inside = Term(administrator.day + timedelta(days=9))
    with pytest.raises(InputError) as error:
        actions.appoint(administrator, one, commune, "officer", "Công chức", inside)
    assert codes(error) == ["appointment-twice"]
    after = Term(administrator.day + timedelta(days=10))
    actions.appoint(administrator, one, commune, "officer", "Công chức", after)


def test_nobody_is_appointed_to_a_unit_that_has_ended(administrator: Who) -> None:
    with pytest.raises(InputError) as error:
        actions.appoint(
            administrator,
            appoint("officer", PROVINCE),
            "p70",
            "officer",
            "A",
            Term(administrator.day),
        )
    assert codes(error) == ["unit-ended"]


def test_who_leaves_hands_over_and_is_out_at_once(administrator: Who, commune: str) -> None:
    leaver, follower = appoint("leader", commune, "di"), appoint("officer", commune, "o-lai")
    client = Client()
    sign_in(client, leaver)
    assert "Vai trò" in client.get(reverse("people:roles")).content.decode()
    actions.close_account(administrator, leaver, "Nghỉ hưu, 15/QĐ-UBND", hand_over_to=follower)
    assert client.get(reverse("people:roles")).status_code == 302
    assert seats_of(leaver.pk, administrator.day) == ()
    held = {one.role for one in seats_of(follower.pk, administrator.day)}
    assert held == {"officer", "leader"}
    assert not Client().login(username="di", password=PASSWORD)


def test_what_was_held_for_a_time_is_handed_over_for_that_time(
    administrator: Who, commune: str
) -> None:
    end = administrator.day + timedelta(days=10)
    leaver, follower = appoint("leader", commune, "di", until=end), appoint("officer", commune)
    with pytest.raises(InputError) as error:
        actions.close_account(administrator, leaver, "nghỉ", hand_over_to=leaver)
    assert codes(error) == ["handed-to-oneself"]
    actions.close_account(administrator, leaver, "nghỉ", hand_over_to=follower)
    taken = follower.appointments.get(position__role="leader")
    assert (taken.since, taken.until) == (administrator.day, end)


def test_who_may_close_accounts_hands_over_only_what_they_may_give(
    administrator: Who, commune: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaver, friend = appoint("administrator", PROVINCE, "di"), appoint("officer", commune, "ban")
    gives = {"people.account:close": ("all",), "people.position:appoint": ("own",)}
    registrar = replace(roles()["officer"], code="registrar", gives=gives)
    known = {**roles(), "registrar": registrar}
    for place in ("policy", "actions"):
        monkeypatch.setattr(f"tinhso.kernel.people.{place}.roles", lambda: known)
    who = as_who(appoint("registrar", commune))
    with pytest.raises(ForbiddenError):
        actions.close_account(who, leaver, "nghỉ", hand_over_to=friend)
    assert leaver.is_active
    actions.close_account(who, leaver, "nghỉ")


def test_ending_never_lengthens(administrator: Who, commune: str) -> None:
    one = appoint("officer", commune, "mot")
    held, day = one.appointments.get(), administrator.day
    actions.end_appointment(administrator, held, day, "thôi")
    with pytest.raises(InputError) as error:
        actions.end_appointment(administrator, held, day + timedelta(days=300), "thôi")
    assert codes(error) == ["appointment-ends-earlier"]
    assert seats_of(one.pk, day) == ()


def test_the_last_administrator_cannot_set_a_day_to_leave(administrator: Who) -> None:
    own = Appointment.objects.get(account=administrator.account)
    later = administrator.day + timedelta(days=30)
    with pytest.raises(InputError) as error, transaction.atomic():
        actions.end_appointment(administrator, own, later, "nghỉ")
    assert codes(error) == ["last-administrator"]
    appoint("administrator", PROVINCE, "nguoi-sau")
    actions.end_appointment(administrator, own, later, "nghỉ")


def test_the_last_administrator_cannot_leave(administrator: Who) -> None:
    last = Account.objects.get(username="quan-tri")
    with pytest.raises(InputError) as error, transaction.atomic():
        actions.close_account(administrator, last, "nghỉ")
    assert codes(error) == ["last-administrator"]
    assert Account.objects.get(username="quan-tri").is_active


def test_contact_is_opened_for_a_purpose_and_is_on_record(administrator: Who, commune: str) -> None:
    one = appoint("officer", commune, "mot")
    Account.objects.filter(pk=one.pk).update(email="mot@xa.gov.vn")
    one.refresh_from_db()
    with pytest.raises(ForbiddenError) as error:
        actions.open_contact(administrator, one, commune, "")
    assert error.value.answer.need is Need.PURPOSE
    assert acts() == []
    assert actions.open_contact(administrator, one, commune, "gọi họp").email == "mot@xa.gov.vn"
    entry = Entry.objects.get()
    assert (entry.act, entry.thing, entry.details["reason"]) == (
        "people.account.contact",
        str(one.pk),
        "gọi họp",
    )
    assert entry.actor == str(administrator.account)
    assert entry.position == administrator.seats[0].position


def test_who_is_erased_leaves_no_name_anywhere(administrator: Who, commune: str) -> None:
    made = invitations.invite(
        administrator,
        "Phạm Thị Tên Hiếm",
        "hiem@xa.gov.vn",
        commune,
        "officer",
        "A",
        Term(administrator.day),
        link=lambda secret: f"https://tinhso.example/{secret}",
    )
    account = invitations.accept(made.secret, "pham.hiem", PASSWORD, "vi", "203.0.113.9")
    SocialAccount.objects.create(
        user=account, provider="vneid", uid="hiem", extra_data={"id_token": {"sub": "hiem"}}
    )
    actions.erase_account(administrator, account, "Theo yêu cầu của công dân")
    for model in apps.get_models():
        for row in model._default_manager.values():
            text = str(row)
            assert "Tên Hiếm" not in text, model
            assert "hiem" not in text, model


def test_a_division_is_shown_to_who_appoints(administrator: Who) -> None:
    before = date(2025, 6, 30)
    district = register().descendants("p70", before, Level.DISTRICT)[0]
    one = appoint("officer", district, "can-bo-huyen")
    assert [lapsed.account for lapsed in queries.lapsed(administrator)] == [one]


def test_a_machine_gets_no_more_than_its_role(administrator: Who) -> None:
    machine = tokens.connect(administrator, "Kho dữ liệu", PROVINCE)
    with pytest.raises(InputError) as error:
        tokens.issue(administrator, machine, "", ["people.account:erase"], 1000)
    assert codes(error) == ["scope-unknown", "token-days"]
    issued = tokens.issue(administrator, machine, "", ["plan.records:open"], 30)
    assert issued.secret not in str(list(type(issued.token).objects.values()))


def test_what_was_typed_is_kept_and_each_mistake_stands_by_its_field(administrator: Who) -> None:
    client = Client()
    sign_in(client, Account.objects.get(username="quan-tri"), strong=True)
    page = client.post(
        reverse("people:invite"),
        {"name": "Đỗ Tám", "unit": "đồng phú", "role": "officer", "title": "", "since": "1/7/2026"},
    )
    text = page.content.decode()
    assert page.status_code == 400
    assert 'value="Đỗ Tám"' in text
    assert "“đồng phú” có thể là:" in text or "Ghi tên vị trí" in text
    assert Appointment.objects.count() == 1


@pytest.mark.parametrize(
    "typed", ["Phường Đồng Phú (c25363.2025)", "dong phu, dong nai", "c25363.2025"]
)
def test_a_unit_is_found_as_people_type_it(typed: str) -> None:
    assert unit_asked(typed) == "c25363.2025"


def test_a_name_that_many_bear_is_answered_with_the_choices() -> None:
    with pytest.raises(InputError) as error:
        unit_asked("tân phú")
    assert "Copy one" in error.value.problems[0].to("en")
    for one in error.value.problems[0].params["known"].split("; "):  # type: ignore[attr-defined]
        assert written(unit_asked(one)) == one


@pytest.mark.parametrize("field", ["name", "title", "document"])
def test_a_text_longer_than_its_column_is_told(
    administrator: Who, commune: str, field: str
) -> None:
    """PostgreSQL refuses it, SQLite keeps it."""
    client = Client()
    sign_in(client, Account.objects.get(pk=administrator.account), strong=True)
    form = {"name": "A", "unit": written(commune), "role": "officer", "title": "C"}
    form |= {"since": administrator.day.isoformat(), field: "x" * 201}
    page = client.post(reverse("people:invite"), form)
    assert page.status_code == 400
    assert "nhiều nhất 200 ký tự" in page.content.decode()
    assert not Invitation.objects.exists()


def test_pages_and_days_that_are_no_numbers_are_answered(administrator: Who) -> None:
    client = Client()
    sign_in(client, Account.objects.get(pk=administrator.account), strong=True)
    long = "9" * 5000
    for typed in (long, "٣", "-1", "0x1"):
        assert client.get(reverse("people:people"), {"trang": typed}).status_code == 200
    assert client.post(reverse("my_sessions"), {"phien": long}).status_code == 302


def test_a_machine_has_no_account_page_of_its_own(administrator: Who) -> None:
    machine = tokens.connect(administrator, "Kho dữ liệu", PROVINCE)
    secret = tokens.issue(administrator, machine, "", ["plan.records:open"], 30).secret
    for name in ("my_account", "my_sessions", "mfa_index"):
        answer = Client().get(reverse(name), headers={"Authorization": f"Bearer {secret}"})
        assert (answer.status_code, answer.url.partition("?")[0]) == (302, reverse("account_login"))


def test_a_second_click_on_appoint_is_told_and_changes_nothing(
    administrator: Who, commune: str
) -> None:
    client, one = Client(), appoint("officer", PROVINCE, "mot")
    sign_in(client, Account.objects.get(pk=administrator.account), strong=True)
    form = {"viec": "bo-tri", "unit": written(commune), "role": "officer", "title": "Công chức"}
    form |= {"since": administrator.day.isoformat(), "document": "12/QĐ-UBND"}
    address = reverse("people:person", args=[one.pk])
    assert client.post(address, form).status_code == 302
    again = client.post(address, form)
    assert again.status_code == 400
    assert "đang giữ vị trí này" in again.content.decode()
    assert one.appointments.filter(position__unit=commune).count() == 1


def test_that_a_position_begins_earlier_than_was_known_is_on_record(
    administrator: Who, commune: str
) -> None:
    day, earlier = administrator.day, administrator.day - timedelta(days=40)
    for name, since in (("mot", day), ("hai", earlier)):
        account = Account.objects.create(username=name, name=name)
        actions.appoint(administrator, account, commune, "officer", "Công chức", Term(since))
    assert acts() == [
        "people.position.make",
        "people.appointment.make",
        "people.position.begin-earlier",
        "people.appointment.make",
    ]
    entry = Entry.objects.get(act="people.position.begin-earlier")
    assert entry.details["difference"] == [["since", day.isoformat(), earlier.isoformat()]]
    assert (entry.unit, entry.actor) == (commune, str(administrator.account))


def test_who_is_erased_twice_is_erased_once(administrator: Who, commune: str) -> None:
    one = appoint("officer", commune, "mot")
    stale = Account.objects.get(pk=one.pk)
    actions.erase_account(administrator, one, "theo yêu cầu")
    done = acts()
    actions.erase_account(administrator, stale, "theo yêu cầu")
    assert acts() == done


def test_the_list_of_people_asks_the_database_as_often_for_many_as_for_few(
    administrator: Who, commune: str
) -> None:
    district = register().descendants("p70", date(2025, 6, 30), Level.DISTRICT)[0]
    client = Client()
    sign_in(client, Account.objects.get(pk=administrator.account), strong=True)

    def asked(count: int) -> int:
        for number in range(count):
            one = appoint("officer", commune, f"xa-{count}-{number}")
            appoint("leader", commune, one.username, acting_for_id=administrator.account)
            appoint("officer", district, f"huyen-{count}-{number}")
            title = f"Vị trí {count}"
            invitations.invite(
                administrator, "A", "", commune, "officer", title, Term(administrator.day)
            )
        with CaptureQueriesContext(connection) as queries_made:
            page = client.get(reverse("people:people"))
        assert page.status_code == 200
        assert len(page.context["people"]) == min(page.context["total"], 50)
        return len(queries_made)

    asked(1)  # what a process reads once
    few, many = asked(2), asked(60)
    assert many == few
    page = client.get(reverse("people:people"))
    assert page.context["more_lapsed"] == 13
    assert "và 13 vị trí khác" in page.content.decode()
    assert "và 13 lời mời khác" in page.content.decode()


def test_people_are_found_by_part_of_a_name_and_listed_by_the_given_name(
    administrator: Who, commune: str
) -> None:
    for username, name in (("b", "Lê Thị Ánh"), ("a", "Trần Văn Ba"), ("c", "Đỗ Ánh"), ("d", "x%")):
        one = appoint("officer", commune, username)
        one.name = name
        one.save(update_fields=["name"])
    names = [one.name for one in queries.people(administrator, unit=commune)]
    assert names == ["Đỗ Ánh", "Lê Thị Ánh", "Trần Văn Ba", "x%"]
    assert [one.name for one in queries.people(administrator, "anh")] == ["Đỗ Ánh", "Lê Thị Ánh"]
    assert [one.name for one in queries.people(administrator, "  đỗ Á")] == ["Đỗ Ánh"]
    assert [one.name for one in queries.people(administrator, "%")] == ["x%"]
    actions.close_account(administrator, Account.objects.get(username="c"), "nghỉ")
    assert [one.name for one in queries.people(administrator, "anh")] == ["Lê Thị Ánh", "Đỗ Ánh"]


def test_accounts_of_before_are_found_too(administrator: Who, commune: str) -> None:
    one = appoint("officer", commune, "cu")
    Account.objects.filter(pk=one.pk).update(name="Lê Thị Ánh", sought="", listed_as="")
    fill = import_module("tinhso.kernel.people.migrations.0006_sought_filled").fill
    fill(apps, None)
    assert [one.name for one in queries.people(administrator, "le thi anh cu")] == ["Lê Thị Ánh"]


def test_a_machine_belongs_to_the_units_that_it_works_for_now(administrator: Who) -> None:
    """Whoever had it before gives out no token that works elsewhere."""
    first, second = register().descendants(PROVINCE, administrator.day, Level.COMMUNE)[:2]
    machine = tokens.connect(administrator, "Một cửa", first)
    before = replace(
        roles()["leader"], code="leader", gives={"people.token:issue": ("own",), "people.token:view": ("own",)}
    )  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        known = {**roles(), "leader": before}
        patch.setattr("tinhso.kernel.people.policy.roles", lambda: known)
        here, there = (as_who(appoint("leader", unit)) for unit in (first, second))
        scopes = ["plan.records:open"]
        tokens.issue(here, machine, "", scopes, 30)
        held = machine.appointments.get()
        actions.end_appointment(administrator, held, administrator.day, "chuyển")
        # Nobody has it: the last unit still sees its tokens and ends them.
        assert list(queries.machines(here)) == [machine]
        actions.appoint(
            administrator, machine, second, "integration", "Một cửa", Term(administrator.day)
        )
        assert list(queries.machines(here)) == []
        assert list(queries.machines(there)) == [machine]
        with pytest.raises(ForbiddenError):
            tokens.issue(here, machine, "", scopes, 30)
        issued = tokens.issue(there, machine, "", scopes, 30)
        assert queries.token(here, issued.token.pk) is None
        actions.appoint(
            administrator, machine, first, "integration", "Hai nơi", Term(administrator.day)
        )
        with pytest.raises(ForbiddenError):
            tokens.issue(there, machine, "", scopes, 30)
        tokens.issue(administrator, machine, "", scopes, 30)


@pytest.mark.urls("tests.web.failing_urls")
def test_what_only_the_database_sees_to_be_done_twice_is_told_in_words() -> None:
    client = Client(raise_request_exception=False)
    page = client.post("/hai-lan/", {"name": "A"})
    assert page.status_code == 409
    assert "Việc này vừa được làm" in page.content.decode()
    assert not Account.objects.filter(username="mot-nguoi").exists()
    assert client.post("/sai/").status_code == 500, "a fault of the product is no second click"
