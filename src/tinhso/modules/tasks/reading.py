"""From rows to facts: the one place where the two meet."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from tinhso.modules.tasks import models
from tinhso.modules.tasks.facts import Ask, Decision, Extension, Facts, Report, Rhythm, Version


def facts_of(tasks: Iterable[uuid.UUID]) -> dict[str, Facts]:
    """The facts of tasks by their ids, read in five queries however many they are."""
    ids = list(tasks)
    needs: dict[int, set[str]] = defaultdict(set)
    for version, on in models.Dependency.objects.filter(version__task__in=ids).values_list(
        "version_id", "on_id"
    ):
        needs[version].add(str(on))
    found: dict[str, tuple[list[Any], list[Any], list[Any], list[Any]]] = {
        str(one): ([], [], [], []) for one in ids
    }
    for row in models.TaskVersion.objects.filter(task__in=ids):
        found[str(row.task_id)][0].append(
            Version(
                row.number,
                row.day,
                Rhythm(row.rhythm),
                row.start,
                row.deadline,
                row.cancelled,
                row.reason,
                frozenset(needs[row.pk]),
            )
        )
    for report in models.Report.objects.filter(task__in=ids):
        found[str(report.task_id)][1].append(
            Report(
                report.number,
                report.day,
                report.percent,
                report.done_on,
                report.period,
                Decision(report.decision),
                report.decided_on,
                report.unit_id if report.part else "",
            )
        )
    for one in models.Extension.objects.filter(task__in=ids):
        found[str(one.task_id)][2].append(
            Extension(one.number, one.day, one.wanted, Decision(one.decision), one.decided_on)
        )
    for ask in models.Ask.objects.filter(task__in=ids):
        found[str(ask.task_id)][3].append(Ask(ask.number, ask.to_id, ask.day, ask.answered_on))
    return {key: Facts(*map(tuple, four)) for key, four in found.items()}
