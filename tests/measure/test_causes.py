"""What changed a figure since a snapshot: the batches that did, and no others (nguyên nhân)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

import pytest
from world import STREAMS, Record, Story, count, day, different, indicator, province, row_of, total

from tinhso.measure.boundaries import Boundaries
from tinhso.measure.causes import Span, Tracing
from tinhso.measure.cube import Workplace, compute, make_heirs
from tinhso.measure.definitions import Indicator
from tinhso.measure.explain import explain, recount
from tinhso.measure.figures import Figures
from tinhso.measure.ingest import withdraw
from tinhso.measure.ingest.log import record
from tinhso.measure.ingest.receipt import Mode, Receipt, Status
from tinhso.measure.lake import Lake, LakeSettings
from tinhso.measure.periods import Period
from tinhso.measure.places import View
from tinhso.measure.quantities import compile_indicator
from tinhso.measure.tables import make_table
from tinhso.measure.tabulating import CELL_COLUMNS, cells_of, statement, widened

YEAR = Period.parse("2025")


class Office:
    """A real lake that is told of records batch by batch, and asked what changed."""

    def __init__(self, folder: Path, story: Story) -> None:
        self.lake = Lake(LakeSettings(folder, threads=1), list(STREAMS.values()))
        self.boundaries: Boundaries = story.boundaries()
        self.batch = 0

    def tell(self, stream: str, records: Sequence[Record]) -> int:
        """A batch; a record whose key is there already is a correction."""
        self.batch += 1
        declared = STREAMS[stream]
        rows = [row_of(declared, self.boundaries, one, n) for n, one in enumerate(records)]
        for row in rows:
            row[-2] = self.batch
        same = " AND ".join(f"{name} = ?" for name in declared.key)
        keys = [declared.fields.index(declared.field(name)) for name in declared.key]  # type: ignore[arg-type]
        receipt = Receipt(Status.ACCEPTED, stream, f"{self.batch}.csv", self.batch, 0, read=1)
        with self.lake.writer() as connection:
            before = self.lake.snapshot(connection)
            connection.execute("BEGIN")
            for row in rows:
                connection.execute(
                    f"DELETE FROM lake.{stream} WHERE {same}", [row[n] for n in keys]
                )
                marks = ", ".join("?" * len(row))
                connection.execute(f"INSERT INTO lake.{stream} VALUES ({marks})", row)
            told = {"digest": str(self.batch), "mode": Mode.ACCEPT_GOOD, "simulated": ""}
            record(connection, receipt, **told, note="", before=before)  # type: ignore[arg-type]
            connection.execute("COMMIT")
        return self.batch

    def snapshot(self) -> int:
        with self.lake.writer() as connection:
            return self.lake.snapshot(connection)

    def figures(self, one: Indicator, snapshot: int | None = None) -> Figures:
        compiled = [compile_indicator(one, STREAMS)]
        cube = compute(
            self.lake, Workplace(STREAMS, compiled, (), self.boundaries), snapshot=snapshot
        )
        return Figures(cube, self.boundaries, compiled)

    def changed(
        self, one: Indicator, since: int, units: str = "PABC", view: str = "then"
    ) -> Mapping[str, list[str]]:
        """For each unit whose numerator a batch changed: the batches, as `2+` or `2-`."""
        figures = self.figures(one)
        values = [figures.value(one.code, unit, YEAR, View.parse(view)) for unit in units]
        measured = figures.indicators[one.code].numerator
        connection = self.lake.reader()
        tracing = Tracing(connection, Span(since, figures.cube.manifest.snapshot))
        wide = widened(figures, tracing.units(STREAMS.values()))
        make_heirs(connection, self.boundaries, wide.cube.units)
        cells = cells_of(wide, STREAMS, values, measured)
        stream = STREAMS[measured.quantity.stream]
        found = tracing.causes(stream, measured.quantity, cells)
        signs = {"accepted": "+", "withdrawn": "-"}
        return {
            unit: [f"{one.batch}{signs[one.event]}" for one in events]
            for unit, events in sorted(found.items())
        }


def dossier(ref: str, office: str, received: str = "2025-03-01", **more: object) -> Record:
    return {
        "ref": ref,
        "office": office,
        "received": datetime.fromisoformat(received),
        **more,
    }


ONLINE = indicator(count("online"), count())


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path / "lake", province())


def test_a_correction_is_named_for_the_units_that_it_changed_and_their_parents(
    office: Office,
) -> None:
    office.tell("dossiers", [dossier("1", "A", online=True), dossier("2", "B", online=True)])
    before = office.snapshot()
    office.tell("dossiers", [dossier("1", "A", online=False)])
    assert office.changed(ONLINE, before) == {"A": ["2+"], "P": ["2+"]}


def test_a_correction_that_leaves_the_part_as_it_was_is_no_cause(office: Office) -> None:
    office.tell("dossiers", [dossier("1", "A", online=True), dossier("2", "B", online=True)])
    before = office.snapshot()
    office.tell("dossiers", [dossier("1", "A", online=True, note="x"), dossier("3", "B")])
    assert office.changed(ONLINE, before) == {}


def test_a_withdrawal_is_named_and_what_a_later_batch_undid_is_not(office: Office) -> None:
    office.tell("dossiers", [dossier("1", "A", online=True)])
    gone = office.tell("dossiers", [dossier("2", "B", online=True)])
    before = office.snapshot()
    undone = office.tell("dossiers", [dossier("1", "A", online=False)])
    withdraw(office.lake, gone, reason="sai")
    withdraw(office.lake, undone, reason="sai")
    assert office.changed(ONLINE, before) == {"B": ["2-"], "P": ["2-"]}


def test_a_correction_withdrawn_later_gives_back_what_it_had_replaced(office: Office) -> None:
    office.tell("dossiers", [dossier("1", "A", online=True)])
    fix = office.tell("dossiers", [dossier("1", "A", online=False)])
    before = office.snapshot()
    withdraw(office.lake, fix, reason="sai")
    assert office.changed(ONLINE, before) == {"A": ["2-"], "P": ["2-"]}


def test_a_record_that_moves_changes_both_units_and_not_their_parent(office: Office) -> None:
    office.tell("dossiers", [dossier("1", "A", online=True)])
    before = office.snapshot()
    office.tell("dossiers", [dossier("1", "B", online=True)])
    assert office.changed(ONLINE, before) == {"A": ["2+"], "B": ["2+"]}


def test_a_record_of_another_year_is_no_cause(office: Office) -> None:
    office.tell("dossiers", [dossier("1", "A", online=True)])
    before = office.snapshot()
    office.tell("dossiers", [dossier("2", "A", "2024-03-01", online=True)])
    assert office.changed(ONLINE, before) == {}


def test_sums_and_persons_are_traced_by_what_each_record_adds(office: Office) -> None:
    office.tell("dossiers", [dossier("1", "A", fee=5, citizen="x"), dossier("2", "B", fee=1)])
    before = office.snapshot()
    office.tell("dossiers", [dossier("1", "A", fee=7, citizen="x")])
    office.tell("dossiers", [dossier("2", "B", fee=1, citizen="y")])
    assert office.changed(indicator(total("fee"), count()), before) == {"A": ["2+"], "P": ["2+"]}
    assert office.changed(indicator(different("citizen"), count()), before) == {
        "B": ["3+"],
        "P": ["3+"],
    }


def test_what_is_open_is_traced_through_its_closing(office: Office) -> None:
    open_ = indicator(count("true", date="received", until="closed"), count())
    office.tell("dossiers", [dossier("1", "A"), dossier("2", "B")])
    before = office.snapshot()
    office.tell("dossiers", [dossier("2", "B", closed=datetime(2025, 4, 1))])  # noqa: DTZ001
    assert office.changed(open_, before) == {"B": ["2+"], "P": ["2+"]}


def figure(office: str, as_of: str, amount: int) -> Record:
    return {"item": "x", "office": office, "as_of": date.fromisoformat(as_of), "amount": amount}


REPORTED = indicator(total("amount", stream="reported"), count(stream="reported"))


def test_a_newer_state_is_the_cause_that_the_older_counts_no_more(office: Office) -> None:
    office.tell("reported", [figure("A", "2025-01-01", 1), figure("B", "2025-01-01", 2)])
    before = office.snapshot()
    office.tell("reported", [figure("C", "2026-02-01", 9)])
    office.tell("reported", [figure("A", "2025-06-01", 3)])
    assert office.changed(REPORTED, before) == {"A": ["3+"], "P": ["3+"]}


def test_an_heir_that_tells_is_the_cause_that_its_forerunner_counts_no_more(
    tmp_path: Path,
) -> None:
    story = province()
    story.merge(day("2025-07-01"), ["A", "B"], "N")
    office = Office(tmp_path / "lake", story)
    office.tell("reported", [figure("A", "2025-01-01", 1), figure("B", "2025-01-01", 2)])
    before = office.snapshot()
    office.tell("reported", [figure("N", "2025-08-01", 3)])
    assert office.changed(REPORTED, before, "PN") == {"N": ["2+"], "P": ["2+"]}


def test_a_website_that_moves_is_traced_by_its_own_states(office: Office) -> None:
    works = indicator(count("works", stream="sites"), count(stream="sites"))

    def site(name: str, office: str, as_of: str) -> Record:
        return {"site": name, "office": office, "as_of": date.fromisoformat(as_of), "works": True}

    office.tell("sites", [site("a", "A", "2025-01-01"), site("b", "B", "2025-01-01")])
    before = office.snapshot()
    office.tell("sites", [site("a", "C", "2025-05-01")])
    assert office.changed(works, before) == {"A": ["2+"], "C": ["2+"], "P": ["2+"]}


@pytest.mark.parametrize(
    "one",
    [
        ONLINE,
        indicator(total("fee"), count()),
        indicator(different("citizen"), count()),
        indicator(count("online", date="received", until="closed"), count()),
        REPORTED,
    ],
    ids=["count", "sum", "persons", "open", "register"],
)
def test_one_statement_counts_every_unit_as_each_unit_s_own_does(
    tmp_path: Path, one: Indicator
) -> None:
    story = province()
    story.merge(day("2025-07-01"), ["A", "B"], "N")
    office = Office(tmp_path / "lake", story)
    office.tell(
        "dossiers",
        [
            dossier("1", "A", online=True, fee=3, citizen="x"),
            dossier("2", "B", fee=4, citizen="x"),
            dossier("3", "N", "2025-09-01", online=True, citizen="y"),
            dossier("4", "C", "2025-10-01", online=True, fee=1, citizen="x"),
        ],
    )
    office.tell("reported", [figure("A", "2025-01-01", 1), figure("N", "2025-08-01", 3)])
    figures = office.figures(one)
    connection = office.lake.reader()
    make_heirs(connection, office.boundaries, figures.cube.units)
    for view in (View(), View(day("2025-12-31"))):
        values = [figures.value("I", unit, YEAR, view) for unit in ("P", "A", "B", "C", "N")]
        measured = figures.indicators["I"].numerator
        rows = [row.texts for row in cells_of(figures, STREAMS, values, measured)]
        make_table(connection, "asked", CELL_COLUMNS, rows)
        stream = STREAMS[measured.quantity.stream]
        sql = statement(stream, measured.quantity, values[0].snapshot, "asked")
        counted = dict(connection.execute(sql).fetchall())
        for value in values:
            part = explain(figures, STREAMS, value).numerator
            own = 0 if part is None else recount(connection, part) or 0
            assert counted.get(value.unit, 0) == own == (value.numerator.amount or 0), value
