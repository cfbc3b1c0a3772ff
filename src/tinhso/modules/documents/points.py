"""A unit's points and rank by the plan's own scorecard, reckoned from published figures (điểm và thứ hạng).

Nothing is read but what publications hold, so a unit's points are those of its published figures for
ever. What they do not hold is said: a leaf that reads another figure, a group that is not all there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from tinhso.measure import writing
from tinhso.measure.boundaries import Level
from tinhso.measure.figures import Status
from tinhso.measure.scorecards.definitions import Component, Group, Scorecard
from tinhso.measure.scorecards.ranking import RankChange, Ranked, Ranking, rank, rank_change
from tinhso.measure.scorecards.reaching import Gain, gains
from tinhso.measure.scorecards.scoring import OTHER_LEVEL, Reading, Score, mark, score, score_group
from tinhso.measure.text import Text
from tinhso.modules.documents.fields import lower
from tinhso.modules.documents.wording import NO_DATA, NOT_APPLICABLE, Part, listed
from tinhso.modules.plan.frozen.reading import FrozenPublication, FrozenUnit
from tinhso.modules.scorecards import words
from tinhso.modules.scorecards.queries import OTHER_GROUP, over_the_larger

NOT_PUBLISHED = Text(
    "không có trong lần công bố này",
    "not in this publication",
)
#: How many components are named that changed a rank the most.
NAMED = 2


@dataclass(frozen=True)
class PointLine:
    """A leaf of the card; `change` is what it added to the mark since the period before, in points of
    a hundred; `gain` what would bring more."""

    number: str
    name: str
    earned: str
    of: str
    reading: str
    change: str
    gain: str


@dataclass(frozen=True)
class FrozenCard:
    """A scorecard over one publication's figures."""

    card: Scorecard
    published: FrozenPublication

    def group_of(self, unit: FrozenUnit) -> Group | None:
        return next((one for one in self.card.groups if self._belongs(one, unit)), None)

    def _belongs(self, group: Group, unit: FrozenUnit) -> bool:
        if unit.level is not group.level or unit.uid == self.published.root.uid:
            return False
        if group.has and not self._counts(group.has, unit):
            return False
        return not (group.lacks and self._counts(group.lacks, unit))

    def _counts(self, indicator: str, unit: FrozenUnit) -> bool:
        return bool(self._reading_of(indicator, unit.uid).denominator)

    def is_whole(self, group: Group) -> bool:
        """Whether the publication holds every unit of a group: one of those directly below the
        province alone has no communes of districts."""
        everyone = self.published.thawed.about["levels"] == "all"
        levels = {one.level for one in self.published.units.values()}
        return everyone or not (group.level is Level.COMMUNE and Level.DISTRICT in levels)

    def readings(self, unit: FrozenUnit, group: Group | None) -> dict[str, Reading]:
        return {
            leaf.code: self._leaf(leaf, unit, group) for leaf in self.card.leaves if leaf.indicator
        }

    def _leaf(self, leaf: Component, unit: FrozenUnit, group: Group | None) -> Reading:
        if leaf.levels and unit.level not in leaf.levels:
            return Reading(Status.NOT_APPLICABLE, why=OTHER_LEVEL)
        if group is not None and leaf.code in group.without:
            return Reading(Status.NOT_APPLICABLE, why=OTHER_GROUP)
        own = self._reading_of(leaf.indicator, unit.uid)
        if leaf.larger_denominator:
            other = self._reading_of(leaf.larger_denominator, unit.uid).denominator
            return over_the_larger(own, other)
        return own

    def _reading_of(self, indicator: str, uid: str) -> Reading:
        found = self.published.figures.get((indicator, uid))
        if found is None:
            return Reading(Status.UNKNOWN, why=NOT_PUBLISHED)
        cell = found.cell
        return Reading(found.status, found.value, cell.numerator, cell.denominator, found.why)

    def score(self, unit: FrozenUnit) -> Score:
        return score(self.card, self.readings(unit, self.group_of(unit)))

    def ranking(self, group: Group) -> Ranking:
        table = {
            one.uid: self.readings(one, group)
            for one in self.published.units.values()
            if self._belongs(group, one)
        }
        return rank(self.card, group, score_group(self.card, table))


@dataclass(frozen=True)
class UnitPoints:
    """Where `unit` stands by the plan's own card in a publication."""

    published: FrozenPublication
    card: Scorecard
    unit: FrozenUnit

    @classmethod
    def of(cls, published: FrozenPublication, unit: FrozenUnit) -> UnitPoints | None:
        """None where the plan has no scorecard that ranks units."""
        own = list(published.pack.scorecards.values())[::-1]  # the plan's own first
        card = next((one for one in own if one.groups and not one.of_tables), None)
        return cls(published, card, unit) if card else None

    @cached_property
    def _now(self) -> FrozenCard:
        return FrozenCard(self.card, self.published)

    @cached_property
    def group(self) -> Group | None:
        return self._now.group_of(self.unit)

    @cached_property
    def _ranking(self) -> Ranking | None:
        """None where the unit is in no group, or the publication lacks units of it."""
        whole = self.group is not None and self._now.is_whole(self.group)
        return self._now.ranking(self.group) if self.group and whole else None

    @cached_property
    def row(self) -> Ranked | None:
        return self._ranking.row(self.unit.uid) if self._ranking else None

    @cached_property
    def score(self) -> Score:
        return self.row.score if self.row else self._now.score(self.unit)

    @cached_property
    def change(self) -> RankChange | None:
        """Against what was published of the period before; None where that cannot be said."""
        earlier = self.published.earlier
        if self._ranking is None or self.group is None or earlier is None or not earlier.content:
            return None
        then = FrozenCard(self.card, FrozenPublication(earlier.name))
        if not then.is_whole(self.group):
            return None
        return rank_change(self.card, then.ranking(self.group), self._ranking, self.unit.uid)

    # -- table -------------------------------------------------------------------------------------

    def lines(self) -> tuple[PointLine, ...]:
        moved = {one.code: one.change for one in self.change.parts} if self.change else {}
        brings = {one.component.code: one for one in gains(self.score)}
        return tuple(
            self._line(place, leaf, leaf.component, moved, brings)
            for place, leaf in enumerate(self.score.leaves, 1)
            if leaf.component is not None
        )

    def _line(
        self,
        place: int,
        leaf: Score,
        component: Component,
        moved: dict[str, Fraction],
        brings: dict[str, Gain],
    ) -> PointLine:
        reading = leaf.reading
        status = reading.status if reading else Status.UNKNOWN
        measured = status is Status.MEASURED
        change = moved.get(component.code)
        return PointLine(
            number=str(place),
            name=component.name.vi,
            earned=self._points(leaf.earned) if measured else "–",
            of=self._points(component.points),
            reading=_read(reading),
            change=writing.points(change, "vi", 2) if measured and change is not None else "–",
            gain=self._gain(brings.get(component.code), status),
        )

    def _gain(self, gain: Gain | None, status: Status) -> str:
        if status is Status.NOT_APPLICABLE:
            return "–"
        if gain is None:
            return "đủ điểm" if status is Status.MEASURED else "–"
        compiled = self.published.thawed.indicators.get(gain.component.indicator)
        unit = compiled.indicator.unit if compiled else Text("", "")
        sign = "tới " if gain.unknown else ""
        return f"{sign}+{self._points(gain.points)}: {words.gain(gain, unit).vi}"

    def _points(self, value: Fraction) -> str:
        return words.points(value, "vi", words.decimals(self.card))

    # -- sentences ---------------------------------------------------------------------------------

    @property
    def about(self) -> str:
        """The line below the table's name."""
        said = f"{self.card.code}. {self.card.name.vi}."
        return f"{said} {self.card.example.vi}" if self.card.example else said

    def part(self, number: int) -> Part:
        return f"{number}. Điểm và thứ hạng", tuple(self._sentences()), ()

    def _sentences(self) -> Iterator[str]:
        whole, share = self.score, mark(self.card, self.score)
        said = (
            f"Theo bộ chỉ số {self.card.code}, tính từ chính các con số của lần công bố này, "
            f"{lower(self.unit.name.vi)}"
        )
        if share is None:
            yield f"{said} chưa có điểm: {self._why_not()}."
            return
        rate = writing.percent(share, "vi", decimals=2)
        yield (
            f"{said} có {self._points(whole.earned)} điểm trong {self._points(whole.reachable)} "
            f"điểm có thể đạt ({rate}); {self._rank()}."
        )
        yield from self._moved()
        left = [f"còn {self._points(whole.missing)} điểm có số liệu mà chưa đạt"]
        if whole.open:
            left.append(f"{self._points(whole.open)} điểm chưa biết vì chưa có số liệu")
        told = listed(left)
        yield f"{told[0].upper()}{told[1:]}; việc mang lại điểm ở cột cuối của bảng điểm."

    def _rank(self) -> str:
        if self.group is None:
            return "bộ chỉ số không có nhóm xếp hạng cho đơn vị này"
        if self._ranking is None or self.row is None:
            return "không ghi thứ hạng vì lần công bố không có số liệu của mọi đơn vị trong nhóm"
        if self.row.rank is None:
            return f"không xếp hạng: {words.not_ranked(self.row).vi}"
        tied = f" (đồng hạng {self.row.tied} đơn vị)" if self.row.tied > 1 else ""
        many = len(self._ranking.ranked)
        return f"xếp hạng {self.row.rank}{tied} trong {many} đơn vị được xếp của nhóm “{self.group.name.vi}”"

    def _why_not(self) -> str:
        return words.not_ranked(self.row).vi if self.row else NO_DATA

    def _moved(self) -> Iterator[str]:
        if self.row is None or self.row.rank is None:
            return
        if self.change is None:
            yield "Không so thứ hạng với kỳ trước: kỳ ấy chưa được công bố, hoặc khi ấy đơn vị chưa được xếp hạng."
            return
        one = self.change
        said = f"Kỳ trước hạng {one.before}: {_places(one.change)}"
        if one.change or one.own or one.others:
            said += (
                f"; do điểm của chính đơn vị: {_places(one.own)}, "
                f"do các đơn vị khác: {_places(one.others)}"
            )
        moved = [part for part in one.parts if part.change][:NAMED]
        if moved:
            named = [
                f"{component.name.vi} ({writing.points(part.change, 'vi', 2)})"
                for part in moved
                if (component := self.card.component(part.code)) is not None
            ]
            said += f". Tỷ lệ điểm đổi nhiều nhất, tính theo điểm phần trăm, ở: {listed(named)}"
        yield f"{said}."


def _places(value: int) -> str:
    if not value:
        return "giữ nguyên"
    return f"lên {value} bậc" if value > 0 else f"xuống {-value} bậc"


def _read(reading: Reading | None) -> str:
    if reading is None or reading.status is Status.UNKNOWN:
        missing = reading is not None and reading.why is NOT_PUBLISHED
        return NOT_PUBLISHED.vi if missing else NO_DATA
    if reading.status is Status.NOT_APPLICABLE or reading.value is None:
        return NOT_APPLICABLE
    if reading.denominator is None:
        return writing.number(reading.value, "vi")
    top, bottom = (
        "–" if one is None else writing.number(one, "vi")
        for one in (reading.numerator, reading.denominator)
    )
    return f"{writing.percent(reading.value, 'vi')} ({top}/{bottom})"
