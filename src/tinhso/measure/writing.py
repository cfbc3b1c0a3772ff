"""How figures are written for people: rounding half up, decimal comma in Vietnamese.

Rounding is for display only; nothing here is compared or summed.
"""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction

NO_BREAK = "\u00a0"

#: How many decimals are shown at most to keep a value apart from a target that it misses.
MOST_DECIMALS = 4


def rounded(value: Fraction, decimals: int) -> str:
    """The value with `decimals` places, half up (away from zero), with a point, no grouping.

    >>> rounded(Fraction(1, 8), 2), rounded(Fraction(-1, 8), 2)
    ('0.13', '-0.13')
    """
    scaled = abs(value) * 10**decimals
    whole = (scaled.numerator * 2 + scaled.denominator) // (scaled.denominator * 2)
    digits = str(whole).rjust(decimals + 1, "0")
    text = f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits
    return f"-{text}" if value < 0 and whole else text


def number(value: Fraction | int, language: str, decimals: int = 0) -> str:
    """A number with its thousands grouped: `1.234,5` in Vietnamese, `1,234.5` in English.

    >>> number(Fraction(12345, 10), "vi", 1), number(1234567, "en")
    ('1.234,5', '1,234,567')
    """
    whole, _, rest = rounded(Fraction(value), decimals).partition(".")
    sign, whole = ("−", whole[1:]) if whole.startswith("-") else ("", whole)
    groups = []
    while len(whole) > 3:
        groups.append(whole[-3:])
        whole = whole[:-3]
    thousands, decimal = (".", ",") if language == "vi" else (",", ".")
    text = thousands.join([whole, *reversed(groups)])
    return f"{sign}{text}{decimal}{rest}" if rest else f"{sign}{text}"


def percent(
    value: Fraction, language: str, *, decimals: int = 1, apart_from: Fraction | None = None
) -> str:
    """A share (3/4) as per cent: `75,0 %`, with a no-break space.

    A value that differs from `apart_from` (its target) but would look the same is shown with as
    many decimals as keep them apart: 74,96 % does not look like 75 %.

    >>> percent(Fraction(7496, 10000), "vi", apart_from=Fraction(3, 4))
    '74,96\\xa0%'
    """
    if apart_from is not None and value != apart_from:
        while decimals < MOST_DECIMALS and rounded(value * 100, decimals) == rounded(
            apart_from * 100, decimals
        ):
            decimals += 1
    return number(value * 100, language, decimals) + NO_BREAK + "%"


def points(change: Fraction, language: str, decimals: int = 1) -> str:
    """A change of a share in percentage points, with its sign: `+3,2`."""
    text = number(change * 100, language, decimals)
    return f"+{text}" if change > 0 and not text.startswith("−") else text


_EN_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def day(value: date, language: str) -> str:
    """A day: `15/6/2025` in Vietnamese, `15 June 2025` in English."""
    if language == "vi":
        return f"{value.day}/{value.month}/{value.year}"
    return f"{value.day} {_EN_MONTHS[value.month - 1]} {value.year}"


def moment(value: datetime, language: str) -> str:
    """A time of a day: `06:12 ngày 15/6/2025`, `06:12 on 15 June 2025`."""
    joint = "ngày" if language == "vi" else "on"
    return f"{value:%H:%M} {joint} {day(value.date(), language)}"
