"""`tinhso reproduce`: a publication computed again, and compared cell by cell (tính lại)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass

import duckdb

from tinhso.measure.cube import compute
from tinhso.measure.lake import Lake
from tinhso.measure.text import NOWHERE, InputError, Text, message
from tinhso.modules.plan.frozen.cells import Key, PublishedCell, cells_of, groups_of
from tinhso.modules.plan.frozen.thawing import Thawed
from tinhso.modules.plan.frozen.values_csv import read_parts
from tinhso.modules.plan.models import Publication

SNAPSHOT_GONE = message(
    "publication-snapshot",
    vi="Kho bản ghi không có bản chụp số {snapshot} mà lần công bố “{name}” được tính từ đó (có từ {first} đến {last}). Khôi phục kho bản ghi từ bản sao lưu có bản chụp ấy.",
    en="The lake does not have snapshot {snapshot}, which publication “{name}” was measured from (it has {first} to {last}). Restore the lake from a backup that has it.",
)
STREAM_GONE = message(
    "publication-stream",
    vi="Kho bản ghi không có luồng “{stream}” ở bản chụp số {snapshot}, nên không tính lại được lần công bố “{name}”. Khôi phục kho bản ghi từ bản sao lưu.",
    en="The lake has no stream “{stream}” at snapshot {snapshot}, so publication “{name}” cannot be computed again. Restore the lake from a backup.",
)
FIELD_GONE = message(
    "publication-field",
    vi="Luồng “{stream}” ở bản chụp số {snapshot} không có trường “{field}” mà lần công bố “{name}” dùng.",
    en="Stream “{stream}” at snapshot {snapshot} has no field “{field}”, which publication “{name}” uses.",
)


@dataclass(frozen=True)
class Unequal:
    """A cell that is not what was published. None: there is no such cell on that side."""

    key: Key
    frozen: PublishedCell | None
    computed: PublishedCell | None
    why: Text


@dataclass(frozen=True)
class Reproduction:
    publication: Publication
    cells: int
    unequal: tuple[Unequal, ...]

    @property
    def equal(self) -> bool:
        return not self.unequal


VALUE = Text("con số khác", "the figure differs")
MARKS = Text("dấu chất lượng khác", "the quality marks differ")
ROW = Text(
    "con số trong cơ sở dữ liệu khác tệp values.csv đã đóng băng",
    "the figure in the database differs from the frozen values.csv",
)
MISSING = Text("tính lại không có ô này", "computing again gives no such cell")
NOT_PUBLISHED = Text("ô này không có trong lần công bố", "the publication has no such cell")


def reproduce(lake: Lake, publication: Publication) -> Reproduction:
    """Compute the publication again at its snapshot, by its own definitions and map.

    Raises InputError where the publication's files are missing or altered, or the lake lacks what it
    was computed from.
    """
    thawed = Thawed.of(publication)
    own = Lake(lake.settings, list(thawed.streams.values()))
    require_records(lake, thawed)
    cube = compute(own, thawed.workplace(), snapshot=publication.snapshot)
    figures = thawed.figures(cube)
    period, view = thawed.period, thawed.view
    groups = groups_of(
        figures, thawed.root, period, view, all_levels=thawed.about["levels"] == "all"
    )
    cells, _ = cells_of(figures, thawed.checks, thawed.indicators, groups, period, view)
    computed = {cell.key: cell for cell in cells}
    frozen = {cell.key: cell for cell in map(PublishedCell.of, publication.figures.all())}
    unequal = tuple(_compare(frozen, computed, read_parts(thawed.files["values.csv"])))
    return Reproduction(publication, len(frozen), unequal)


def _compare(
    frozen: Mapping[Key, PublishedCell],
    computed: Mapping[Key, PublishedCell],
    exported: Mapping[Key, tuple[str, int | None, int | None]],
) -> Iterator[Unequal]:
    for key in dict.fromkeys([*computed, *sorted({*frozen, *exported})]):
        was, now = frozen.get(key), computed.get(key)
        if now is None:
            yield Unequal(key, was, now, MISSING)
        elif was is None:
            yield Unequal(key, was, now, NOT_PUBLISHED)
        elif was.parts != exported.get(key):
            yield Unequal(key, was, now, ROW)
        elif was.parts != now.parts:
            yield Unequal(key, was, now, VALUE)
        elif was.marks != now.marks:
            yield Unequal(key, was, now, MARKS)


def require_records(lake: Lake, thawed: Thawed) -> None:
    """Raises InputError where the lake does not hold what the publication was computed from."""
    made = thawed.publication
    with closing(lake.reader()) as connection:
        kept = snapshots(connection)
        if made.snapshot not in kept:
            first, last = (min(kept), max(kept)) if kept else ("–", "–")
            raise InputError(
                [
                    SNAPSHOT_GONE(
                        NOWHERE, snapshot=made.snapshot, name=made.name, first=first, last=last
                    )
                ]
            )
        for stream in thawed.streams.values():
            told = {"stream": stream.code, "snapshot": made.snapshot, "name": made.name}
            try:
                found = connection.execute(
                    f"DESCRIBE FROM lake.{stream.code} AT (VERSION => {made.snapshot})"
                ).fetchall()
            except duckdb.Error as error:
                raise InputError([STREAM_GONE(NOWHERE, **told)]) from error
            there = {row[0] for row in found}
            for field in stream.fields:
                if field.name not in there:
                    raise InputError([FIELD_GONE(NOWHERE, field=field.name, **told)])


def snapshots(connection: duckdb.DuckDBPyConnection) -> set[int]:
    """The numbers of all snapshots that the lake keeps."""
    found = connection.execute("SELECT snapshot_id FROM lake.snapshots()").fetchall()
    return {int(row[0]) for row in found}
