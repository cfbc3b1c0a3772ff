"""What a steering committee looks at together: what changed since the last publication, what is behind
and why, who answers, what it decides (phục vụ họp ban chỉ đạo)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tinhso.measure import writing
from tinhso.measure.targets import Standing
from tinhso.measure.text import Text
from tinhso.modules.documents.codes import figure_code
from tinhso.modules.documents.decisions import Followed
from tinhso.modules.documents.fields import whom
from tinhso.modules.plan.frozen.reading import FrozenPublication, FrozenRow, PublicationCard
from tinhso.modules.shares.queries import GivenTarget
from tinhso.modules.tasks.queries import TaskRow

#: Lines of each table: what a room can look at on one screen; the rest of the largest is a fold away.
MOVED, LARGEST, NAMED = 3, 4, 3


@dataclass(frozen=True)
class Puller:
    """A unit that a figure is pulled down by; `short` as in `FrozenRow.short`. `answers`: the positions
    that its share of the target names."""

    name: Text
    short: int
    answers: tuple[str, ...]


@dataclass(frozen=True)
class Giving:
    """How a target was given to units: which version, to how many, with how many named."""

    number: int
    units: int
    named: int


@dataclass(frozen=True)
class MeetingRow:
    """`giving` None: the target was given to no unit, so nobody below answers for it by name."""

    row: FrozenRow
    code: str
    points: Mapping[str, str]  # the change in percentage points, by language; empty where none
    pullers: tuple[Puller, ...]
    answers: tuple[str, ...]  # the bodies that answer for them today
    giving: Giving | None
    tasks: tuple[TaskRow, ...]


@dataclass(frozen=True)
class Meeting:
    """`tally` and `before` count targets by standing, now and in the period before (None: not
    published). `largest` has what is behind first, then what is farthest from its level; `further` the
    rest. `crossed`: targets that are met now and were not, or the other way round."""

    card: PublicationCard
    earlier: PublicationCard | None
    unit: Text
    tally: Mapping[Standing, int]
    before: Mapping[Standing, int] | None
    better: tuple[MeetingRow, ...]
    worse: tuple[MeetingRow, ...]
    crossed: tuple[MeetingRow, ...]
    largest: tuple[MeetingRow, ...]
    further: tuple[MeetingRow, ...]
    unmet: int
    untold: tuple[FrozenRow, ...]
    standing_agency: Text


def meeting_of(
    published: FrozenPublication, given: Sequence[GivenTarget], followed: Followed, today: date
) -> Meeting:
    """The plan's own unit in a publication, beside that of the period before where there is one; who
    answers by the shares `given`, and the tasks about each target."""
    shares = {one.target.code: one for one in given}
    rows = published.rows(published.root.uid)
    earlier = FrozenPublication(published.earlier.name) if published.earlier else None
    moved = [row for row in rows if row.is_share and row.judgement.change]
    moved.sort(key=lambda row: row.gain, reverse=True)
    crossed = [row for row in rows if row.crossed]
    unmet = [row for row in rows if row.gap is not None]
    red = Standing.BEHIND
    unmet.sort(key=lambda row: (row.standing is not red, not row.is_share, -(row.gap or 0)))

    def line(row: FrozenRow) -> MeetingRow:
        target = row.target.code
        tasks = followed.by_target.get(target, ())
        return _line(published, row, shares.get(target), tasks, today)

    agencies = {one.code: one.name for one in published.plan.agencies}
    agency = published.plan.standing_agency
    return Meeting(
        published.card,
        earlier.card if earlier else None,
        published.root.name,
        _tally(rows),
        _tally(earlier.rows(earlier.root.uid)) if earlier else None,
        tuple(line(row) for row in moved[:MOVED] if row.gain > 0),
        tuple(line(row) for row in reversed(moved[-MOVED:]) if row.gain < 0),
        tuple(map(line, crossed)),
        tuple(map(line, unmet[:LARGEST])),
        tuple(map(line, unmet[LARGEST:])),
        len(unmet),
        tuple(row for row in rows if row.standing is Standing.UNKNOWN),
        agencies.get(agency, Text(agency, agency)),
    )


def _tally(rows: list[FrozenRow]) -> dict[Standing, int]:
    return {one: sum(row.standing is one for row in rows) for one in Standing}


def _line(
    published: FrozenPublication,
    row: FrozenRow,
    given: GivenTarget | None,
    tasks: tuple[TaskRow, ...],
    today: date,
) -> MeetingRow:
    change = row.judgement.change
    cell = row.figure.cell
    pulling = _pulling(published, row) if row.short else []
    answers = [body for one in pulling for body in whom(one.unit.uid, today).splitlines()]
    return MeetingRow(
        row,
        figure_code(row.figure.id, published.card.content, cell.indicator, cell.unit),
        {language: writing.points(change, language) for language in ("vi", "en")}
        if change is not None and row.is_share
        else {},
        tuple(
            Puller(one.unit.name, one.short or 0, _named(given, one.unit.uid)) for one in pulling
        ),
        tuple(dict.fromkeys(answers)),
        _giving(given) if given else None,
        tasks,
    )


def _named(given: GivenTarget | None, unit: str) -> tuple[str, ...]:
    held = (one for one in given.held if one.uid == unit) if given else ()
    return tuple(dict.fromkeys(p.answers for one in held for p in one.parts if p.answers))


def _giving(given: GivenTarget) -> Giving:
    named = sum(any(part.answers for part in one.parts) for one in given.held)
    return Giving(given.allocation.number, len(given.held), named)


def _pulling(published: FrozenPublication, row: FrozenRow) -> list[FrozenRow]:
    """Those below that lack the most, so that their sum would close the gap first."""
    below = (published.row(row.target, one.uid) for one in published.below(row.unit.uid))
    short = [one for one in below if one is not None and one.short]
    return sorted(short, key=lambda one: -(one.short or 0))[:NAMED]
