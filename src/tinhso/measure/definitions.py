"""What is measured: indicators and honesty checks, as packs declare them.

A part is an additive aggregate of one stream (or a count of distinct persons or things); an
indicator is made of parts. Expressions inside parts are text here; `expressions` types them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from tinhso.measure.boundaries import Level
from tinhso.measure.text import NOWHERE, Place, Text


class Kind(StrEnum):
    """How an indicator is made; see the table in the docs of measure."""

    RATIO = "ratio"
    PEOPLE = "people"
    UNITS = "units"
    REPORTED = "reported"
    MEASURE = "measure"


class Aggregate(StrEnum):
    COUNT = "count"
    SUM = "sum"
    DISTINCT = "distinct"


class Window(StrEnum):
    """Over what time distinct persons or things are counted, always up to the period's end."""

    PERIOD = "period"
    YEAR = "year"  # from the first day of the year that the period ends in
    EVER = "ever"


class Better(StrEnum):
    HIGHER = "higher"
    LOWER = "lower"


@dataclass(frozen=True)
class Part:
    """An aggregate of one stream under a filter.

    `field` is what is summed or counted distinctly ("" for a count). `date` names the field that
    puts a record into a period (flows). `until`, where set, makes a stock of intervals: a record
    counts on every day from the day after `date` up to the day before `until`, without end where
    `until` is empty: an open dossier is overdue from the day after its due date until it is closed.
    """

    stream: str
    aggregate: Aggregate
    where: str
    label: Text
    field: str = ""
    date: str = ""
    until: str = ""
    window: Window = Window.PERIOD
    told: str = ""  # which records tell that somebody has spoken at all; "" for any of the stream
    place: Place = NOWHERE  # of the `where` text, for messages


@dataclass(frozen=True)
class Source:
    """Where a definition or figure comes from: a document of the pack and the item in it."""

    document: str
    item: Text | None = None


@dataclass(frozen=True)
class Indicator:
    """A definition (chỉ số). `known` counts the units whose state is known (kind `units`)."""

    code: str
    name: Text
    plain: Text  # what it is, in words that a resident understands at first reading
    kind: Kind
    numerator: Part
    denominator: Part | None
    known: Part | None
    better: Better
    unit: Text  # what one of the numerator is: hồ sơ, người, xã
    source: Source
    gaps: tuple[Text, ...] = ()  # what the figure cannot say, honestly
    reported_by: tuple[Level, ...] = ()  # which levels should have records: for completeness
    version: str = "1"
    checked_by: str = ""
    next_review: str = ""
    place: Place = NOWHERE

    @property
    def parts(self) -> tuple[Part, ...]:
        return tuple(p for p in (self.numerator, self.denominator, self.known) if p is not None)


class CheckKind(StrEnum):
    SHARE = "share"  # records that match, among all
    CONCENTRATION = "concentration"  # records of one source that has too many of them


@dataclass(frozen=True)
class Alarm:
    """When a unit stands out in a check (quy tắc cảnh báo); `alarms` reckons by it.

    `false_alarms` is the chance, at most, that a table of units that all record honestly marks any
    of them. `at_least`: fewer records in question mark nobody. `expected` is the share (0 to 1) that
    honest records have where that is known beforehand, such as that of last digits; None compares
    with the other units.
    """

    false_alarms: Fraction
    at_least: int
    expected: Fraction | None = None


@dataclass(frozen=True)
class HonestyCheck:
    """A declared question about bent figures, shown beside a number, never correcting it.

    For `CONCENTRATION`, `by` names the field that tells sources apart and `at_least` how many
    records of one source in one unit and half-month raise the question. `basis` says who chose
    the threshold and why: no regulation sets it unless a source is named.
    """

    code: str
    name: Text
    plain: Text
    kind: CheckKind
    records: Part
    over: Part
    basis: Text
    indicators: tuple[str, ...]
    by: str = ""
    at_least: int = 0
    alarm: Alarm | None = None  # None: the check only counts
    place: Place = NOWHERE
