"""Figures of records that a test writes by hand: brought in, measured, asked for one commune and month."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from django.conf import settings

from tinhso.kernel.units.register import register
from tinhso.measure.figures import Figures
from tinhso.measure.ingest.receipt import Receipt
from tinhso.measure.lake import LakeSettings
from tinhso.measure.periods import Period
from tinhso.measure.places import View
from tinhso.measure.quality import check_results
from tinhso.modules.plan.workspace import Workspace
from tinhso.web.prepare import load_file

PLAN, COMMUNE, SEPTEMBER = "binh-phuoc-2025", "c25363.2025", Period.parse("2025-09")
#: The commune's own code, and its neighbour's.
CODE, BESIDE = "25363", "25270"


def at(told: str | None) -> str | None:
    """A moment of September 2025, or of the month that is told.

    >>> at("03T08"), at("10-02T17")
    ('2025-09-03T08:00:00', '2025-10-02T17:00:00')
    """
    if told is None:
        return None
    return f"2025-{told if '-' in told else f'09-{told}'}:00:00"


def workspace_in(folder: Path) -> Workspace:
    return Workspace(
        settings.TINHSO_PACKS, LakeSettings(folder / "lake"), folder / "cubes", register()
    )


def bring_in(
    place: Workspace,
    folder: Path,
    stream: str,
    rows: Iterable[Mapping[str, object]],
    simulated: str = "",
) -> Receipt:
    path = folder / f"{stream}.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in rows), encoding="utf-8")
    return load_file(place, stream, path, simulated=simulated)


def parts(figures: Figures, code: str) -> tuple[float | None, float | None]:
    """An indicator's numerator and denominator."""
    value = figures.value(code, COMMUNE, SEPTEMBER, View())
    return value.numerator.amount, value.denominator.amount


def checked(place: Workspace, figures: Figures, indicator: str) -> dict[str, tuple[int, int]]:
    """Of the checks beside an indicator: how many records each found, and of how many."""
    found = check_results(figures, place.plan(PLAN).checks, indicator, COMMUNE, SEPTEMBER, View())
    return {one.check.code: (one.records, one.over) for one in found}
