"""Targets given to units, in versions that nobody edits; and the units' own plans."""

from __future__ import annotations

import uuid
from fractions import Fraction

from django.db import models
from django.db.models import F, Q

from tinhso.kernel.files.models import StoredFile
from tinhso.kernel.units.models import Unit
from tinhso.measure.text import Text
from tinhso.modules.shares.promises import Assigned, Kind, Promise
from tinhso.modules.shares.rules import NO_MILESTONES, Milestones, Rule
from tinhso.modules.shares.typed import found

_EXACT = r"^[0-9]+(/[1-9][0-9]*)?$"
_EXACT_OR_NOTHING = r"^([0-9]+(/[1-9][0-9]*)?)?$"


class Allocation(models.Model):
    """One version of how a target of a plan is given to units (đợt giao).

    A change is a new version with a reason; earlier ones stay as they are. `map_day` is the day
    whose units receive; `basis` the period of their baselines and denominators. What is not known
    of the document stays empty.
    """

    plan = models.CharField(max_length=60)
    target = models.CharField(max_length=40)
    number = models.PositiveIntegerField()  # 1, then 2, 3 ... for changes
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")  # whose target it is
    rule = models.CharField(max_length=20)
    parameters = models.JSONField(default=dict)  # what the rule was given, as it was typed
    levels = models.JSONField()  # of the units that receive
    map_day = models.DateField()
    basis = models.CharField(max_length=20)
    operator = models.CharField(max_length=2)  # the target's own, as it was then
    threshold = models.CharField(max_length=60)  # exact, "3/4" for 75 %
    document = models.CharField(max_length=100, blank=True)
    document_day = models.DateField(null=True, blank=True)
    issuer = models.CharField(max_length=200, blank=True)
    reason = models.TextField(blank=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200)
    position = models.CharField(max_length=60, blank=True)
    simulated = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["plan", "target", "number"], name="allocation_once"),
            models.CheckConstraint(
                name="allocation_change_has_reason", condition=Q(number=1) | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="allocation_rule_known", condition=Q(rule__in=[one.value for one in Rule])
            ),
            models.CheckConstraint(
                name="allocation_operator_known", condition=Q(operator__in=[">", ">=", "<", "<="])
            ),
            models.CheckConstraint(
                name="allocation_threshold_exact", condition=Q(threshold__regex=_EXACT)
            ),
        )

    def __str__(self) -> str:
        return f"{self.plan}/{self.target}/{self.number}"

    @property
    def threshold_amount(self) -> Fraction:
        return Fraction(self.threshold)


class Share(models.Model):
    """What one unit is to reach (phần giao): exact fractions of one, and who answers for it.

    `answers` names a position, never a person. Milestones (mốc) are due by the end of each quarter
    of the plan's year; empty where none is set.
    """

    allocation = models.ForeignKey(Allocation, models.PROTECT, related_name="shares")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    value = models.CharField(max_length=60)
    quarter_1 = models.CharField(max_length=60, blank=True)
    quarter_2 = models.CharField(max_length=60, blank=True)
    quarter_3 = models.CharField(max_length=60, blank=True)
    quarter_4 = models.CharField(max_length=60, blank=True)
    answers = models.CharField(max_length=200, blank=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["allocation", "unit"], name="share_once"),
            models.CheckConstraint(name="share_exact", condition=Q(value__regex=_EXACT)),
            models.CheckConstraint(
                name="share_milestones_exact",
                condition=Q(quarter_1__regex=_EXACT_OR_NOTHING)
                & Q(quarter_2__regex=_EXACT_OR_NOTHING)
                & Q(quarter_3__regex=_EXACT_OR_NOTHING)
                & Q(quarter_4__regex=_EXACT_OR_NOTHING),
            ),
        )

    def __str__(self) -> str:
        return f"{self.unit_id} {self.value}"

    @property
    def amount(self) -> Fraction:
        return Fraction(self.value)

    @property
    def milestones(self) -> Milestones:
        kept = (self.quarter_1, self.quarter_2, self.quarter_3, self.quarter_4)
        return tuple(found(one) for one in kept)


class OwnPlan(models.Model):
    """One version of an agency's own plan (kế hoạch riêng): its items, the signed document, or both.

    A draft is worked on; once handed in nothing in it changes any more. Approved or returned with a
    reason it is over: what comes after is another version. `number`, `issued`, `file` and `link` are
    of the signed document, empty where there is none (yet).
    """

    class State(models.TextChoices):
        DRAFT = "draft"
        SUBMITTED = "submitted"
        APPROVED = "approved"
        RETURNED = "returned"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.CharField(max_length=60)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)
    number = models.CharField(max_length=100, blank=True)
    issued = models.DateField(null=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    link = models.URLField(max_length=500, blank=True)
    itemised = models.BooleanField(default=False)  # handed in with items
    state = models.CharField(max_length=10, choices=State.choices, default=State.SUBMITTED)
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=200, blank=True)
    reason = models.TextField(blank=True)
    simulated = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="own_plan_can_be_read",
                condition=Q(file__isnull=False) | ~Q(link="") | Q(state="draft") | Q(itemised=True),
            ),
            models.CheckConstraint(
                name="own_plan_document_has_number",
                condition=Q(file=None, link="") | ~Q(number="") & Q(issued__isnull=False),
            ),
            models.CheckConstraint(
                name="own_plan_handed_in_unless_draft",
                condition=Q(state="draft", submitted_at=None)
                | ~Q(state="draft") & Q(submitted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="own_plan_decided_exactly_when_it_is_over",
                condition=Q(state__in=["draft", "submitted"], decided_at=None)
                | Q(state__in=["approved", "returned"], decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="own_plan_returned_with_reason", condition=~Q(state="returned") | ~Q(reason="")
            ),
            models.UniqueConstraint(
                name="own_plan_version_once", fields=["plan", "unit", "version"]
            ),
            models.UniqueConstraint(
                name="own_plan_one_is_open",
                fields=["plan", "unit"],
                condition=Q(state__in=["draft", "submitted"]),
            ),
        )

    def __str__(self) -> str:
        return f"{self.unit_id} {self.version}"


class OwnPlanItem(models.Model):
    """A target or a task in a unit's own plan (mục).

    With a `source` it was taken over: `source_version` and the columns up to `assigned_deadline` are
    as it was assigned then. `value` and `deadline` are the unit's own, empty for "as assigned".
    Without a source the unit added it.
    """

    own_plan = models.ForeignKey(OwnPlan, models.CASCADE, related_name="items")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=6, choices=[(one.value, one.value) for one in Kind])
    source = models.CharField(max_length=60, blank=True)  # a target's code, a task's id
    source_version = models.PositiveIntegerField(null=True)
    code = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=1000)
    name_en = models.CharField(max_length=1000, blank=True)
    role = models.CharField(max_length=10, blank=True)
    rhythm = models.CharField(max_length=12, blank=True)
    product = models.TextField(blank=True)
    measure = models.CharField(max_length=60, blank=True)
    operator = models.CharField(max_length=2, blank=True)
    assigned_value = models.CharField(max_length=200, blank=True)
    assigned_milestones = models.JSONField(default=list)
    assigned_deadline = models.DateField(null=True)
    value = models.CharField(max_length=60, blank=True)
    deadline = models.DateField(null=True)
    answers = models.CharField(max_length=200, blank=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(name="own_item_has_name", condition=~Q(name="")),
            models.UniqueConstraint(
                name="own_item_taken_over_once",
                fields=["own_plan", "kind", "source"],
                condition=~Q(source=""),
            ),
            models.CheckConstraint(
                name="own_item_not_later_than_assigned",
                condition=Q(deadline=None)
                | Q(assigned_deadline=None)
                | Q(deadline__lte=F("assigned_deadline")),
            ),
            models.CheckConstraint(
                name="own_item_exact",
                condition=Q(value__regex=_EXACT_OR_NOTHING)
                & Q(assigned_value__regex=_EXACT_OR_NOTHING),
            ),
            models.CheckConstraint(
                name="own_item_says_what_is_promised",
                condition=~Q(source="")
                | Q(kind="target") & ~Q(value="") & ~Q(measure="")
                | Q(kind="task", deadline__isnull=False) & ~Q(product=""),
            ),
        )

    def __str__(self) -> str:
        return f"{self.own_plan_id} {self.position}"

    @property
    def text(self) -> Text:
        return Text(self.name, self.name_en or self.name)

    @property
    def own_value(self) -> Fraction | None:
        return found(self.value)

    @property
    def assigned(self) -> Assigned | None:
        """What was taken over, as it was then; None for what the unit added."""
        if not self.source:
            return None
        kept = tuple(found(one) for one in self.assigned_milestones)
        return Assigned(
            kind=Kind(self.kind),
            source=self.source,
            version=self.source_version or 0,
            code=self.code,
            name=self.text,
            role=self.role,
            rhythm=self.rhythm,
            product=self.product,
            operator=self.operator,
            value=found(self.assigned_value),
            milestones=kept or NO_MILESTONES,
            deadline=self.assigned_deadline,
        )

    @property
    def promise(self) -> Promise:
        """What the unit promises: its own, else what was assigned."""
        own, taken = self.own_value, self.assigned
        if taken is None:
            return Promise(own, self.deadline)
        return Promise(
            taken.value if own is None else own,
            self.deadline or taken.deadline,
        )
