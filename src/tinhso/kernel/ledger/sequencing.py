"""Giving waiting entries their place in the log, and signing the new head (đánh số và ký).

Entries are appended unsequenced, by anybody, without waiting for each other. One sequencer at a time
then numbers those it sees. A kill at any moment leaves either the old head or the new one; only
the witness can miss its last line, and the next run writes it.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection, transaction
from django.utils import timezone

from tinhso.kernel.ledger import heads, waiting
from tinhso.kernel.ledger.canonical import moment
from tinhso.kernel.ledger.models import Entry, Node, TreeHead
from tinhso.kernel.ledger.tree import Frontier, Tree
from tinhso.measure.text import NOWHERE, InputError, message

#: How many entries one head covers at most: a transaction of some tens of milliseconds.
LIMIT = 1000

#: PostgreSQL's advisory lock of the one who sequences, on whatever machine.
ADVISORY = 0x7461_6E68_736F

FORKED = message(
    "ledger-forked",
    vi="Không đánh số: nhân chứng giữ đầu cây cỡ {size} mà cơ sở dữ liệu không có. Có thể đây là bản sao cũ. Chạy “tinhso ledger verify” và xem docs/ledger.md.",
    en="Not sequencing: the witness keeps a tree head of size {size} that the database does not have. It may be an old copy. Run “tinhso ledger verify” and see docs/ledger.md.",
)


def sequence(limit: int = LIMIT) -> TreeHead | None:
    """Number up to `limit` waiting entries, in the order of their ids, and sign the head over them.

    Returns the new head; None when nothing waits or somebody else is sequencing. Raises InputError
    (`ledger-forked`) when the witness has seen a head that the database lacks: a second head of
    that size would be a lie, so nothing is signed until somebody has looked.
    """
    newest = TreeHead.objects.order_by("-size").first()
    anything = Entry.objects.filter(index=None).exists()
    if not anything and (newest is None or _is_witnessed(newest)):
        return None
    with heads.witness_lock(wait=False) as ours:
        if not ours:
            return None
        _catch_up()
        made = _sequence(limit)
        if made is not None:
            heads.witness(heads.Head.of(made))
            waiting.forget_covered()
        return made


def _is_witnessed(newest: TreeHead) -> bool:
    last = heads.last_witnessed()
    return last is not None and last.size == newest.size


def _catch_up() -> None:
    """What a killed sequencer left unwitnessed is witnessed now.

    That is one head at most. If more are missing somebody cut the file: the hole stays, for
    `verify` to find.
    """
    newest, last = TreeHead.objects.order_by("-size").first(), heads.last_witnessed()
    if last is not None:
        same = TreeHead.objects.filter(size=last.size).first()
        if same is None or same.root != last.root:
            raise InputError([FORKED(NOWHERE, size=last.size)])
    if newest is not None and (last is None or last.size < newest.size):
        heads.witness(heads.Head.of(newest))


def _sequence(limit: int) -> TreeHead | None:
    with transaction.atomic():
        if not _alone():
            return None
        newest = TreeHead.objects.order_by("-size").first()
        found = list(Entry.objects.filter(index=None).order_by("id").only("id", "leaf")[:limit])
        if not found:
            return None
        frontier = Frontier.of(newest.size if newest else 0, stored_hashes)
        nodes: list[Node] = []

        def completed(level: int, index: int, hashed: bytes) -> bytes:
            nodes.append(Node(level=level, index=index, hash=hashed.hex()))
            return hashed

        for entry in found:
            entry.index = frontier.size
            frontier.add(bytes.fromhex(entry.leaf), completed)
        Entry.objects.bulk_update(found, ["index"])
        Node.objects.bulk_create(nodes)
        now = timezone.now()
        head = heads.sign(frontier.size, frontier.root().hex(), moment(now))
        return TreeHead.objects.create(
            size=head.size, root=head.root, at=now, key=head.key, signature=head.signature
        )


def _alone() -> bool:
    """Whether no other machine is sequencing; on this one the witness's lock sees to it."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ADVISORY])
        row = cursor.fetchone()
    return bool(row and row[0])


def stored_hashes(level: int, first: int, count: int) -> Sequence[bytes]:
    """Leaves and kept subtrees from the database, for `tree.Tree`."""
    if level == 0:
        rows = Entry.objects.filter(index__gte=first, index__lt=first + count)
        found = list(rows.order_by("index").values_list("leaf", flat=True))
    else:
        kept = Node.objects.filter(level=level, index__gte=first, index__lt=first + count)
        found = list(kept.order_by("index").values_list("hash", flat=True))
    return [bytes.fromhex(one) for one in found]


def tree(size: int) -> Tree:
    """The log's first `size` entries."""
    return Tree(size, stored_hashes)
