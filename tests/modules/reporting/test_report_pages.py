"""The pages and the API: what was typed stays, who may not is told, machines send with a token."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import activate

from tests.modules.reporting.conftest import BESIDE, COMMUNE, PLAN, PROVINCE, World, somebody
from tests.people import appoint, sign_in
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.tokens import connect, issue
from tinhso.modules.reporting.models import Answer, Draft, ReportedFigure

ONE = [PLAN, "XA-THANG", "2025-12r", COMMUNE]
TYPED = {"HTS-02.numerator": "1.100", "HTS-02.denominator": "1.034", "evidence": "15/BC-UBND"}


@pytest.fixture(autouse=True)
def _in_vietnamese() -> None:
    """Addresses are made in it, whatever the test before has read."""
    activate("vi")


@pytest.fixture
def clerk(world: World, client: Client) -> Client:
    sign_in(client, Account.objects.get(pk=world.clerk.account))
    return client


def test_a_wrong_form_comes_back_as_it_was_typed(clerk: Client) -> None:
    answer = clerk.post(reverse("reporting:form", args=ONE), TYPED)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert 'value="1.100"' in page
    assert 'value="15/BC-UBND"' in page
    assert "phần không thể lớn hơn tổng" in page
    assert not ReportedFigure.objects.exists()


def test_a_draft_keeps_what_is_typed_even_if_wrong_and_tells_the_share(clerk: Client) -> None:
    right = TYPED | {"HTS-02.numerator": "812"}
    answer = clerk.post(reverse("reporting:draft", args=ONE), right)
    assert "78,5" in answer.content.decode()
    clerk.post(reverse("reporting:draft", args=ONE), TYPED)
    assert Draft.objects.get().typed["HTS-02.numerator"] == "1.100"
    assert 'value="1.100"' in clerk.get(reverse("reporting:form", args=ONE)).content.decode()
    assert clerk.post(reverse("reporting:form", args=ONE), right).status_code == 302
    assert not Draft.objects.exists()
    assert Answer.objects.get().numerator == 812


def test_what_does_not_exist_is_told_with_a_way_back(clerk: Client) -> None:
    for period in ("2024-01r", "2025-12", "xyz"):
        answer = clerk.get(reverse("reporting:form", args=[PLAN, "XA-THANG", period, COMMUNE]))
        assert answer.status_code == 404
        assert reverse("reporting:desk") in answer.content.decode()
    nowhere = reverse("reporting:form", args=[*ONE[:3], "Số-liệu"])
    assert clerk.get(nowhere).status_code == 404
    for unit in ("Số liệu", "c25363.2025>x"):
        answer = clerk.get(f"/api/v1/reporting/{PLAN}/XA-THANG/2025-12r/{unit}/figures/HTS-02")
        assert answer.status_code == 404


def test_somebody_elses_unit_is_closed(clerk: Client) -> None:
    for name in ("form", "draft", "workbook", "upload"):
        assert clerk.get(reverse(f"reporting:{name}", args=[*ONE[:3], BESIDE])).status_code == 403


def test_bulk_approval_ticks_what_nothing_is_asked_about(world: World, client: Client) -> None:
    world.from_elsewhere(COMMUNE, "2025-12-14", 700, 1034)
    sign_in(client, Account.objects.get(pk=world.clerk.account))
    form = {"HTS-02.numerator": "812", "HTS-02.denominator": "1034", "evidence": "x"}
    form |= {"XHS-08.numerator": "30", "XHS-08.denominator": "100"}
    assert client.post(reverse("reporting:form", args=ONE), form).status_code == 302
    sign_in(client, Account.objects.get(pk=world.head.account), strong=True)
    page = client.get(reverse("reporting:ruling")).content.decode()
    assert page.count('type="checkbox"') == 2
    assert page.count("checked>") == 1
    assert "Hai nguồn khác nhau" in page
    empty = client.post(reverse("reporting:ruling"), {"viec": "duyet"})
    assert empty.status_code == 400
    chosen = [f"{one.pk}:1" for one in ReportedFigure.objects.all()]
    done = client.post(reverse("reporting:ruling"), {"viec": "duyet", "chosen": chosen})
    assert done.status_code == 302
    assert set(ReportedFigure.objects.values_list("passed", flat=True)) == {"unit"}


def body(**figure: Any) -> str:
    return json.dumps({"evidence": "15/BC-UBND", "figures": [{"indicator": "HTS-02"} | figure]})


ADDRESS = f"/api/v1/reporting/{PLAN}/XA-THANG/2025-12r/{COMMUNE}/answers"


def token(world: World, *scopes: str) -> dict[str, str]:
    who = somebody(appoint("administrator", PROVINCE))
    machine = connect(who, "Phần mềm xã", COMMUNE)
    issued = issue(who, machine, "", list(scopes), 30)
    return {"authorization": f"Bearer {issued.secret}"}


def post(client: Client, data: str, **more: Any) -> Any:
    return client.post(ADDRESS, data, content_type="application/json", **more)


def test_a_machine_sends_with_its_token_and_waits_like_everybody(
    world: World, client: Client
) -> None:
    headers = token(world, "reporting.figure:enter", "reporting.figure:view")
    answer = post(client, body(numerator=812, denominator=1034), headers=headers)
    assert answer.status_code == 200, answer.content
    [figure] = [f for f in answer.json()["request"]["figures"] if f["indicator"] == "HTS-02"]
    assert (figure["standing"], figure["waits_for"]) == ("waiting", "unit")
    seen = client.get(ADDRESS.replace("answers", "figures/HTS-02"), headers=headers).json()
    assert seen["events"][0]["answer"]["parts"] == {"numerator": 812, "denominator": 1034}
    owed = client.get("/api/v1/reporting/owed", headers=headers).json()["items"]
    assert {one["unit"] for one in owed if not one["took_over"]} >= {COMMUNE}
    over = client.get(ADDRESS.rpartition(f"/{COMMUNE}")[0], headers=headers).json()["items"]
    assert [one["unit"] for one in over] == [COMMUNE]


def test_wrong_figures_are_told_with_their_place(world: World, client: Client) -> None:
    headers = token(world, "reporting.figure:enter")
    answer = post(client, body(numerator=1100, denominator=1034), headers=headers)
    assert answer.status_code == 400
    [problem] = answer.json()["problems"]
    assert (problem["code"], problem["where"]) == ("numerator-above", "HTS-02.numerator")
    assert post(client, body(numerator="1.034"), headers=headers).status_code == 400
    assert post(client, "{", headers=headers).status_code == 400


def test_neither_a_session_nor_a_token_made_for_less_sends(world: World, client: Client) -> None:
    data = body(numerator=812, denominator=1034)
    assert post(client, data).status_code == 401
    assert post(client, data, headers=token(world, "plan.records:open")).status_code == 403
    sign_in(client, Account.objects.get(pk=world.clerk.account))
    assert post(client, data).status_code == 401
    assert client.get(ADDRESS).status_code == 405
    assert not Answer.objects.exists()


def test_the_api_tells_the_duties_to_everybody_and_the_rest_to_nobody(
    world: World, client: Client
) -> None:
    duties = client.get("/api/v1/reporting/duties").json()["items"]
    assert {one["code"] for one in duties} >= {"XA-THANG", "XA-QUY"}
    for path in ("owed", "waiting", f"{PLAN}/XA-THANG/2025-12r"):
        assert client.get(f"/api/v1/reporting/{path}").status_code == 401


def test_last_time_s_denominator_stands_in_the_field_and_is_said_to(
    world: World, clerk: Client
) -> None:
    world.from_elsewhere(COMMUNE, "2025-11-14", 780, 1034)
    form = reverse("reporting:form", args=ONE)
    page = clerk.get(form).content.decode()
    assert 'name="HTS-02.denominator" value="1034"' in page
    assert "Điền sẵn như lần trước" in page
    as_shown = {"HTS-02.numerator": "", "HTS-02.denominator": "1034", "evidence": "x"}
    empty = clerk.post(form, as_shown)
    assert "Chưa có số liệu nào mới để gửi" in empty.content.decode()
    assert clerk.post(form, as_shown | {"HTS-02.numerator": "812"}).status_code == 302
    assert (Answer.objects.get().numerator, Answer.objects.get().denominator) == (812, 1034)
    assert "Điền sẵn như lần trước" not in clerk.get(form).content.decode()
