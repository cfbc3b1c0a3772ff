"""Makes a sample: stretch by stretch, so that memory does not grow with the scale."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

import duckdb
import numpy as np

from tinhso.measure.text import Text
from tinhso.modules.simulation import (
    catalogue,
    dossiers,
    files,
    growth,
    payments,
    registers,
    reported,
    truth,
    works,
    wrong,
)
from tinhso.modules.simulation.dossiers import Dossiers
from tinhso.modules.simulation.files import Columns, Row
from tinhso.modules.simulation.places import Stretch
from tinhso.modules.simulation.scenario import Sample, SampleFile, Scenario
from tinhso.modules.simulation.world import World

#: Called after each file with the share of the work done (0 to 1) and the file.
Progress = Callable[[float, SampleFile], None]

_PART = 400_000  # dossiers drawn and written at a time
_SMALL = 50_000  # rows of one file below which an office waits for the next quarter of the year
_CORRECTED = 331  # of the plan year's closed dossiers, one in so many is corrected later
_HELD_BACK = 30  # dossiers that an office sends in too late
STREAMS = (
    "app_registrations",
    "course_completions",
    "dossiers",
    "inspections",
    "payments",
    "procedures",
    "reported_figures",
    "unit_status",
    "work_items",
)


def simulate(scenario: Scenario, out: Path, on_progress: Progress | None = None) -> Sample:
    """Write the sample's files into `out` (made if missing) and tell what they are.

    The same scenario gives the same bytes. Raises ValueError when a stream is missing or the
    province has no communes.
    """
    missing = [code for code in STREAMS if code not in scenario.streams]
    if missing:
        raise ValueError(f"no declaration of the streams {', '.join(missing)}")
    out.mkdir(parents=True, exist_ok=True)
    making = _Making(World.of(scenario), out)
    made: list[SampleFile] = []
    try:
        for share, file in making.made():
            made.append(file)
            if on_progress is not None:
                on_progress(share, file)
    finally:
        making.connection.close()
    result = making.tally.result()
    truth_path = out / "mo-phong-su-that.json"
    truth.write(truth_path, result)
    world = making.world
    return Sample(
        maker=scenario.maker,
        files=tuple(made),
        habits=world.habits.by_uid(world.places),
        truth=result,
        truth_path=truth_path,
    )


@dataclass
class _Waiting:
    """Rows of the quarters since `first` that have not been sent yet."""

    first: Stretch
    columns: list[Columns] = field(default_factory=list)


class _Making:
    """One sample on its way: where it goes, and what has been made so far."""

    def __init__(self, world: World, out: Path) -> None:
        self.world = world
        self.out = out
        self.streams = world.scenario.streams
        self.connection: duckdb.DuckDBPyConnection = files.connect()
        self.tally = truth.Tally(world)
        self.corrections: list[Columns] = []
        self.held_back: Columns | None = None
        self.last_inspections: SampleFile | None = None
        self._waiting: dict[str, _Waiting] = {}
        self._numbers: dict[str, int] = {}
        self._names: dict[str, int] = {}

    def made(self) -> Iterator[tuple[float, SampleFile]]:
        stretches = self.world.places.stretches()
        yield 0.0, self._procedures()
        for file in self._registers():
            yield 0.02, file
        waves = [growth.Wave.of(self.world, what) for what in ("app", "courses")]
        for position, stretch in enumerate(stretches):
            share = 0.05 + 0.9 * (position + 1) / len(stretches)
            for file in self._flows(stretch, waves):
                yield share, file
        for file in self._afterwards():
            yield 1.0, file

    def _flows(self, stretch: Stretch, waves: list[growth.Wave]) -> Iterator[SampleFile]:
        yield from self._dossiers(stretch)
        yield from self._work_items(stretch)
        yield from self._grown(stretch, waves)
        n = self.world.expected(stretch, works.INSPECTIONS)
        inspected = works.inspections(self.world, stretch, n, self._next("inspection", n))
        for file in self._send("inspections", "kiem-tra", stretch, inspected, office=False):
            self.last_inspections = file
            yield file

    def _grown(self, stretch: Stretch, waves: list[growth.Wave]) -> Iterator[SampleFile]:
        app, courses = waves
        for piece in _pieces(stretch, app.within(self.world, stretch)):
            n = app.within(self.world, piece)
            rows = growth.app_registrations(self.world, app, piece, self._next("app", n))
            yield from self._send("app_registrations", "dang-ky-ung-dung", stretch, rows)
        for piece in _pieces(stretch, courses.within(self.world, stretch)):
            n = courses.within(self.world, piece)
            rows = growth.course_completions(self.world, courses, piece, self._next("course", n))
            yield from self._send("course_completions", "ky-nang-so", stretch, rows, office=True)

    def _dossiers(self, stretch: Stretch) -> Iterator[SampleFile]:
        office = stretch.label[-1] in "24"
        for part, n in enumerate(_parts(self.world.expected(stretch))):
            drawn = dossiers.draw(self.world, stretch, part, n, self._next("dossier", n))
            paid, units = payments.draw(self.world, stretch, part, drawn)
            self.tally.dossiers(drawn)
            self.tally.payments(paid, units)
            first_sent = self._as_first_sent(stretch, drawn)
            yield from self._send("dossiers", "ho-so", stretch, first_sent, office=office)
            yield from self._send("payments", "thanh-toan", stretch, paid, office=not office)

    def _as_first_sent(self, stretch: Stretch, drawn: Dossiers) -> Columns:
        """The rows as the office first sends them: some wrong, to be corrected, some not yet sent."""
        if stretch.since < self.world.days.plan_start or not len(drawn):
            return dossiers.columns(self.world, drawn)
        closed = np.flatnonzero(drawn.closed >= 0)
        corrected = closed[::_CORRECTED]
        self.corrections.append(files.take(dossiers.columns(self.world, drawn), corrected))
        electronic, digitised = drawn.electronic.copy(), drawn.digitised.copy()
        electronic[corrected] = 1 - electronic[corrected]
        digitised[corrected] = 1 - digitised[corrected]
        sent = dossiers.columns(
            self.world, replace(drawn, electronic=electronic, digitised=digitised)
        )
        if self.held_back is None:
            rest = np.setdiff1d(np.arange(len(drawn)), corrected)
            held = rest[:: max(len(rest) // _HELD_BACK, 2)][:_HELD_BACK]
            self.held_back = files.take(sent, held)
            sent = files.take(sent, np.setdiff1d(np.arange(len(drawn)), held))
        return sent

    def _work_items(self, stretch: Stretch) -> Iterator[SampleFile]:
        for part, n in enumerate(_parts(self.world.expected(stretch, works.WORK_ITEMS))):
            items = works.work_items(self.world, stretch, part, n, self._next("work", n))
            yield from self._send("work_items", "ho-so-cong-viec", stretch, items, office=True)

    def _procedures(self) -> SampleFile:
        columns = catalogue.register(self.world.catalogue, self.world.places, self.world.days)
        path = self.out / f"mo-phong-thu-tuc-{self.world.scenario.year}.parquet"
        files.write_parquet(self.connection, path, self.streams["procedures"], columns)
        note = Text("Danh mục thủ tục hành chính", "Catalogue of procedures")
        return self._made("procedures", path, files.length(columns), note)

    def _registers(self) -> Iterator[SampleFile]:
        """Workbooks: states and reports, by date; what is late comes with the next report."""
        for as_of in registers.update_days(self.world):
            rows = registers.states(self.world, as_of)
            note = Text(f"Tình trạng đơn vị ngày {as_of:%d/%m/%Y}", f"Unit states on {as_of}")
            yield self._workbook("unit_status", f"tinh-trang-{as_of}", rows, note)
        late: SampleFile | None = None
        for report in reported.reports(self.world):
            day = report.as_of
            note = Text(f"Số liệu báo cáo ngày {day:%d/%m/%Y}", f"Figures reported as of {day}")
            yield self._workbook("reported_figures", f"bao-cao-{day}", report.on_time, note)
            if late is not None:
                yield late
                late = None
            if report.late:
                note = Text(f"Báo cáo ngày {day:%d/%m/%Y} nộp muộn", f"Report of {day}, sent late")
                late = self._workbook("reported_figures", f"bao-cao-{day}-muon", report.late, note)
        if late is not None:
            yield late

    def _afterwards(self) -> Iterator[SampleFile]:
        """What comes after the regular files: late rows with wrong ones, corrections, a file twice."""
        stream = self.streams["dossiers"]
        bad = wrong.dossiers(self.world)
        columns = self.held_back
        if columns is not None:
            path = self.out / "mo-phong-ho-so-nop-bu.csv"
            files.write_csv(self.connection, path, stream, columns, office=True, extra=bad)
            note = Text(
                "Hồ sơ nộp bù; có dòng sai cố ý", "Late dossiers; some rows wrong on purpose"
            )
            yield self._made("dossiers", path, files.length(columns) + len(bad), note, len(bad))
        if self.corrections:
            path = self.out / "mo-phong-ho-so-dinh-chinh.csv"
            fixed = files.stack(self.corrections)
            files.write_csv(self.connection, path, stream, fixed, office=False)
            note = Text("Đính chính hồ sơ đã gửi", "Corrections of dossiers sent before")
            made = self._made("dossiers", path, files.length(fixed), note, fresh=False)
            yield replace(made, corrects=True)
        yield self._sent_twice()

    def _sent_twice(self) -> SampleFile:
        """The last inspections file once more under another name, byte for byte."""
        original = self.last_inspections
        assert original is not None, "records have at least one quarter"
        path = self.out / "mo-phong-gui-lai-kiem-tra.csv"
        shutil.copyfile(original.path, path)
        name = original.path.name
        note = Text(f"Gửi trùng tệp {name}", f"{name} sent a second time")
        return self._made("inspections", path, original.rows, note, fresh=False)

    def _send(
        self,
        stream: str,
        name: str,
        stretch: Stretch,
        columns: Columns,
        *,
        office: bool | None = None,
    ) -> Iterator[SampleFile]:
        """A quarter's rows: sent at once where they are many, else with the rest of the year's."""
        waiting = self._waiting.setdefault(name, _Waiting(stretch))
        waiting.columns.append(columns)
        many = sum(files.length(one) for one in waiting.columns) >= _SMALL
        if many or self.world.days.date(stretch.until - 1).month == 12 or self._is_last(stretch):
            del self._waiting[name]
            rows = files.stack(waiting.columns)
            yield self._csv_or_lines(stream, name, waiting.first, stretch, rows, office)

    def _is_last(self, stretch: Stretch) -> bool:
        return stretch.until == self.world.days.count

    def _csv_or_lines(
        self,
        stream: str,
        name: str,
        first: Stretch,
        last: Stretch,
        columns: Columns,
        office: bool | None,
    ) -> SampleFile:
        """Write some quarters' rows: CSV of one kind or the other, JSON lines for `office` None."""
        declared = self.streams[stream]
        suffix = "jsonl" if office is None else "csv"
        label = first.label if first.label == last.label else f"{first.label}-{last.label}"
        path = self.out / f"mo-phong-{self._free(f'{name}-{label}')}.{suffix}"
        if office is None:
            files.write_json_lines(self.connection, path, declared, columns)
        else:
            files.write_csv(self.connection, path, declared, columns, office=office)
        note = Text(f"{declared.name.vi}, {label}", f"{declared.name.en}, {label}")
        return self._made(stream, path, files.length(columns), note)

    def _workbook(self, stream: str, name: str, rows: list[Row], note: Text) -> SampleFile:
        path = self.out / f"mo-phong-{name}.xlsx"
        scenario = self.world.scenario
        files.write_workbook(path, self.streams[stream], rows, scenario.maker, scenario.last)
        return self._made(stream, path, len(rows), note)

    def _made(
        self, stream: str, path: Path, rows: int, note: Text, bad: int = 0, *, fresh: bool = True
    ) -> SampleFile:
        """The file's entry; rows that are `fresh` count as records, repeated ones do not."""
        if fresh:
            self.tally.count_rows(stream, rows - bad)
        marked = Text(f"Mô phỏng. {note.vi}", f"Simulated. {note.en}")
        return SampleFile(stream, path, rows, marked, bad)

    def _next(self, what: str, n: int) -> int:
        """The first of the next `n` numbers."""
        first = self._numbers.get(what, 1)
        self._numbers[what] = first + n
        return first

    def _free(self, name: str) -> str:
        """`name`, or with a part's number when it is taken."""
        self._names[name] = self._names.get(name, 0) + 1
        return name if self._names[name] == 1 else f"{name}-phan-{self._names[name]}"


def _parts(n: int) -> list[int]:
    whole, rest = divmod(n, _PART)
    return [_PART] * whole + ([rest] if rest else [])


def _pieces(stretch: Stretch, n: int) -> list[Stretch]:
    """The stretch, cut by days into pieces of about a part each."""
    length = stretch.until - stretch.since
    count = max(min(-(-n // _PART), length), 1)
    edges = [stretch.since + length * i // count for i in range(count + 1)]
    return [replace(stretch, since=a, until=b) for a, b in pairwise(edges)]
