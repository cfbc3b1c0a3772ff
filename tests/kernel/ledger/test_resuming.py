"""A database restored to an earlier moment goes on only when somebody says why, and it stays told."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection

from tests.ledger import write, wrong
from tinhso.kernel.ledger import heads, waiting, walls
from tinhso.kernel.ledger.actor import OPERATOR
from tinhso.kernel.ledger.heads import Head
from tinhso.kernel.ledger.models import Entry, Node, TreeHead
from tinhso.kernel.ledger.queries import newest_head
from tinhso.kernel.ledger.resuming import RESUME, resume
from tinhso.kernel.ledger.sequencing import sequence
from tinhso.measure.text import InputError

pytestmark = pytest.mark.django_db


@pytest.fixture
def restored() -> Head:
    """A log of 600 entries under heads of 100 each, whose database is that of 400; the lost head."""
    write(600)
    while sequence(100):
        pass
    lost = newest_head()
    assert lost is not None
    walls.drop(connection)
    TreeHead.objects.filter(size__gt=400).delete()
    Node.objects.filter(level=8, index=1).delete()
    Entry.objects.filter(index__gte=400).delete()
    walls.build(connection)
    assert wrong() == ["database-old 400"]
    return lost


def test_the_ledger_goes_on_and_is_whole_and_an_entry_tells_what_was_lost(restored: Head) -> None:
    write(3)
    done = resume(OPERATOR, "Xóa nhầm; về 9 giờ 15 theo quyết định của giám đốc")
    assert (done.size, done.lost, done.last) == (400, 2, restored)
    assert sequence() is not None
    assert wrong() == []
    told = Entry.objects.get(act=RESUME)
    assert (told.index, told.thing) == (403, done.aside.name)
    assert told.details is not None
    assert ["size", 600, 400] in told.details["difference"]
    assert ["root", restored.root, root_of(400)] in told.details["difference"]


def root_of(size: int) -> str:
    return TreeHead.objects.get(size=size).root


def test_the_old_witness_is_kept_and_still_says_from_where_entries_are_lost(restored: Head) -> None:
    done = resume(OPERATOR, "thử")
    kept = [Head.read(line) for line in done.aside.read_text().splitlines()]
    assert [one.size for one in kept] == [100, 200, 300, 400, 500, 600]
    assert wrong(kept) == ["database-old 400"]
    write(300)
    sequence()
    assert wrong(kept) == ["head-root 500"]
    assert wrong([restored]) == ["head-root 600"]


def test_it_is_refused_without_a_reason_and_where_nothing_was_lost(restored: Head) -> None:
    with pytest.raises(InputError, match="Give the reason"):
        resume(OPERATOR, " ")
    resume(OPERATOR, "thử")
    with pytest.raises(InputError, match="no tree head larger than the database's size 400"):
        resume(OPERATOR, "thử lần nữa")
    assert Entry.objects.filter(act=RESUME).count() == 1


def test_a_database_that_is_no_earlier_moment_is_refused(restored: Head) -> None:
    lines = heads.witness_file().read_text().splitlines()
    other = json.loads(lines[2]) | {"root": "0" * 64}
    lines[2] = json.dumps(other, sort_keys=True)
    heads.witness_file().write_text("\n".join([*lines, ""]))
    with pytest.raises(InputError, match="size 300 is not in it"):
        resume(OPERATOR, "thử")
    assert heads.last_witnessed() == restored
    assert not Entry.objects.filter(act=RESUME).exists()


def test_killed_before_the_witness_was_exchanged_it_is_just_run_again(
    restored: Head, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(heads, "replace_witness", lambda kept: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            resume(OPERATOR, "thử")
    with pytest.raises(InputError, match="size 600"):
        sequence()
    resume(OPERATOR, "thử")
    sequence()
    assert wrong() == []


def test_what_was_lost_before_a_head_covered_it_is_set_aside_too(
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        covered, lost = write(1)[0], write(2)
        sequence(1)
    walls.drop(connection)
    Entry.objects.filter(pk__in=[one.pk for one in lost]).delete()
    walls.build(connection)
    assert wrong() == ["entry-deleted-waiting ", "entry-deleted-waiting "]
    done = resume(OPERATOR, "khôi phục")
    kept = heads.folder() / f"{done.aside.stem.replace('heads', 'waiting')}.txt"
    assert kept.read_text().split() == [str(one.uid) for one in lost]
    told = Entry.objects.get(act=RESUME)
    assert told.details is not None
    assert ["waiting", 2, 0] in told.details["difference"]
    assert wrong() == []
    assert covered.uid not in waiting.deleted()
