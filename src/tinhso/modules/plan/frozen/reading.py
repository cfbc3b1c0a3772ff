"""Published figures as other rooms read them: by unit and target, judged, never measured anew (đọc số đã công bố).

Everything comes from what was frozen; only the targets' levels and dates are the plan's own. What the
period before says is what was published of it, or nothing.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from functools import cached_property

from tinhso.measure.boundaries import Level
from tinhso.measure.figures import Reason, Status
from tinhso.measure.periods import Period
from tinhso.measure.places import View
from tinhso.measure.targets import Judgement, Standing, Threshold, judge
from tinhso.measure.text import Text
from tinhso.modules.plan.frozen.cells import PublishedCell
from tinhso.modules.plan.frozen.naming import find
from tinhso.modules.plan.frozen.thawing import Thawed
from tinhso.modules.plan.models import Publication, PublishedFigure
from tinhso.modules.plan.pack import MeasuredIn, Pack, Plan, Target
from tinhso.modules.plan.words import REASONS
from tinhso.modules.plan.workspace import workspace


@dataclass(frozen=True)
class PublicationCard:
    """What a publication is, for naming it and linking to it. `content` "": figures only, no files."""

    name: str
    plan: str
    period: Period
    view: View
    number: int
    snapshot: int
    published_at: datetime
    published_by: str
    reason: str
    simulated: bool
    content: str

    @classmethod
    def of(cls, one: Publication) -> PublicationCard:
        return cls(
            one.name,
            one.plan,
            Period.parse(one.period),
            View.parse(one.view),
            one.number,
            one.snapshot,
            one.published_at,
            one.published_by,
            one.reason,
            one.simulated,
            one.content,
        )

    @property
    def address(self) -> tuple[str, str, str, int]:
        """The arguments of the route `plan:publication`."""
        return self.plan, self.period.code, self.view.code, self.number


@dataclass(frozen=True)
class FrozenUnit:
    """A unit as the publication named it."""

    uid: str
    code: str
    level: Level
    name: Text
    parent: str


@dataclass(frozen=True)
class FrozenFigure:
    """One published figure. `id` is lasting: published figures are never changed or removed."""

    id: int
    cell: PublishedCell
    period: Period

    @property
    def status(self) -> Status:
        return Status(self.cell.status)

    @property
    def value(self) -> Fraction | None:
        return self.cell.value

    @property
    def why(self) -> Text | None:
        """Why there is no value, in words; None where there is one."""
        if self.status is Status.MEASURED:
            return None
        reason = (self.cell.marks or {}).get("reason")
        if reason:
            return REASONS[Reason(reason)]
        if self.status is Status.UNKNOWN:
            return Text("Chưa có số liệu.", "No data.")
        return Text("Không áp dụng.", "Not applicable.")


@dataclass(frozen=True)
class FrozenRow:
    """A target's published figure for a unit, judged. `before` is that of the period before, if it
    was published for the same view."""

    target: Target
    unit: FrozenUnit
    figure: FrozenFigure
    before: FrozenFigure | None
    threshold: Threshold
    judgement: Judgement

    @property
    def standing(self) -> Standing:
        return self.judgement.standing

    @property
    def is_share(self) -> bool:
        return self.target.measure is MeasuredIn.PERCENT

    @property
    def gap(self) -> Fraction | None:
        """How far the value is from the target's level, where it is not met; in the value's measure."""
        value = self.figure.value
        if value is None or self.threshold.is_met_by(value):
            return None
        return self.threshold.distance(value)

    @property
    def gain(self) -> Fraction:
        """The change since the period before, positive where it goes towards the target."""
        change = self.judgement.change or Fraction(0)
        return -change if self.threshold.operator in ("<", "<=") else change

    @property
    def crossed(self) -> bool:
        """Whether it is met now and was not in the period before, or the other way round."""
        was, now = self.before.value if self.before else None, self.figure.value
        if was is None or now is None:
            return False
        return self.threshold.is_met_by(was) != self.threshold.is_met_by(now)

    @property
    def short(self) -> int | None:
        """How many more of the denominator's cases would have had to count, for the level to be
        reached; None where it is met, or where that is no question (ranks, "at most")."""
        cell, wanted = self.figure.cell, self.threshold
        counted = self.is_share and wanted.operator in (">", ">=")
        if self.gap is None or not counted or cell.numerator is None or not cell.denominator:
            return None
        needed = wanted.amount * cell.denominator
        whole = -(-needed.numerator // needed.denominator)  # rounded up
        if wanted.operator == ">" and whole == needed:
            whole += 1
        return whole - cell.numerator


class FrozenPublication:
    """A publication with its figures, for rooms that write of them.

    Raises InputError (`publication-unknown`, `publication-not-frozen`, `publication-altered`);
    UnknownPlanError where its plan is served no more.
    """

    def __init__(self, name: str) -> None:
        found = find(name)
        self.thawed = Thawed.of(found)
        self.card = PublicationCard.of(found)
        served = workspace().plan(found.plan)
        self.pack: Pack = served.pack
        self.plan: Plan = served.plan
        self._found = found

    @property
    def root(self) -> FrozenUnit:
        """The unit whose plan it is."""
        return self.units[self.thawed.root]

    @cached_property
    def units(self) -> dict[str, FrozenUnit]:
        """The publication's units by uid, in its order: the plan's own first."""
        text = self.thawed.files["units.csv"].decode("utf-8-sig")
        return {
            row["unit"]: FrozenUnit(
                row["unit"],
                row["code"].removeprefix("'"),
                Level(row["level"]),
                Text(row["name"], row["name_en"]),
                row["parent"],
            )
            for row in csv.DictReader(io.StringIO(text, newline=""))
        }

    def below(self, uid: str) -> list[FrozenUnit]:
        """The units directly below one, by level and name.

        Below the plan's own are also those whose parent was not published: communes after a merger
        lie in the province that took theirs over, and are told with the plan's all the same.
        """
        levels, root = list(Level), self.root.uid
        found = [
            one
            for one in self.units.values()
            if one.parent == uid or (uid == root != one.uid and one.parent not in self.units)
        ]
        return sorted(found, key=lambda one: (levels.index(one.level), one.name.vi))

    @cached_property
    def figures(self) -> dict[tuple[str, str], FrozenFigure]:
        """(indicator, unit) -> figure."""
        return _figures(self._found)

    @cached_property
    def earlier(self) -> PublicationCard | None:
        """The newest publication of the period before, for the same view."""
        found = self._earlier
        return PublicationCard.of(found) if found else None

    @cached_property
    def _earlier(self) -> Publication | None:
        before = self.card.period.previous().code
        own = Publication.objects.filter(
            plan=self.card.plan, period=before, view=self._found.view
        ).order_by("-number")
        return own.first()

    @cached_property
    def _before(self) -> dict[tuple[str, str], FrozenFigure]:
        return _figures(self._earlier) if self._earlier else {}

    def row(self, target: Target, uid: str) -> FrozenRow | None:
        """The target's figure for a unit; None where the publication has none."""
        key = target.indicator, uid
        figure = self.figures.get(key)
        if figure is None:
            return None
        before, threshold = self._before.get(key), target.required
        return FrozenRow(
            target,
            self.units[uid],
            figure,
            before,
            threshold,
            judge(figure, before, threshold, target.deadline),
        )

    def rows(self, uid: str) -> list[FrozenRow]:
        """Every target's figure for a unit, in the plan's order."""
        found = (self.row(target, uid) for target in self.plan.targets)
        return [row for row in found if row is not None]


@dataclass(frozen=True)
class FoundFigure:
    """A published figure by its lasting id, with what it is of."""

    figure: FrozenFigure
    card: PublicationCard
    indicator: str
    unit: str


def published_figure(number: int) -> FoundFigure | None:
    """The published figure with this id, or None."""
    found = PublishedFigure.objects.select_related("publication").filter(pk=number).first()
    if found is None:
        return None
    card = PublicationCard.of(found.publication)
    figure = FrozenFigure(found.pk, PublishedCell.of(found), card.period)
    return FoundFigure(figure, card, found.indicator, found.unit)


def later_figures(found: FoundFigure) -> list[FoundFigure]:
    """The same figure in later publications of the same period and view, oldest first."""
    rows = PublishedFigure.objects.select_related("publication").filter(
        publication__plan=found.card.plan,
        publication__period=found.card.period.code,
        publication__view=found.card.view.code,
        publication__number__gt=found.card.number,
        indicator=found.indicator,
        unit=found.unit,
    )
    later = (published_figure(row.pk) for row in rows.order_by("publication__number"))
    return [one for one in later if one is not None]


def publication_cards(plan: str = "") -> list[PublicationCard]:
    """The publications of a plan (or all) that have files, newest first."""
    rows = Publication.objects.exclude(content="").order_by("-id")
    return [PublicationCard.of(one) for one in (rows.filter(plan=plan) if plan else rows)]


def last_day_of(card: PublicationCard) -> date:
    """The day by which the publication names units."""
    return card.view.day or card.period.last_day


def _figures(publication: Publication) -> dict[tuple[str, str], FrozenFigure]:
    period = Period.parse(publication.period)
    rows: Iterable[PublishedFigure] = publication.figures.order_by("pk")
    return {
        (row.indicator, row.unit): FrozenFigure(row.pk, PublishedCell.of(row), period)
        for row in rows
    }
