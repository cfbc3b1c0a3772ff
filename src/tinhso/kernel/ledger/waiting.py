"""What waits for a head, noted outside the database: who deletes it before is found out.

Until a head covers an entry nothing in the tree speaks of it. So each committed entry leaves a line
in `TINHSO_LEDGER_FOLDER/waiting.txt`, its uid, and the line goes when a head covers the entry; one
whose entry is gone stays, for `verify` to tell. Writers do not wait for each other: they share the
file's lock, and only who takes covered lines out holds it alone, for a moment.

The line is written right after the commit. A process killed between the two leaves none: nothing
false is told, and that one entry is unguarded until a head covers it. Each machine notes what its
own processes write.
"""

from __future__ import annotations

import fcntl
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from uuid import UUID

from tinhso.kernel.ledger import heads
from tinhso.kernel.ledger.models import Entry

logger = logging.getLogger(__name__)

#: So many uids are looked up with one query.
BATCH = 500


def file() -> Path:
    return heads.folder() / "waiting.txt"


def note(uid: UUID) -> None:
    """An entry was committed. Raises OSError."""
    with _locked(fcntl.LOCK_SH) as opened:
        opened.write(f"{uid}\n".encode())


def forget_covered() -> None:
    """Take out the lines of entries that a head covers; what is gone is told in the log, and stays."""
    with _locked(fcntl.LOCK_EX) as opened:
        noted = _uids(opened)
        if not noted:
            return
        index = _index_of(noted)
        left = [uid for uid in noted if index.get(uid) is None]
        for uid in left:
            if uid not in index:
                logger.error("the entry %s was deleted before a head covered it", uid)
        opened.truncate(0)
        opened.write(_lines(left).encode())


def deleted() -> list[UUID]:
    """The entries that were committed and are in the database no more."""
    with _locked(fcntl.LOCK_SH) as opened:
        noted = _uids(opened)
    index = _index_of(noted)
    return [uid for uid in noted if uid not in index]


def set_aside(name: str) -> None:
    """After a restore to an earlier moment: keep the lines of what was lost under another name."""
    with _locked(fcntl.LOCK_EX) as opened:
        noted = _uids(opened)
        index = _index_of(noted)
        lost = [uid for uid in noted if uid not in index]
        if not lost:
            return
        # Kept before it is taken out: a kill in between leaves lines twice, never none.
        (heads.folder() / name).write_text(_lines(lost), encoding="ascii")
        opened.truncate(0)
        opened.write(_lines([uid for uid in noted if uid in index]).encode())


def _lines(uids: list[UUID]) -> str:
    return "".join(f"{uid}\n" for uid in uids)


@contextmanager
def _locked(how: int) -> Iterator[IO[bytes]]:
    # Unbuffered and at the end: a line is one write, and writers do not mix theirs.
    with file().open("ab+", buffering=0) as opened:
        fcntl.flock(opened, how)
        yield opened


def _uids(opened: IO[bytes]) -> list[UUID]:
    """In order, each once. A line that a crash cut short never counted."""
    opened.seek(0)
    found: dict[UUID, None] = {}
    for line in opened.read().splitlines():
        try:
            found[UUID(line.decode())] = None
        except ValueError:
            continue
    return list(found)


def _index_of(uids: list[UUID]) -> dict[UUID, int | None]:
    """The place in the log of those that are in the database; None waits for one."""
    found: dict[UUID, int | None] = {}
    for first in range(0, len(uids), BATCH):
        rows = Entry.objects.filter(uid__in=uids[first : first + BATCH])
        found |= dict(rows.values_list("uid", "index"))
    return found
