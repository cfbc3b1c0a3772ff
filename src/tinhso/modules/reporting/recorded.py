"""What the lake holds of reported figures, whoever brought it: for last values and second sources."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from tinhso.modules.plan.workspace import Workspace
from tinhso.modules.reporting.checks import Parts

STREAM = "reported_figures"


@dataclass(frozen=True)
class Recorded:
    """An approved record of a unit's figure."""

    as_of: date
    parts: Parts


#: (figure code, unit) -> its records, oldest first.
Records = Mapping[tuple[str, str], tuple[Recorded, ...]]


def recorded(place: Workspace) -> Records:
    """All approved reported figures at the lake's newest snapshot; read once a snapshot."""
    connection = place.connection()
    return _at(place, place.lake.snapshot(connection))


@lru_cache(maxsize=2)
def _at(place: Workspace, _snapshot: int) -> Records:
    found: dict[tuple[str, str], list[Recorded]] = defaultdict(list)
    if STREAM in place.streams:
        rows = place.connection().execute(
            "SELECT figure_code, _unit, as_of, coalesce(numerator, value), denominator"
            f" FROM lake.{STREAM} WHERE approved_on IS NOT NULL ORDER BY as_of"
        )
        for code, unit, as_of, numerator, denominator in rows.fetchall():
            parts = Parts(numerator, denominator)
            found[code, unit].append(Recorded(as_of, parts))
    return {key: tuple(records) for key, records in found.items()}
