"""The calendar that the site goes by: the state's, or the file that TINHSO_CALENDAR names."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from tinhso.kernel.clock.calendar import WorkCalendar
from tinhso.kernel.clock.calendar_files import kept, named

#: The calendar of all offices that have none of their own.
STATE = "vn"


def calendar(code: str = "") -> WorkCalendar:
    """A calendar by its code; without one the site's own. Raises InputError: unknown, or with all that
    is wrong in its file."""
    if not code and settings.TINHSO_CALENDAR:
        return kept(Path(settings.TINHSO_CALENDAR))
    return named(code or STATE)
