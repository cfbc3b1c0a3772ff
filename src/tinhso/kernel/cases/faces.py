"""The clocks of a case as pages show them (các đồng hồ của một vụ việc)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from tinhso.kernel.cases.standing import Standing
from tinhso.kernel.clock.calendars import calendar
from tinhso.kernel.clock.clock import Clock
from tinhso.kernel.clock.faces import ClockFace, face
from tinhso.kernel.units.queries import card
from tinhso.measure.text import Text


def clocks(now: Standing, at: datetime, names: Mapping[str, Text]) -> list[ClockFace]:
    """The clocks that run or stand; of a case that has ended, the last whole one. `names`: what the
    room calls each."""
    shown = [one for one in now.clocks if one.end is None]
    if not shown:
        shown = [one for one in [now.clock("whole")] if one is not None]
    days, reasons = calendar(), now.kind.reasons
    return [face(_called(one, names), one, at, days, reasons) for one in shown]


def _called(clock: Clock, names: Mapping[str, Text]) -> Text:
    """A clock's name; where several agencies are asked at once, with whose it is."""
    name = names[clock.name]
    if not clock.unit:
        return name
    unit = card(clock.unit).name
    return Text(f"{name.vi}, {unit.vi}", f"{name.en}, {unit.en}")
