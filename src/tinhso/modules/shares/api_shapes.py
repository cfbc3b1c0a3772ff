"""The shapes of allocations over the API: every number exact, every empty value said."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from tinhso.kernel.units.api import Page, Shape
from tinhso.measure.targets import Standing
from tinhso.modules.plan.api_figures import Amount, UnitRef, ValueShape
from tinhso.modules.plan.api_schemas import About, LensShape
from tinhso.modules.shares.own_plan_queries import Match


class ShareSumShape(Shape):
    """What the province would reach if every unit exactly met its share: a ratio of sums."""

    value: Amount | None = Field(description="Null: no unit has both a share and a denominator.")
    target: Amount
    difference: Amount | None
    denominator: int
    coverage: Amount | None = Field(description="Their part of the province's own denominator.")
    counted: list[str]
    without_denominator: list[str] = Field(description="Left out.")
    within: list[str] = Field(description="They lie in a unit that is counted.")


class AllocationShape(Shape):
    """One version of an allocation. Empty strings and null: not known."""

    target: str
    number: int
    rule: str
    parameters: dict[str, str] = Field(description="What the rule was given, in per cent.")
    levels: list[str]
    map_day: date
    basis: str = Field(description="Period of baselines and denominators.")
    operator: str
    threshold: Amount
    document: str
    document_day: date | None
    issuer: str
    reason: str
    made_at: datetime
    made_by: str
    simulated: bool


class TargetShares(Shape):
    code: str
    giveable: bool = Field(description="Units have a numerator and a denominator of their own.")
    units: int
    allocation: AllocationShape | None
    sum: ShareSumShape | None


class TargetSharesList(Page[TargetShares]):
    about: About


class SharePartShape(Shape):
    """A share as it was given to a unit of its day."""

    unit: str
    amount: Amount
    milestones: list[Amount | None]
    answers: str
    note: str
    denominator: int | None


class UnitShareShape(Shape):
    """A unit's share on the map in view. `amount` null: its parts differ and cannot be weighed.

    `goal` is what it is held against: the milestone of `quarter`, else the share."""

    unit: UnitRef
    amount: Amount | None
    milestones: list[Amount | None]
    parts: list[SharePartShape]
    without_share: list[str] = Field(description="Units that came into it without a share.")
    value: ValueShape
    goal: Amount | None
    quarter: int | None
    standing: Standing | None


class LostShareShape(Shape):
    """A share that no single unit of the map took over."""

    part: SharePartShape
    above: UnitRef


class GivenTo(Shape):
    """A share in a version, as it was given."""

    amount: Amount
    milestones: list[Amount | None]
    answers: str
    note: str


class ChangedShareShape(Shape):
    unit: str
    before: GivenTo | None
    after: GivenTo | None


class AllocationAnswer(Shape):
    about: About
    lens: LensShape
    target: str
    giveable: bool
    day: date = Field(description="The day whose map the rows stand on.")
    versions: list[AllocationShape] = Field(description="The newest first.")
    allocation: AllocationShape | None
    sum: ShareSumShape | None
    rows: list[UnitShareShape]
    lost: list[LostShareShape]
    unshared: list[str] = Field(description="Units of the levels that receive, without a share.")
    changed: list[ChangedShareShape] = Field(description="Against the version before.")


class PassedShareShape(Shape):
    """A share that was given to the unit, which is no more."""

    part: SharePartShape
    to: UnitRef | None = Field(description="Null: no single unit took it over.")


class OwnShareShape(Shape):
    target: str
    allocation: AllocationShape
    share: UnitShareShape | None
    passed: PassedShareShape | None


class UnitSharesAnswer(Shape):
    about: About
    lens: LensShape
    unit: UnitRef
    day: date
    shares: list[OwnShareShape]


class OwnPlanShape(Shape):
    """One version of a unit's own plan. `number` is empty and `issued` null where no signed document
    goes with it; `submitted_at` is null for a draft."""

    version: int
    number: str
    issued: date | None
    link: str
    has_file: bool
    state: str
    items: int = Field(description="Targets and tasks in it; 0: a document alone.")
    submitted_at: datetime | None
    decided_at: datetime | None
    reason: str
    simulated: bool


class OwnPlanLine(Shape):
    unit: UnitRef
    asked_for: bool
    newest: OwnPlanShape | None
    approved: OwnPlanShape | None = Field(description="The newest approved version.")
    assigned: int = Field(description="Shares and tasks that the unit was given.")
    match: Match = Field(description="Of the approved version, else of the newest.")
    missing: int
    changed: int
    withdrawn: int


class OwnPlanList(Page[OwnPlanLine]):
    about: About
