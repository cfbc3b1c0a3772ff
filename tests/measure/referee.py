"""A second measuring of everything: plain SQL in SQLite, plain Python for maps and time.

It shares the dataclasses that definitions, streams and maps are told in, and no code.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from atlas import DAY, Atlas

from tinhso.measure.definitions import Aggregate, Indicator, Kind, Part, Window
from tinhso.measure.streams import Nature, Stream

EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Finding:
    """What the referee holds to be the figure."""

    status: str
    reason: str | None
    value: Fraction | None = None
    numerator: int | None = None
    denominator: int | None = None
    known: int | None = None
    unattributed: int = 0  # of the numerator
    state_day: date | None = None  # of the numerator
    expected: int = 0
    reported: int = 0
    former: bool = False
    partly: bool = False


@dataclass(frozen=True)
class Lot:
    """What one unit has on one day: an amount, or persons, out of `told` records."""

    unit: str
    day: date
    told: int
    amount: int
    who: str | None = None
    states: int = 0
    dated: int = 0  # sum of the states' day numbers


@dataclass(frozen=True)
class Stand:
    """How a unit is looked at: on one map for all days, or (None) on each day's own."""

    map_day: date | None
    last_day: date
    former: bool
    partly: bool
    shown: date = date.min  # the day whose units are shown for a former one's territory
    follows: bool = False  # whoever took over from it is meant, once it is no more


class Referee:
    def __init__(
        self,
        atlas: Atlas,
        streams: Mapping[str, Stream],
        rows: Mapping[str, Sequence[Sequence[object]]],
        wheres: Mapping[str, str],
        followed: Iterable[str] = (),
    ) -> None:
        """`rows` are a stream's fields with `_unit`, `_level`, ...; `wheres` filters in SQLite."""
        self.atlas, self.streams, self.wheres = atlas, streams, wheres
        self.followed = set(followed)
        self.lots: dict[object, list[Lot]] = {}
        self.db = sqlite3.connect(":memory:")
        self.dates: list[date] = []
        for code, stream in streams.items():
            names = [field.name for field in stream.fields] + ["unit_", "level_"]
            self.db.execute(f"CREATE TABLE {code} ({', '.join([*names, 'unit_level'])})")
            for row in rows[code]:
                level = "province" if row[-3] == "agency" else row[-3]
                values = [_plain(value) for value in row[:-2]]
                marks = ", ".join("?" * (len(values) + 1))
                self.db.execute(f"INSERT INTO {code} VALUES ({marks})", [*values, level])
                past = [f.name for f in stream.fields if not f.future]
                self.dates += [
                    value.date() if isinstance(value, datetime) else value
                    for name, value in zip(names, row, strict=False)
                    if name in past and isinstance(value, date)
                ]

    # -- figures -------------------------------------------------------------------------------

    def figure(
        self,
        one: Indicator,
        unit: str,
        first: date,
        last: date,
        view: date | None,
        *,
        reporting: bool,
    ) -> Finding:
        """The figure of `unit` from `first` to `last` (both in it)."""
        if self.outside(first, last):
            return Finding("unknown", "out-of-range")
        stand = self.stand(unit, first, last, view)
        if stand is None:
            return Finding("not-applicable", "not-in-existence")
        period = (self.year_start(last, reporting), first, last)
        top = self.part(one, one.numerator, unit, period, stand)
        bottom = self.part(one, one.denominator, unit, period, stand)
        known = self.part(one, one.known, unit, period, stand)
        status, reason = judge(one.kind, top[0], bottom[0], one.known is not None, known[0])
        value = None
        if status == "measured" and top[0] is not None:
            value = Fraction(top[0], 1 if one.kind is Kind.MEASURE else bottom[0] or 0)
        expected, reported = self.completeness(one, unit, period, stand)
        return Finding(
            status,
            reason,
            value,
            top[0],
            bottom[0],
            known[0],
            top[1],
            top[2],
            expected,
            reported,
            stand.former,
            stand.partly,
        )

    def outside(self, first: date, last: date) -> bool:
        """Records cover whole years up to the newest event's, and the reporting year before."""
        newest = max(self.dates).year
        oldest = max(min(self.dates).year, newest - 6)
        return first < date(oldest - 1, 12, 15) or last > date(newest, 12, 31)

    def year_start(self, last: date, reporting: bool) -> date:
        return date(last.year - 1, 12, 15) if reporting else date(last.year, 1, 1)

    def stand(self, unit: str, first: date, last: date, view: date | None) -> Stand | None:
        begins, ends = self.atlas.begins(unit), self.atlas.ends(unit)
        whole = begins <= first and last < ends
        follows = unit in self.followed
        if view is None:
            if follows and not whole and begins <= last:
                return Stand(None, last, False, False, follows=True)
            if ends <= first or last < begins:
                return None
            return Stand(None, min(last, ends - DAY) if ends < date.max else last, False, not whole)
        if begins <= view < ends:
            return Stand(view, last, False, False)
        if follows and self.node(unit, view, follows=True):
            return Stand(view, last, False, False, follows=True)
        nearest = max(begins, min(view, ends - DAY))
        return Stand(nearest, last, True, False, view)

    def node(self, unit: str, day: date, *, follows: bool) -> str | None:
        """The unit itself while it lives; once it is no more, where it follows, its one heir."""
        if unit in self.atlas.living(day):
            return unit
        if not follows or day < self.atlas.ends(unit):
            return None
        place, sure = self.atlas.stands(unit, day)
        return place if sure else None

    def part(
        self,
        one: Indicator,
        part: Part | None,
        unit: str,
        period: tuple[date, date, date],
        stand: Stand,
    ) -> tuple[int | None, int, date | None]:
        """Amount, how much of it stands at the unit unattributed, mean day of states."""
        if part is None:
            return None, 0, None
        lots = self.counted(part, unit, period, stand, own=one.kind is Kind.MEASURE)
        if not any(lot.told for lot, _ in lots):
            return None, 0, None
        if one.kind is Kind.MEASURE:  # only one may tell it, and what others left empty is no state
            tellers = {lot.unit for lot, _ in lots if lot.told}
            if len(tellers) != 1:
                return None, 0, None
            lots = [(lot, sure) for lot, sure in lots if lot.unit in tellers]
        if part.aggregate is Aggregate.DISTINCT:
            return len({lot.who for lot, _ in lots if lot.who is not None}), 0, None
        states = sum(lot.states for lot, _ in lots)
        days = sum(lot.dated for lot, _ in lots)
        state_day = EPOCH + timedelta(days=days // states) if states else None
        loose = sum(lot.amount for lot, sure in lots if not sure)
        return sum(lot.amount for lot, _ in lots), loose, state_day

    def counted(
        self,
        part: Part,
        unit: str,
        period: tuple[date, date, date],
        stand: Stand,
        *,
        own: bool = False,
    ) -> list[tuple[Lot, bool]]:
        """The lots that count for the unit; false for those that it has for want of a claimant."""
        year, first, last = period
        if part.window is Window.YEAR:
            first = min(first, year)
        elif part.window is Window.EVER:
            first = date.min
        stock = bool(part.until) or self.streams[part.stream].nature is Nature.REGISTER
        lots = self.held(part, stand.last_day) if stock else self.happened(part, first, last)
        found = []
        for lot in lots:
            day = stand.map_day or (stand.last_day if stock else lot.day)
            node = self.node(unit, day, follows=stand.follows)
            if node is None:
                continue
            place, sure = self.atlas.stands(lot.unit, day)
            if node in self.atlas.up(place, day) and not (own and (place != node or not sure)):
                found.append((lot, sure or place != node))
        return found

    def completeness(
        self, one: Indicator, unit: str, period: tuple[date, date, date], stand: Stand
    ) -> tuple[int, int]:
        own = stand.map_day or stand.last_day
        node = self.node(unit, own, follows=stand.follows)
        if not one.reported_by or node is None:
            return 0, 0
        day = stand.shown if stand.former else own
        living = self.atlas.living(day)
        should = {
            u
            for u, span in living.items()
            if span.level in one.reported_by
            and node in self.atlas.up(self.atlas.stands(u, own)[0], own)
        }
        within_period = Part(**{**vars(one.numerator), "window": Window.PERIOD})
        lots = self.counted(within_period, unit, period, stand)
        have = {self.atlas.stands(lot.unit, day)[0] for lot, _ in lots if lot.told}
        return len(should), len(should & have)

    # -- records -------------------------------------------------------------------------------

    def happened(self, part: Part, first: date, last: date) -> list[Lot]:
        """A flow's lots of the days from `first` to `last`."""
        if part not in self.lots:
            stream = self.streams[part.stream]
            when, where = part.date or stream.default_date, f"({self.wheres[part.where]})"
            base = f"FROM {part.stream} WHERE {when} IS NOT NULL"
            if part.aggregate is Aggregate.DISTINCT:
                rows = self.db.execute(
                    f"SELECT DISTINCT unit_, date({when}), 1, 0, "
                    f"CASE WHEN {where} THEN {part.field} END {base}"
                )
            elif part.aggregate is Aggregate.SUM:
                rows = self.db.execute(
                    f"SELECT unit_, date({when}), 1, {part.field}, NULL {base} "
                    f"AND {where} AND {part.field} IS NOT NULL"
                )
            else:
                rows = self.db.execute(
                    f"SELECT unit_, date({when}), count(*), count(*) FILTER (WHERE {where}), NULL "
                    f"{base} GROUP BY 1, 2"
                )
            self.lots[part] = [
                Lot(unit, date.fromisoformat(day), told, amount, who)
                for unit, day, told, amount, who in rows
            ]
        return [lot for lot in self.lots[part] if first <= lot.day <= last]

    def held(self, part: Part, day: date) -> list[Lot]:
        """A stock's lots as they stand at the end of `day`."""
        key = (part, day)
        if key not in self.lots:
            self.lots[key] = self.open_on(part, day) if part.until else self.states_on(part, day)
        return self.lots[key]

    def open_on(self, part: Part, day: date) -> list[Lot]:
        """Records count after `date` and before `until`; told is whatever was known by then."""
        where = f"({self.wheres[part.where]})"
        what = part.field or "1"
        told = f"{where} AND {part.field} IS NOT NULL" if part.field else "1"
        known_since = self.streams[part.stream].default_date
        rows = self.db.execute(
            f"SELECT unit_, date({known_since}) <= :day AND {told}, "
            f"CASE WHEN {where} AND date({part.date or known_since}) < :day "
            f"AND ({part.until} IS NULL OR date({part.until}) > :day) THEN {what} END "
            f"FROM {part.stream}",
            {"day": day.isoformat()},
        )
        return [Lot(unit, day, told or 0, amount or 0) for unit, told, amount in rows]

    def states_on(self, part: Part, day: date) -> list[Lot]:
        """Each thing's last state; an ended unit's until all who took over have told theirs."""
        stream = self.streams[part.stream]
        since = stream.default_date
        thing = ["unit_" if name == stream.unit else name for name in stream.thing]
        where = f"({self.wheres[part.where]})"
        what = f"{part.field}" if part.field else "1"
        matched = f"{where} AND {part.field} IS NOT NULL" if part.field else "1"
        rows = self.db.execute(
            f"WITH last AS (SELECT *, row_number() OVER (PARTITION BY {', '.join(thing)} "
            f"ORDER BY {since} DESC) AS back FROM {part.stream} WHERE date({since}) <= :day) "
            f"SELECT unit_, {matched}, CASE WHEN {where} THEN {what} END, "
            f"{where}, date({since}), {', '.join(thing)} FROM last WHERE back = 1",
            {"day": day.isoformat()},
        ).fetchall()
        told_on: dict[tuple[str, ...], list[date]] = defaultdict(list)
        by_unit = "unit_" in thing
        others = [name for name in thing if name != "unit_"]
        if by_unit:
            for unit, told, *rest in self.db.execute(
                f"SELECT unit_, date({since}), {', '.join(others)} FROM {part.stream} "
                f"WHERE date({since}) <= :day",
                {"day": day.isoformat()},
            ):
                told_on[(unit, *rest)].append(date.fromisoformat(told))
        found = []
        for unit, told, amount, counts, dated, *key in rows:
            rest = [value for name, value in zip(thing, key, strict=True) if name != "unit_"]
            if by_unit and self.taken_over(unit, rest, told_on):
                continue
            number = (date.fromisoformat(dated) - EPOCH).days if counts else 0
            found.append(Lot(unit, day, told or 0, amount or 0, None, counts or 0, number))
        return found

    def taken_over(
        self, unit: str, rest: list[str], told_on: Mapping[tuple[str, ...], list[date]]
    ) -> bool:
        """Whether everyone that took over from an ended unit has told of the thing since."""
        heirs = [s for s in self.atlas.successions if s.source == unit]
        if self.atlas.ends(unit) == date.max or not heirs:
            return False
        return all(
            any(day >= heir.on for day in told_on.get((heir.target, *rest), ()))
            or self.taken_over(heir.target, rest, told_on)
            for heir in heirs
        )


def judge(
    kind: Kind, top: int | None, bottom: int | None, asks_known: bool, known: int | None
) -> tuple[str, str | None]:
    """Rule 3: what is missing, and what that makes of the figure."""
    if kind is Kind.MEASURE:
        return ("unknown", "no-records") if top is None else ("measured", None)
    if top is None and bottom is None:
        return "unknown", "no-records"
    if bottom is None:
        return "not-applicable", "no-denominator"
    if bottom == 0:
        return "not-applicable", "zero-denominator"
    if top is None or (asks_known and not known):
        return "unknown", "no-numerator"
    return "measured", None


def _plain(value: object) -> object:
    """As SQLite keeps it: days and moments as text of one length, yes and no as 1 and 0."""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return f"{value.isoformat()} 00:00:00"
    return int(value) if isinstance(value, bool) else value
