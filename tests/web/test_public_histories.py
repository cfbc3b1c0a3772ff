"""Histories of what everybody reads, and of rules and scorecards that lie in files."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client
from django.utils import timezone

from tests.people import appoint, sign_in
from tests.web.test_histories_pages import COMMUNE, PROVINCE, address, read
from tinhso.kernel.cases import actions as cases
from tinhso.kernel.cases.actions import Doer, Received
from tinhso.kernel.cases.kinds import Role
from tinhso.kernel.cases.models import Case
from tinhso.kernel.ledger.actor import SYSTEM
from tinhso.kernel.ledger.entries import Thing
from tinhso.kernel.ledger.in_force import last_in_force
from tinhso.kernel.ledger.models import Entry
from tinhso.kernel.people.accounts import seats_of
from tinhso.kernel.people.who import Who
from tinhso.measure.scorecards.definitions import ByRank
from tinhso.modules.plan.workspace import workspace
from tinhso.modules.questions import answers
from tinhso.modules.questions.answers import Written
from tinhso.modules.scorecards import in_force
from tinhso.modules.urging.actions import enter_rules
from tinhso.modules.urging.rules import read_written, rules

pytestmark = pytest.mark.django_db

ROUTER, LEAD = Doer(SYSTEM, Role.ROUTER), Doer(SYSTEM, Role.LEAD, COMMUNE)


def reported(title: str) -> Case:
    told = Received("feedback", title, COMMUNE, place=COMMUNE)
    return cases.open_case(Doer(SYSTEM, Role.REQUESTER), told)


def test_of_a_public_report_everybody_reads_its_course_and_nothing_from_within_the_office(
    site: None,
) -> None:
    case, same, hidden = reported("Đèn hỏng"), reported("Đèn cột 12"), reported("Không công khai")
    officer = appoint("officer", COMMUNE, "can-bo-lich-su")
    seat = seats_of(officer.pk, timezone.localdate())[0]
    who = Who(timezone.localdate(), officer.pk, officer.name, (seat,))
    cases.act(ROUTER, case, "route", {"unit": COMMUNE})
    cases.act(replace(LEAD, actor=who.actor(seat)), case, "note", {"text": "Ghi chú kín"})
    cases.publish(ROUTER, case, "Đèn hỏng", "")
    said = {"text": "Chào bà Tư", "public_text": "Gọi 0912 345 678"}
    cases.act(replace(LEAD, actor=who.actor(seat)), case, "answer", said)
    number = case.history.get(act="answer").n
    cases.act(ROUTER, case, "release", {"of": number, "public_text": "Đã thay bóng."})
    cases.publish(ROUTER, same, "Đèn cột 12", "")
    for one in (same, hidden):
        cases.act(ROUTER, one, "merge", {"case": str(case.pk), "reason": "Lý do kín"})

    page = read("feedback.published", case.code)
    assert "Công khai vụ việc" in page
    assert "Sửa câu cho mọi người" in page
    assert "<del>Đang xử lý</del>" in page
    assert "<ins>Đã trả lời</ins>" in page
    assert f"<ins>{same.code}</ins>" in page
    for kept in ("ghi chú nội bộ", "Ghi chú kín", "bà Tư", "0912", "can-bo-lich-su", "officer, "):
        assert kept.lower() not in page.lower(), kept
    for kept in (hidden.code, "Lý do kín", "mã băm"):
        assert kept not in page
    assert f"<ins>{case.code}</ins>" in read("feedback.published", same.code)
    # The office reads in it what it may read of the case anyhow.
    assert "officer, " in read("feedback.published", case.code, officer)
    for gone in (hidden, case):
        cases.unpublish(ROUTER, gone, "có số điện thoại")
        assert Client().get(address("feedback.published", gone.code)).status_code == 404
    into = read("feedback.published", same.code)
    assert case.code not in into  # not public any more


def test_an_answers_history_tells_each_version_and_its_reason_and_not_who_thanked(
    site: None,
) -> None:
    head = appoint("leader", COMMUNE, "chu-tich-tra-loi")
    day = timezone.localdate()
    who = Who(day, head.pk, head.name, seats_of(head.pk, day), strong=True)
    said = Written("Chuồng gà có cần giấy phép không?", "Không cần.", "", "Quy định của tỉnh")
    one = answers.compose(who, COMMUNE, "xay-dung", said)
    answers.thank(who, one, helpful=False, word="khó hiểu")
    answers.correct(who, one, replace(said, text="Cần, nếu gần nhà ở."), "Quy định mới", seen=1)
    page = read("questions.answer", one.code)
    assert "Đính chính câu trả lời" in page
    assert "Lý do: Quy định mới" in page
    assert "<del>1</del>" in page
    assert "<ins>2</ins>" in page
    assert "leader, " in page
    assert "chu-tich-tra-loi" not in page
    assert "hữu ích" not in page
    assert "nói câu trả lời" not in page
    unit = read("units.unit", COMMUNE)
    assert "Đánh giá câu trả lời" not in unit
    assert f"vat={one.code}" in Client().get(f"/hoi-dap/{one.code}/").content.decode()


def test_rules_of_reminding_have_a_history_with_what_each_was_before(site: None) -> None:
    now = rules()
    assert enter_rules()
    assert not enter_rules()
    later = tuple(
        replace(one, steps=(-5, 0)) if one.code == "before-due" else one for one in now.rules[:-1]
    )
    assert enter_rules(replace(now, rules=later, from_hour=8))
    held = last_in_force(Thing("urging.rules", "all"))
    assert held == replace(now, rules=later, from_hour=8).written()
    for one in now.rules:
        back = read_written(one.code, one.written())
        assert back == replace(one, name=back.name, calendar=None)
    manager = appoint("standing-agency", PROVINCE, "thuong-truc-moc")
    page = read("urging.rules", "all", manager)
    assert "Sắp đến hạn" in page
    assert "trước 7; 3; 1 ngày; đúng hạn" in page
    assert "<ins>người có quyền làm việc ấy · ngày hạn · trước 5 ngày; đúng hạn" in page
    assert "Áp dụng các mốc nhắc việc" in page
    assert Client().get(address("urging.rules", "all")).status_code == 302  # to sign in
    client = Client()
    sign_in(client, appoint("officer", COMMUNE, "can-bo-moc"))
    assert client.get(address("urging.rules", "all")).status_code == 403


def test_a_scorecard_that_comes_into_force_is_entered_with_what_it_was(
    site: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = workspace()
    assert in_force.enter_cards(place) > 0
    assert in_force.enter_cards(place) == 0
    plan, card = "binh-phuoc-2025", place.plans["binh-phuoc-2025"].pack.scorecards["XH-382"]
    for pack in place.plans.values():
        for one in pack.pack.scorecards.values():
            for leaf in one.leaves:
                assert leaf.rule is None or in_force.read_written(in_force.written(leaf.rule)) == (
                    leaf.rule
                )
    leaf = card.leaves[0]
    declared = {**in_force.declared(card), "version": "2"}
    declared[f"{leaf.code}{in_force.RULE}"] = in_force.written(ByRank(True))
    monkeypatch.setattr(in_force, "declared", lambda _: declared)
    before = Entry.objects.count()
    in_force.enter_cards(place)
    assert Entry.objects.count() > before
    page = read("scorecards.card", f"{plan}/XH-382/{COMMUNE}")
    assert "Áp dụng bộ chỉ số" in page
    assert "<del>1</del>" in page
    assert "<ins>theo hạng trong nhóm, hạng nhất đủ điểm</ins>" in page
