"""When something is due, as annexes write it: "Quý III/2025", "Tháng 6", "Thường xuyên"."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from tinhso.measure.text import Text
from tinhso.modules.tasks.annex.words import plain
from tinhso.modules.tasks.facts import Rhythm

_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_QUARTER = r"(iv|iii|ii|i|[1-4])"
_YEAR = r"(?:\s+(?:nam\s+)?(20\d\d))?"
_ON = r"(?:(?:xong|hoan thanh|thuc hien|trong|den|den het|het|vao|cham nhat|ngay)\s+)*"

STRICTLY_BEFORE = Text(
    "Văn bản ghi “trước”: hạn là ngày liền trước ngày nêu.",
    "The text says “before”: the deadline is the day before the one named.",
)
NO_YEAR = Text(
    "Văn bản không ghi năm: hiểu là năm của kế hoạch.",
    "The text gives no year: the plan's is meant.",
)


@dataclass(frozen=True)
class Due:
    """What was understood: first and last day, both within; `remarks` say what was assumed."""

    rhythm: Rhythm
    start: date | None = None
    deadline: date | None = None
    remarks: tuple[Text, ...] = ()


def understood(text: str, year: int, day: date | None = None) -> Due | None:
    """The deadline that `text` means in a plan of `year`; None where it is not understood.

    `day` is the date that the file itself holds, if it does. An empty text is an unknown deadline.

    >>> understood("Quý III/2025", 2025).deadline, understood("Trước 30/6", 2025).deadline
    (datetime.date(2025, 9, 30), datetime.date(2025, 6, 29))
    """
    if day is not None:
        return Due(Rhythm.ONCE, None, day)
    asked = plain(text)
    if not asked:
        return Due(Rhythm.UNKNOWN)
    for pattern, make in _FORMS:
        found = re.fullmatch(pattern, asked)
        if found:
            try:
                return make(found, year)
            except ValueError:  # 31 June: no such day
                return None
    return None


def _end_of_month(year: int, month: int) -> date:
    date(year, month, 1)  # raises ValueError for a month that there is none
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def _year(found: str | None, year: int) -> tuple[int, tuple[Text, ...]]:
    return (int(found), ()) if found else (year, (NO_YEAR,))


def _day(found: re.Match[str], plan_year: int) -> Due:
    before, number, month, written = found.groups()
    year, remarks = _year(written, plan_year)
    day = date(year, int(month), int(number))
    if before:
        return Due(Rhythm.ONCE, None, day - timedelta(days=1), (*remarks, STRICTLY_BEFORE))
    return Due(Rhythm.ONCE, None, day, remarks)


def _from_to(found: re.Match[str], _plan_year: int) -> Due:
    d1, m1, y1, d2, m2, y2 = found.groups()
    first = date(int(y1 or y2), int(m1), int(d1))
    return _span(first, date(int(y2), int(m2), int(d2)))


def _span(first: date, last: date, remarks: tuple[Text, ...] = ()) -> Due:
    if first > last:
        raise ValueError(first)
    return Due(Rhythm.ONCE, first, last, remarks)


def _month(found: re.Match[str], plan_year: int) -> Due:
    year, remarks = _year(found[2], plan_year)
    return Due(Rhythm.ONCE, None, _end_of_month(year, int(found[1])), remarks)


def _months(found: re.Match[str], plan_year: int) -> Due:
    year, remarks = _year(found[4], plan_year)
    first = date(int(found[2] or year), int(found[1]), 1)
    return _span(first, _end_of_month(year, int(found[3])), remarks)


def _quarter(found: re.Match[str], plan_year: int) -> Due:
    year, remarks = _year(found[2], plan_year)
    return Due(Rhythm.ONCE, None, _end_of_month(year, _ROMAN[found[1]] * 3), remarks)


def _quarters(found: re.Match[str], plan_year: int) -> Due:
    year, remarks = _year(found[4], plan_year)
    first = date(int(found[2] or year), _ROMAN[found[1]] * 3 - 2, 1)
    return _span(first, _end_of_month(year, _ROMAN[found[3]] * 3), remarks)


def _half(found: re.Match[str], plan_year: int) -> Due:
    year, remarks = _year(found[2], plan_year)
    first = found[1] == "dau"
    return Due(Rhythm.ONCE, None, date(year, 6, 30) if first else date(year, 12, 31), remarks)


def _whole_year(found: re.Match[str], plan_year: int) -> Due:
    year, remarks = _year(found[1], plan_year)
    return Due(Rhythm.ONCE, None, date(year, 12, 31), remarks)


def _years(found: re.Match[str], _plan_year: int) -> Due:
    return _span(date(int(found[1]), 1, 1), date(int(found[2]), 12, 31))


def _recurs(rhythm: Rhythm) -> Callable[[re.Match[str], int], Due]:
    def make(found: re.Match[str], plan_year: int) -> Due:
        year = int(found[1]) if found.lastindex and found[1] else plan_year
        return Due(rhythm, date(year, 1, 1), date(year, 12, 31))

    return make


_ALL_YEAR = r"(?:\s+(?:trong\s+)?(?:ca\s+)?nam)?(?:\s+20\d\d)?"
_DATE = r"(?:ngay\s+)?(\d{1,2}) (\d{1,2})"
_TAIL = r"(?:\s+(?:trong\s+)?(?:nam\s+)?(20\d\d))?"
_FORMS: tuple[tuple[str, Callable[[re.Match[str], int], Due]], ...] = (
    (_ON + r"(truoc\s+)?(?:ngay\s+)?(\d{1,2})\s+(?:thang\s+)?(\d{1,2})" + _YEAR, _day),
    (
        r"(?:tu\s+)?" + _DATE + r"(?: (20\d\d))?\s+(?:den\s+)?" + _DATE + r" (20\d\d)",
        _from_to,
    ),
    (_ON + r"(?:thang|t)\s*(\d{1,2})" + _YEAR, _month),
    (
        r"(?:tu\s+)?(?:thang|t)\s*(\d{1,2})(?: (20\d\d))?\s+(?:den\s+)?(?:het\s+)?(?:(?:thang|t)\s*)?"
        r"(\d{1,2})" + _YEAR,
        _months,
    ),
    (_ON + r"quy\s*" + _QUARTER + _YEAR, _quarter),
    (
        r"(?:tu\s+)?quy\s*"
        + _QUARTER
        + r"(?: (20\d\d))?\s+(?:(?:den|va)\s+)?(?:quy\s+)?"
        + _QUARTER
        + _YEAR,
        _quarters,
    ),
    (_ON + r"(?:06|6|sau) thang (dau|cuoi) nam" + r"(?:\s+(20\d\d))?", _half),
    (_ON + r"(?:ca\s+|cuoi\s+)?nam(?:\s+(20\d\d))?", _whole_year),
    (_ON + r"(20\d\d)", _whole_year),
    (r"(?:giai doan\s+)?(?:tu\s+)?(?:nam\s+)?(20\d\d)\s+(?:den\s+)?(?:nam\s+)?(20\d\d)", _years),
    (r"(?:dinh ky\s+)?(?:hang|moi) thang" + _TAIL, _recurs(Rhythm.MONTHLY)),
    (r"(?:dinh ky\s+)?(?:hang|moi) quy" + _TAIL, _recurs(Rhythm.QUARTERLY)),
    (
        r"(?:dinh ky\s+)?(?:6 thang|06 thang|nua nam)(?: mot lan| 1 lan)?" + _TAIL,
        _recurs(Rhythm.HALF_YEARLY),
    ),
    (r"(?:dinh ky\s+)?(?:hang|moi) nam" + _TAIL, _recurs(Rhythm.YEARLY)),
    (
        r"(?:thuong xuyen|lien tuc)(?: lien tuc)?" + _ALL_YEAR + r"(?: va cac nam tiep theo)?",
        lambda _found, _year: Due(Rhythm.CONTINUOUS),
    ),
)
