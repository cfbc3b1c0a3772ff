"""Weighing what is said of a line (xem xét một dòng): forms and workbooks are judged alike.

Each function writes what was said into the line, unsaved, tells whether anything changed, and adds
what is wrong to `problems`, at `diem-<code>` or beside the field of words.
"""

from __future__ import annotations

from tinhso.kernel.files.models import StoredFile
from tinhso.measure.scorecards.definitions import Component
from tinhso.measure.text import Place, Problem
from tinhso.modules.scorecards.models import Line
from tinhso.modules.scorecards.points import points_of
from tinhso.modules.scorecards.round_messages import EVIDENCE_NEEDED, FINDING_NEEDED, OWN_CLAIM


def weigh_claim(
    line: Line,
    leaf: Component,
    account: str,
    problems: list[Problem],
    *,
    points: str,
    evidence: str,
    file: StoredFile | None,
) -> bool:
    """What a unit claims; empty points take a claim back, a file that was there stays."""
    found, told = points_of(leaf, points, f"diem-{leaf.code}", problems), evidence.strip()
    file = file or line.file
    if found is not None and not told and file is None:
        problems.append(EVIDENCE_NEEDED(Place(f"can-cu-{leaf.code}"), component=leaf.name))
    if (found, told, file) == (line.claimed, line.evidence, line.file):
        return False
    line.claimed, line.evidence, line.file = found, told, file
    line.claimed_by = account if found is not None else ""
    return True


def weigh_finding(
    line: Line, leaf: Component, account: str, problems: list[Problem], *, points: str, text: str
) -> bool:
    """What a verifier finds; empty points leave the line unverified."""
    found, told = points_of(leaf, points, f"diem-{leaf.code}", problems), text.strip()
    if (found, told) == (line.verified, line.finding):
        return False
    if found is not None and line.claimed_by == account:
        problems.append(OWN_CLAIM(Place(f"diem-{leaf.code}"), component=leaf.name))
    if found is not None and found != line.claimed and not told:
        problems.append(FINDING_NEEDED(Place(f"nhan-xet-{leaf.code}"), component=leaf.name))
    line.verified, line.finding = found, told
    line.verified_by = account if found is not None else ""
    return True
