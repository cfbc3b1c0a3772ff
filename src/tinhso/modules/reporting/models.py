"""Reported figures: what was answered, by whom, and how it went upward (số liệu báo cáo)."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from tinhso.kernel.files.models import StoredFile
from tinhso.kernel.people.models import Account
from tinhso.kernel.units.models import Unit


class ReportedFigure(models.Model):
    """One indicator of one unit and period that a declaration asks for (ô số liệu).

    There is none until somebody sends it. `answer` is the newest one sent; `approved` the one that
    the lake was given last, which stays until a later one is approved. `passed`: the steps that
    approved `answer`, by code, with commas between. `sent_on`: when it first came in.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.CharField(max_length=60)
    duty = models.CharField(max_length=40)
    indicator = models.CharField(max_length=40)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    period = models.CharField(max_length=20)
    state = models.CharField(max_length=10)
    passed = models.CharField(max_length=60, blank=True)
    sent_on = models.DateField()
    answer = models.ForeignKey("Answer", models.PROTECT, null=True, related_name="+")
    approved = models.ForeignKey("Answer", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                name="reported_figure_once",
                fields=["plan", "duty", "period", "unit", "indicator"],
            ),
            models.CheckConstraint(
                name="reported_state_known", condition=Q(state__in=["sent", "returned", "approved"])
            ),
            models.CheckConstraint(
                name="reported_approved_is_the_newest",
                condition=~Q(state="approved") | Q(approved__isnull=False, approved=F("answer")),
            ),
        )
        indexes = (models.Index(fields=["state"], name="reported_state"),)

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """What the ledger calls it."""
        return f"{self.plan}/{self.duty}/{self.period}/{self.unit_id}/{self.indicator}"


class Answer(models.Model):
    """What a unit said of a figure, once and for all (lần trả lời): a later one stands beside it.

    `kind`: a value, no data, or not applicable. `correction` is why an approved figure was changed,
    `explanation` why it jumps. `marks`: what the checks asked about when it was sent, as `[vi, en]`.
    """

    figure = models.ForeignKey(ReportedFigure, models.CASCADE, related_name="answers")
    number = models.PositiveIntegerField()  # 1, 2, 3 ...
    kind = models.CharField(max_length=20)
    numerator = models.BigIntegerField(null=True)
    denominator = models.BigIntegerField(null=True)
    reason = models.TextField(blank=True)
    explanation = models.TextField(blank=True)
    correction = models.TextField(blank=True)
    evidence = models.CharField(max_length=300, blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    marks = models.JSONField(default=list)
    entered_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    position = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField()
    simulated = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(name="answer_once", fields=["figure", "number"]),
            models.CheckConstraint(
                name="answer_value_has_numerator",
                condition=~Q(kind="value") | Q(numerator__isnull=False, numerator__gte=0),
            ),
            models.CheckConstraint(
                name="answer_part_within_whole",
                condition=Q(denominator=None) | Q(numerator__lte=F("denominator")),
            ),
            models.CheckConstraint(
                name="answer_without_value_has_reason", condition=Q(kind="value") | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="answer_no_data_has_no_number",
                condition=~Q(kind="no-data") | Q(numerator=None, denominator=None),
            ),
            models.CheckConstraint(
                name="answer_kind_known",
                condition=Q(kind__in=["value", "no-data", "not-applicable"]),
            ),
        )

    def __str__(self) -> str:
        return f"{self.figure_id} #{self.number}"


class Ruling(models.Model):
    """What somebody ruled on an answer (lượt duyệt): a step upward, or back with a comment."""

    answer = models.ForeignKey(Answer, models.CASCADE, related_name="rulings")
    step = models.CharField(max_length=20)
    approves = models.BooleanField()
    comment = models.TextField(blank=True)
    by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    position = models.CharField(max_length=60, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")  # that the step was taken in
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(name="ruling_once", fields=["answer", "step"]),
            models.CheckConstraint(
                name="ruling_back_has_comment", condition=Q(approves=True) | ~Q(comment="")
            ),
        )

    def __str__(self) -> str:
        return f"{self.answer_id} {self.step}"


class Draft(models.Model):
    """What somebody typed into a form and has not sent (bản nháp): nobody's act yet, so without an
    entry in the ledger. `typed` holds the fields word for word."""

    plan = models.CharField(max_length=60)
    duty = models.CharField(max_length=40)
    period = models.CharField(max_length=20)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    typed = models.JSONField()
    saved_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(name="draft_once", fields=["plan", "duty", "period", "unit"]),
        )

    def __str__(self) -> str:
        return f"{self.duty} {self.period} {self.unit_id}"
