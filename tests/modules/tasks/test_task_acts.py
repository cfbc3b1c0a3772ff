"""Giving tasks, reporting, deciding: what each act leaves behind, and what it refuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from tests.people import appoint
from tinhso.kernel.files.models import StoredFile
from tinhso.kernel.ledger.models import Entry
from tinhso.kernel.people.accounts import seats_of
from tinhso.kernel.people.who import Who
from tinhso.measure.text import InputError
from tinhso.modules.plan.workspace import workspace
from tinhso.modules.tasks import actions, progress, queries
from tinhso.modules.tasks.drafts import By, Draft
from tinhso.modules.tasks.facts import Rhythm
from tinhso.modules.tasks.models import Extension, Report, Task, TaskVersion
from tinhso.modules.tasks.policies import TASK
from tinhso.modules.tasks.progress import Told
from tinhso.modules.tasks.states import State
from tinhso.modules.tasks.urging import Wanted

pytestmark = pytest.mark.django_db

PLAN = "binh-phuoc-2025"
#: A commune of today's Đồng Nai, another one, and a department that no source gives an heir.
COMMUNE, OTHER, DEPARTMENT = "c25210.2025", "c25195.2025", "a.BP-STTTT"
START, DUE = date(2025, 8, 1), date(2025, 12, 31)


def by(day: date) -> By:
    return By.system(day)


def given(code: str = "X-1", lead: str = COMMUNE, **more: object) -> Task:
    draft = Draft("Việc thử", lead=lead, rhythm=Rhythm.ONCE, start=START, deadline=DUE)
    return actions.create(by(START), PLAN, code, replace(draft, **more))  # type: ignore[arg-type]


def row(task: Task, day: date) -> queries.TaskRow:
    return next(one for one in queries.tasks_on(PLAN, day) if one.id == task.pk)


def refused(code: str, act: object, *args: object, **more: object) -> None:
    before = (Entry.objects.count(), TaskVersion.objects.count(), Report.objects.count())
    with pytest.raises(InputError) as error:
        act(*args, **more)  # type: ignore[operator]
    assert code in [one.code for one in error.value.problems]
    assert (Entry.objects.count(), TaskVersion.objects.count(), Report.objects.count()) == before


def acts() -> list[str]:
    return list(Entry.objects.order_by("id").values_list("act", flat=True))


def test_the_plan_s_own_tasks_are_taken_over_once_and_nothing_is_added_to_them() -> None:
    told = workspace().plan(PLAN).plan
    assert actions.take_over(PLAN) == told.tasks_known == 26
    assert actions.take_over(PLAN) == 0
    rows = queries.tasks_on(PLAN, date(2025, 6, 1))
    assert {one.rhythm for one in rows} == {Rhythm.UNKNOWN}
    assert {one.state for one in rows} == {State.NOT_STARTED}
    assert [(one.code, one.lead.uid) for one in rows if one.lead] == [("GP4-01", "a.BP-STC")]
    assert not any(one.simulated for one in rows)


def test_a_change_is_a_version_with_its_reason() -> None:
    task = given()
    draft = Draft.of(actions_newest(task))
    refused("task-nothing-changed", actions.change, by(DUE), task, draft, "x", seen=1)
    other = replace(draft, title="Việc khác", targets=("CQS-03",))
    refused("task-reason-needed", actions.change, by(DUE), task, other, " ", seen=1)
    actions.change(by(date(2025, 9, 1)), task, other, "Theo công văn 12", seen=1)
    refused("task-changed-meanwhile", actions.change, by(DUE), task, draft, "muộn", seen=1)
    assert row(task, date(2025, 8, 31)).title.vi == "Việc thử"
    assert row(task, date(2025, 9, 1)).title.vi == "Việc khác"
    entry = Entry.objects.get(act="tasks.task.change")
    assert (entry.unit, entry.details["reason"]) == (COMMUNE, "Theo công văn 12")
    assert [one[0] for one in entry.details["difference"]] == ["targets", "title"]


def actions_newest(task: Task) -> TaskVersion:
    return TaskVersion.objects.filter(task=task).latest("number")


@pytest.mark.parametrize(
    ("code", "more"),
    [
        ("task-title-needed", {"title": " "}),
        ("task-deadline-needed", {"deadline": None}),
        ("task-deadline-not-meant", {"rhythm": Rhythm.CONTINUOUS}),
        ("task-dates-backwards", {"start": date(2026, 1, 1)}),
        ("task-target-unknown", {"targets": ("CQS-3",)}),
        ("task-lead-coordinates", {"coordinating": (COMMUNE,)}),
        ("task-text-too-long", {"title": "x" * 1001}),
    ],
)
def test_what_is_wrong_with_a_task_is_said(code: str, more: dict[str, object]) -> None:
    refused(code, given, **more)


def test_a_code_is_borne_once_in_a_plan() -> None:
    given("X-1")
    refused("task-code-taken", given, "X-1")
    refused("task-code-wrong", given, "a b")


def test_an_annex_goes_in_whole_or_not_at_all() -> None:
    draft = Draft("Một")
    new = [actions.NewTask("PL.1", draft), actions.NewTask("PL.1", replace(draft, title=" "))]
    with pytest.raises(InputError) as error:
        actions.create_many(by(START), PLAN, new, None)
    assert [one.place.line for one in error.value.problems] == [2]
    assert not Task.objects.exists()
    assert acts() == []
    new = [actions.NewTask("PL.1", draft), actions.NewTask("PL.2", draft)]
    assert len(actions.create_many(by(START), PLAN, new, None)) == 2


def test_dependencies_have_no_circles() -> None:
    first = given("A")
    second = given("B", needs=(first.pk,))
    third = given("C", needs=(second.pk,))
    draft = replace(Draft.of(actions_newest(first)), needs=(third.pk,))
    with pytest.raises(InputError, match="A → C → B → A"):
        actions.change(by(START), first, draft, "nối lại", seen=1)
    assert row(second, START).state is State.WAITING
    actions.cancel(by(START), first, "không còn cần")
    assert row(second, START).state is State.NOT_STARTED
    assert row(third, START).state is State.WAITING


def test_a_report_that_says_done_ends_the_task_when_somebody_else_confirms_it() -> None:
    task = given()
    told = Told("Đã xong", 100, done_on=date(2025, 12, 30))
    made = progress.report(by(date(2025, 12, 31)), task, told)
    assert row(task, date(2026, 1, 3)).state is State.IN_PROGRESS
    refused(
        "task-comment-needed",
        progress.decide_report,
        by(date(2026, 1, 4)),
        made,
        confirmed=False,
        comment="",
    )
    progress.decide_report(by(date(2026, 1, 5)), made, confirmed=True, comment="")
    refused("task-decided", progress.decide_report, by(DUE), made, confirmed=False, comment="thôi")
    assert row(task, date(2026, 1, 5)).state is State.DONE_IN_TIME
    refused("task-ended", progress.report, by(date(2026, 1, 6)), task, Told("nữa"))
    assert acts() == ["tasks.task.create", "tasks.report.send", "tasks.report.confirm"]


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("report-empty", Told(" ")),
        ("report-percent", Told("x", 101)),
        ("report-done-later", Told("x", done_on=date(2025, 9, 2))),
        ("report-link", Told("x", links=("javascript:alert(1)",))),
        ("report-period", Told("x", period=date(2025, 9, 30))),
    ],
)
def test_what_is_wrong_with_a_report_is_said(code: str, told: Told) -> None:
    task = given()
    refused(code, progress.report, by(date(2025, 9, 1)), task, told)


def test_nobody_reports_on_a_task_that_nobody_leads() -> None:
    refused("task-no-lead", progress.report, by(START), given(lead=""), Told("x"))


def test_a_coordinating_agency_reports_its_part_and_the_lead_decides() -> None:
    task = given(coordinating=(OTHER,))
    refused("task-not-concerned", progress.report, by(START), task, Told("x"), (), DEPARTMENT)
    told = Told("Phần của xã xong", 100, done_on=START)
    made = progress.report(by(START), task, told, (), OTHER)
    found = row(task, START)
    assert (found.state, found.percent) == (State.IN_PROGRESS, None)

    def wanted(day: date) -> list[tuple[Wanted, str]]:
        return [(w.need.wanted, w.unit) for w in queries.needed(PLAN, day)]

    assert wanted(START) == [(Wanted.CONFIRM_PART, COMMUNE)]
    back = date(2025, 8, 4)
    progress.decide_report(by(back), made, confirmed=False, comment="Nêu số liệu.")
    assert wanted(back) == [(Wanted.RETURNED, OTHER)]
    again = progress.report(by(back), task, told, (), OTHER)
    progress.decide_report(by(back), again, confirmed=True, comment="")
    assert wanted(back) == []
    assert row(task, back).state is State.IN_PROGRESS
    progress.report(by(back), task, Told("Cả việc", 80))
    assert wanted(back) == [(Wanted.CONFIRM, "p75.2025")]
    assert row(task, back).percent == 80
    # Off the task, an agency is not asked to mend what came back.
    last = progress.report(by(back), task, Told("x"), (), OTHER)
    progress.decide_report(by(back), last, confirmed=False, comment="Sai.")
    draft = replace(Draft.of(actions_newest(task)), coordinating=())
    actions.change(by(back), task, draft, "thôi phối hợp", seen=1)
    assert (Wanted.RETURNED, OTHER) not in wanted(back)


def test_what_recurs_is_reported_period_by_period() -> None:
    task = given(rhythm=Rhythm.QUARTERLY)
    refused("report-period", progress.report, by(START), task, Told("x"))
    told = Told("Quý III", done_on=date(2025, 9, 29), period=date(2025, 9, 30))
    made = progress.report(by(date(2025, 9, 30)), task, told)
    progress.decide_report(by(date(2025, 10, 2)), made, confirmed=True, comment="")
    assert row(task, date(2025, 10, 2)).status.due == DUE
    assert row(task, date(2026, 1, 1)).state is State.OVERDUE


def test_more_time_is_asked_once_decided_with_words_and_stays_visible() -> None:
    task = given()
    refused("extension-not-later", progress.ask_extension, by(START), task, DUE, "thiếu")
    refused("task-words-needed", progress.ask_extension, by(START), task, date(2026, 3, 1), "")
    asked = progress.ask_extension(by(START), task, date(2026, 3, 31), "chờ vốn")
    refused("extension-waits", progress.ask_extension, by(START), task, date(2026, 4, 1), "nữa")
    later = by(date(2025, 9, 1))
    refused(
        "task-comment-needed", progress.decide_extension, later, asked, granted=None, comment=""
    )
    progress.decide_extension(later, asked, granted=date(2026, 2, 28), comment="một phần")
    versions = TaskVersion.objects.filter(task=task).order_by("number")
    assert [one.deadline for one in versions] == [DUE, date(2026, 2, 28)]
    assert row(task, date(2025, 8, 31)).deadline == DUE
    assert row(task, date(2026, 1, 15)).state is not State.OVERDUE
    recurring = given("X-2", rhythm=Rhythm.MONTHLY)
    refused("extension-not-once", progress.ask_extension, later, recurring, DUE, "x")


def test_a_task_waits_while_another_agency_has_not_answered() -> None:
    task = given()
    refused("ask-self", progress.ask, by(START), task, COMMUNE, "xin số liệu")
    asked = progress.ask(by(START), task, OTHER, "xin số liệu")
    found = row(task, START)
    assert (found.state, found.status.asked) == (State.WAITING, OTHER)
    assert [(w.need.wanted, w.unit) for w in queries.needed(PLAN, START)] == [
        (Wanted.ANSWER, OTHER)
    ]
    progress.answer(by(date(2025, 8, 5)), asked, "đã gửi")
    assert row(task, date(2025, 8, 5)).state is State.NOT_STARTED


def test_whoever_sent_something_does_not_decide_on_it() -> None:
    account = appoint("standing-agency", "p75.2025")
    day = date(2025, 9, 1)
    me = By.person(Who(day, account.pk, "", seats_of(account.pk, day), strong=True), None)
    task = given()
    made = progress.report(me, task, Told("x"))
    refused("task-own-decision", progress.decide_report, me, made, confirmed=True, comment="")


def test_evidence_is_kept_with_the_report_or_nothing_is(tmp_path: Path) -> None:
    account = appoint("officer", COMMUNE)
    day = date(2025, 9, 1)
    me = By.person(Who(day, account.pk, "", seats_of(account.pk, day)), None)
    task = given()
    good = SimpleUploadedFile("so-lieu.csv", "Xã,Số\nA,1\n".encode())
    bad = SimpleUploadedFile("chay.exe", b"MZ\x90\x00" + bytes(64))
    refused("file-kind-unknown", progress.report, me, task, Told("x"), [good, bad])
    assert not StoredFile.objects.exists()
    good.seek(0)
    made = progress.report(me, task, Told("x"), [good])
    assert [one.file.name for one in made.evidence.all()] == ["so-lieu.csv"]


def test_a_task_of_a_department_that_is_no_more_asks_to_be_given_anew() -> None:
    """No source names an heir of the department: until then it falls to the unit above."""
    task = given(lead=DEPARTMENT)
    today = row(task, START)
    assert today.lead is not None
    assert (today.lead.led, today.lead.heir) == (False, "")
    assert today.lead.name.vi == "Sở Thông tin và Truyền thông"
    wanted = [(w.need.wanted, w.unit) for w in queries.needed(PLAN, START)]
    assert wanted == [(Wanted.ASSIGN, "p75.2025")]
    assert [one.id for one in queries.tasks_of("p75.2025", START)] == [task.pk]


def test_a_task_follows_a_commune_that_was_merged_whole() -> None:
    units = workspace().units
    old = next(
        uid
        for uid in units.descendants("p70", date(2025, 1, 1))
        if units.at(uid, START).attributed and units.at(uid, START).uid != uid
    )
    heir = units.at(old, START).uid
    task = given(lead=old)
    account = appoint("officer", heir)
    found = row(task, START)
    assert found.lead is not None
    assert (found.lead.uid, found.lead.heir) == (old, heir)
    who = Who(START, account.pk, "", seats_of(account.pk, START))
    assert TASK.ask(who, "report", old)


@pytest.mark.parametrize(
    ("role", "seat", "verb", "unit", "may"),
    [
        ("officer", COMMUNE, "report", COMMUNE, True),
        ("officer", OTHER, "report", COMMUNE, False),
        ("officer", COMMUNE, "extend", COMMUNE, False),
        ("leader", COMMUNE, "extend", COMMUNE, True),
        ("leader", OTHER, "extend", COMMUNE, False),
        ("leader", "p75.2025", "confirm", "p70", False),
        ("standing-agency", "p75.2025", "confirm", "p70", True),
        ("officer", COMMUNE, "confirm-part", COMMUNE, True),
        ("officer", OTHER, "confirm-part", COMMUNE, False),
        ("leader", "p75.2025", "confirm-part", COMMUNE, False),
        ("standing-agency", "p75.2025", "confirm-part", "p70", True),
        ("standing-agency", "p75.2025", "manage", "p70", True),
        ("standing-agency", "p01", "confirm", "p70", False),
        ("officer", OTHER, "answer", OTHER, True),
        ("officer", OTHER, "open", COMMUNE, False),
        ("inspector", "p75.2025", "open", COMMUNE, True),
        ("inspector", "p75.2025", "report", COMMUNE, False),
    ],
)
def test_who_may_do_what(role: str, seat: str, verb: str, unit: str, may: bool) -> None:
    account = appoint(role, seat)
    who = Who(START, account.pk, "", seats_of(account.pk, START), strong=True)
    assert bool(TASK.ask(who, verb, unit)) is may


def test_the_database_itself_refuses_what_no_act_would_write() -> None:
    task = given()
    common = {"task": task, "number": 2, "day": START, "title": "x", "rhythm": "once"}
    for wrong in (
        {"deadline": None, "reason": "x"},
        {"deadline": DUE, "reason": ""},
        {"deadline": DUE, "reason": "x", "start": date(2026, 1, 1)},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            TaskVersion.objects.create(**(common | wrong))
    with pytest.raises(IntegrityError), transaction.atomic():
        Extension.objects.create(task=task, number=1, day=START, before=DUE, wanted=DUE, reason="x")
