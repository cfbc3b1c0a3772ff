"""Whatever somebody with the whole database does to the ledger, verification says so and where.

The walls (triggers) are taken down first, as a malicious administrator would; that alone is found.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from tests.ledger import OFFICER, write, wrong
from tinhso.kernel.ledger import heads, waiting, walls
from tinhso.kernel.ledger.actions import erase_about, erase_details
from tinhso.kernel.ledger.actor import OPERATOR
from tinhso.kernel.ledger.canonical import leaf_hash, salted
from tinhso.kernel.ledger.entries import fixed_fields, seal_of
from tinhso.kernel.ledger.heads import Head
from tinhso.kernel.ledger.models import Entry, Node, TreeHead
from tinhso.kernel.ledger.queries import newest_head
from tinhso.kernel.ledger.sequencing import sequence
from tinhso.kernel.ledger.verify import Verification
from tinhso.measure.text import InputError

pytestmark = pytest.mark.django_db

WALLS = [f"wall-missing {''}" for _ in walls.WALLS]

#: Another value for each column of an entry that is never to change.
OTHERS: dict[str, object] = {
    "uid": UUID("00000000-0000-4000-8000-000000000000"),
    "at": "2020-01-01T00:00:00Z",
    "actor": "somebody-else",
    "position": "another",
    "channel": "web",
    "act": "test.thing.other",
    "kind": "other.thing",
    "thing": "other",
    "unit": "p70",
    "before": "0" * 64,
    "after": "0" * 64,
    "details_digest": "0" * 64,
    "leaf": "0" * 64,
}


@pytest.fixture
def log() -> list[Entry]:
    """A log of 600 entries under heads of 100 each, two whole blocks of 256 among them."""
    write(600)
    while sequence(100):
        pass
    assert wrong() == []
    return list(Entry.objects.order_by("index"))


@pytest.fixture
def short_log() -> list[Entry]:
    """A few entries under a head, for what the database itself refuses."""
    write(6)
    sequence()
    assert wrong() == []
    return list(Entry.objects.order_by("index"))


@pytest.fixture
def open_log(log: list[Entry]) -> list[Entry]:
    """The same with the walls down."""
    walls.drop(connection)
    assert wrong() == WALLS
    return log


def found() -> list[str]:
    """What is wrong besides the walls that are down."""
    codes = wrong()
    assert codes[: len(WALLS)] == WALLS
    return codes[len(WALLS) :]


# -- the walls ------------------------------------------------------------------------------------


@pytest.mark.parametrize("column", [*OTHERS, "seal", "id"])
def test_the_database_refuses_to_change_a_fixed_column(short_log: list[Entry], column: str) -> None:
    value = {"seal": "0" * 64, "id": 10**9}.get(column) or OTHERS[column]
    for entry in (short_log[3], write(1)[0]):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            Entry.objects.filter(pk=entry.pk).update(**{column: value})


def test_the_database_refuses_everything_else_that_rewrites_the_log(log: list[Entry]) -> None:
    head, node = TreeHead.objects.all(), Node.objects.all()
    one = Entry.objects.filter(pk=log[7].pk)
    refused: list[Callable[[], object]] = [
        lambda: one.update(index=10_000),
        lambda: one.update(index=None),
        lambda: one.update(details={"other": 1}),
        lambda: one.update(salt="other"),
        lambda: one.update(details=None),
        one.delete,
        lambda: head.update(root="0" * 64),
        head.delete,
        lambda: node.update(hash="0" * 64),
        node.delete,
    ]
    for act in refused:
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    assert wrong() == []


# -- entries --------------------------------------------------------------------------------------


@pytest.mark.parametrize("column", OTHERS)
def test_an_altered_entry_is_named(open_log: list[Entry], column: str) -> None:
    Entry.objects.filter(index=317).update(**{column: OTHERS[column]})
    codes = found()
    assert codes[0] == "entry-altered 317"
    assert set(codes[1:]) <= {"entry-details 317"}  # its digest no longer fits either


def test_an_altered_waiting_entry_is_found_before_any_head_covers_it(open_log: list[Entry]) -> None:
    entry = write(1)[0]
    Entry.objects.filter(pk=entry.pk).update(actor="somebody-else")
    assert [code.split()[0] for code in found()] == ["entry-altered"]
    Entry.objects.filter(pk=entry.pk).update(actor=entry.actor)
    assert found() == []


@pytest.mark.parametrize("waits", [True, False])
def test_whoever_lacks_the_seal_key_cannot_write_an_entry(
    open_log: list[Entry], waits: bool
) -> None:
    """The forger knows the code and recomputes every hash."""
    forged = write(1)[0]
    forged.actor = "somebody-else"
    forged.leaf = leaf_hash(fixed_fields(forged))
    forged.save()
    if not waits:
        sequence()
    assert [code.split()[0] for code in found()] == ["entry-seal"]


def test_whoever_has_the_seal_key_too_is_told_by_the_heads(open_log: list[Entry]) -> None:
    forged = open_log[317]
    forged.actor = "somebody-else"
    forged.leaf = leaf_hash(fixed_fields(forged))
    forged.seal = seal_of(forged.leaf)
    forged.save()
    assert found() == ["head-root 400", "head-root 400", "node-differs 256"]
    ranges = [one for one in Verification().findings() if one.code == "head-root"]
    assert {(one.params["first"], one.params["last"]) for one in ranges} == {(300, 399)}


@pytest.mark.parametrize("details", [{"reason": "khác"}, {"float": 1.5}, []])
def test_altered_details_are_named(open_log: list[Entry], details: object) -> None:
    Entry.objects.filter(index=5).update(details=details)
    assert found() == ["entry-details 5"]


def test_details_altered_with_a_digest_of_their_own(open_log: list[Entry]) -> None:
    digest = salted("other", {"reason": "khác"})
    Entry.objects.filter(index=5).update(
        details={"reason": "khác"}, salt="other", details_digest=digest
    )
    assert found() == ["entry-altered 5"]


def test_a_deleted_entry_is_missed_and_the_others_are_not_accused(open_log: list[Entry]) -> None:
    Entry.objects.filter(index=317).delete()
    codes = found()
    assert codes[0] == "entry-missing 317"
    assert set(codes[1:]) == {"node-differs 256", "head-root 400"}


def test_entries_deleted_at_the_end_are_missed(open_log: list[Entry]) -> None:
    Entry.objects.filter(index__gte=590).delete()
    assert found() == ["entry-missing 590"]


def test_a_log_with_its_entries_all_deleted(open_log: list[Entry]) -> None:
    Entry.objects.all().delete()
    assert found() == ["entry-missing 0"]


def test_two_entries_that_changed_places_are_named(open_log: list[Entry]) -> None:
    for index, place in ((317, 9999), (318, 317), (9999, 318)):
        Entry.objects.filter(index=index).update(index=place)
    codes = found()
    assert set(codes) == {"entry-order 318", "head-root 400", "node-differs 256"}


def test_entries_moved_up_over_a_deleted_one(open_log: list[Entry]) -> None:
    Entry.objects.filter(index=317).delete()
    for index in range(318, 600):
        Entry.objects.filter(index=index).update(index=index - 1)
    assert set(found()) == {
        *("entry-missing 599", "head-root 400", "node-differs 256"),
    }


def test_an_index_that_nobody_gave(open_log: list[Entry]) -> None:
    entry = write(1)[0]
    Entry.objects.filter(pk=entry.pk).update(index=10**15)
    assert found() == [f"entry-uncovered {10**15}"]


def test_a_column_that_can_no_longer_be_read(open_log: list[Entry]) -> None:
    if connection.vendor == "postgresql":
        pytest.skip("PostgreSQL keeps its types")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_entry SET uid = 'no uid' WHERE \"index\" = 317")
    assert found()[0] == "entry-unreadable 317"


def test_a_kept_hash_that_was_altered_accuses_no_entry(open_log: list[Entry]) -> None:
    Node.objects.filter(level=8, index=1).update(hash="0" * 64)
    assert found() == ["node-differs 256"]


# -- heads and the witness ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change", [{"root": "0" * 64}, {"signature": "0" * 128}, {"key": "0" * 16}]
)
def test_a_head_that_was_altered(open_log: list[Entry], change: dict[str, str]) -> None:
    TreeHead.objects.filter(size=300).update(**change)
    assert found() == ["head-signature 300"]


def test_a_head_signed_with_a_key_that_nobody_endorsed(
    open_log: list[Entry], settings: object
) -> None:
    """The attacker adds a key of his own to the file, too."""
    settings.TINHSO_LEDGER_SIGNING_KEY = lambda: "a key of the attacker's own"  # type: ignore[attr-defined]
    write(1)
    sequence()
    codes = found()
    assert [code.split()[0] for code in codes] == ["key-not-endorsed"]


def test_a_deleted_head_is_still_witnessed(open_log: list[Entry]) -> None:
    TreeHead.objects.filter(size=300).delete()
    assert found() == ["head-deleted 300"]


def test_a_log_cut_back_to_an_old_head_with_all_that_belongs_to_it(open_log: list[Entry]) -> None:
    """As restoring an old copy does."""
    TreeHead.objects.filter(size__gt=400).delete()
    Node.objects.filter(level=8, index__gt=0).delete()
    Entry.objects.filter(index__gte=400).delete()
    assert found() == ["database-old 400"]
    old = next(one for one in Verification().findings() if one.code == "database-old")
    assert (old.params["count"], old.params["newest"]) == (2, 600)


def test_an_old_copy_is_not_sequenced_on(open_log: list[Entry]) -> None:
    TreeHead.objects.filter(size__gt=400).delete()
    Entry.objects.filter(index__gte=400).delete()
    write(1)
    with pytest.raises(InputError, match="size 600"):
        sequence()
    assert TreeHead.objects.order_by("-size")[0].size == 400


def test_an_old_copy_with_the_witness_cut_to_match_is_told_by_an_outsider(
    open_log: list[Entry],
) -> None:
    kept = newest_head()
    assert kept is not None
    lines = heads.witness_file().read_text().splitlines(keepends=True)
    heads.witness_file().write_text("".join(lines[:4]))
    TreeHead.objects.filter(size__gt=400).delete()
    Node.objects.filter(level=8, index=1).delete()
    Entry.objects.filter(index__gte=400).delete()
    assert found() == []  # nothing here can know
    assert wrong([kept])[-1] == "database-old 400"


def test_a_history_written_anew_with_every_key_is_told_by_an_outsider(
    open_log: list[Entry],
) -> None:
    """Whoever has the keys and the files writes another log; only a head kept elsewhere tells."""
    kept = newest_head()
    assert kept is not None
    for model in (TreeHead, Node, Entry):
        model.objects.all().delete()
    heads.witness_file().unlink()
    write(700)
    sequence(600)
    sequence()
    assert found() == []
    assert wrong([kept])[-1] == "head-root 600"


@pytest.mark.parametrize(
    ("cut", "said"),
    [
        (lambda lines: lines[:4], ["witness-cut 500"]),
        (lambda lines: lines[:2] + lines[4:], ["witness-cut 300"]),
        (lambda lines: [], ["witness-cut 100"]),
        (
            lambda lines: [*lines[:3], lines[3][:40] + "\n", *lines[4:]],
            ["witness-line 0", "witness-cut 400"],
        ),
        (lambda lines: [lines[1], lines[0], *lines[2:]], ["witness-line 0", "witness-cut 100"]),
    ],
)
def test_a_witness_file_that_was_cut_or_rewritten(
    log: list[Entry], cut: Callable[[list[str]], list[str]], said: list[str]
) -> None:
    path = heads.witness_file()
    path.write_text("".join(cut(path.read_text().splitlines(keepends=True))))
    codes = ["witness-line 0" if code.startswith("witness-line") else code for code in wrong()]
    assert sorted(codes) == sorted(said)


def test_a_witness_with_a_head_that_the_database_never_had(log: list[Entry]) -> None:
    path = heads.witness_file()
    lines = [Head.read(line) for line in path.read_text().splitlines()]
    other = heads.sign(300, "0" * 64, lines[2].at)
    path.write_text("".join(one.line() for one in [*lines[:2], other, *lines[3:]]))
    assert wrong() == ["head-root 300"]


def test_sequencing_goes_on_but_does_not_fill_the_hole_in_a_cut_witness(log: list[Entry]) -> None:
    path = heads.witness_file()
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:3]))
    write(5)
    assert sequence() is not None
    assert wrong() == ["witness-cut 400"]  # 400 and 500; 600 could be a kill, and is there


def test_keys_that_cannot_be_read(log: list[Entry]) -> None:
    heads.keys_file().write_text("no key")
    assert wrong()[0].startswith("keys-damaged")


# -- what is right --------------------------------------------------------------------------------


def test_a_new_key_that_the_old_one_endorsed_is_trusted(log: list[Entry], settings: object) -> None:
    old = settings.TINHSO_LEDGER_SIGNING_KEY()  # type: ignore[attr-defined]
    made = heads.endorse(old, "another secret")
    settings.TINHSO_LEDGER_SIGNING_KEY = lambda: "another secret"  # type: ignore[attr-defined]
    write(3)
    head = sequence()
    assert head is not None
    assert head.key == made.key
    assert wrong() == []


def test_erased_by_law_the_chain_stays_whole(log: list[Entry]) -> None:
    told = erase_details(OPERATOR, log[5].uid, "theo yêu cầu của công dân")
    erased = Entry.objects.get(index=5)
    assert (erased.details, erased.salt, erased.leaf) == (None, "", log[5].leaf)
    assert (told.act, told.thing) == ("ledger.entry.erase", str(erased.uid))
    assert told.details["reason"] == "theo yêu cầu của công dân"
    sequence()
    assert wrong() == []


def test_everything_about_an_account_is_erased(log: list[Entry]) -> None:
    write(4, actor=OFFICER, thing="nguyen-van-a")
    assert erase_about(OPERATOR, "test.thing", "nguyen-van-a", "theo yêu cầu") == 4
    assert erase_about(OPERATOR, "test.thing", "nguyen-van-a", "theo yêu cầu") == 0
    sequence()
    about = Entry.objects.filter(thing="nguyen-van-a")
    assert min(about.values_list("act", "salt"))[0] == "ledger.entry.erase"
    assert about.filter(details__isnull=True).count() == 4
    assert wrong() == []


def test_erased_by_somebody_who_left_no_entry(log: list[Entry]) -> None:
    Entry.objects.filter(index=5).update(details=None, salt="")  # the walls let this through
    assert wrong() == ["entry-erased-unrecorded 5"]


def test_erasing_says_what_it_cannot_do(log: list[Entry]) -> None:
    told = erase_details(OPERATOR, log[5].uid, "lý do")
    for uid, reason, code in (
        (uuid4(), "lý do", "entry-unknown"),
        (log[5].uid, "lý do", "entry-erased"),
        (told.uid, "lý do", "erasure-stays"),
        (log[6].uid, " ", "erasure-reason"),
    ):
        with pytest.raises(InputError) as error:
            erase_details(OPERATOR, uid, reason)
        assert [one.code for one in error.value.problems] == [code]


def test_an_empty_ledger_is_whole() -> None:
    assert wrong() == []
    assert sequence() is None


def test_a_witness_line_that_a_crash_cut_short_is_not_a_head(
    log: list[Entry], ledger_folder: Path
) -> None:
    with heads.witness_file().open("a") as file:
        file.write('{"size": 6')
    write(1)
    sequence()
    assert wrong() == []
    assert all(json.loads(line) for line in heads.witness_file().read_text().splitlines())


# -- before a head covers it ----------------------------------------------------------------------


def committed(count: int, run: Callable[..., AbstractContextManager[object]]) -> list[Entry]:
    """Entries whose transactions have ended, as far as a test's can."""
    with run(execute=True):
        return write(count)


def test_a_waiting_entry_that_is_deleted_is_named(
    open_log: list[Entry], django_capture_on_commit_callbacks: Any
) -> None:
    """Also when a head has been signed over what was left, and ever after."""
    entries = committed(3, django_capture_on_commit_callbacks)
    assert found() == []
    Entry.objects.filter(pk=entries[1].pk).delete()
    told = [one for one in Verification().findings() if one.code == "entry-deleted-waiting"]
    assert [one.params["uid"] for one in told] == [entries[1].uid]
    sequence()
    assert found() == ["entry-deleted-waiting "]
    committed(2, django_capture_on_commit_callbacks)
    sequence()
    assert found() == ["entry-deleted-waiting "]


def test_who_writes_and_who_signs_at_once_lose_no_line(
    db: None, django_capture_on_commit_callbacks: Any
) -> None:
    entries = committed(40, django_capture_on_commit_callbacks)
    assert len(waiting.file().read_text().split()) == 40
    threads = [threading.Thread(target=waiting.note, args=(uuid4(),)) for _ in range(40)]
    for one in threads:
        one.start()
    while sequence(10):
        pass
    for one in threads:
        one.join()
    assert len(waiting.deleted()) == 40, "those of the threads are in no database"
    assert not {one.uid for one in entries} & set(waiting.deleted())
    waiting.forget_covered()
    assert len(waiting.file().read_text().split()) == 40


def test_what_was_rolled_back_was_never_written(
    db: None, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        write(1)
        transaction.set_rollback(True)
    assert not waiting.file().exists()
    assert wrong() == []
