"""What the sample should add up to, counted while it is made, apart from every engine.

Counted on the records as they finally are: after corrections, each once, wrong rows left out.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from tinhso.modules.simulation.days import Flags, Ints
from tinhso.modules.simulation.dossiers import Dossiers
from tinhso.modules.simulation.files import NOTICE, Chosen, Columns
from tinhso.modules.simulation.payments import CHANNELS
from tinhso.modules.simulation.world import World


class Tally:
    """Counts by unit (with the code that it bore) and quarter."""

    def __init__(self, world: World) -> None:
        self._world = world
        first = world.days.first
        days = [world.days.date(i) for i in range(len(world.days.weight))]
        self._quarter = np.array([(d.year - first.year) * 4 + (d.month - 1) // 3 for d in days])
        self._counts: dict[str, Ints] = {}
        self._online = np.zeros((2, world.people.count), bool)
        self.rows: dict[str, int] = {}

    def dossiers(self, d: Dossiers) -> None:
        received = self._world.days.day_of(d.received)
        closed = self._world.days.day_of(d.closed)
        wholly = d.online & (d.paid_online != 0) & (d.electronic == 1)
        done = d.closed >= 0
        self._count("received", d.unit, received, np.ones(len(d), bool))
        self._count("submitted_online", d.unit, received, d.online)
        self._count("closed", d.unit, closed, done)
        self._count("wholly_online", d.unit, closed, done & wholly)
        self._count("closed_late", d.unit, closed, done & (d.closed > d.due))
        adult = d.online & (d.adult == 1)
        year = (received >= self._world.days.plan_start).astype(int)
        self._online[year[adult], d.person[adult]] = True

    def payments(self, payments: Columns, unit: Ints) -> None:
        """`unit`: the unit number of each payment."""
        paid, channel = payments["paid_at"], payments["channel"]
        assert isinstance(paid, np.ndarray)
        assert isinstance(channel, Chosen)
        day = self._world.days.day_of(paid)
        self._count("payments", unit, day, np.ones(len(day), bool))
        self._count(
            "payments_national_portal",
            unit,
            day,
            channel.index == CHANNELS.index("national_portal"),
        )

    def count_rows(self, stream: str, rows: int) -> None:
        self.rows[stream] = self.rows.get(stream, 0) + rows

    def result(self) -> dict[str, object]:
        places, year = self._world.places, self._world.scenario.year
        names = sorted(self._counts)
        table = []
        for unit, (uid, code) in enumerate(zip(places.uids, places.codes, strict=True)):
            for quarter in range(8):
                counts = {name: int(self._counts[name][unit, quarter]) for name in names}
                if any(counts.values()):
                    label = f"{year - 1 + quarter // 4}Q{quarter % 4 + 1}"
                    table.append({"unit": uid, "code": code, "quarter": label} | counts)
        return {
            "notice": NOTICE,
            "maker": self._world.scenario.maker,
            "rows": dict(sorted(self.rows.items())),
            "people_online": {
                str(year - 1 + i): int(online.sum()) for i, online in enumerate(self._online)
            },
            "habits": {h: list(u) for h, u in self._world.habits.by_uid(places).items()},
            "units": table,
        }

    def _count(self, name: str, unit: Ints, day: Ints, which: Flags) -> None:
        cells = unit[which] * 8 + self._quarter[day[which]]
        size = len(self._world.places.codes)
        counts = np.bincount(cells, minlength=size * 8).reshape(size, 8).astype(np.int64)
        self._counts[name] = self._counts.get(name, 0) + counts


def write(path: Path, result: dict[str, object]) -> None:
    path.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
