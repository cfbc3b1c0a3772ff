"""Histories of a publication, and of what is known about an indicator.

Definitions are files of a pack: each publication freezes them, so its entries tell from when on one
held. Rooms whose entries are about an indicator's targets and figures are named by kind.
"""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from tinhso.kernel.ledger.histories import HISTORIES, READS, Reads, Subject, words
from tinhso.kernel.people.who import Who
from tinhso.measure.periods import Period
from tinhso.measure.places import View
from tinhso.measure.text import InputError, Text
from tinhso.modules.plan.frozen.naming import find
from tinhso.modules.plan.policies import PUBLICATION
from tinhso.modules.plan.workspace import workspace

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


AS_THEN = Text("như tại thời điểm đó", "as they were")


def _value(name: str, value: Any) -> Text | None:
    """Periods by name, boundaries as pages name them."""
    if name == "period":
        return Period.parse(value).label
    return AS_THEN if name == "view" and value == View().code else None


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


def indicator(_who: Who, thing: str) -> Subject | None:
    """`thing`: plan/code of an indicator: the plan's publications, all that was given of its targets,
    and the reports of a duty that asks for it alone; of these what the one who asks may read."""
    plan, _, code = thing.partition("/")
    pack = workspace().plans.get(plan)
    if pack is None or code not in pack.indicators:
        return None
    name = pack.indicators[code].indicator.name
    targets = [one.code for one in pack.plan.targets if one.indicator == code]
    duties = [one.code for one in pack.plan.reporting if one.indicators == (code,)]
    return Subject(
        title=name,
        address=reverse("plan:indicator", args=[plan, code]),
        within=(
            (PUBLICATION.kind, f"{plan}/"),
            *(("shares.allocation", f"{plan}/{one}/") for one in targets),
            *(("reporting.figure", f"{plan}/{one}/") for one in duties),
        ),
    )


READS[PUBLICATION.kind] = Reads(PUBLICATION, "view", name=NAMES, value=_value)
HISTORIES[PUBLICATION.kind] = publication
HISTORIES["plan.indicator"] = indicator
