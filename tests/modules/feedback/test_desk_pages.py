"""Officers' pages after an act: where they lead, what they say, and that what was typed is still there."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client

from tests.modules.feedback.test_desk_acts import HERE, PROVINCE, THERE, assigned, received
from tests.people import appoint, sign_in
from tinhso.kernel.cases import actions
from tinhso.kernel.cases.actions import Doer
from tinhso.kernel.cases.kinds import Role
from tinhso.kernel.ledger.actor import SYSTEM

pytestmark = pytest.mark.django_db

LEAD = Doer(SYSTEM, Role.LEAD, HERE)


def officer(client: Client, unit: str, role: str = "officer") -> Client:
    sign_in(client, appoint(role, unit, f"{role}-{uuid.uuid4().hex[:8]}"))
    return client


def test_whoever_gave_an_opinion_comes_back_to_the_queue_which_says_that_it_was_kept(
    client: Client,
) -> None:
    case = assigned()
    actions.act(LEAD, case, "consult", {"units": [THERE], "text": "Cột đèn của ai?"})
    officer(client, THERE)
    page = client.get(f"/1022/{case.code}/").content.decode()
    assert "Cột đèn của ai?</blockquote>" in page  # beside the field for the opinion
    answer = client.post(
        f"/1022/{case.code}/viec/opinion/", {"text": "Của xã", "seen": case.events}, follow=True
    )
    assert answer.redirect_chain == [("/1022/", 302)]
    assert f"Đã ghi: cho ý kiến. Vụ việc {case.code} không còn ở" in answer.content.decode()
    case.refresh_from_db()
    assert case.state == "assigned"


def test_while_opinions_are_waited_for_pages_name_those_who_have_to_give_them(
    client: Client,
) -> None:
    case = assigned()
    actions.act(LEAD, case, "consult", {"units": [THERE], "text": "Cột đèn của ai?"})
    officer(client, HERE)
    page = client.get(f"/1022/{case.code}/").content.decode()
    assert "Cho ý kiến, Phường Bình Phước. " in page
    row = client.get(f"/1022/?xem=tat-ca&tim={case.code}").content.decode()
    assert "cơ quan chủ trì đang chờ ý kiến: Phường Đồng Xoài</small>" in row


@pytest.mark.parametrize("path", ["viec/answer/", "tach/"])
def test_what_was_typed_for_a_case_that_went_out_of_reach_is_given_back(
    client: Client, path: str
) -> None:
    case = actions.open_case(
        Doer(SYSTEM, Role.REQUESTER), actions.Received("feedback", "Đèn hỏng", PROVINCE)
    )
    router = Doer(SYSTEM, Role.ROUTER)
    actions.act(router, case, "route", {"unit": HERE})
    officer(client, HERE)
    typed = {"title": "Hố ga", "text": "Đã thay bóng <b>12</b>", "seen": case.events}
    actions.act(router, case, "hand_over", {"unit": THERE, "reason": "đèn của xã bên"})
    answer = client.post(f"/1022/{case.code}/{path}", typed)
    assert answer.status_code == 403
    text = answer.content.decode()
    assert "Đã thay bóng &lt;b&gt;12&lt;/b&gt;</pre>" in text
    assert f"trong lúc bạn gõ, {case.code} đã được chuyển" in text
    assert "đèn của xã bên" not in text
    assert case.split_into.count() == 0
    # Without anything typed, or without having signed in, it is an address like others.
    assert "<pre" not in client.post(f"/1022/{case.code}/{path}", {}).content.decode()
    assert Client().post(f"/1022/{case.code}/{path}", typed).status_code == 302


def test_what_was_typed_to_split_off_is_given_back_when_the_case_has_ended(client: Client) -> None:
    case = assigned()
    officer(client, HERE)
    actions.act(LEAD, case, "answer", {"text": "Xong"})
    answer = client.post(f"/1022/{case.code}/tach/", {"title": "Hố ga mất nắp", "text": ""})
    assert answer.status_code == 400
    assert "Hố ga mất nắp</pre>" in answer.content.decode()


def test_without_a_script_a_similar_case_is_merged_into_by_choosing_it(client: Client) -> None:
    case, other = received(), received()
    officer(client, PROVINCE, "call-taker")
    page = client.get(f"/1022/{case.code}/?viec=merge").content.decode()
    assert f'name="gan" value="{other.code}"' in page
    client.post(f"/1022/{case.code}/viec/merge/", {"case": "", "gan": other.code, "seen": 1})
    case.refresh_from_db()
    assert case.merged_into == other
    # What is typed counts more than what is chosen, and stays chosen where it is wrong.
    third = received()
    wrong = client.post(f"/1022/{third.code}/viec/merge/", {"case": "PA-1", "gan": other.code})
    assert "Không có vụ việc PA-1." in wrong.content.decode()
    assert f'value="{other.code}" data-fill="o-case" checked' in wrong.content.decode()
    # Both pages tell of each other.
    assert f"/1022/{case.code}/" in client.get(f"/1022/{other.code}/").content.decode()


def test_of_agencies_to_ask_every_line_that_is_none_is_named(client: Client) -> None:
    case = assigned()
    officer(client, HERE)
    posted = {"units": f"Sở Mây\n{THERE}\n\nSở Gió", "text": "?", "seen": case.events}
    page = client.post(f"/1022/{case.code}/viec/consult/", posted).content.decode()
    assert "“Sở Mây”" in page
    assert "“Sở Gió”" in page
    assert page.count('id="o-units-wrong"') == 1


def test_what_moderation_took_out_does_not_come_back_when_the_page_is_saved_again(
    client: Client,
) -> None:
    case = received(text="Nhà ông Ba, đầu hẻm, xả nước ra đường")
    officer(client, PROVINCE, "call-taker")
    page = f"/1022/{case.code}/cong-khai/"
    assert "Nhà ông Ba, đầu hẻm, xả nước ra đường</textarea>" in client.get(page).content.decode()
    client.post(page, {"title": "Nước thải ra đường", "text": ""})
    again = client.get(page).content.decode()
    assert 'value="Nước thải ra đường"' in again
    assert "xả nước ra đường</textarea>" not in again
    # Not public any more, it keeps the words that it was public with.
    client.post(page, {"viec": "thoi", "reason": "xem lại"})
    assert "xả nước ra đường</textarea>" not in client.get(page).content.decode()
