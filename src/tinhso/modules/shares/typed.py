"""Shares and milestones as people type them, in per cent, and as the database keeps them."""

from __future__ import annotations

import re
from fractions import Fraction

from tinhso.measure.targets import Threshold
from tinhso.measure.text import Place, Problem, message
from tinhso.modules.shares.rules import NO_MILESTONES, QUARTERS, Milestones

SHARE_WRONG = message(
    "share-wrong",
    vi="“{value}” không phải tỷ lệ phần trăm từ 0 đến 100. Ghi như 75 hoặc 75,5 (nhiều nhất 3 chữ số sau dấu phẩy).",
    en="“{value}” is no percentage from 0 to 100. Write 75 or 75.5 (at most 3 decimals).",
)
MILESTONES_WRONG = message(
    "milestones-wrong",
    vi="“{value}” không phải các mốc quý. Ghi đủ 4 mốc cách nhau bằng dấu chấm phẩy, bỏ trống quý không đặt mốc: 40; 55; 65; 75.",
    en="“{value}” are no milestones. Write four, with semicolons between, empty for a quarter without one: 40; 55; 65; 75.",
)
MILESTONES_ORDER = message(
    "milestones-order",
    vi="Các mốc “{value}” không tiến dần đến phần giao {share} %: mốc sau không được lùi so với mốc trước, mốc cuối không vượt phần giao.",
    en="The milestones “{value}” do not lead to the share of {share} %: none may fall back, and the last may not go beyond the share.",
)

_PERCENT = re.compile(r"(\d{1,3})(?:[.,](\d{1,3}))?\s*%?")


def read_percent(text: str) -> Fraction | None:
    """A share typed in per cent as a fraction of one; None for anything else.

    >>> read_percent("75,5"), read_percent("75.5 %"), read_percent("101")
    (Fraction(151, 200), Fraction(151, 200), None)
    """
    found = _PERCENT.fullmatch(text.strip())
    if found is None:
        return None
    amount = Fraction(f"{found[1]}.{found[2] or 0}") / 100
    return amount if amount <= 1 else None


def write_percent(share: Fraction | None, comma: str = ",") -> str:
    """As it is typed: exact when it has at most three decimals, else to three; "" for none.

    >>> write_percent(Fraction(151, 200)), write_percent(Fraction(3, 4))
    ('75,5', '75')
    """
    if share is None:
        return ""
    whole, rest = divmod(round(share * 100_000), 1000)
    decimals = f"{rest:03}".rstrip("0")
    return f"{whole}{comma}{decimals}" if decimals else str(whole)


_AMOUNT = re.compile(r"(\d{1,12}|\d{1,3}(?:[. ]\d{3})+)(?:,(\d{1,3}))?")


def read_amount(text: str) -> Fraction | None:
    """A number in whatever unit, as Vietnamese write it; None for anything else. A dot groups thousands,
    so one with other than three digits behind it is refused, not guessed at.

    >>> read_amount("1.200"), read_amount("12,5"), read_amount("1.5")
    (Fraction(1200, 1), Fraction(25, 2), None)
    """
    match = _AMOUNT.fullmatch(text.strip().replace("\u00a0", " "))
    if match is None:
        return None
    return Fraction(f"{re.sub('[. ]', '', match[1])}.{match[2] or 0}")


def write_amount(amount: Fraction | None) -> str:
    """As `read_amount` takes it.

    >>> write_amount(Fraction(1200)), write_amount(Fraction(25, 2))
    ('1.200', '12,5')
    """
    if amount is None:
        return ""
    whole, rest = divmod(round(amount * 1000), 1000)
    decimals = f"{rest:03}".rstrip("0")
    grouped = f"{whole:,}".replace(",", ".")
    return f"{grouped},{decimals}" if decimals else grouped


def read_milestones(text: str) -> Milestones | None:
    """Four milestones with semicolons between; nothing at all is none of them; None is wrong.

    >>> read_milestones("; 50; 60,5; 75")
    (None, Fraction(1, 2), Fraction(121, 200), Fraction(3, 4))
    """
    if not text.strip():
        return NO_MILESTONES
    parts = [part.strip() for part in text.split(";")]
    if len(parts) != QUARTERS:
        return None
    read = [read_percent(part) if part else None for part in parts]
    wrong = any(part and one is None for part, one in zip(parts, read, strict=True))
    return None if wrong else tuple(read)


def write_milestones(milestones: Milestones) -> str:
    if not any(one is not None for one in milestones):
        return ""
    return "; ".join(write_percent(one) for one in milestones)


def milestones_problem(
    place: Place, milestones: Milestones, share: Fraction, threshold: Threshold
) -> Problem | None:
    """What is wrong with milestones that should lead to a share; None when nothing is."""
    way = [one for one in (*milestones, share) if one is not None]
    if threshold.operator in ("<", "<="):
        way.reverse()
    if way == sorted(way):
        return None
    return MILESTONES_ORDER(place, value=write_milestones(milestones), share=write_percent(share))


def kept(amount: Fraction | None) -> str:
    """As the database keeps it: exact, "3/4"; "" for none."""
    return "" if amount is None else str(amount)


def found(text: str) -> Fraction | None:
    return Fraction(text) if text else None
