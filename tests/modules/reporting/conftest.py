"""A province of real units with a lake of its own, and people in their positions."""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.utils import timezone

from tests.people import appoint
from tinhso.kernel.ledger.delivering import Parcel
from tinhso.kernel.ledger.models import Delivery
from tinhso.kernel.ledger.outbox import RECORDS
from tinhso.kernel.people.accounts import seats_of
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.who import Who
from tinhso.kernel.units.register import register
from tinhso.measure.cube_store import CubeStore
from tinhso.measure.lake import Lake, LakeSettings
from tinhso.modules.plan.workspace import Workspace
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
        none = Path("/nonexistent")
        return Workspace(settings.TINHSO_PACKS, LakeSettings(none / "lake"), none / "c", register())


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
        """Another source's file brings a record."""
        span = self.place.units.boundaries.span(unit, date.fromisoformat(as_of))
        assert span is not None
        row = {
            "figure_code": "HTS-02",
            "unit_code": span.code,
            "as_of": as_of,
            "numerator": numerator,
            "denominator": denominator,
            "approved_on": as_of,
        }
        key = f"reported_figures/file/{uuid4().hex}"
        work.bring_in([Parcel(uuid4(), RECORDS, key, {"rows": [row]}, timezone.now())])


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
