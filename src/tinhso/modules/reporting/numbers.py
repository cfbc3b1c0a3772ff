"""Numbers as people type them (đọc số người gõ): understood exactly, or refused in words.

Vietnamese groups thousands by points or spaces and writes decimals after a comma; English the other
way round. What could be read in two ways is never guessed at.
"""

from __future__ import annotations

import re
from fractions import Fraction

from tinhso.measure.text import InputError, Place, Problem, Text, message

#: More digits than any count in a province has; what is longer is a slip.
MOST_DIGITS = 15

NOT_A_NUMBER = message(
    "number-not",
    vi="“{typed}” không phải số. Chỉ gõ chữ số, ví dụ 1234 hoặc 1.234.",
    en="“{typed}” is no number. Type digits only, such as 1234 or 1,234.",
)
A_SHARE = message(
    "number-share",
    vi="“{typed}” là tỷ lệ. Ở đây ghi số đếm; tỷ lệ do hệ thống tính.",
    en="“{typed}” is a share. Give the count here; the share is computed.",
)
NEGATIVE = message(
    "number-negative",
    vi="“{typed}” là số âm. Số đếm từ 0 trở lên.",
    en="“{typed}” is below zero. A count is 0 or more.",
)
NOT_WHOLE = message(
    "number-not-whole",
    vi="“{typed}” có phần lẻ. Ghi số nguyên.",
    en="“{typed}” has decimals. Give a whole number.",
)
DOUBTFUL = message(
    "number-doubtful",
    vi="“{typed}” có thể hiểu hai cách. Gõ liền, không dấu: {plain}.",
    en="“{typed}” can be read in two ways. Type it without marks: {plain}.",
)
TOO_LONG = message(
    "number-too-long",
    vi="“{typed}” có quá {most} chữ số. Xem lại có gõ thừa không.",
    en="“{typed}” has more than {most} digits. See whether some are too many.",
)

_SPACES = re.compile(r"[\s\u00a0\u202f\u2009]+")
_PLAIN = re.compile(r"\d+")


def read_number(typed: str, language: str = "vi", place: Place = Place()) -> Fraction:  # noqa: B008 (frozen)
    """The number that somebody typed, exactly. Raises InputError with one problem.

    >>> read_number("1.234"), read_number("1 234,5"), read_number("1,234", "en")
    (Fraction(1234, 1), Fraction(2469, 2), Fraction(1234, 1))
    """
    shown = typed.strip()[:40]
    text = _SPACES.sub(" ", typed.strip())
    group, decimal = (".", ",") if language == "vi" else (",", ".")
    if "%" in text:
        raise InputError([A_SHARE(place, typed=shown)])
    if text[:1] in ("-", "−", "–") and text[1:].strip()[:1].isdigit():
        raise InputError([NEGATIVE(place, typed=shown)])
    digits = "".join(one for one in text if one.isdigit())
    if not digits or not digits.isascii() or set(text) - set("0123456789., "):
        raise InputError([NOT_A_NUMBER(place, typed=shown)])
    if len(digits) > MOST_DIGITS:
        raise InputError([TOO_LONG(place, typed=shown, most=MOST_DIGITS)])
    whole, mark, rest = text.partition(decimal)
    if mark and (not _PLAIN.fullmatch(rest) or not whole or whole[-1] == " "):
        raise _doubtful(place, shown, digits)
    if mark and len(rest) == 3 and _PLAIN.fullmatch(whole) and int(whole) != 0:
        # "1,234" is 1,234 to some and one and a bit to others.
        raise _doubtful(place, shown, digits)
    for separator in (group, " "):
        if _grouped(whole, separator):
            return Fraction(whole.replace(separator, "") + (f".{rest}" if rest else ""))
    raise _doubtful(place, shown, digits)


def read_count(typed: str, language: str = "vi", place: Place = Place()) -> int:  # noqa: B008 (frozen)
    """The whole number, 0 or more, that somebody typed. Raises InputError with one problem.

    >>> read_count("1.234.567"), read_count("12 000"), read_count("1234,0")
    (1234567, 12000, 1234)
    """
    value = read_number(typed, language, place)
    if value.denominator != 1:
        raise InputError([NOT_WHOLE(place, typed=typed.strip()[:40])])
    return value.numerator


def _grouped(text: str, separator: str) -> bool:
    """Digits alone, or in groups of three after a first one of one to three."""
    first, *groups = text.split(separator)
    if not groups:
        return bool(_PLAIN.fullmatch(first))
    return (
        bool(_PLAIN.fullmatch(first))
        and 1 <= len(first) <= 3
        and first[0] != "0"
        and all(_PLAIN.fullmatch(one) and len(one) == 3 for one in groups)
    )


def _doubtful(place: Place, shown: str, digits: str) -> InputError:
    plain = Text(f"{digits}, hoặc ghi rõ số khác", f"{digits}, or whatever else was meant")
    problem: Problem = DOUBTFUL(place, typed=shown, plain=plain)
    return InputError([problem])
