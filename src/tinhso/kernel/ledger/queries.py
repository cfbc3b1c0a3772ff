"""Every read of the log: pages of it, proofs, counts, and its export."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import IO, Any

from django.db.models import Count
from django.db.models.functions import TruncMonth

from tinhso.kernel.ledger import heads
from tinhso.kernel.ledger.entries import fixed_fields
from tinhso.kernel.ledger.heads import Head
from tinhso.kernel.ledger.models import Entry, TreeHead
from tinhso.kernel.ledger.sequencing import tree

#: Entries are read this many at a time.
PAGE = 1000


@dataclass(frozen=True)
class Proof:
    """That an entry is in the log: its leaf, its place, and the hashes that lead to the head's root
    (RFC 9162, section 2.1.3). Hashes are hexadecimal."""

    uid: uuid.UUID
    leaf: str
    index: int
    head: Head
    path: list[str]


@dataclass(frozen=True)
class Consistency:
    """That the log of `first` begins that of `second` (RFC 9162, section 2.1.4)."""

    first: Head
    second: Head
    path: list[str]


def newest_head() -> Head | None:
    row = TreeHead.objects.order_by("-size").first()
    return Head.of(row) if row else None


def head_of_size(size: int) -> Head | None:
    row = TreeHead.objects.filter(size=size).first()
    return Head.of(row) if row else None


def proof_of(entry: Entry) -> Proof | None:
    """The proof under the newest head; None while the entry waits for one."""
    return _proof(entry, newest_head())


def first_proof_of(entry: Entry) -> Proof | None:
    """The proof under the first head that covers the entry, so that it never changes."""
    if entry.index is None:
        return None
    row = TreeHead.objects.filter(size__gt=entry.index).order_by("size").first()
    return _proof(entry, Head.of(row) if row else None)


def _proof(entry: Entry, head: Head | None) -> Proof | None:
    if entry.index is None or head is None or entry.index >= head.size:
        return None
    path = [one.hex() for one in tree(head.size).inclusion(entry.index)]
    return Proof(entry.uid, entry.leaf, entry.index, head, path)


def consistency(first: Head, second: Head) -> Consistency:
    """Raises IndexError when `first` is the larger."""
    path = [one.hex() for one in tree(second.size).consistency(first.size)]
    return Consistency(first, second, path)


@dataclass(frozen=True)
class Counted:
    """How many entries of an act there are in a month (its first moment, in the site's zone)."""

    month: datetime
    act: str
    count: int


def counted(since: datetime) -> list[Counted]:
    """The acts since a time, newest month first, the most frequent first."""
    rows = (
        Entry.objects.filter(at__gte=since)
        .annotate(month=TruncMonth("at"))
        .values("month", "act")
        .annotate(count=Count("id"))
        .order_by("-month", "-count", "act")
    )
    return [Counted(row["month"], row["act"], row["count"]) for row in rows]


def read_page(first: int, end: int) -> Iterator[tuple[int, Entry | None]]:
    """Entries by index; None for one with a column that no longer reads as what it should be."""
    rows = Entry.objects.filter(index__gte=first, index__lt=end).order_by("index")
    try:
        found = [(first if entry.index is None else entry.index, entry) for entry in rows]
    except (ValueError, TypeError):
        found = []
        for index in rows.values_list("index", flat=True):
            assert index is not None
            try:
                yield index, Entry.objects.get(index=index)
            except (ValueError, TypeError):
                yield index, None
    yield from found


def export(file: IO[str], *, details: bool) -> int:
    """Write the log up to its newest head as JSON Lines; returns how many entries.

    First what it is, then public keys; then entries in order, each head after the last entry that it
    covers. `{"ledger": 1}`, `{"key": ...}`, `{"entry": ..., "index": ...}`, `{"head": ...}`. An
    entry's leaf is the SHA-256 of a zero byte and its `entry`, written as RFC 8785 has it; with
    `details`, `details` and `salt` stand beside it.
    """
    _write(file, ledger=1)
    for key in heads.known_keys().values():
        _write(file, key=asdict(key))
    newest = newest_head()
    if newest is None:
        return 0
    rows = TreeHead.objects.filter(size__lte=newest.size).order_by("size").iterator(PAGE)
    written, head = 0, next(rows, None)
    for first in range(0, newest.size, PAGE):
        for index, entry in read_page(first, min(first + PAGE, newest.size)):
            while head is not None and head.size <= index:
                _write(file, head=asdict(Head.of(head)))
                head = next(rows, None)
            if entry is not None:
                more = {"details": entry.details, "salt": entry.salt} if details else {}
                _write(file, entry=fixed_fields(entry), index=index, **more)
                written += 1
    while head is not None:
        _write(file, head=asdict(Head.of(head)))
        head = next(rows, None)
    return written


def _write(file: IO[str], **fields: Any) -> None:
    file.write(json.dumps(fields, ensure_ascii=False, sort_keys=True) + "\n")
