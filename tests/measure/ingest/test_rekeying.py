"""Changing the pseudonyms' key: everybody bears another one, and everybody is still the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ingest_office import KEY, TODAY, Office
from test_rows import table

from tinhso.measure.ingest import Mode, Receipt, ingest, is_changed_to, pseudonym, rotate, withdraw
from tinhso.measure.text import InputError

SECOND = KEY + b"\nanother key for tests, 32 bytes."
THIRD = SECOND + b"\na third key for tests, 32 bytes..."
PERSONS = [f"0700850012{n:02}" for n in (1, 2, 1, 3)]
WHO = "SELECT dossier_code, applicant FROM lake.dossiers ORDER BY 1"


def send(office: Office, key: bytes, persons: list[str] = PERSONS) -> Receipt:
    rows = table(*({"applicant": one} for one in persons))
    return ingest(
        office.lake,
        "dossiers",
        office.file(rows),
        boundaries=office.boundaries,
        mode=Mode.ALL_OR_NOTHING,
        today=TODAY,
        person_key=key,
    )


def expected(key: bytes, persons: list[str] = PERSONS) -> list[tuple[object, ...]]:
    return [(f"K{n}", pseudonym(key, one)) for n, one in enumerate(persons)]


def test_pseudonyms_go_through_the_new_key_and_new_records_too(office: Office) -> None:
    send(office, KEY)
    assert office.rows(WHO) == expected(KEY)
    for key in (SECOND, THIRD):
        assert rotate(office.lake, key) == len(PERSONS)
        assert office.rows(WHO) == expected(key)
        assert set(expected(key)).isdisjoint(expected(KEY))
    # The same numbers again, in another file: nothing changes, for everybody is recognised.
    again = send(office, THIRD, [*PERSONS, "070085001299"])
    assert (again.added, again.corrected, again.same) == (1, 0, len(PERSONS))


def test_a_key_that_is_not_the_lakes_loads_nothing(office: Office) -> None:
    send(office, KEY)
    for wrong in (b"a stranger's key, long enough...", SECOND):
        before = office.snapshot()
        with pytest.raises(InputError) as caught:
            send(office, wrong, PERSONS[:1])
        assert caught.value.problems[0].code == "person-key-wrong"
        assert office.snapshot() == before
    with pytest.raises(InputError, match="not the one that the lake goes by"):
        rotate(office.lake, THIRD)  # the second was left out
    assert not is_changed_to(office.lake, SECOND)
    rotate(office.lake, SECOND)
    assert is_changed_to(office.lake, SECOND)
    with pytest.raises(InputError):
        send(office, KEY, PERSONS[:2])


@pytest.mark.parametrize("when", [0, 1, 2])
def test_what_a_withdrawal_brings_back_bears_the_key_of_now(office: Office, when: int) -> None:
    """The key is changed before, between or after the batches; the lake ends the same."""
    other = ["070085001277", *PERSONS[1:]]
    key = KEY
    for step, persons in enumerate((PERSONS, other)):
        if step == when:
            key = SECOND
            rotate(office.lake, key)
        receipt = send(office, key, persons)
    if when == 2:
        key = SECOND
        rotate(office.lake, key)
    assert receipt.batch is not None
    withdraw(office.lake, receipt.batch, reason="thử", person_key=key)
    assert office.rows(WHO) == expected(key)


def test_a_withdrawal_from_before_the_change_asks_for_the_key(office: Office) -> None:
    send(office, KEY)
    late = send(office, KEY, ["070085001277"]).batch
    assert late is not None
    rotate(office.lake, SECOND)
    before = office.snapshot()
    with pytest.raises(InputError) as caught:
        withdraw(office.lake, late, reason="thử")
    assert caught.value.problems[0].code == "person-key-needed"
    assert office.snapshot() == before


@given(st.lists(st.from_regex(r"[0-9]{12}", fullmatch=True), unique=True, max_size=40))
def test_nobody_becomes_another(numbers: list[str]) -> None:
    for key in (KEY, SECOND, THIRD):
        assert len({pseudonym(key, one) for one in numbers}) == len(numbers)
