"""What becomes of a document (trạng thái văn bản): each act, from where to where, and whose it is.

The acts, the pages and the test that every document can be brought to an end read this table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where a document stands. `MADE` is an end too: on paper it is signed by hand."""

    DRAFT = "draft"
    MADE = "made"
    SIGNED = "signed"
    DISCARDED = "discarded"  # the draft is gone; the ledger keeps that it was


ENDS = frozenset({State.MADE, State.SIGNED, State.DISCARDED})


@dataclass(frozen=True)
class Act:
    """Something done to a document; `verb` is the right that it takes (of `policies.DOCUMENT`)."""

    verb: str
    since: State
    to: State


ACTS: Mapping[str, Act] = {
    "change": Act("make", State.DRAFT, State.DRAFT),
    "make": Act("make", State.DRAFT, State.MADE),
    "discard": Act("make", State.DRAFT, State.DISCARDED),
    "sign": Act("sign", State.MADE, State.SIGNED),
}
