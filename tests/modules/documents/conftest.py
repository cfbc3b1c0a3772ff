"""A publication with every kind of figure in it, and who makes documents of it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.people import appoint
from tinhso.kernel.ledger.actor import OPERATOR
from tinhso.kernel.people.models import Account
from tinhso.measure.periods import Period
from tinhso.measure.places import View
from tinhso.modules.documents import actions
from tinhso.modules.documents.fields import Fields
from tinhso.modules.documents.kinds import kind_of
from tinhso.modules.documents.models import Document
from tinhso.modules.plan.actions import publish
from tinhso.modules.plan.frozen.reading import FrozenPublication
from tinhso.modules.plan.queries import PlanQueries
from tinhso.modules.plan.workspace import workspace
from tinhso.modules.shares.sample import simulate_allocations

PLAN, ISSUER, DISTRICT, BASE = "binh-phuoc-2025", "p75.2025", "d690", "https://tinh.example"
FIELDS = Fields(
    issuer="ỦY BAN NHÂN DÂN TỈNH THỬ",
    sign="BC-UBND",
    place="Nơi Thử",
    abstract="Kết quả thử",
    addressee="Ủy ban nhân dân xã Thử",
    recipients="Như trên;\nLưu: VT.",
    authority="TM. ỦY BAN NHÂN DÂN",
    title="CHỦ TỊCH",
    signer="Nguyễn Văn Thử",
)


@dataclass(frozen=True)
class Office:
    published: FrozenPublication
    leader: Account

    def draft(self, kind: str = "report", about: str = "", fields: Fields = FIELDS) -> Document:
        found = kind_of(kind)
        return actions.draft(
            OPERATOR, found, self.published, unit=ISSUER, about=about, fields=fields
        )

    def made(self, kind: str = "report", about: str = "", fields: Fields = FIELDS) -> Document:
        draft = self.draft(kind, about, fields)
        return actions.make(OPERATOR, draft, by="Lãnh đạo, tỉnh Thử", base=BASE)


@pytest.fixture
def office(site: None) -> Office:
    queries = PlanQueries(workspace(), PLAN)
    for code in ("2025-Q1r", "2025-Q2r"):
        period = Period.parse(code)
        done = publish(OPERATOR, queries, period, View(), by="Sở", reason="", all_levels=False)
    return Office(FrozenPublication(done.publication.name), appoint("leader", ISSUER, "lanh-dao"))


@pytest.fixture
def giving_office(office: Office) -> Office:
    """An office of a plan of which two targets are given to units."""
    simulate_allocations(PlanQueries(workspace(), PLAN))
    return office
