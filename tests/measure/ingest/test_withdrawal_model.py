"""Withdrawing equals never having written: the lake against a model of a few lines."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ingest_office import Office

from tinhso.measure.ingest import Status, batches, withdraw

KEYS = st.sampled_from("ABCD")
FILES = st.lists(st.tuples(KEYS, st.integers(1, 3)), min_size=1, max_size=5)
STEPS = st.lists(
    st.one_of(st.tuples(st.just("send"), FILES), st.tuples(st.just("withdraw"), st.integers(0, 5))),
    min_size=2,
    max_size=7,
)


def csv_of(rows: list[tuple[str, int]]) -> str:
    lines = [f"{key},25001,1.1,2025-01-02,{amount},cash" for key, amount in rows]
    return "\n".join(
        ["transaction_code,unit_code,procedure_code,paid_at,amount,channel", *lines, ""]
    )


class Model:
    """The fold of what the standing batches wrote, in their order."""

    def __init__(self) -> None:
        self.written: dict[int, dict[str, int]] = {}
        self.files: dict[str, int] = {}

    def state(self) -> dict[str, tuple[int, int]]:
        return {
            key: (amount, batch)
            for batch, rows in sorted(self.written.items())
            for key, amount in rows.items()
        }

    def good(self, rows: list[tuple[str, int]]) -> dict[str, int]:
        said: dict[str, set[int]] = {}
        for key, amount in rows:
            said.setdefault(key, set()).add(amount)
        return {key: amounts.pop() for key, amounts in said.items() if len(amounts) == 1}


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
)
@given(STEPS)
def test_lake_shows_the_fold_of_the_standing_batches(
    steps: list[tuple[str, list[tuple[str, int]] | int]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        office, model = Office(Path(folder)), Model()
        numbers: list[int] = []
        for _, what in steps:
            if isinstance(what, list):
                content = csv_of(what)
                receipt = office.send(content, "payments")
                state = model.state()
                new = {k: a for k, a in model.good(what).items() if state.get(k, (0, 0))[0] != a}
                if model.files.get(content) in model.written:
                    assert receipt.status is Status.UNCHANGED
                elif receipt.status is Status.ACCEPTED:
                    assert receipt.batch is not None
                    assert (receipt.added + receipt.corrected) == len(new)
                    model.written[receipt.batch] = new
                    model.files[content] = receipt.batch
                    numbers.append(receipt.batch)
                else:
                    assert not new
            elif numbers:
                batch = numbers[what % len(numbers)]
                withdraw(office.lake, batch, reason="thử")
                model.written.pop(batch, None)
            found = office.rows("SELECT transaction_code, amount, _batch FROM lake.payments")
            assert {key: (amount, batch) for key, amount, batch in found} == model.state()
            assert len(found) == len(model.state())


def test_withdrawing_twice_changes_nothing(office: Office) -> None:
    office.send(csv_of([("A", 1)]), "payments")
    office.send(csv_of([("A", 2)]), "payments")
    first = withdraw(office.lake, 1, reason="sai")
    second = withdraw(office.lake, 1, reason="sai")
    assert (first.status, second.status) == (Status.WITHDRAWN, Status.UNCHANGED)
    assert first.snapshot == second.snapshot == office.snapshot()
    assert office.rows("SELECT amount FROM lake.payments") == [(2,)]
    connection = office.lake.reader()
    assert [event.event for event in batches(connection)] == ["accepted", "withdrawn", "accepted"]
    connection.close()


def test_withdrawn_file_can_be_sent_again(office: Office) -> None:
    office.send(csv_of([("A", 1)]), "payments")
    withdraw(office.lake, 1, reason="sai")
    assert office.rows("FROM lake.payments") == []
    receipt = office.send(csv_of([("A", 1)]), "payments")
    assert (receipt.status, receipt.batch, receipt.added) == (Status.ACCEPTED, 2, 1)
