"""Tasks over the API: what pages show, and no more to anybody than pages would."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.test import Client

from tests.people import appoint, sign_in
from tinhso.kernel.files.models import StoredFile
from tinhso.modules.tasks import actions, progress
from tinhso.modules.tasks.drafts import By, Draft
from tinhso.modules.tasks.facts import Rhythm
from tinhso.modules.tasks.models import Task
from tinhso.modules.tasks.progress import Told

pytestmark = pytest.mark.django_db

COMMUNE, OTHER = "c25210.2025", "c25195.2025"
DAY = date(2025, 9, 1)


@pytest.fixture
def task() -> Task:
    draft = Draft("Số hóa", lead=COMMUNE, rhythm=Rhythm.ONCE, deadline=date(2025, 12, 31))
    made = actions.create(By.system(DAY), "binh-phuoc-2025", "X-1", draft)
    actions.create(By.system(DAY), "binh-phuoc-2025", "X-2", Draft("Chưa rõ"))
    progress.report(By.system(DAY), made, Told("kín", 20))
    return made


def get(client: Client, address: str, status: int = 200) -> dict[str, Any]:
    answer = client.get(f"/api/v1{address}")
    assert answer.status_code == status, answer.content.decode()
    return dict(json.loads(answer.content))


def test_a_list_says_the_day_the_counts_and_what_is_not_known(task: Task) -> None:
    found = get(Client(), "/tasks?day=2026-01-01")
    assert (found["total"], found["counts"]["overdue"], found["counts"]["not-started"]) == (2, 1, 1)
    first, second = found["items"]
    assert (first["code"], first["state"], first["percent"]) == ("X-1", "overdue", 20)
    assert (second["rhythm"], second["deadline"], second["lead"]) == ("unknown", None, None)
    assert get(Client(), "/tasks?day=2025-08-31")["total"] == 0
    narrowed = get(
        Client(), f"/tasks?day=2026-01-01&state=overdue&unit={COMMUNE}&due_by=2025-12-31"
    )
    assert [one["code"] for one in narrowed["items"]] == ["X-1"]


def test_what_agencies_write_is_for_those_who_may_open_it(task: Task) -> None:
    address = f"/tasks/{task.pk}?day=2025-09-02"
    told = get(Client(), address)
    assert (told["opened"], [event["words"] for event in told["events"]]) == (False, ["", ""])
    client = Client()
    sign_in(client, appoint("officer", COMMUNE))
    told = get(client, address)
    assert (told["opened"], told["events"][0]["words"]) == (True, "kín")
    assert not StoredFile.objects.exists()


def test_what_needs_whom_takes_the_right_and_stays_within_reach(task: Task) -> None:
    get(Client(), "/tasks/wanted", 401)
    client = Client()
    sign_in(client, appoint("officer", OTHER))
    assert get(client, "/tasks/wanted?day=2026-01-01")["total"] == 0
    sign_in(client, appoint("officer", COMMUNE))
    found = get(client, "/tasks/wanted?day=2026-01-01")
    assert [one["wanted"] for one in found["items"]] == ["overdue", "confirm"]


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("/tasks?plan=binh-phuoc", 400, "task-plan-unknown"),
        ("/tasks?unit=khong-co", 400, "unit-none"),
        ("/tasks?state=late", 400, "parameter-enum"),
        ("/tasks/00000000-0000-4000-8000-000000000000", 404, "task-unknown"),
    ],
)
def test_a_wrong_question_is_told_what_is_wrong(address: str, status: int, code: str) -> None:
    problems = get(Client(), address, status)["problems"]
    assert problems[0]["detail"]
    assert problems[0]["code"] == code or code == "parameter-enum"
