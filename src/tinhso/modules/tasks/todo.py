"""What tasks need of whom, for whoever reminds people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.urls import reverse
from django.utils.translation import override

from tinhso.kernel.notices import needs
from tinhso.modules.plan.workspace import workspace
from tinhso.modules.tasks.policies import TASK
from tinhso.modules.tasks.queries import VERBS, needed
from tinhso.modules.tasks.words import WANTED


@needs.tells_needs("tasks", {one.value: text for one, text in WANTED.items()})
def needs_of_tasks(day: date) -> Iterator[needs.Need]:
    for plan in workspace().plans:
        for wish in needed(plan, day):
            one = wish.need
            with override("vi"):
                address = reverse("tasks:task", args=[wish.task.id])
            yield needs.Need(
                f"tasks.{one.wanted.value}",
                f"{wish.task.id}/{one.number}/{one.due or ''}",
                wish.unit,
                TASK.right(VERBS[one.wanted]),
                wish.task.title,
                address,
                one.since,
                one.due,
                wish.task.simulated,
            )
