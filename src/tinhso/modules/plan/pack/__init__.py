"""Packs: a plan as data, read and checked (gói kế hoạch). Pure Python; see docs/packs.md.

The face of this room: `discover`, `check`, `load`, and the values that `load` gives.
"""

from __future__ import annotations

from pathlib import Path

from tinhso.kernel.rule_files import PACKS
from tinhso.measure.text import InputError, Problem
from tinhso.modules.plan.pack.building import build_pack
from tinhso.modules.plan.pack.checking import examine
from tinhso.modules.plan.pack.layout import discover
from tinhso.modules.plan.pack.model import (
    Agency,
    Baseline,
    BaselinePart,
    Change,
    Claim,
    Contradiction,
    Document,
    DocumentKind,
    Duty,
    Gap,
    Jumps,
    KnownBy,
    MeasuredIn,
    Operator,
    Pack,
    PackType,
    Pillar,
    Plan,
    Province,
    Rank,
    ReportingDuty,
    SolutionGroup,
    Step,
    Target,
    Task,
    TasksTotal,
)
from tinhso.modules.plan.pack.shape import SCHEMAS

__all__ = [
    "PACKS",
    "SCHEMAS",
    "Agency",
    "Baseline",
    "BaselinePart",
    "Change",
    "Claim",
    "Contradiction",
    "Document",
    "DocumentKind",
    "Duty",
    "Gap",
    "Jumps",
    "KnownBy",
    "MeasuredIn",
    "Operator",
    "Pack",
    "PackType",
    "Pillar",
    "Plan",
    "Province",
    "Rank",
    "ReportingDuty",
    "SolutionGroup",
    "Step",
    "Target",
    "Task",
    "TasksTotal",
    "check",
    "discover",
    "load",
]


def check(folder: Path) -> list[Problem]:
    """Every mistake in the pack at `folder` and in the packs it uses, in the order of their places."""
    return examine(folder).problems


def load(folder: Path) -> Pack:
    """The pack at `folder`. Raises InputError with everything that `check` finds."""
    found = examine(folder)
    if found.problems:
        raise InputError(found.problems)
    return build_pack(found)
