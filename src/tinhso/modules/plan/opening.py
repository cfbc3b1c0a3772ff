"""Opening a number: its parts counted again from the records, and records to look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from tinhso.measure.cube import make_heirs
from tinhso.measure.explain import (
    Explanation,
    PartExplanation,
    Rows,
    explain,
    explain_check,
    recount,
    rows,
)
from tinhso.measure.figures import Value
from tinhso.measure.quantities import CompiledCheck
from tinhso.measure.streams import Field, Sensitivity
from tinhso.measure.text import Text
from tinhso.modules.plan.queries import Lens, PlanQueries
from tinhso.modules.plan.workspace import Workspace

#: Records that everybody may see of a part, and that a page shows to those who may see all.
SAMPLE, PAGE = 10, 50


@dataclass(frozen=True)
class OpenedPart:
    """A part of an opened value. `recounted` is what the records give now, by the plain SQL."""

    role: Text
    part: PartExplanation
    recounted: int | None
    sample: Rows
    fields: tuple[Field, ...]

    @property
    def cells(self) -> list[list[tuple[Field, object]]]:
        """The sample's records, each cell with its field."""
        return [list(zip(self.fields, row, strict=True)) for row in self.sample.rows]

    @property
    def agrees(self) -> bool:
        return (self.recounted or 0) == (self.part.cell.amount or 0)


@dataclass(frozen=True)
class Opened:
    value: Value
    explanation: Explanation
    parts: tuple[OpenedPart, ...]


ROLES = (
    Text("Tử số", "Numerator"),
    Text("Mẫu số", "Denominator"),
    Text("Đã rõ tình trạng", "State known"),
)
MEASURED_ROLE = Text("Số đo", "Measured")
CHECK_ROLES = Text("Bản ghi đáng hỏi", "Records in question"), Text("Trong số", "Among")


def open_value(
    queries: PlanQueries,
    code: str,
    unit: str,
    lens: Lens,
    sensitivity: Sequence[Sensitivity],
    page: int = 1,
) -> Opened:
    """A value with everything behind it; reads the lake at the value's own snapshot."""
    value = queries.figures.value(code, unit, lens.period, lens.view)
    explanation = explain(queries.figures, queries.workspace.streams, value, sensitivity)
    connection = open_lake(queries)
    size = SAMPLE if Sensitivity.INTERNAL not in sensitivity else PAGE
    roles = ROLES if explanation.denominator is not None else (MEASURED_ROLE, *ROLES[1:])
    parts = (explanation.numerator, explanation.denominator, explanation.known)
    opened = tuple(
        _opened(connection, role, part, size, page)
        for role, part in zip(roles, parts, strict=True)
        if part is not None
    )
    return Opened(value, explanation, opened)


def open_check(
    queries: PlanQueries,
    compiled: CompiledCheck,
    unit: str,
    lens: Lens,
    sensitivity: Sequence[Sensitivity],
    page: int = 1,
) -> tuple[OpenedPart, ...]:
    """The records that a check asks about at a unit; nothing where the unit is not there."""
    figures, streams = queries.figures, queries.workspace.streams
    found = explain_check(figures, streams, compiled, unit, lens.period, lens.view, sensitivity)
    connection = open_lake(queries)
    size = SAMPLE if Sensitivity.INTERNAL not in sensitivity else PAGE
    return tuple(
        _opened(connection, role, part, size, page)
        for role, part in zip(CHECK_ROLES, found or (), strict=False)
    )


def _opened(
    connection: duckdb.DuckDBPyConnection, role: Text, part: PartExplanation, size: int, page: int
) -> OpenedPart:
    return OpenedPart(
        role,
        part,
        recount(connection, part),
        rows(connection, part, limit=size, offset=(page - 1) * size),
        tuple(field for name in part.fields if (field := part.stream.field(name)) is not None),
    )


def open_lake(queries: PlanQueries) -> duckdb.DuckDBPyConnection:
    """A reading connection on which the statements that open a number can run."""
    connection = queries.workspace.connection()
    make_heirs(connection, queries.figures.boundaries, queries.figures.cube.units)
    return connection


@dataclass(frozen=True)
class BatchLine:
    """A batch of records as the page about the data lists it."""

    batch: int
    event: str
    at: object
    stream: str
    file: str
    rows_read: int
    rows_added: int
    rows_corrected: int
    rows_bad: int
    simulated: str


def batches(workspace: Workspace, limit: int = 60) -> list[BatchLine]:
    """The newest events of batches, newest first."""
    found = workspace.connection().execute(
        'SELECT batch, event, "at", stream, file, coalesce(rows_read, 0), coalesce(rows_added, 0), '
        "coalesce(rows_corrected, 0), coalesce(rows_bad, 0), coalesce(simulated, '') "
        f'FROM lake._batches ORDER BY "at" DESC, batch DESC LIMIT {int(limit)}'
    )
    return [BatchLine(*row) for row in found.fetchall()]
