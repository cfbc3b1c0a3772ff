"""What somebody filled into a form, and what is wrong with it: nothing typed is lost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.http import HttpRequest, QueryDict

from tinhso.measure.text import InputError, Place, Problem, Text, message

DAY_WRONG = message(
    "day-wrong",
    vi="“{value}” không phải ngày. Ghi dạng 2025-07-01 hoặc 1/7/2025.",
    en="“{value}” is no day. Write 2025-07-01 or 1/7/2025.",
)
DAY_NEEDED = message("day-needed", vi="Ghi ngày.", en="Give the day.")


class Filled:
    """The values of a form by field, and its problems by the field that their place names."""

    def __init__(
        self, posted: QueryDict | None = None, error: InputError | None = None, **first: object
    ) -> None:
        self._posted = posted
        self._first: Mapping[str, object] = first
        self.problems: tuple[Problem, ...] = error.problems if error else ()

    def get(self, name: str) -> str:
        if self._posted is not None:
            return str(self._posted.get(name, ""))
        value = self._first.get(name, "")
        return value.isoformat() if isinstance(value, date) else str(value)

    def all(self, name: str) -> list[str]:
        if self._posted is not None:
            return [str(one) for one in self._posted.getlist(name)]
        value = self._first.get(name, [])
        return [str(one) for one in value] if isinstance(value, list) else [str(value)]

    def wrong(self, name: str) -> list[Problem]:
        return [one for one in self.problems if one.place.file == name]

    def belongs(self, problem: Problem) -> bool:
        """Whether a field shows the problem."""
        return self._posted is not None and problem.place.file in self._posted

    def headline(self) -> Text:
        count = len(self.problems)
        return Text(
            f"Có {count} chỗ cần xem lại ở dưới.",
            f"{count} {'thing needs' if count == 1 else 'things need'} another look below.",
        )


def whole(typed: str) -> int:
    """The whole number that a field holds, up to nine digits; 0 for anything else."""
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= 9 else 0


def day_of(request: HttpRequest, name: str, *, needed: bool = True) -> date | None:
    """The day in a field, as browsers (2025-07-01) and people (1/7/2025) write it.

    Raises InputError; None for an empty field that need not be filled.
    """
    raw = request.POST.get(name, "").strip()
    if not raw:
        if needed:
            raise InputError([DAY_NEEDED(Place(name))])
        return None
    found = read_day(raw)
    if found is None:
        raise InputError([DAY_WRONG(Place(name), value=raw)])
    return found


def read_day(typed: str) -> date | None:
    """A day as browsers and people write it; None for anything else, and for one before 1900: "25" is
    no year.

    >>> read_day("1/7/2025") == read_day("2025-07-01"), read_day("1/7/25"), read_day("7/31/2025")
    (True, None, None)
    """
    try:
        if "/" in typed:
            day, month, year = (int(part) for part in typed.split("/"))
            found = date(year, month, day)
        else:
            found = date.fromisoformat(typed)
    except ValueError:
        return None
    return found if found.year >= 1900 else None
