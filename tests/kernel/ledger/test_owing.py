"""Owing belongs to an act; without the act's transaction nothing is owed."""

from __future__ import annotations

import pytest

from tinhso.kernel.ledger.entries import NotInTransactionError
from tinhso.kernel.ledger.outbox import owe, owe_records


def test_owing_outside_a_transaction_is_refused() -> None:
    with pytest.raises(NotInTransactionError):
        owe("mail", "a", {})


def test_a_streams_code_holds_no_slash_because_keys_are_split_there() -> None:
    with pytest.raises(ValueError, match="work/items"):
        owe_records("work/items", "a", [])
