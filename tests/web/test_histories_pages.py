"""Who changed what when, from what to what: on each thing's own page, for those who may know."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from tests.people import appoint, sign_in
from tinhso.kernel.cases import actions as cases
from tinhso.kernel.cases.actions import Doer, Received
from tinhso.kernel.cases.kinds import Role
from tinhso.kernel.ledger.actions import erase_details
from tinhso.kernel.ledger.actor import OPERATOR, SYSTEM
from tinhso.kernel.ledger.models import Entry
from tinhso.kernel.people.accounts import seats_of
from tinhso.kernel.people.actions import end_appointment
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.who import Who
from tinhso.modules.tasks import actions, progress
from tinhso.modules.tasks.drafts import By, Draft
from tinhso.modules.tasks.facts import Rhythm
from tinhso.modules.tasks.models import Task

pytestmark = pytest.mark.django_db

PLAN = "binh-phuoc-2025"
COMMUNE, OTHER, PROVINCE = "c25363.2025", "c25378.2025", "p75.2025"


def address(kind: str, thing: object, root: str = "") -> str:
    return f"{root}/nhat-ky/lich-su/?{urlencode({'loai': kind, 'vat': str(thing)})}"


def read(kind: str, thing: object, account: Account | None = None, root: str = "") -> str:
    client = Client()
    if account is not None:
        sign_in(client, account, strong=True)
    answer = client.get(address(kind, thing, root))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def by(account: Account, verb_unit: str = COMMUNE) -> By:
    day = timezone.localdate()
    seats = seats_of(account.pk, day)
    return By.person(Who(day, account.pk, account.name, seats, strong=True), seats[0])


@pytest.fixture
def officer(site: None) -> Account:
    return appoint("officer", COMMUNE, "can-bo-lich-su")


@pytest.fixture
def task(officer: Account) -> Task:
    """A task whose deadline was moved and whose lead has reported."""
    day = timezone.localdate()
    draft = Draft("Số hóa sổ hộ tịch", lead=COMMUNE, rhythm=Rhythm.ONCE, deadline=date(2030, 3, 1))
    manager = appoint("standing-agency", PROVINCE, "thuong-truc-lich-su")
    made = actions.create(by(manager), PLAN, "LS-1", draft)
    later = replace(draft, deadline=date(2030, 5, 31))
    actions.change(by(manager), made, later, "Chờ máy quét.", seen=1)
    progress.report(by(officer), made, progress.Told("Đã quét 400 sổ.", 40))
    assert day
    return made


def test_a_change_shows_up_with_its_before_and_after(task: Task) -> None:
    page = read("tasks.task", task.pk)
    assert "Sửa nhiệm vụ" in page
    assert "<del>1/3/2030</del>" in page
    assert "<ins>31/5/2030</ins>" in page
    assert "Chờ máy quét." in page
    english = read("tasks.task", task.pk, root="/en")
    assert "Change a task" in english
    assert "<del>1 March 2030</del>" in english


def test_what_agencies_write_is_told_to_those_concerned_only(task: Task, officer: Account) -> None:
    stranger = appoint("officer", OTHER, "can-bo-xa-khac")
    for account in (None, stranger):
        page = read("tasks.task", task.pk, account)
        assert "Báo cáo tiến độ nhiệm vụ" in page  # that it was done
        assert "Đã quét 400 sổ." not in page
        assert "chỉ người có quyền với vật ấy xem được" in page
    own = read("tasks.task", task.pk, officer)
    assert "<ins>Đã quét 400 sổ.</ins>" in own
    assert "chỉ người có quyền với vật ấy xem được" not in own


def test_who_is_told_by_title_and_unit_and_by_name_where_one_may_know(task: Task) -> None:
    public = read("tasks.task", task.pk)
    assert "standing-agency, " in public  # the position's title, and its unit
    assert "thuong-truc-lich-su" not in public
    leader = appoint("leader", PROVINCE, "chu-tich-lich-su")
    assert "thuong-truc-lich-su, standing-agency, " in read("tasks.task", task.pk, leader)


def test_details_that_the_law_took_away_are_told_so(task: Task) -> None:
    entry = Entry.objects.get(act="tasks.task.change", thing=str(task.pk))
    erase_details(OPERATOR, entry.uid, "theo yêu cầu")
    page = read("tasks.task", task.pk)
    assert "Chờ máy quét." not in page
    assert "Phần chi tiết đã được xóa theo luật." in page


def test_a_persons_history_is_closed_to_whoever_may_not_see_the_person(officer: Account) -> None:
    appoint("administrator", PROVINCE, "quan-tri-lich-su")  # somebody always administers
    leader = appoint("leader", COMMUNE, "chu-tich-xa-lich-su")
    day = timezone.localdate()
    who = Who(day, leader.pk, leader.name, seats_of(leader.pk, day), strong=True)
    end_appointment(who, officer.appointments.get(), day + timedelta(days=3), "Chuyển công tác.")
    page = read("people.account", officer.pk, leader)
    assert "Chuyển công tác." in page
    assert "đến trước ngày" in page
    for account in (None, appoint("officer", OTHER, "nguoi-la")):
        client = Client()
        if account is not None:
            sign_in(client, account, strong=True)
        answer = client.get(address("people.account", officer.pk))
        assert answer.status_code == 404
        assert "Chuyển công tác." not in answer.content.decode()


def test_a_units_history_holds_what_one_may_read_of_all_its_things(
    task: Task, officer: Account
) -> None:
    public, own = read("units.unit", COMMUNE), read("units.unit", COMMUNE, officer)
    assert "Số hóa sổ hộ tịch" in public
    assert "Đã quét 400 sổ." not in public
    assert "Đã quét 400 sổ." in own
    assert f"vat={task.pk}" in own  # each leads on to the thing's own


@pytest.mark.parametrize(
    ("kind", "thing"),
    [
        ("plan.publication", f"{PLAN}/2025-Q2/then/1"),
        ("shares.allocation", f"{PLAN}/CQS-03"),
        ("units.unit", "p70"),
        ("plan.indicator", f"{PLAN}/CQS-03"),
        ("scorecards.table", f"{PLAN}/DTI-2022"),
    ],
)
def test_everybody_reads_what_was_published_and_assigned(site: None, kind: str, thing: str) -> None:
    from tinhso.modules.plan.workspace import workspace  # noqa: PLC0415

    assert workspace()
    if kind == "plan.publication":
        from tinhso.modules.plan.queries import PlanQueries  # noqa: PLC0415
        from tinhso.web.prepare import publish_quarter  # noqa: PLC0415

        assert PlanQueries(workspace(), PLAN)
        publish_quarter(workspace(), PLAN, lambda _: None)
        page = read(kind, thing)
        assert "Công bố lần công bố số liệu của kế hoạch" in page
        assert "bản chụp" in page
    else:
        assert "Lịch sử thay đổi" in read(kind, thing)


@pytest.mark.parametrize(
    "kind",
    [
        *("", "tasks.task", "plan.publication", "documents.document", "x", "plan.indicator"),
        *("scorecards.table", "documents.template", "feedback.report", "questions.question"),
        *("scorecards.card", "feedback.published", "questions.answer", "urging.rules"),
    ],
)
@pytest.mark.parametrize("thing", ["", "x", str(uuid.UUID(int=7)), "a/b/c/d", "a\0b", "a/b/c/d/e"])
def test_an_address_that_names_nothing_is_told_so(site: None, kind: str, thing: str) -> None:
    answer = Client().get(address(kind, thing))
    assert answer.status_code == 404
    assert "Không có vật nào như vậy" in answer.content.decode()


def test_whoever_may_see_a_case_reads_its_acts_and_nobody_else(
    site: None, officer: Account
) -> None:
    doer = Doer(SYSTEM, Role.ROUTER)
    case = cases.open_case(doer, Received("feedback", "Đèn hỏng", COMMUNE, place=COMMUNE))
    cases.act(doer, case, "route", {"unit": COMMUNE})
    page = read("feedback.report", case.code, officer)
    assert "đơn vị xử lý" in page
    elsewhere, client = appoint("officer", "c25345.2025", "can-bo-noi-khac"), Client()
    sign_in(client, elsewhere)
    assert client.get(address("feedback.report", case.code)).status_code == 403
    assert Client().get(address("questions.question", case.code)).status_code == 404


def test_a_targets_page_leads_to_its_shares_and_its_tasks(site: None, officer: Account) -> None:
    day = timezone.localdate()
    draft = Draft("Hướng dẫn nộp trực tuyến", lead=COMMUNE, targets=("CQS-03",))
    actions.create(By.system(day), PLAN, "LS-2", draft)
    client = Client()
    page = client.get(f"/ke-hoach/{PLAN}/chi-tieu/CQS-03/").content.decode()
    assert f'href="/giao-chi-tieu/{PLAN}/chi-tieu/CQS-03/"' in page
    assert 'href="/nhiem-vu/?chi-tieu=CQS-03"' in page
    of_it = client.get("/nhiem-vu/?chi-tieu=CQS-03").content.decode()
    of_another = client.get("/nhiem-vu/?chi-tieu=CQS-04").content.decode()
    assert "Hướng dẫn nộp trực tuyến" in of_it
    assert "Hướng dẫn nộp trực tuyến" not in of_another
    assert client.get("/nhiem-vu/?chi-tieu=KHONG-CO").status_code == 400
