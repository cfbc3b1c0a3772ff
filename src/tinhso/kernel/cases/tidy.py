"""Text as people may send it, made fit to keep: composed, without what cannot be seen, never cut."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from tinhso.kernel.cases.kinds import Role
from tinhso.measure.text import InputError, Place, Problem, message

#: Letters of a text: of whoever sends a case, two closely written pages; of an office, eight. Of a title
#: and an address, what their columns hold. The product's choice.
MOST_LETTERS, MOST_OF_OFFICE, MOST_ON_A_LINE = 5000, 20_000, 300

TOO_LONG = message(
    "feedback-too-long",
    vi="Dài {found} chữ cái; nhiều nhất {most}. Hãy rút gọn, hoặc chụp giấy tờ gửi kèm.",
    en="It has {found} letters; at most {most}. Shorten it, or send a picture of the papers.",
)
#: What people wrote of an event's data; the rest is written by programs.
WORDS = ("text", "reason", "public_text")


def tidy(text: str) -> str:
    r"""Composed (NFC), with plain line ends, and without marks that are not seen: directions of
    writing, letters of no width, control characters.

    >>> tidy("Ngã\u0300\u202e ba\u200b \r\n\n\n\nchợ")
    'Ngã̀ ba\n\nchợ'
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = text.replace("\t", " ")
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


def words_of(data: Mapping[str, Any], role: Role) -> dict[str, Any]:
    """What an event holds, with what people wrote in it tidied. Raises InputError for too long a text."""
    most = MOST_LETTERS if role in (Role.REQUESTER, Role.PUBLIC) else MOST_OF_OFFICE
    found, problems = dict(data), list[Problem]()
    for name in WORDS:
        if isinstance(value := found.get(name), str):
            found[name] = tidy(value)
            problems += too_long(found[name], name, most)
    if problems:
        raise InputError(problems)
    return found


def in_parts(text: str, most: int = MOST_LETTERS) -> list[str]:
    """A tidied text in parts that can be kept, parted where a line or a word ends if there is one.

    >>> in_parts("một hai ba", 7), in_parts("", 7)
    (['một hai', 'ba'], [''])
    """
    found = []
    while len(text) > most:
        at = max(text.rfind("\n", 1, most + 1), text.rfind(" ", 1, most + 1))
        at = at if at > 0 else most
        found.append(text[:at].rstrip())
        text = text[at:].lstrip()
    return [*found, text]
