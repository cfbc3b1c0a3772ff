"""Text as people may send it, made fit to keep: composed, without what cannot be seen."""

from __future__ import annotations

import re
import unicodedata

from tinhso.measure.text import InputError, Place, Problem, message

#: Letters of a report's text. The product's choice: two closely written pages.
MOST_LETTERS = 5000

TOO_LONG = message(
    "feedback-too-long",
    vi="Dài {found} chữ cái; nhiều nhất {most}. Hãy rút gọn, hoặc chụp giấy tờ gửi kèm.",
    en="It has {found} letters; at most {most}. Shorten it, or send a picture of the papers.",
)


def tidy(text: str) -> str:
    r"""Composed (NFC), with plain line ends, and without marks that are not seen: directions of
    writing, letters of no width, control characters.

    >>> tidy("Ngã\u0300\u202e ba\u200b \r\n\n\n\nchợ")
    'Ngã̀ ba\n\nchợ'
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = "".join(one for one in text if one == "\n" or unicodedata.category(one)[0] != "C")
    text = re.sub(r"[^\S\n]+", " ", text)
    return re.sub(r"\n{3,}", "\n\n", re.sub(r" *\n *", "\n", text)).strip()


def line(text: str) -> str:
    """Tidied onto one line."""
    return " ".join(tidy(text).split())


def too_long(text: str, field: str, most: int = MOST_LETTERS) -> list[Problem]:
    if len(text) <= most:
        return []
    return [TOO_LONG(Place(field), found=len(text), most=most)]


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
