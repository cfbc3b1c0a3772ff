"""The officers' queue at 50,000 open cases, with the bare queries beside it, on both databases.

`python -m benchmarks cases` uses SQLite; `--postgresql postgres://user@host:5432/postgres` adds PostgreSQL,
in a database of its own that is dropped at the end. Rows are written as columns: a list of now reads nothing
else. A list as of another day folds the events of what changed since; its bare query fetches those events. "Bare" is the same SQL sent by the database's own driver, rows fetched and thrown away.
"""

from __future__ import annotations

import argparse
from typing import Any

from benchmarks.aside import on_each
from benchmarks.machine import machine, table

RUN = """
import json, random, sys, time, uuid
from datetime import timedelta
import django
django.setup()
from django.conf import settings
settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
call_command("migrate", verbosity=0)
from tinhso.kernel.units.load import load_units
load_units()
from datetime import date
from tinhso.kernel.cases.models import Case, CaseEvent, as_sought
from tinhso.kernel.people.accounts import seats_of
from tinhso.kernel.people.models import Account, Appointment, Position
from tinhso.kernel.people.who import Who
from tinhso.kernel.units.register import register
from tinhso.measure.boundaries import Level
from tinhso.modules.feedback import officer_queue, officer_then
from tinhso.modules.feedback.officer_queue import Asked

n, PROVINCE = int(sys.argv[1]), "p75.2025"
random.seed(1)
now, day = timezone.now(), timezone.localdate()
communes = register().descendants(PROVINCE, day, Level.COMMUNE)
STATES = (("received", "router"), ("assigned", "lead"), ("assigned", "lead"), ("asking", "requester"))
def case(i):
    state, waits = random.choice(STATES)
    place = random.choice(communes)
    whole = step = None
    if waits != "requester":
        whole, step = (now + timedelta(minutes=random.randint(-6000, 9000)) for _ in range(2))
    return Case(
        kind="feedback", code=f"PA-250601-{i:06}", channel="web", category="light", title=f"Việc {i}", text="x" * 400,
        home_id=place, place_id=place, received_at=now - timedelta(minutes=i), state=state, waits=waits,
        lead_id=None if waits == "router" else place, step_due_at=step, due_at=whole,
        pressing_at=min(whole, step) if whole else None, events=2, changed_at=now, simulated=True,
        sought=as_sought(f"PA-250601-{i:06}", f"Việc {i}", "", "x" * 400),
    )
for first in range(0, n, 5000):
    made = Case.objects.bulk_create([case(i) for i in range(first, min(n, first + 5000))])
    CaseEvent.objects.bulk_create(
        CaseEvent(case=one, n=k, act=act, at=one.received_at, role="router", data=data)
        for one in made
        for k, (act, data) in enumerate((("receive", {"category": "light"}), ("route", {"unit": one.place_id})), 1)
    )
with connection.cursor() as cursor:
    cursor.execute("ANALYZE")

def person(role, unit):
    account = Account.objects.create(username=f"{role}-{unit}", name=role)
    position = Position.objects.create(unit_id=unit, role=role, title=role, since=date(2020, 1, 1))
    Appointment.objects.create(position=position, account=account, since=date(2020, 1, 1))
    return account, Who(day, account.pk, role, seats_of(account.pk, day))

def best(do, times=9):
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        do()
        taken.append(time.perf_counter() - began)
    return sorted(taken)[len(taken) // 2] * 1000

def bare(sql, parameters):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        cursor.fetchall()

told = []
for name, (account, who), asked in (
    ("call-taker of the province: waits for me", person("call-taker", PROVINCE), Asked()),
    ("the same, all that I may read", person("standing-agency", PROVINCE), Asked(everything=True)),
    ("officer of a commune: waits for me", person("officer", communes[3]), Asked()),
    ("all that I may read, with two words in it", person("leader", PROVINCE), Asked(everything=True, text="viec 4242")),
):
    rows = officer_queue.narrowed(officer_queue.of(who, asked), asked, now)
    first = rows.only(*officer_queue.COLUMNS)[: officer_queue.PAGE]
    sql, parameters = first.query.sql_with_params()
    client = Client()
    client.force_login(account)
    address = "/1022/?xem=tat-ca" if asked.everything else "/1022/"
    address += f"&tim={asked.text}" if asked.text else ""
    assert client.get(address).status_code == 200
    told.append([
        name, rows.count(), best(lambda: bare(sql, parameters)), best(lambda: officer_queue.page(rows, 1, now)),
        best(lambda: officer_queue.counts(rows, now)), best(lambda: client.get(address), 5),
    ])
    if "--plan" in sys.argv:
        print(first.explain(), file=sys.stderr)
yesterday = now - timedelta(days=1)
for name, since in (("as of yesterday, nothing happened since", yesterday - timedelta(days=1)), ("as of yesterday, every case changed since", now)):
    Case.objects.update(changed_at=since)
    client = Client()
    client.force_login(account)
    address = f"/1022/?ngay={yesterday:%Y-%m-%d}"
    events = CaseEvent.objects.filter(case__changed_at__gt=yesterday).order_by("case_id", "n")
    sql, parameters = events.values_list("case_id", "n", "act", "at", "role", "unit", "data").query.sql_with_params()
    total = officer_then.Then(who, Asked(everything=True), yesterday).counts(Asked(everything=True)).total
    told.append([name, total, best(lambda: bare(sql, parameters), 3), None, None, best(lambda: client.get(address), 3)])
print(json.dumps(told))
"""


def main(arguments: list[str]) -> str:
    parser = argparse.ArgumentParser(prog="benchmarks cases", description=__doc__)
    parser.add_argument("--postgresql", default="")
    parser.add_argument("--cases", type=int, default=50_000)
    parser.add_argument("--plan", action="store_true", help="print the query plans too")
    chosen = parser.parse_args(arguments)
    arguments = [str(chosen.cases), *(["--plan"] if chosen.plan else [])]
    told = on_each(RUN, arguments, chosen.postgresql)
    tables = [_table(name, chosen.cases, rows) for name, rows in told]
    return machine() + "\n\n" + "\n".join(tables)


def _table(name: str, cases: int, told: list[Any]) -> str:
    rows = [
        [who, f"{n:,}", *("–" if one is None else f"{one:.1f}" for one in numbers)]
        for who, n, *numbers in told
    ]
    head = ["", "in the list", "bare query", "page of 50", "counts", "whole page"]
    return table(f"{name}, {cases:,} open cases; milliseconds, medians", head, rows)
