"""Every document comes to an end, by somebody who has the right, from wherever it stands."""

from __future__ import annotations

import datetime
import uuid
from datetime import date
from itertools import product
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from pytest_django import Settings

from tests.modules.documents.conftest import DISTRICT, FIELDS, ISSUER, Office
from tests.modules.documents.test_signing import NOW, PASSWORD, key_file
from tests.people import appoint, sign_in
from tinhso.kernel.ledger.models import Entry
from tinhso.kernel.people.roles import roles
from tinhso.kernel.people.scopes import PROVINCE, Reach, seated
from tinhso.kernel.people.who import Seat, Who
from tinhso.kernel.units.register import register
from tinhso.measure.text import Text
from tinhso.modules.documents.models import Document
from tinhso.modules.documents.policies import DOCUMENT
from tinhso.modules.documents.states import ACTS, ENDS, State

pytestmark = pytest.mark.django_db

ADDRESSES = {"change": "sua", "make": "hoan-thanh", "discard": "bo", "sign": "ky"}
#: Whose ruling it is in the unit that issues.
MAKERS, SIGNERS = {"leader", "officer", "standing-agency"}, {"leader"}
MAY = {"change": MAKERS, "make": MAKERS, "discard": MAKERS, "sign": SIGNERS}


def stands(document: uuid.UUID) -> State:
    found = Document.objects.filter(pk=document).first()
    return found.state if found else State.DISCARDED


def test_from_every_state_that_is_reached_each_act_leads_where_the_table_says(
    office: Office, tmp_path: Path, settings: Settings
) -> None:
    """A search over all that the pages let anybody do: every role tries every act on a document in
    every state, each state as the acts before it led there. What is refused leaves no trace."""
    until = NOW + datetime.timedelta(days=9)
    settings.TINHSO_SIGNING_PKCS12 = str(
        key_file(tmp_path / "khoa.p12", "Cơ quan Thử", until=until)
    )
    settings.TINHSO_SIGNING_PASSWORD = lambda: PASSWORD
    people = {"": Client(), **{role: Client() for role in roles()}}
    for role in roles():
        sign_in(people[role], appoint(role, ISSUER, f"nguoi-{role}"), strong=True)
    draft = office.draft("urging-letter", DISTRICT).pk
    form = {**FIELDS.kept(), "abstract": "Kết quả sửa"}

    ways, todo, led = dict[State, list[str]](), [[]], set[tuple[State, str, State]]()
    while todo:
        way: list[str] = todo.pop()
        with transaction.atomic():
            for act in way:
                people["leader"].post(f"/van-ban/{draft}/{ADDRESSES[act]}/", form)
            state = stands(draft)
            if state not in ways:
                ways[state] = way
                pages = {
                    role: client.get(f"/van-ban/{draft}/").content.decode()
                    for role, client in people.items()
                }
                for act, (role, client) in product(ADDRESSES, people.items()):
                    with transaction.atomic():
                        before = Entry.objects.count()
                        client.post(f"/van-ban/{draft}/{ADDRESSES[act]}/", form)
                        done = Entry.objects.count() > before
                        assert done == (ACTS[act].since is state and role in MAY[act]), (role, act)
                        assert (f'/{ADDRESSES[act]}/"' in pages[role]) == done, (role, act)
                        if done:
                            led.add((state, act, stands(draft)))
                            todo.append([*way, act])
                        else:
                            assert stands(draft) is state
                        transaction.set_rollback(True)
            transaction.set_rollback(True)
    assert set(ways) == set(State)
    assert led == {(one.since, act, one.to) for act, one in ACTS.items()}

    good = set(ENDS)
    while more := {since for since, _, to in led if to in good} - good:
        good |= more
    assert good == set(State)


@pytest.mark.parametrize("day", [date(2025, 6, 30), date(2025, 7, 1), date(2026, 11, 30)])
def test_what_an_ended_unit_left_undone_is_its_heirs_to_end(day: date) -> None:
    """Of every unit that the province ever had, merged, divided or living."""
    units = register()
    left = Reach(PROVINCE, seated(units, ISSUER, day), day).units() or frozenset()
    homes = {uid: seated(units, uid, day) for uid in left}
    assert any(homes[uid] != uid for uid in left)
    for uid, verb in product(left, {act.verb for act in ACTS.values()}):
        head = Seat("1", "leader", Text("x", "x"), homes[uid], homes[uid])
        who = Who(day, uuid.uuid4(), "x", (head,), strong=True)
        assert DOCUMENT.ask(who, verb, uid), uid
