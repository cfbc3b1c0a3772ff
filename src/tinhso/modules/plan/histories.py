"""The history of a publication: who published it, from which snapshot, and why again."""

from __future__ import annotations

from django.urls import reverse

from tinhso.kernel.ledger.histories import HISTORIES, READS, Reads, Subject, words
from tinhso.kernel.people.who import Who
from tinhso.measure.text import InputError, Text
from tinhso.modules.plan.frozen.naming import find
from tinhso.modules.plan.policies import PUBLICATION

NAMES = words(
    plan=("kế hoạch", "plan"),
    period=("kỳ", "period"),
    view=("địa giới", "boundaries"),
    number=("lần", "number"),
    snapshot=("bản chụp", "snapshot"),
    published_by=("người công bố", "published by"),
    simulated=("mô phỏng", "simulated"),
    figures=("số con số", "figures"),
    changed=("số con số khác lần trước", "figures that differ from the one before"),
    content=("mã băm nội dung", "digest of the content"),
)


def publication(_who: Who, thing: str) -> Subject | None:
    if thing.count("/") != 3:
        return None
    try:
        one = find(thing)
    except InputError:
        return None
    sealed = ((PUBLICATION.kind, f"sha256:{one.content}"),) if one.content else ()
    return Subject(
        title=Text(f"Lần công bố {one.name}", f"Publication {one.name}"),
        address=reverse("plan:publication", args=[one.plan, one.period, one.view, one.number]),
        things=((PUBLICATION.kind, one.name), *sealed),
        public=True,
    )


READS[PUBLICATION.kind] = Reads(PUBLICATION, "view", name=NAMES)
HISTORIES[PUBLICATION.kind] = publication
