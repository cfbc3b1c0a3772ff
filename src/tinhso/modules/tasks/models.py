"""Tasks in versions, and what people say, ask and decide about them. No state is kept: see `states`."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from tinhso.kernel.files.models import StoredFile
from tinhso.kernel.people.models import Account
from tinhso.kernel.units.models import Unit
from tinhso.modules.tasks.facts import DATED, Decision, Rhythm

_DATED = sorted(one.value for one in DATED)
_DECISIONS = [one.value for one in Decision]


class Task(models.Model):
    """A task of a plan (nhiệm vụ): its lasting identity; what it is stands in its versions.

    `simulated` ones are made by the software to show how this works, with all that hangs on them.
    """

    class Origin(models.TextChoices):
        """Where the task comes from (nguồn gốc)."""

        PACK = "pack"  # the plan's own public source
        ANNEX = "annex"
        ENTERED = "entered"
        DECISION = "decision"  # of a meeting or a leader

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.CharField(max_length=60)
    code = models.CharField(max_length=40)
    origin = models.CharField(max_length=10, choices=Origin.choices)
    simulated = models.BooleanField(default=False)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")  # the annex

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["plan", "code"], name="task_code_once"),
            models.CheckConstraint(name="task_has_code", condition=~Q(code="")),
        )

    def __str__(self) -> str:
        return f"{self.plan} {self.code}"


class TaskVersion(models.Model):
    """What a task is from `day` on, until the next version (phiên bản).

    Empty texts and null are "not in the source". What the document says of agencies and deadline
    is kept in its own words too, since not everything that it names is a unit of the register.
    """

    task = models.ForeignKey(Task, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    day = models.DateField()
    title = models.CharField(max_length=1000)
    title_en = models.CharField(max_length=1000, blank=True)
    group = models.CharField(max_length=300, blank=True)  # solution group's code, or a section
    lead = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="led_tasks")
    lead_written = models.CharField(max_length=500, blank=True)
    coordinating_written = models.TextField(blank=True)
    product = models.TextField(blank=True)
    rhythm = models.CharField(max_length=12)
    start = models.DateField(null=True)
    deadline = models.DateField(null=True)
    deadline_written = models.CharField(max_length=200, blank=True)
    budget = models.CharField(max_length=500, blank=True)
    budget_source = models.CharField(max_length=500, blank=True)
    document = models.CharField(max_length=200, blank=True)  # that assigns it
    targets = models.JSONField(default=list)  # codes of the plan's targets
    note = models.TextField(blank=True)
    cancelled = models.BooleanField(default=False)
    reason = models.TextField(blank=True)
    by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["task", "number"], name="task_version_once"),
            models.CheckConstraint(name="task_has_title", condition=~Q(title="")),
            models.CheckConstraint(
                name="task_rhythm_known", condition=Q(rhythm__in=[one.value for one in Rhythm])
            ),
            models.CheckConstraint(
                name="task_deadline_fits_rhythm",
                condition=Q(rhythm__in=_DATED, deadline__isnull=False)
                | ~Q(rhythm__in=_DATED) & Q(deadline__isnull=True),
            ),
            models.CheckConstraint(
                name="task_starts_before_its_deadline",
                condition=Q(start=None) | Q(deadline=None) | Q(start__lte=F("deadline")),
            ),
            models.CheckConstraint(
                name="task_change_has_reason", condition=Q(number=1) | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="task_first_version_stands", condition=Q(number__gt=1) | Q(cancelled=False)
            ),
        )

    def __str__(self) -> str:
        return f"{self.task_id} #{self.number}"


class Coordination(models.Model):
    """A unit coordinates (phối hợp)."""

    version = models.ForeignKey(TaskVersion, models.CASCADE, related_name="coordinating")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["version", "unit"], name="task_coordinates_once"),
        )

    def __str__(self) -> str:
        return f"{self.version_id} {self.unit_id}"


class Dependency(models.Model):
    """A task waits for another to be finished (phụ thuộc). Circles are refused by the action."""

    version = models.ForeignKey(TaskVersion, models.CASCADE, related_name="needs")
    on = models.ForeignKey(Task, models.PROTECT, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["version", "on"], name="task_needs_once"),)

    def __str__(self) -> str:
        return f"{self.version_id} -> {self.on_id}"


def decided(name: str) -> tuple[models.CheckConstraint, ...]:
    """A decision has its day, and a refusal its words."""
    return (
        models.CheckConstraint(name=f"{name}_decision_known", condition=Q(decision__in=_DECISIONS)),
        models.CheckConstraint(
            name=f"{name}_decided_has_day",
            condition=Q(decision=Decision.WAITING.value, decided_on=None)
            | ~Q(decision=Decision.WAITING.value) & Q(decided_on__isnull=False),
        ),
        models.CheckConstraint(
            name=f"{name}_refused_has_comment",
            condition=~Q(decision=Decision.REFUSED.value) | ~Q(comment=""),
        ),
    )


class Report(models.Model):
    """Progress as it is told, confirmed or returned (báo cáo tiến độ).

    `part`: a coordinating agency tells of its own part, and the lead decides; else the lead tells
    of the whole, and the standing agency decides.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    task = models.ForeignKey(Task, models.CASCADE, related_name="reports")
    number = models.PositiveIntegerField()
    day = models.DateField()
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")  # that reports
    part = models.BooleanField(default=False)
    percent = models.PositiveSmallIntegerField(null=True)
    words = models.TextField(blank=True)
    figures = models.TextField(blank=True)
    links = models.JSONField(default=list)
    done_on = models.DateField(null=True)
    period = models.DateField(null=True)  # its last day, of what recurs
    by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    decision = models.CharField(max_length=10, default=Decision.WAITING.value)
    decided_on = models.DateField(null=True)
    decided_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    comment = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["task", "number"], name="task_report_once"),
            models.CheckConstraint(
                name="report_percent_is_one", condition=Q(percent=None) | Q(percent__lte=100)
            ),
            models.CheckConstraint(
                name="report_says_something",
                condition=~Q(words="") | Q(percent__isnull=False) | Q(done_on__isnull=False),
            ),
            models.CheckConstraint(
                name="report_done_by_its_day", condition=Q(done_on=None) | Q(done_on__lte=F("day"))
            ),
            *decided("report"),
        )

    def __str__(self) -> str:
        return f"{self.task_id} report {self.number}"


class Evidence(models.Model):
    """A file that shows what a report says (minh chứng)."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="evidence")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["report", "file"], name="report_evidence_once"),
        )

    def __str__(self) -> str:
        return f"{self.report_id} {self.file_id}"


class Extension(models.Model):
    """More time that the lead's head asks for (đề nghị gia hạn); granted, `granted` is the new day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    task = models.ForeignKey(Task, models.CASCADE, related_name="extensions")
    number = models.PositiveIntegerField()
    day = models.DateField()
    before = models.DateField()  # the deadline that it asks to move
    wanted = models.DateField()
    reason = models.TextField()
    by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    decision = models.CharField(max_length=10, default=Decision.WAITING.value)
    decided_on = models.DateField(null=True)
    decided_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    granted = models.DateField(null=True)
    comment = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["task", "number"], name="task_extension_once"),
            models.UniqueConstraint(
                fields=["task"],
                condition=Q(decision=Decision.WAITING.value),
                name="task_one_extension_waits",
            ),
            models.CheckConstraint(name="extension_is_later", condition=Q(wanted__gt=F("before"))),
            models.CheckConstraint(name="extension_has_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="extension_granted_has_day",
                condition=Q(decision=Decision.ACCEPTED.value, granted__isnull=False)
                | ~Q(decision=Decision.ACCEPTED.value) & Q(granted=None),
            ),
            *decided("extension"),
        )

    def __str__(self) -> str:
        return f"{self.task_id} extension {self.number}"


class Ask(models.Model):
    """What the lead asks another agency for, and its answer (đề nghị phối hợp)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    task = models.ForeignKey(Task, models.CASCADE, related_name="asks")
    number = models.PositiveIntegerField()
    day = models.DateField()
    to = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    words = models.TextField()
    by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    answer = models.TextField(blank=True)
    answered_on = models.DateField(null=True)
    answered_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["task", "number"], name="task_ask_once"),
            models.CheckConstraint(name="ask_has_words", condition=~Q(words="")),
            models.CheckConstraint(
                name="ask_answered_has_words",
                condition=Q(answered_on=None, answer="")
                | Q(answered_on__isnull=False) & ~Q(answer=""),
            ),
        )

    def __str__(self) -> str:
        return f"{self.task_id} ask {self.number}"
