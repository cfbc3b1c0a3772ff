"""What is measured otherwise today than it was published, cell by cell, and because of what.

Today is the newest cube, by today's definitions and map. Of each cell that differs it is said which
batches made the records of its parts differ, and whether its definition or the map has changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from tinhso.measure.causes import Span, Tracing
from tinhso.measure.cube import make_heirs
from tinhso.measure.figures import Figures, Value
from tinhso.measure.ingest import Event
from tinhso.measure.periods import Period
from tinhso.measure.places import View
from tinhso.measure.quantities import CompiledIndicator, Measured
from tinhso.measure.tabulating import cells_of, widened
from tinhso.modules.plan.frozen.cells import Key, PublishedCell
from tinhso.modules.plan.frozen.files import digest_of
from tinhso.modules.plan.frozen.naming import find
from tinhso.modules.plan.frozen.reproducing import snapshots
from tinhso.modules.plan.models import Publication
from tinhso.modules.plan.queries import PlanQueries
from tinhso.modules.plan.workspace import Workspace


@dataclass(frozen=True)
class Difference:
    """A cell that is measured otherwise now. `now` None: its indicator is measured no more."""

    was: PublishedCell
    now: PublishedCell | None
    causes: tuple[Event, ...]
    definition_changed: bool


@dataclass(frozen=True)
class Differences:
    """`snapshot` is today's. `traced` False: the lake has lost the frozen snapshot, no batch is named."""

    publication: Publication
    snapshot: int
    cells: int
    differing: tuple[Difference, ...]
    map_changed: bool
    traced: bool

    @property
    def batches(self) -> list[Event]:
        """Every batch that changed some cell, oldest first."""
        found = {(one.batch, one.event): one for each in self.differing for one in each.causes}
        return _in_order(found.values())


def differences(queries: PlanQueries, publication: Publication) -> Differences:
    """Today's newest figures against a publication of the plan; kept until one of them changes."""
    key = f"{publication.pk} {publication.published_at} {publication.content}"
    return _differences(queries.workspace, queries.workspace.cube_name, publication.name, key)


@lru_cache(maxsize=16)
def _differences(place: Workspace, cube: str, name: str, key: str) -> Differences:  # noqa: ARG001
    publication = find(name)
    return _Comparison(PlanQueries(place, publication.plan), publication).found()


class _Comparison:
    def __init__(self, queries: PlanQueries, publication: Publication) -> None:
        self.queries = queries
        self.figures: Figures = queries.figures
        self.made = publication
        self.period = Period.parse(publication.period)
        self.view = View.parse(publication.view)
        self.texts = _frozen_texts(publication)

    def found(self) -> Differences:
        frozen = [PublishedCell.of(one) for one in self.made.figures.order_by("pk")]
        now: dict[Key, Value] = {}
        differing: list[PublishedCell] = []
        for cell in frozen:
            value = self._today(cell)
            if value is None:
                differing.append(cell)
            elif PublishedCell.measured(value).parts != cell.parts:
                now[cell.key] = value
                differing.append(cell)
        traced, because = self._causes([c for c in differing if c.key in now], now)
        return Differences(
            self.made,
            self.queries.manifest.snapshot,
            len(frozen),
            tuple(
                Difference(
                    cell,
                    PublishedCell.measured(now[cell.key]) if cell.key in now else None,
                    tuple(because.get(cell.key, ())),
                    self._definition_changed(cell.indicator),
                )
                for cell in differing
            ),
            bool(self.made.boundaries) and self.made.boundaries != self.queries.manifest.boundaries,
            traced,
        )

    def _today(self, cell: PublishedCell) -> Value | None:
        if cell.indicator not in self.figures.indicators:
            return None
        if cell.unit not in self.queries.units:
            return None
        return self.figures.value(cell.indicator, cell.unit, self.period, self.view)

    def _definition_changed(self, code: str) -> bool:
        """Whether the indicator, or a stream that it counts, is written otherwise than it was."""
        compiled = self.figures.indicators.get(code)
        if compiled is None:
            return True
        names = [f"indicators/{code}.yaml"]
        names += [f"streams/{part.stream}.yaml" for part in compiled.indicator.parts]
        today = self.queries.pack.pack.texts
        return bool(self.texts) and any(
            self.texts.get(name) != _digest(today.get(name, "")) for name in names
        )

    # -- batches -----------------------------------------------------------------------------------

    def _causes(
        self, cells: Sequence[PublishedCell], now: Mapping[Key, Value]
    ) -> tuple[bool, dict[Key, list[Event]]]:
        span = Span(self.made.snapshot, self.queries.manifest.snapshot)
        if span.after <= span.before or not cells:
            return True, {}
        connection = self.queries.workspace.connection()
        if not {span.before, span.after} <= snapshots(connection):
            return False, {}
        tracing = Tracing(connection, span)
        streams = self.queries.workspace.streams
        # Nobody's records may name a unit any more that they named when it was published.
        figures = widened(self.figures, tracing.units(streams.values()))
        make_heirs(connection, figures.boundaries, figures.cube.units)
        by_indicator: dict[str, list[PublishedCell]] = defaultdict(list)
        for cell in cells:
            by_indicator[cell.indicator].append(cell)
        found: dict[Key, dict[tuple[int, str], Event]] = defaultdict(dict)
        for code, group in by_indicator.items():
            compiled = self.figures.indicators[code]
            for measured, values in self._changed_parts(compiled, group, now):
                rows = cells_of(figures, streams, values, measured)
                stream = streams[measured.quantity.stream]
                for unit, events in tracing.causes(stream, measured.quantity, rows).items():
                    found[code, unit] |= {(one.batch, one.event): one for one in events}
        return True, {key: _in_order(events.values()) for key, events in found.items()}

    def _changed_parts(
        self,
        compiled: CompiledIndicator,
        cells: Sequence[PublishedCell],
        now: Mapping[Key, Value],
    ) -> Iterator[tuple[Measured, list[Value]]]:
        """Each part that differs, with the values in which it does.

        Where nothing became 0 or 0 nothing, it is the presence of records that changed.
        """
        for role in ("numerator", "denominator", "known"):
            measured: Measured | None = getattr(compiled, role)
            if measured is None:
                continue
            amounts, presence = [], []
            for cell in cells:
                value = now[cell.key]
                before, after = _before(cell, role), _after(value, role)
                if (before or 0) != (after or 0):
                    amounts.append(value)
                elif before != after:
                    presence.append(value)
            if amounts:
                yield measured, amounts
            if presence:
                yield replace(measured, quantity=measured.presence), presence


def _in_order(events: Iterable[Event]) -> list[Event]:
    return sorted(events, key=lambda one: (one.at, one.batch, one.event))


def _before(cell: PublishedCell, role: str) -> int | None:
    if role == "known":
        found: int | None = (cell.marks or {}).get("known")
        return found
    return cell.numerator if role == "numerator" else cell.denominator


def _after(value: Value, role: str) -> int | None:
    if role == "known":
        return value.known.amount if value.known else None
    return value.numerator.amount if role == "numerator" else value.denominator.amount


def _frozen_texts(publication: Publication) -> dict[str, str]:
    """Definition -> the digest of its frozen text; empty where none were frozen."""
    rows = publication.files.filter(path__startswith="definitions/")
    return {
        path.removeprefix("definitions/"): digest
        for path, digest in rows.values_list("path", "file_id")
    }


def _digest(text: str) -> str:
    return digest_of(text.encode())
