"""A plan as data: what a pack says, as plain frozen values (kế hoạch dưới dạng dữ liệu)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from pathlib import Path

from tinhso.measure.boundaries import Level
from tinhso.measure.definitions import HonestyCheck, Indicator, Source
from tinhso.measure.periods import PeriodKind
from tinhso.measure.scorecards.definitions import Published, Scorecard
from tinhso.measure.streams import Stream
from tinhso.measure.targets import Threshold
from tinhso.measure.text import NOWHERE, Place, Text


class PackType(StrEnum):
    PLAN = "plan"
    LIBRARY = "library"


class DocumentKind(StrEnum):
    PLAN = "plan"
    RESOLUTION = "resolution"
    DECREE = "decree"
    CIRCULAR = "circular"
    DECISION = "decision"
    ANNOUNCEMENT = "announcement"
    NEWS = "news"
    WEBSITE = "website"
    EXAMPLE = "example"


class Operator(StrEnum):
    """“Trên” is `>`, “đạt” is `>=`; values are compared unrounded."""

    ABOVE = ">"
    AT_LEAST = ">="
    BELOW = "<"
    AT_MOST = "<="


class MeasuredIn(StrEnum):
    PERCENT = "percent"
    RANK = "rank"
    POINTS = "points"
    COUNT = "count"


class KnownBy(StrEnum):
    """How a target's figure can be known."""

    RECORDS = "records"
    REPORTED = "reported"
    UNITS = "units"
    SURVEY = "survey"


@dataclass(frozen=True)
class Document:
    """A document or other source (văn bản, nguồn). `issued` is None where sources are silent or disagree."""

    code: str
    kind: DocumentKind
    title: Text
    issuer: Text | None = None
    issued: date | None = None
    in_force: date | None = None
    site: str = ""
    item: str = ""
    note: Text | None = None
    place: Place = NOWHERE


@dataclass(frozen=True)
class Agency:
    """An agency that the plan gives work to, by its code in the register of units."""

    code: str
    name: Text
    note: Text | None = None
    place: Place = NOWHERE


@dataclass(frozen=True)
class Pillar:
    code: str
    name: Text
    place: Place = NOWHERE


@dataclass(frozen=True)
class Target:
    """A target (chỉ tiêu). `threshold` is exact, in the unit that `measure` names (75 = 75 %)."""

    code: str
    pillar: str
    indicator: str
    name: Text
    operator: Operator
    threshold: Decimal
    measure: MeasuredIn
    deadline: date  # the last day on which it can be met
    level: Level
    known_by: tuple[KnownBy, ...]
    references: tuple[Source, ...]
    notes: tuple[Text, ...] = ()
    gaps: tuple[Text, ...] = ()
    place: Place = NOWHERE

    @property
    def required(self) -> Threshold:
        """The threshold as values are judged by it: a share for per cent (3/4 for 75 %)."""
        amount = Fraction(self.threshold)
        share = self.measure is MeasuredIn.PERCENT
        return Threshold(self.operator.value, amount / 100 if share else amount)


@dataclass(frozen=True)
class Task:
    """A task that the source names (nhiệm vụ). Owner, start and deadline are None where it is silent."""

    code: str
    group: str
    name: Text
    owner: str | None = None
    start: date | None = None
    deadline: date | None = None
    references: tuple[Source, ...] = ()
    note: Text | None = None
    place: Place = NOWHERE


@dataclass(frozen=True)
class SolutionGroup:
    """A group of solutions (nhóm giải pháp) with the tasks that the source names in it."""

    code: str
    name: Text
    tasks: tuple[Task, ...]
    references: tuple[Source, ...] = ()
    place: Place = NOWHERE


@dataclass(frozen=True)
class Duty:
    """Who answers for what (trách nhiệm): one agency, or bodies that the source names together."""

    code: str
    agency: str | None
    bodies: Text | None
    duty: Text
    references: tuple[Source, ...]
    place: Place = NOWHERE


@dataclass(frozen=True)
class Rank:
    place: int
    of: int | None = None


@dataclass(frozen=True)
class BaselinePart:
    name: Text
    value: Decimal


@dataclass(frozen=True)
class Baseline:
    """A published figure from before the plan (điểm xuất phát).

    A target's own starting value only where `same_definition`; else `difference` says what it is.
    """

    code: str
    name: Text
    year: int | None
    value: Decimal
    measure: MeasuredIn
    same_definition: bool
    source: Source
    approximate: bool = False
    out_of: Decimal | None = None
    rank: Rank | None = None
    parts: tuple[BaselinePart, ...] = ()
    targets: tuple[str, ...] = ()
    difference: Text | None = None
    place: Place = NOWHERE


@dataclass(frozen=True)
class Claim:
    value: str
    source: Source


@dataclass(frozen=True)
class Contradiction:
    """What sources say differently of one thing (mâu thuẫn): all claims are kept."""

    code: str
    subject: Text
    claims: tuple[Claim, ...]
    document: str | None = None
    handling: Text | None = None
    place: Place = NOWHERE


@dataclass(frozen=True)
class Gap:
    """What the sources do not say (chưa có trong nguồn)."""

    code: str
    subject: Text
    text: Text
    targets: tuple[str, ...] = ()
    place: Place = NOWHERE


@dataclass(frozen=True)
class Change:
    """A reorganisation under the plan: on `date`, or `about` when where no source dates it."""

    code: str
    text: Text
    date: date | None = None
    about: Text | None = None
    consequence: Text | None = None
    agencies: tuple[str, ...] = ()
    source: Source | None = None
    place: Place = NOWHERE


class Step(StrEnum):
    """Who approves a reported figure, upward (bước duyệt)."""

    UNIT = "unit"  # the head of the unit
    DISTRICT = "district"  # the district above, while there is one
    DEPARTMENT = "department"  # the department that the duty names
    STANDING_AGENCY = "standing-agency"


@dataclass(frozen=True)
class Jumps:
    """When a figure asks for a word of explanation (số liệu nhảy vọt).

    `points`: the share moved by more than so many percentage points since the last value.
    `percent`: the denominator moved by more than so many per cent; `count`: so did the number itself,
    of a figure without one. `spread`: the share, or that number, lies further from the median of its
    level than so many median absolute deviations; asked only with at least `neighbours` units to
    compare with.
    """

    points: int
    percent: int
    count: int
    spread: int
    neighbours: int


@dataclass(frozen=True)
class ReportingDuty:
    """Which units report which figures when (nghĩa vụ báo cáo số liệu).

    Of the periods `every` makes, those whose last day lies in [`since`, `until`). A report is in
    time up to `due_days` days after the period's last day. `reporting` periods run from the 15th to
    the 14th (Nghị định 09/2019/NĐ-CP). `control` figures are compared, never measured. `department`
    is the code of the agency that takes the step of that name; "" where no step is its.
    """

    code: str
    name: Text
    indicators: tuple[str, ...]
    level: Level
    reporting: bool
    every: PeriodKind
    since: date
    until: date | None
    due_days: int
    steps: tuple[Step, ...]
    jumps: Jumps
    basis: Text
    control: bool = False
    department: str = ""
    source: Source | None = None
    place: Place = NOWHERE


@dataclass(frozen=True)
class Province:
    """The province as it was when the plan was issued."""

    code: str
    name: Text
    districts: int | None = None
    communes: int | None = None


@dataclass(frozen=True)
class TasksTotal:
    """How many tasks the source counts, in its own words; how many are known is another number."""

    count: int
    source: Source


@dataclass(frozen=True)
class Plan:
    """A plan (kế hoạch). `unit` is the lasting identity of the unit whose plan it is."""

    document: str
    year: int
    title: Text
    unit: str
    goal: Text
    standing_agency: str
    pillars: tuple[Pillar, ...]
    subject: Text | None = None
    province: Province | None = None
    carries_on: tuple[str, ...] = ()
    source: Source | None = None
    tasks_total: TasksTotal | None = None
    agencies: tuple[Agency, ...] = ()
    targets: tuple[Target, ...] = ()
    groups: tuple[SolutionGroup, ...] = ()
    duties: tuple[Duty, ...] = ()
    baselines: tuple[Baseline, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    gaps: tuple[Gap, ...] = ()
    changes: tuple[Change, ...] = ()
    reporting: tuple[ReportingDuty, ...] = ()
    place: Place = NOWHERE

    @property
    def tasks(self) -> tuple[Task, ...]:
        """Every task that the source names, in its order."""
        return tuple(task for group in self.groups for task in group.tasks)

    @property
    def tasks_known(self) -> int:
        return len(self.tasks)

    @property
    def tasks_unknown(self) -> int | None:
        """How many tasks the source counts without naming; None where it does not count them."""
        return None if self.tasks_total is None else self.tasks_total.count - self.tasks_known

    def target(self, code: str) -> Target | None:
        return next((target for target in self.targets if target.code == code), None)


@dataclass(frozen=True)
class Pack:
    """A pack (gói) with everything that it declares, and that the packs it uses declare."""

    code: str
    type: PackType
    version: str
    name: Text
    description: Text
    example: bool  # no real plan: every page says so
    folder: Path
    uses: tuple[str, ...]
    documents: Mapping[str, Document]
    streams: Mapping[str, Stream]
    indicators: Mapping[str, Indicator]
    checks: Mapping[str, HonestyCheck]
    plan: Plan | None = None
    scorecards: Mapping[str, Scorecard] = field(default_factory=dict)
    results: tuple[Published, ...] = ()  # published results of national scorecards
    #: The definitions as they are written: `indicators/CQS-03.yaml` and so on -> text.
    texts: Mapping[str, str] = field(default_factory=dict, repr=False)
