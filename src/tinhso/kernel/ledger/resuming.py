"""Going on after the database was restored to an earlier moment (đi tiếp sau khi khôi phục).

The witness then keeps heads of entries that are lost, and nothing is numbered until somebody has
looked. This is the looking's end: the whole witness is set aside, to be kept; what it says up to
the restored moment stays as the witness; and an entry tells what was lost, by whom, and why.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from tinhso.kernel.ledger import heads, waiting
from tinhso.kernel.ledger.actor import Actor
from tinhso.kernel.ledger.entries import Thing, record
from tinhso.kernel.ledger.heads import Head
from tinhso.kernel.ledger.models import TreeHead
from tinhso.measure.text import NOWHERE, InputError, message

RESUME = "ledger.witness.resume"
KIND = "ledger.witness"

REASON_NEEDED = message(
    "resume-reason",
    vi="Hãy nêu lý do: vì sao phải khôi phục, về lúc nào, ai quyết định.",
    en="Give the reason: why it was restored, to which moment, who decided.",
)
NOT_NEEDED = message(
    "resume-not-needed",
    vi="Không có gì phải làm: nhân chứng không giữ đầu cây nào lớn hơn cỡ {size} của cơ sở dữ liệu.",
    en="Nothing to do: the witness keeps no tree head larger than the database's size {size}.",
)
NOT_EARLIER = message(
    "resume-not-earlier",
    vi="Cơ sở dữ liệu không phải một lúc trước của nhật ký này: đầu cây cỡ {size} của nhân chứng không có trong đó, hoặc có gốc khác. Chạy “tinhso ledger verify”.",
    en="The database is no earlier moment of this ledger: the witness's tree head of size {size} is not in it, or has another root. Run “tinhso ledger verify”.",
)


@dataclass(frozen=True)
class Resumed:
    """From which size the ledger goes on; how many heads beyond it were set aside, up to `last`."""

    size: int
    lost: int
    last: Head
    aside: Path


def resume(actor: Actor, reason: str) -> Resumed:
    """Let numbering go on from a database that is an earlier moment of what was witnessed.

    Nothing is deleted: `aside` holds the witness as it was, and `verify --against` it goes on to
    say what was lost. May be killed and run again. Raises InputError: `resume-reason`;
    `resume-not-needed` where neither the witness nor the note of waiting
    entries has anything beyond the database; `resume-not-earlier`
    where the two differ up to the database's newest head. ValueError for a damaged witness.
    """
    if not reason.strip():
        raise InputError([REASON_NEEDED(NOWHERE)])
    with heads.witness_lock(wait=True):
        witnessed = heads.all_witnessed()
        roots = dict(TreeHead.objects.values_list("size", "root"))
        size = max(roots, default=0)
        kept = [one for one in witnessed if one.size <= size]
        later = [one for one in witnessed if one.size > size]
        lost = waiting.deleted()  # after the newest head: only their uids are known
        if not later and not (lost and witnessed):
            raise InputError([NOT_NEEDED(NOWHERE, size=size)])
        for one in kept:
            if roots.get(one.size) != one.root:
                raise InputError([NOT_EARLIER(NOWHERE, size=one.size)])
        now, last = timezone.now(), witnessed[-1]
        aside = heads.folder() / f"heads-before-{now:%Y%m%d-%H%M%S-%f}.jsonl"
        os.link(heads.witness_file(), aside)
        # Told before it is done: a kill in between leaves an entry too many, never one too few.
        with transaction.atomic():
            record(
                actor,
                RESUME,
                Thing(KIND, aside.name),
                before={
                    "size": last.size,
                    "root": last.root,
                    "at": last.at,
                    "heads": len(later),
                    "waiting": len(lost),
                },
                after={"size": size, "root": roots.get(size, ""), "heads": 0, "waiting": 0},
                reason=reason.strip(),
            )
        waiting.set_aside(f"{aside.stem.replace('heads', 'waiting')}.txt")
        heads.replace_witness(kept)
    return Resumed(size, len(later), last, aside)
