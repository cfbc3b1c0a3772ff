"""What two people do at the same moment, or one with a second click, is done once: the other is told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

#: Several threads do the same at once, again and again; prints by act what each was told.
RACES = """
import json, sys, threading, uuid
from datetime import timedelta
import django
django.setup()
from django.db import connection
from django.utils import timezone
from tests.people import appoint
from tinhso.kernel.people import actions, identity, invitations
from tinhso.kernel.people.accounts import seats_of
from tinhso.kernel.people.actions import Term
from tinhso.kernel.people.models import Account, Appointment, IdentityNumber, Position
from tinhso.kernel.people.who import Who
from tinhso.kernel.units.load import load_units
from tinhso.kernel.units.models import UnitVersion
from tinhso.measure.text import InputError

ROUNDS, THREADS = 6, 3
UNIT = "p75.2025"

def told(act, barrier, found):
    try:
        barrier.wait()
        act()
        found.append("done")
    except InputError as error:
        found.append(error.problems[0].code)
    except Exception as error:
        found.append(repr(error))
    finally:
        connection.close()

def at_once(*acts):
    found, barrier = [], threading.Barrier(len(acts))
    threads = [threading.Thread(target=told, args=(act, barrier, found)) for act in acts]
    [one.start() for one in threads]
    [one.join() for one in threads]
    return sorted(found)

def somebody():
    return Account.objects.create(username=uuid.uuid4().hex[:12], name="A")

out = {"load": [at_once(load_units, load_units)], "units": UnitVersion.objects.count() > 0}
day = timezone.localdate()
chief = appoint("administrator", UNIT)
who = Who(day, chief.pk, chief.name, seats_of(chief.pk, day), strong=True)

def appointing(number, until):
    one = somebody()
    term = Term(day, until)
    def act():
        actions.appoint(who, Account.objects.get(pk=one.pk), UNIT, "officer", f"Vị trí {number}", term)
    return [act] * THREADS

out["appoint"] = [at_once(*appointing(n, None)) for n in range(ROUNDS)]
out["appoint for a time"] = [
    at_once(*appointing(100 + n, day + timedelta(days=9))) for n in range(ROUNDS)
]
out["positions"] = Position.objects.filter(title__startswith="Vị trí").count()
out["held"] = Appointment.objects.filter(position__title__startswith="Vị trí").count()

def accepting(number):
    def one(secret):
        return lambda: invitations.accept(secret, f"nguoi-{number}", "mot cau dai de nho", "vi", "")
    made = [
        invitations.invite(who, "A", "", UNIT, "officer", "Mời", Term(day)) for _ in range(THREADS)
    ]
    return [one(each.secret) for each in made]

out["accept"] = [at_once(*accepting(n)) for n in range(ROUNDS)]

def keeping(number):
    def one(account):
        return lambda: identity.keep(who, account, f"0702010{number:05}", UNIT)
    return [one(somebody()) for _ in range(THREADS)]

identity.keep(who, somebody(), "070201099999", UNIT)  # makes the key
out["keep"] = [at_once(*keeping(n)) for n in range(ROUNDS)]

def closing(number):
    leaver = appoint("officer", UNIT, f"di-{number}")
    follower = somebody()
    def act():
        one, other = Account.objects.get(pk=leaver.pk), Account.objects.get(pk=follower.pk)
        actions.close_account(who, one, "nghỉ", hand_over_to=other)
    return [act] * THREADS

out["close"] = [at_once(*closing(n)) for n in range(ROUNDS)]

def crossing(number):
    # One is made an administrator while another's account is closed: neither waits for ever.
    leaver, joiner = appoint("administrator", UNIT, f"cu-{number}"), somebody()
    return [
        lambda: actions.close_account(who, Account.objects.get(pk=leaver.pk), "nghỉ"),
        lambda: actions.appoint(who, joiner, UNIT, "administrator", "administrator", Term(day)),
        lambda: actions.close_account(who, Account.objects.get(pk=leaver.pk), "nghỉ"),
    ]

out["cross"] = [at_once(*crossing(n)) for n in range(ROUNDS)]
print(json.dumps(out))
"""


@pytest.fixture
def raced(tmp_path: Path, place_apart: str) -> dict[str, Any]:
    env = dict(os.environ, TINHSO_HOME=str(tmp_path), DJANGO_SETTINGS_MODULE="tinhso.web.settings")
    env |= {"TINHSO_SECRET_KEY": settings.SECRET_KEY, "TINHSO_DATABASE_URL": place_apart}
    done = subprocess.run(
        [sys.executable, "-c", RACES],
        env=env | {"PYTHONPATH": str(Path(__file__).parents[3])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_of_several_who_do_the_same_at_once_one_does_it_and_the_others_are_told(
    raced: dict[str, Any],
) -> None:
    refusals = {
        "appoint": "appointment-twice",
        "appoint for a time": "appointment-twice",
        "accept": "username-taken",
        "keep": "identity-number-taken",
        "close": "account-closed",
    }
    for act, refusal in refusals.items():
        for told in raced[act]:
            assert Counter(told) == {"done": 1, refusal: 2}, act
    assert (
        raced["positions"] == raced["held"] == len(raced["appoint"] + raced["appoint for a time"])
    )
    for told in raced["cross"]:
        assert Counter(told) == {"done": 2, "account-closed": 1}
    assert raced["load"] == [["done", "done"]]
    assert raced["units"]
