"""A form's fields and what was typed into them (biểu nhập): names, first values, the share at once."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from django.core.files.base import File
from django.http import QueryDict

from tinhso.kernel.files.actions import accept
from tinhso.kernel.files.kinds import DOCUMENTS
from tinhso.kernel.files.models import StoredFile
from tinhso.kernel.people.filled import Filled
from tinhso.kernel.people.who import Who
from tinhso.measure import writing
from tinhso.measure.text import InputError, Place, Problem
from tinhso.modules.reporting.checks import KINDS, Kind, Parts, Typed
from tinhso.modules.reporting.numbers import read_count
from tinhso.modules.reporting.policies import FIGURE
from tinhso.modules.reporting.queries import FormPage, FormRow
from tinhso.modules.reporting.standing import State

PARTS = ("kind", "numerator", "denominator", "reason", "explanation", "correction")
#: Of the whole form; `file` holds the id of one that was sent before.
GENERAL = ("evidence", "file")


@dataclass(frozen=True)
class Fields:
    """A row's fields by name, and what stands beside them."""

    row: FormRow
    share: str  # of what is typed, as far as it can be read
    apart: bool  # something other than a figure was chosen: its part of the form stands open
    explains: bool  # a word of explanation was asked for or given
    corrects: bool  # the figure is approved: a change is a correction
    told: tuple[Problem, ...]  # what the checks say of it

    def __getattr__(self, name: str) -> str:
        if name in PARTS:
            return f"{self.row.code}.{name}"
        raise AttributeError(name)


def typed_of(page: FormPage, posted: Mapping[str, str]) -> dict[str, Typed]:
    """Each indicator's fields, word for word, but for what the form itself filled in."""
    found = {}
    for row in page.rows:
        values = {name: str(posted.get(f"{row.code}.{name}", "")) for name in PARTS}
        typed = Typed(**values | {"kind": values["kind"] or Kind.VALUE.value})
        found[row.code] = typed.as_meant(row.carried)
    return found


def kept_fields(page: FormPage, posted: QueryDict) -> dict[str, str]:
    """What a draft keeps of a form: the fields that the form has, nothing else."""
    names = [f"{row.code}.{part}" for row in page.rows for part in PARTS]
    return {name: str(posted.get(name, ""))[:2000] for name in (*names, *GENERAL)}


def first_values(page: FormPage) -> dict[str, str]:
    """What the form shows when it is opened: the draft, or what waits or was returned; of what was
    not answered yet, last time's denominator."""
    if page.owed.draft is not None:
        return {str(name): str(value) for name, value in page.owed.draft.typed.items()}
    found: dict[str, str] = {}
    for row in page.rows:
        answer, figure = row.answer, row.cell.figure
        if row.carried:
            found[f"{row.code}.denominator"] = row.carried
        if answer is None or figure is None or figure.state == State.APPROVED:
            continue
        found[f"{row.code}.kind"] = answer.kind
        if answer.kind == Kind.VALUE:
            found[f"{row.code}.numerator"] = str(answer.numerator)
            if answer.denominator is not None:
                found[f"{row.code}.denominator"] = str(answer.denominator)
        for name in ("reason", "explanation", "correction"):
            found[f"{row.code}.{name}"] = getattr(answer, name)
        found["evidence"] = answer.evidence
        if answer.file_id:
            found["file"] = str(answer.file_id)
    return found


def fields_of(page: FormPage, filled: Filled, language: str) -> list[Fields]:
    found = []
    for row in page.rows:
        kind = filled.get(f"{row.code}.kind")
        explains = filled.get(f"{row.code}.explanation") or filled.wrong(f"{row.code}.explanation")
        figure = row.cell.figure
        found.append(
            Fields(
                row,
                share_of(filled, row.code, language),
                kind not in ("", Kind.VALUE)
                or bool(filled.wrong(f"{row.code}.kind") or filled.wrong(f"{row.code}.reason")),
                bool(explains),
                figure is not None and figure.approved_id is not None,
                tuple(one for part in PARTS for one in filled.wrong(f"{row.code}.{part}")),
            )
        )
    return found


def share_of(filled: Filled, code: str, language: str) -> str:
    """The share of what is typed: "81,2 %", or "" where there is none to tell."""
    try:
        numerator = read_count(filled.get(f"{code}.numerator"), language)
        denominator = read_count(filled.get(f"{code}.denominator"), language)
    except InputError:
        return ""
    share = Parts(numerator, denominator).share
    return "" if share is None or share > 1 else writing.percent(share, language)


def kinds() -> list[tuple[str, object]]:
    """The choices of an answer, for a select."""
    return [(kind.value, text) for kind, text in KINDS.items()]


def evidence_file(
    who: Who, unit: str, uploaded: File[bytes] | None, kept: str
) -> StoredFile | None:
    """The file that comes with a form: the one sent now, or the one that this person sent before.

    Raises InputError for a file that cannot be taken.
    """
    if uploaded is not None:
        seat = FIGURE.require(who, "enter", unit).seat
        return accept(who, uploaded, DOCUMENTS, unit=unit, seat=seat, place=Place("file"))
    try:
        wanted = uuid.UUID(kept)
    except ValueError:
        return None
    return StoredFile.objects.filter(pk=wanted, unit_id=unit).first()
