"""Every write of allocations: a version, whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from django.db import IntegrityError, transaction
from django.utils import timezone

from tinhso.kernel.ledger.actor import Actor
from tinhso.kernel.ledger.entries import NOTHING, Thing, record
from tinhso.measure.boundaries import Level
from tinhso.measure.periods import Period
from tinhso.measure.targets import Threshold
from tinhso.measure.text import NOWHERE, InputError, Place, Problem, message
from tinhso.modules.plan.pack import Target
from tinhso.modules.shares.models import Allocation, Share
from tinhso.modules.shares.policies import ALLOCATION
from tinhso.modules.shares.rules import NO_MILESTONES, Milestones, Rule
from tinhso.modules.shares.typed import kept, milestones_problem, write_milestones, write_percent

REASON_NEEDED = message(
    "allocation-reason",
    vi="Chỉ tiêu này đã được giao (phiên bản {number}). Hãy nêu lý do thay đổi.",
    en="This target has been given already (version {number}). Give the reason of the change.",
)
NO_SHARES = message(
    "allocation-empty",
    vi="Chưa đơn vị nào có phần giao. Ghi phần giao cho ít nhất một đơn vị.",
    en="No unit has a share yet. Give at least one unit its share.",
)
NOTHING_CHANGED = message(
    "allocation-same",
    vi="Mọi điều giống phiên bản {number}; không có gì để giao lại.",
    en="All is as in version {number}; there is nothing to give again.",
)
AT_ONCE = message(
    "allocation-at-once",
    vi="Có người vừa lập một phiên bản mới trong lúc bạn soạn. Mở trang chỉ tiêu ở thẻ khác để xem, rồi xem trước lại và lưu nếu vẫn cần.",
    en="Somebody has made a new version while you were at work. Look at it in another tab, then preview again and save if it is still needed.",
)


@dataclass(frozen=True)
class Document:
    """By what it is assigned; "" and None are unknown."""

    number: str = ""
    day: date | None = None
    issuer: str = ""


@dataclass(frozen=True)
class NewShare:
    unit: str
    amount: Fraction
    milestones: Milestones = NO_MILESTONES
    answers: str = ""
    note: str = ""


@dataclass(frozen=True)
class NewAllocation:
    """What is to be given. `basis` is the period of baselines and denominators."""

    target: Target
    rule: Rule
    levels: Sequence[Level]
    map_day: date
    basis: Period
    shares: Sequence[NewShare]
    document: Document = Document()
    parameters: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""


def allocate(
    actor: Actor,
    plan: str,
    root: str,
    new: NewAllocation,
    *,
    by: str,
    after: int,
    simulated: bool = False,
) -> Allocation:
    """Give a target of `root` to units: version `after` + 1, where `after` is the version that the
    one who gives has seen (0: none).

    Raises InputError: no share (`allocation-empty`), milestones that do not lead to the share
    (`milestones-order`), a change without a reason (`allocation-reason`) or without a difference
    (`allocation-same`), somebody else's version in between (`allocation-at-once`).
    """
    threshold = new.target.required
    problems = _problems(new, threshold)
    if problems:
        raise InputError(problems)
    with transaction.atomic():
        versions = Allocation.objects.filter(plan=plan, target=new.target.code)
        last = versions.order_by("-number").first()
        if (last.number if last else 0) != after:
            raise InputError([AT_ONCE(NOWHERE)])
        made = _row(plan, root, new, threshold, after + 1)
        made.made_by, made.position, made.simulated = by[:200], actor.position, simulated
        state, before = _state(made, _rows(made, new)), _kept(last) if last else NOTHING
        if last and state == before:
            raise InputError([NOTHING_CHANGED(NOWHERE, number=last.number)])
        if last and not new.reason.strip():
            raise InputError([REASON_NEEDED(Place("ly-do"), number=last.number)])
        try:
            with transaction.atomic():
                made.save(force_insert=True)
        except IntegrityError as error:
            raise InputError([AT_ONCE(NOWHERE)]) from error
        Share.objects.bulk_create(_rows(made, new))
        thing = Thing(ALLOCATION.kind, str(made), root)
        record(
            actor,
            f"{ALLOCATION.kind}.assign",
            thing,
            before=before,
            after=state,
            reason=made.reason,
        )
    return made


def _problems(new: NewAllocation, threshold: Threshold) -> list[Problem]:
    if not new.shares:
        return [NO_SHARES(NOWHERE)]
    found = (
        milestones_problem(Place(f"moc-{one.unit}"), one.milestones, one.amount, threshold)
        for one in new.shares
    )
    return [one for one in found if one is not None]


def _row(plan: str, root: str, new: NewAllocation, threshold: Threshold, number: int) -> Allocation:
    return Allocation(
        plan=plan,
        target=new.target.code,
        number=number,
        unit_id=root,
        rule=new.rule.value,
        parameters=dict(new.parameters),
        levels=[one.value for one in new.levels],
        map_day=new.map_day,
        basis=new.basis.code,
        operator=threshold.operator,
        threshold=kept(threshold.amount),
        document=new.document.number.strip(),
        document_day=new.document.day,
        issuer=new.document.issuer.strip(),
        reason=new.reason.strip(),
        made_at=timezone.now(),
    )


def _rows(made: Allocation, new: NewAllocation) -> list[Share]:
    return [
        Share(
            allocation=made,
            unit_id=one.unit,
            value=kept(one.amount),
            quarter_1=kept(one.milestones[0]),
            quarter_2=kept(one.milestones[1]),
            quarter_3=kept(one.milestones[2]),
            quarter_4=kept(one.milestones[3]),
            answers=one.answers.strip(),
            note=one.note.strip(),
        )
        for one in new.shares
    ]


def _kept(version: Allocation) -> dict[str, object]:
    return _state(version, version.shares.all())


def _state(version: Allocation, shares: Iterable[Share]) -> dict[str, object]:
    """A version as the ledger tells it: flat, a line a unit."""
    state: dict[str, object] = {
        "plan": version.plan,
        "target": version.target,
        "rule": version.rule,
        "levels": ", ".join(version.levels),
        "map_day": version.map_day.isoformat(),
        "basis": version.basis,
        "target_level": f"{version.operator} {version.threshold}",
        "document": version.document,
        "document_day": version.document_day.isoformat() if version.document_day else "",
        "issuer": version.issuer,
        "simulated": version.simulated,
    }
    for one in shares:
        told = (write_percent(one.amount), write_milestones(one.milestones), one.answers, one.note)
        state[f"share {one.unit_id}"] = " | ".join(told).rstrip(" |")
    return state
