"""Every write of what tasks are: giving them, changing, cancelling. `progress` has the rest.

The caller has asked the policy; each act is one transaction with its ledger entry inside.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from django.db import IntegrityError, transaction

from tinhso.kernel.files.models import StoredFile
from tinhso.kernel.ledger.entries import Thing, record
from tinhso.measure.text import NOWHERE, InputError, Place
from tinhso.modules.plan.workspace import workspace
from tinhso.modules.tasks import messages
from tinhso.modules.tasks.drafts import By, Draft, checked, code_for
from tinhso.modules.tasks.facts import Rhythm
from tinhso.modules.tasks.models import Coordination, Dependency, Task, TaskVersion
from tinhso.modules.tasks.states import circle


def create(
    by: By,
    plan: str,
    code: str,
    draft: Draft,
    *,
    origin: Task.Origin = Task.Origin.ENTERED,
    simulated: bool = False,
    file: StoredFile | None = None,
) -> Task:
    """Give a task of a plan (giao nhiệm vụ). Other rooms make theirs here, as after a meeting.

    Raises UnknownPlanError, InputError.
    """
    checked(plan, draft)
    with transaction.atomic():
        taken = code_for(plan, code)
        try:
            with transaction.atomic():
                task = Task.objects.create(
                    plan=plan, code=taken, origin=origin, simulated=simulated, file=file
                )
        except IntegrityError:  # of two at once the later
            raise InputError([messages.CODE_TAKEN(Place("code"), code=taken)]) from None
        version = _keep(by, task, 1, draft)
        after = {"code": taken, "origin": origin.value, **draft.entered()}
        record(by.actor, "tasks.task.create", thing_of(task, version), after=after)
    return task


def change(by: By, task: Task, draft: Draft, reason: str, *, seen: int) -> TaskVersion:
    """A new version of a task, with its reason. `seen` is the number of the version that was changed.

    Raises InputError: without a reason, where nothing differs, where somebody was faster, and for
    dependencies in a circle.
    """
    checked(task.plan, draft)
    with transaction.atomic():
        now = locked(task, with_all=bool(draft.needs))
        before = Draft.of(now)
        if now.number != seen:
            raise InputError([messages.CHANGED_MEANWHILE(Place("seen"), number=now.number)])
        if _same(before, draft):
            raise InputError([messages.NOTHING_CHANGED(NOWHERE)])
        _require_reason(reason)
        version = _keep(by, task, now.number + 1, draft, reason=reason, cancelled=now.cancelled)
        record(
            by.actor,
            "tasks.task.change",
            thing_of(task, version),
            before=before.entered(),
            after=draft.entered(),
            reason=reason.strip(),
        )
    return version


def cancel(by: By, task: Task, reason: str, *, cancelled: bool = True) -> TaskVersion:
    """Cancel a task, or let a cancelled one go on (`cancelled` False). Raises InputError."""
    _require_reason(reason)
    with transaction.atomic():
        now = locked(task)
        if cancelled and now.cancelled:
            raise InputError([messages.DECIDED(NOWHERE)])
        if not cancelled and not now.cancelled:
            raise InputError([messages.NOT_CANCELLED(NOWHERE)])
        draft = Draft.of(now)
        version = _keep(by, task, now.number + 1, draft, reason=reason, cancelled=cancelled)
        record(
            by.actor,
            "tasks.task.cancel" if cancelled else "tasks.task.resume",
            thing_of(task, version),
            before={"cancelled": not cancelled},
            after={"cancelled": cancelled},
            reason=reason.strip(),
        )
    return version


@dataclass(frozen=True)
class NewTask:
    code: str
    draft: Draft


def create_many(by: By, plan: str, new: Iterable[NewTask], file: StoredFile | None) -> list[Task]:
    """The tasks of an annex: all of them, or none. Problems name the row in their place."""
    problems = []
    made = []
    with transaction.atomic():
        for number, one in enumerate(new, start=1):
            try:
                with transaction.atomic():
                    made.append(
                        create(by, plan, one.code, one.draft, origin=Task.Origin.ANNEX, file=file)
                    )
            except InputError as error:
                problems += [replace(p, place=Place(p.place.file, number)) for p in error.problems]
        if problems:
            raise InputError(problems)
    return made


def take_over(plan: str) -> int:
    """The tasks that the plan's pack names become rows; how many were new.

    Only what the source says: an agency or a deadline that it does not name stays unknown.
    """
    told = workspace().plan(plan).plan
    known = set(Task.objects.filter(plan=plan).values_list("code", flat=True))
    new = [one for one in told.tasks if one.code not in known]
    by_code = workspace().units.by_code
    day = date(told.year, 1, 1)
    with transaction.atomic():
        for one in new:
            lead = by_code(one.owner, day) if one.owner else None
            draft = Draft(
                title=one.name.vi,
                title_en=one.name.en,
                group=one.group,
                lead=lead or "",
                rhythm=Rhythm.ONCE if one.deadline else Rhythm.UNKNOWN,
                start=one.start,
                deadline=one.deadline,
                document=told.document,
                note=one.note.vi if one.note else "",
            )
            create(By.system(day), plan, one.code, draft, origin=Task.Origin.PACK)
    return len(new)


def locked(task: Task, *, with_all: bool = False) -> TaskVersion:
    """The newest version of a task that nobody else changes until the transaction ends.

    `with_all` holds all tasks of the plan, for dependencies: at once and in one order, since two
    that each held one task and asked for the other's would wait for each other for ever.
    """
    rows = Task.objects.select_for_update(no_key=True).order_by("pk")
    list(rows.filter(plan=task.plan) if with_all else rows.filter(pk=task.pk))
    newest = TaskVersion.objects.filter(task=task).order_by("-number").first()
    assert newest is not None
    return newest


def keep_deadline(by: By, task: Task, now: TaskVersion, draft: Draft, reason: str) -> TaskVersion:
    """A version that an extension makes; inside the transaction of its decision."""
    return _keep(by, task, now.number + 1, draft, reason=reason, cancelled=now.cancelled)


def thing_of(task: Task, version: TaskVersion) -> Thing:
    """A task as the ledger names it: it belongs to its lead, or to whose plan it is."""
    unit = version.lead_id or workspace().plan(task.plan).plan.unit
    return Thing("tasks.task", str(task.pk), unit)


def _keep(
    by: By, task: Task, number: int, draft: Draft, *, reason: str = "", cancelled: bool = False
) -> TaskVersion:
    _require_no_circle(task, draft.needs)
    version = TaskVersion.objects.create(
        task=task,
        number=number,
        day=by.day,
        cancelled=cancelled,
        reason=reason.strip(),
        by_id=by.account,
        **draft.columns(),
    )
    Coordination.objects.bulk_create(
        Coordination(version=version, unit_id=uid) for uid in dict.fromkeys(draft.coordinating)
    )
    Dependency.objects.bulk_create(
        Dependency(version=version, on_id=one) for one in dict.fromkeys(draft.needs)
    )
    return version


def _same(one: Draft, other: Draft) -> bool:
    def ordered(draft: Draft) -> Draft:
        return replace(
            draft, coordinating=tuple(sorted(draft.coordinating)), needs=tuple(sorted(draft.needs))
        )

    return ordered(one) == ordered(other)


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise InputError([messages.REASON_NEEDED(Place("reason"))])


def _require_no_circle(task: Task, needs: tuple[uuid.UUID, ...]) -> None:
    """Raises InputError. Of two who add dependencies at once the second waits for the first."""
    if not needs:
        return
    rows = Task.objects.select_for_update(no_key=True).filter(plan=task.plan).order_by("pk")
    codes = {str(one.pk): one.code for one in rows}
    graph = current_needs()
    graph[str(task.pk)] = frozenset(map(str, needs))
    path = circle(graph, str(task.pk))
    if path:
        told = " → ".join(codes[one] for one in path)
        raise InputError([messages.CIRCLE(Place("needs"), path=told)])


def current_needs() -> dict[str, frozenset[str]]:
    """What each task needs by its newest version."""
    newest = dict(
        TaskVersion.objects.order_by("task", "number").values_list("task_id", "pk")
    )  # the last of each stays
    found: dict[str, set[str]] = {str(task): set() for task in newest}
    rows = Dependency.objects.filter(version__in=newest.values())
    for task, on in rows.values_list("version__task_id", "on_id"):
        found[str(task)].add(str(on))
    return {task: frozenset(on) for task, on in found.items()}
