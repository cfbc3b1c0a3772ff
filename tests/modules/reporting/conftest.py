"""A province of real units with a lake of its own, and people in their positions."""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest
from django.utils import timezone

from tests.people import appoint
from tinhso.kernel.ledger.delivering import Parcel
from tinhso.kernel.ledger.models import Delivery
from tinhso.kernel.ledger.outbox import RECORDS
from tinhso.kernel.people.accounts import seats_of
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.who import Who
from tinhso.measure.cube_store import CubeStore
from tinhso.measure.lake import Lake, LakeSettings
from tinhso.modules.plan.workspace import Workspace, workspace
from tinhso.modules.reporting import actions, api, files, queries, views
from tinhso.modules.reporting.known import Known, known_of
from tinhso.modules.reporting.requests import Request
from tinhso.web import work

PLAN, DUTY, PERIOD = "binh-phuoc-2025", "XA-THANG", "2025-12r"
#: A commune of Bình Phước that was made on 2025-07-01, and one beside it.
COMMUNE, BESIDE, PROVINCE = "c25363.2025", "c25270.2025", "p75.2025"
#: Just after the period's last day, 2025-12-14.
DAY = date(2025, 12, 16)


@pytest.fixture(scope="session")
def packs(django_db_setup: None, django_db_blocker: object) -> Workspace:
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        return workspace()


@dataclass
class World:
    place: Workspace
    clerk: Who
    head: Who
    agency: Who

    def known(self, duty: str = DUTY, period: str = PERIOD, day: date = DAY) -> Known:
        return known_of(self.place, PLAN, duty, period, day)

    def request(self, unit: str = COMMUNE, **asked: str) -> Request:
        return self.known(**asked).requests[unit]  # type: ignore[arg-type]

    def bring(self) -> list[tuple[object, ...]]:
        """What the worker does with all that is owed; the figures that the lake holds then."""
        owed = Delivery.objects.filter(topic=RECORDS, state="waiting").order_by("id")
        parcels = [Parcel(d.uid, d.topic, d.key, d.payload, d.created_at) for d in owed]
        if parcels:
            work.bring_in(parcels)
            owed.update(state="done", ended_at=timezone.now(), next_try_at=None, last_error="-")
        return self.lake()

    def lake(self) -> list[tuple[object, ...]]:
        with self.place.lake.reader() as connection:
            rows = connection.execute(
                "SELECT figure_code, unit_code, as_of, numerator, denominator, approved_on"
                " FROM lake.reported_figures ORDER BY ALL"
            )
            return rows.fetchall()

    def from_elsewhere(self, unit: str, as_of: str, numerator: int, denominator: int) -> None:
        """Another source has brought a record, in place of any other of the same figure."""
        span = self.place.units.boundaries.span(unit, date.fromisoformat(as_of))
        assert span is not None
        named = ("HTS-02", span.code, as_of)
        with self.place.lake.writer() as connection:
            connection.execute(
                "DELETE FROM lake.reported_figures"
                " WHERE figure_code = ? AND unit_code = ? AND as_of = ?::DATE",
                named,
            )
            connection.execute(
                "INSERT INTO lake.reported_figures (figure_code, unit_code, as_of, numerator,"
                " denominator, approved_on, _unit, _level, _batch, _row)"
                " VALUES (?, ?, ?::DATE, ?, ?, ?::DATE, ?, 'commune', 0, 0)",
                (*named, numerator, denominator, as_of, unit),
            )


def somebody(account: Account, day: date = DAY, *, strong: bool = True) -> Who:
    return Who(day, account.pk, account.name, seats_of(account.pk, day), strong=strong)


def on(who: Who, day: date) -> Who:
    assert who.account is not None
    return replace(who, day=day, seats=seats_of(who.account, day))


@pytest.fixture
def world(packs: Workspace, tmp_path: Path, db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    place = copy.copy(packs)
    place.__dict__.pop("_reader", None)
    place.lake = Lake(LakeSettings(tmp_path / "lake"), list(packs.streams.values()))
    place.store = CubeStore(tmp_path / "cubes")
    place._figures, place._cube_name = {}, ""
    with place.lake.writer():
        pass  # its tables
    for module in (actions, api, files, queries, views, work):
        monkeypatch.setattr(module, "workspace", lambda: place)
    return World(
        place,
        somebody(appoint("officer", COMMUNE)),
        somebody(appoint("leader", COMMUNE)),
        somebody(appoint("standing-agency", PROVINCE)),
    )
