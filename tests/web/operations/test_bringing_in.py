"""Rows owed to a stream come into the lake once, however often they are brought."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.utils import timezone

from tinhso.kernel.ledger.delivering import Parcel
from tinhso.kernel.ledger.outbox import RECORDS
from tinhso.kernel.units.register import register
from tinhso.measure.ingest import batches
from tinhso.measure.lake import LakeSettings
from tinhso.modules.plan.workspace import Workspace
from tinhso.web import work


@pytest.fixture
def place(tmp_path: Path, db: None, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    made = Workspace(
        settings.TINHSO_PACKS, LakeSettings(tmp_path / "lake"), tmp_path / "cubes", register()
    )
    monkeypatch.setattr(work, "workspace", lambda: made)
    return made


def parcel(code: str, amount: int, uid: UUID, days_ago: int = 0) -> Parcel:
    row = {
        "transaction_code": code,
        "unit_code": "70",
        "procedure_code": "1.1",
        "paid_at": "2025-01-02",
        "amount": amount,
        "channel": "cash",
    }
    owed_at = timezone.now() - timedelta(days=days_ago)
    return Parcel(uid, RECORDS, f"payments/{code}", {"rows": [row]}, owed_at)


def test_a_delivery_that_was_brought_changes_nothing_when_it_comes_again(place: Workspace) -> None:
    old, new = uuid4(), uuid4()
    work.bring_in([parcel("K1", 5, old, days_ago=40)])
    work.bring_in([parcel("K1", 7, new)])
    # The first comes again (its worker died before marking it): what was owed later still stands.
    work.bring_in([parcel("K1", 5, old, days_ago=40), parcel("K2", 1, uuid4())])
    work.bring_in([parcel("K1", 7, new)])
    with closing(place.connection()) as connection:
        assert [(e.rows_added, e.rows_corrected) for e in batches(connection)] == [
            (1, 0),
            (0, 1),
            (1, 0),
        ]
        rows = connection.execute("SELECT transaction_code, amount FROM lake.payments ORDER BY 1")
        assert rows.fetchall() == [("K1", 7), ("K2", 1)]
