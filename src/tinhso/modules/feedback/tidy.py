"""What a report is called, and fields of one line; texts are made fit to keep by `kernel.cases.tidy`."""

from __future__ import annotations

import re

from tinhso.kernel.cases.tidy import line, tidy, too_long
from tinhso.measure.text import InputError

__all__ = ["line", "short", "tidy", "title_of", "too_long"]


def short(text: str, field: str, most: int) -> str:
    """One line of at most so many letters. Raises InputError."""
    found = line(text)
    if problems := too_long(found, field, most):
        raise InputError(problems)
    return found


def title_of(text: str, most: int = 120) -> str:
    """The first sentence of a text, cut between words: what a report is called.

    >>> title_of("Đèn hỏng. Đã ba đêm."), title_of("")
    ('Đèn hỏng', '')
    """
    first = re.split(r"(?<=[^\d\s])[.!?…](?:\s|$)|\n", text, maxsplit=1)[0].strip()
    if len(first) <= most:
        return first
    cut = first[:most].rsplit(" ", 1)[0]
    return f"{cut}…"
