"""Rows that are wrong on purpose, so that what is refused can be seen to be refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from tinhso.modules.simulation.world import World

#: Written as an office would: day, month, year.
_TIME = "%d/%m/%Y 08:30:00"


def dossiers(world: World) -> list[dict[str, str]]:
    """Wrong dossier rows in the office's own writing, one fault each."""
    days, places = world.days, world.places
    day = days.date(min(days.plan_start + 14, days.count - 1))
    commune = int(places.communes[0])
    span = places.boundaries.span(places.uid[commune], day)
    good = _good(span.code if span else places.first_code(commune), day)
    faults = [
        {"received_at": f"31/02/{day.year} 08:30:00"},
        {"received_at": ""},
        {"procedure_code": ""},
        {"service_level": "toan-trinh"},
        {"closed_at": "01/01/2099 08:30:00"},
        {"unit_code": "MP-KHONG-CO"},
        *_ended_codes(world),
    ]
    return [
        good | {"dossier_code": f"MP-HS-SAI-{number:02d}"} | fault
        for number, fault in enumerate(faults, start=1)
    ]


def _good(unit: str, day: date) -> dict[str, str]:
    return {
        "unit_code": unit,
        "procedure_code": "9.000001.000.00.00.H00",
        "service_level": "full",
        "received_at": day.strftime(_TIME),
        "submitted_online": "Có",
    }


def _ended_codes(world: World) -> Iterator[dict[str, str]]:
    """Codes of units that are no more, used a week after their end: the classic of every merger."""
    days, boundaries = world.days, world.places.boundaries
    found = 0
    for change in world.places.segments[1:]:
        day = change + timedelta(days=7)
        if days.number(day) >= days.count:
            continue
        for code in sorted(set(world.places.codes)):
            before = boundaries.by_code(code, change - timedelta(days=1))
            if before is not None and boundaries.by_code(code, day) is None and found < 5:
                found += 1
                yield {"unit_code": code, "received_at": day.strftime(_TIME)}
