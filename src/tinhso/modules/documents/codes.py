"""Short codes that paper carries: of a published figure, and of a document (mã số tra cứu).

A figure's code is its lasting number with three check characters that are made of the publication's
digest, the indicator and the unit: a slip of the pen, or a code of another site, is told from a code
of ours. Letters that look like figures are left out (Crockford's base 32) and read as those figures.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from tinhso.modules.plan.frozen.reading import FoundFigure, published_figure

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKS_LIKE = str.maketrans({"I": "1", "L": "1", "O": "0"})
CHECKS, DOCUMENT, DOCUMENT_LENGTH = 3, "VB", 8


def figure_code(number: int, content: str, indicator: str, unit: str) -> str:
    """The code of the published figure `number` (its id) of the publication with digest `content`.

    >>> figure_code(1234, "ab" * 32, "CQS-03", "p70")
    '16J-39C'
    """
    return f"{_base32(number)}-{_checks(number, content, indicator, unit)}"


def code_of(found: FoundFigure) -> str:
    return figure_code(found.figure.id, found.card.content, found.indicator, found.unit)


def new_document_code() -> str:
    """A random code of a document: `VB-` and eight characters, about 10^12 of them."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(DOCUMENT_LENGTH))
    return f"{DOCUMENT}-{drawn}"


@dataclass(frozen=True)
class Asked:
    """What somebody typed, read: a document's code, a figure, or neither."""

    document: str = ""
    figure: FoundFigure | None = None


def read(typed: str) -> Asked:
    """What a typed code names. Blanks, dashes and the case of letters do not matter."""
    plain = "".join(one for one in typed.upper() if one.isalnum()).translate(_LOOKS_LIKE)
    if not plain.isascii() or set(plain) - set(ALPHABET) or len(plain) <= CHECKS:
        return Asked()
    if plain.startswith(DOCUMENT) and len(plain) == len(DOCUMENT) + DOCUMENT_LENGTH:
        return Asked(document=f"{DOCUMENT}-{plain[len(DOCUMENT) :]}")
    number = 0
    for one in plain[:-CHECKS]:
        number = number * 32 + ALPHABET.index(one)
        if number >= 2**63:
            return Asked()
    found = published_figure(number)
    if found is None or code_of(found).replace("-", "") != plain:
        return Asked()
    return Asked(figure=found)


def _base32(number: int) -> str:
    text = ""
    while number or not text:
        number, digit = divmod(number, 32)
        text = ALPHABET[digit] + text
    return text


def _checks(number: int, content: str, indicator: str, unit: str) -> str:
    made = hashlib.sha256(f"{number}\n{content}\n{indicator}\n{unit}".encode()).digest()
    whole = int.from_bytes(made[:4], "big")
    return "".join(ALPHABET[whole >> (5 * place) & 31] for place in range(CHECKS))
