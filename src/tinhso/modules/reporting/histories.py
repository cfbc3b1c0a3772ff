"""The history of a reported figure, as the ledger has it."""

from __future__ import annotations

from django.urls import reverse

from tinhso.kernel.ledger.histories import HISTORIES, READS, Reads, Subject, told, words
from tinhso.kernel.people.who import Who
from tinhso.kernel.units.register import register
from tinhso.measure.text import Text
from tinhso.modules.plan.workspace import workspace
from tinhso.modules.reporting.checks import KINDS
from tinhso.modules.reporting.policies import FIGURE
from tinhso.modules.reporting.standing import STEPS, State

NAMES = words(
    state=("tình trạng", "state"),
    passed=("bước đã duyệt", "steps passed"),
    number=("lần gửi", "answer"),
    kind=("loại trả lời", "kind of answer"),
    numerator=("tử số", "numerator"),
    denominator=("mẫu số", "denominator"),
)


def figure(who: Who, thing: str) -> Subject | None:
    """`thing`: plan/duty/period/unit/indicator. Raises ForbiddenError."""
    parts = thing.split("/")
    if len(parts) != 5:
        return None
    plan, duty, period, uid, code = parts
    pack = workspace().plans.get(plan)
    if pack is None or code not in pack.indicators or uid not in register():
        return None
    if all(duty != one.code for one in pack.plan.reporting):
        return None
    FIGURE.require(who, "view", uid)
    name, unit = pack.indicators[code].indicator.name, register().full_name(uid)
    return Subject(
        title=Text(f"{name.vi}, {unit.vi}, {period}", f"{name.en}, {unit.en}, {period}"),
        address=reverse("reporting:history", args=parts),
        things=((FIGURE.kind, thing),),
    )


VALUES = told(
    state={
        State.SENT: Text("đã gửi", "sent"),
        State.RETURNED: Text("bị trả lại", "returned"),
        State.APPROVED: Text("đã duyệt", "approved"),
    },
    kind=KINDS,
    passed=STEPS,
)

READS[FIGURE.kind] = Reads(FIGURE, "view", name=NAMES, value=VALUES)
HISTORIES[FIGURE.kind] = figure
