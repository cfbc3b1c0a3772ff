"""Targets given to units, in versions that nobody edits; and the units' own plans."""

from __future__ import annotations

import uuid
from fractions import Fraction

from django.db import models
from django.db.models import Q

from tinhso.kernel.files.models import StoredFile
from tinhso.kernel.units.models import Unit
from tinhso.modules.shares.rules import Milestones, Rule
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
    """An agency's own plan as it was handed in once (kế hoạch riêng).

    Submitted, then approved or returned with a reason: both are the end of this row. What comes
    after is another row.
    """

    class State(models.TextChoices):
        SUBMITTED = "submitted"
        APPROVED = "approved"
        RETURNED = "returned"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.CharField(max_length=60)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    number = models.CharField(max_length=100)
    issued = models.DateField()
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    link = models.URLField(max_length=500, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.SUBMITTED)
    submitted_at = models.DateTimeField()
    submitted_by = models.CharField(max_length=200)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=200, blank=True)
    reason = models.TextField(blank=True)
    simulated = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="own_plan_can_be_read", condition=Q(file__isnull=False) | ~Q(link="")
            ),
            models.CheckConstraint(
                name="own_plan_decided_exactly_when_it_is_over",
                condition=Q(state="submitted", decided_at=None)
                | Q(state__in=["approved", "returned"], decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="own_plan_returned_with_reason", condition=~Q(state="returned") | ~Q(reason="")
            ),
            models.UniqueConstraint(
                name="own_plan_waits_once", fields=["plan", "unit"], condition=Q(state="submitted")
            ),
        )

    def __str__(self) -> str:
        return f"{self.unit_id} {self.number}"
