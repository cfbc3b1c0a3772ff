"""Payments of the dossiers that have a fee."""

from __future__ import annotations

import numpy as np

from tinhso.modules.simulation import catalogue as procedures
from tinhso.modules.simulation.days import DAY, Ints
from tinhso.modules.simulation.dossiers import Dossiers
from tinhso.modules.simulation.files import Chosen, Columns, Numbered
from tinhso.modules.simulation.places import Stretch
from tinhso.modules.simulation.world import World

CHANNELS = ("national_portal", "provincial_portal", "bank_transfer", "card", "cash")
_NOT_ONLINE = np.array([0.3, 0.4, 1.0])  # transfer, card, cash: cumulative
_PROVINCIAL = 0.015  # of the payments made online, those on the province's own portal
_UNPAID = 0.03
_OFFICE_PAYS = 0.8  # in the commune with the habit


def draw(world: World, stretch: Stretch, part: int, dossiers: Dossiers) -> tuple[Columns, Ints]:
    """One payment for most dossiers with a fee, on the day of receipt; and each one's unit."""
    rng = world.chance("payments", stretch.since, part)
    owed = dossiers.paid_online >= 0
    unpaid = (dossiers.paid_online == 0) & (rng.random(len(dossiers)) < _UNPAID)
    rows = np.flatnonzero(owed & ~unpaid)
    n = len(rows)
    online = dossiers.paid_online[rows] == 1
    otherwise = 2 + np.searchsorted(_NOT_ONLINE, rng.random(n), "right")
    channel = np.where(online, (rng.random(n) < _PROVINCIAL).astype(int), otherwise)

    received = dossiers.received[rows]
    # Paid within the hour but on the same day: a payment belongs to the unit of its own date.
    left = DAY - 1 - received % DAY
    paid_at = received + np.minimum((rng.random(n) * 3600).astype(np.int64), left)

    procedure = dossiers.procedure[rows]
    copies = 1 + (rng.random(n) < 0.12) * rng.integers(1, 5, n)
    by_office, account = _payers(world, rng, dossiers, rows)
    unit = dossiers.unit[rows]
    columns: Columns = {
        "transaction_code": Numbered("MP-GD-", dossiers.number[rows], 10),
        "unit_code": Chosen(world.codes, unit),
        "procedure_code": procedures.code(procedure),
        "dossier_code": Numbered("MP-HS-", dossiers.number[rows], 10),
        "paid_at": paid_at,
        "amount": world.catalogue.amount[procedure] * copies,
        "channel": Chosen(CHANNELS, channel),
        "payer_account": Numbered("MP-TK-", np.where(channel == 4, -1, account), 11),
        "paid_by_office": by_office,
    }
    return columns, unit


def _payers(
    world: World, rng: np.random.Generator, dossiers: Dossiers, rows: Ints
) -> tuple[np.ndarray, Ints]:
    """Whether the office's own account paid, and a trace of the account."""
    n = len(rows)
    place, person = dossiers.place[rows], dossiers.person[rows]
    plan_year = world.days.day_of(dossiers.received[rows]) >= world.days.plan_start
    habit = plan_year & world.habits.among("own_account", place) & (rng.random(n) < _OFFICE_PAYS)
    by_office = habit | (rng.random(n) < 0.004)
    stranger = 5_000_000_000 + rng.integers(0, 1_000_000_000, n)
    own = np.where(person < 0, stranger, 10_000 + person)
    return by_office, np.where(by_office, place, own)
