"""Tables imported from outside, and rounds in which points are claimed, verified, appealed."""

from __future__ import annotations

import uuid
from datetime import date

from django.db import models
from django.db.models import F, Q

from tinhso.kernel.files.models import StoredFile
from tinhso.kernel.units.models import Unit


class NationalTable(models.Model):
    """A national table as imported (bảng quốc gia): one card, one period, one revision.

    A later one for the same card and period is a correction: it has a reason and stands beside the
    first. `period` is a year or a month.
    """

    card = models.CharField(max_length=60)
    period = models.CharField(max_length=7)
    number = models.PositiveIntegerField()
    source = models.CharField(max_length=300)  # where it was published
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)
    imported_at = models.DateTimeField()
    imported_by = models.CharField(max_length=200)
    entry = models.UUIDField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["card", "period", "number"], name="table_once"),
            models.CheckConstraint(
                name="table_correction_has_reason", condition=Q(number=1) | ~Q(reason="")
            ),
            models.CheckConstraint(name="table_has_source", condition=~Q(source="")),
        )

    def __str__(self) -> str:
        return f"{self.card} {self.period} #{self.number}"


class TableRow(models.Model):
    """A province in a national table. Numbers are texts, exact as they were published."""

    table = models.ForeignKey(NationalTable, models.CASCADE, related_name="rows")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    rank = models.PositiveSmallIntegerField(null=True)  # as published
    score = models.CharField(max_length=40, blank=True)  # exact, as a fraction; "" for none
    parts = models.JSONField(default=dict)  # column -> exact fraction

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["table", "unit"], name="table_row_once"),
            models.CheckConstraint(
                name="table_rank_from_one", condition=Q(rank__isnull=True) | Q(rank__gte=1)
            ),
        )

    def __str__(self) -> str:
        return f"{self.unit_id} {self.rank}"


class RoundState(models.TextChoices):
    """Where a round stands. It moves only forward, and ends closed or cancelled."""

    OPEN = "open"  # units assess themselves
    VERIFYING = "verifying"  # claims are fixed; the verifier sets points
    APPEALS = "appeals"  # verified points are shown; units may appeal
    CLOSED = "closed"
    CANCELLED = "cancelled"


ENDED = (RoundState.CLOSED, RoundState.CANCELLED)


class Round(models.Model):
    """A round of a card for one period and one group (đợt tự chấm và thẩm định).

    `unit` owns it: the plan's own. `assess_by` and `appeal_by` are the last days; None while the
    step has not begun. `moved_at`: since when it is at its step (None: a round of an older version
    of the software). `snapshot` and `computed_at`: what the measured points of its lines came of;
    set when it is closed, together with its `places`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.CharField(max_length=60)
    card = models.CharField(max_length=60)
    version = models.CharField(max_length=20)  # of the card, when the round was opened
    period = models.CharField(max_length=20)
    group = models.CharField(max_length=60)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=RoundState.choices, default=RoundState.OPEN)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=200)
    assess_by = models.DateField()
    appeal_by = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)
    moved_at = models.DateTimeField(null=True)
    snapshot = models.PositiveBigIntegerField(null=True)
    computed_at = models.CharField(
        max_length=40, blank=True, db_default=""
    )  # as the cube's manifest says it
    reason = models.TextField(blank=True)  # why it was cancelled
    simulated = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="round_ended_exactly_when_over",
                condition=Q(state__in=["closed", "cancelled"], ended_at__isnull=False)
                | (~Q(state__in=["closed", "cancelled"]) & Q(ended_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="round_cancelled_has_reason", condition=~Q(state="cancelled") | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="round_appeals_have_a_last_day",
                condition=~Q(state="appeals") | Q(appeal_by__isnull=False),
            ),
            models.CheckConstraint(
                name="round_snapshot_only_when_closed",
                condition=Q(snapshot__isnull=True) | Q(state="closed"),
            ),
            models.UniqueConstraint(
                fields=["plan", "card", "period", "group"],
                condition=~Q(state="cancelled"),
                name="round_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.card} {self.period} {self.group}"

    @property
    def is_over(self) -> bool:
        return self.state in ENDED

    def may_assess_on(self, day: date) -> bool:
        return self.state == RoundState.OPEN and day <= self.assess_by

    def may_appeal_on(self, day: date) -> bool:
        return (
            self.state == RoundState.APPEALS
            and self.appeal_by is not None
            and day <= self.appeal_by
        )


class Line(models.Model):
    """A leaf of a card for one unit in a round: claimed points beside verified ones.

    Points are exact decimals; null: nobody has said anything, which is not zero. What was measured
    is kept when the round is closed: `status` ("" before), `measured` (points as an exact fraction,
    "" where not measured) and the figure's two sums.
    """

    round = models.ForeignKey(Round, models.CASCADE, related_name="lines")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    component = models.CharField(max_length=60)
    claimed = models.DecimalField(max_digits=9, decimal_places=3, null=True)
    evidence = models.TextField(blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    claimed_by = models.CharField(max_length=60, blank=True)  # account
    verified = models.DecimalField(max_digits=9, decimal_places=3, null=True)
    finding = models.TextField(blank=True)
    verified_by = models.CharField(max_length=60, blank=True)  # account
    status = models.CharField(max_length=16, blank=True, db_default="")  # Status
    measured = models.CharField(max_length=80, blank=True, db_default="")
    numerator = models.BigIntegerField(null=True)
    denominator = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["round", "unit", "component"], name="line_once"),
            models.CheckConstraint(
                name="claim_has_evidence",
                condition=Q(claimed__isnull=True) | ~Q(evidence="") | Q(file__isnull=False),
            ),
            models.CheckConstraint(
                name="nobody_verifies_what_they_claimed",
                condition=Q(verified_by="") | ~Q(verified_by=F("claimed_by")),
            ),
            models.CheckConstraint(
                name="other_points_have_a_finding",
                condition=Q(verified__isnull=True)
                | Q(claimed__isnull=False, verified=F("claimed"))
                | ~Q(finding=""),
            ),
            models.CheckConstraint(
                name="measured_points_exactly_when_measured",
                condition=Q(status="measured") & ~Q(measured="")
                | ~Q(status="measured") & Q(measured=""),
            ),
        )

    def __str__(self) -> str:
        return f"{self.component} {self.unit_id}"


class VerifiedPlace(models.Model):
    """A unit in the ranking that a closed round ends with (thứ hạng sau thẩm định).

    Kept, not reckoned anew: rules may change later, a result does not. `mark` is the share of the
    points, `earned` to `out` are points, all exact fractions. Without a rank `why` says why, and
    with `too-small` the denominator asked for and the one that the unit has.
    """

    round = models.ForeignKey(Round, models.CASCADE, related_name="places")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    rank = models.PositiveIntegerField(null=True)
    tied = models.PositiveIntegerField()
    mark = models.CharField(max_length=80, blank=True)
    earned = models.CharField(max_length=80)
    reachable = models.CharField(max_length=80)
    open = models.CharField(max_length=80)
    why = models.CharField(max_length=20, blank=True)  # NotRanked
    smallest = models.PositiveBigIntegerField(default=0)
    denominator = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["round", "unit"], name="verified_place_once"),
            models.CheckConstraint(
                name="verified_place_has_rank_or_reason",
                condition=Q(rank__gte=1, why="") & ~Q(mark="") | Q(rank__isnull=True) & ~Q(why=""),
            ),
        )

    def __str__(self) -> str:
        return f"{self.unit_id} {self.rank}"


class Appeal(models.Model):
    """An objection to the verified points of a line, at most one a line (kiến nghị)."""

    line = models.OneToOneField(Line, models.CASCADE, related_name="appeal")
    text = models.TextField()
    asked = models.DecimalField(max_digits=9, decimal_places=3)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    before = models.DecimalField(max_digits=9, decimal_places=3, null=True)  # verified until then
    decided_at = models.DateTimeField(null=True)
    decision = models.TextField(blank=True)
    points = models.DecimalField(max_digits=9, decimal_places=3, null=True)  # after the decision
    decided_by = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="appeal_decided_whole",
                condition=Q(decided_at__isnull=True, points__isnull=True, decision="")
                | (Q(decided_at__isnull=False, points__isnull=False) & ~Q(decision="")),
            ),
            models.CheckConstraint(name="appeal_says_why", condition=~Q(text="")),
        )

    def __str__(self) -> str:
        return f"{self.line}"

    @property
    def is_decided(self) -> bool:
        return self.decided_at is not None
