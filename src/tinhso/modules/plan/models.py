"""What has been published stays as it was published (rule 9 of measure)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Publication(models.Model):
    """All figures of a plan for one period and boundary view, as published at one time (công bố).

    A later one for the same period and view is a revision: it stands beside the first, with a
    reason, and replaces nothing.
    """

    plan = models.CharField(max_length=60)
    period = models.CharField(max_length=20)
    view = models.CharField(max_length=10)
    number = models.PositiveIntegerField()  # 1, then 2, 3 ... for revisions
    snapshot = models.BigIntegerField()
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=200)
    reason = models.TextField(blank=True)
    simulated = models.BooleanField()
    # The rest is empty in publications from before version 0.2, which froze figures only.
    position = models.CharField(max_length=60, blank=True, db_default="")  # of who approved it
    definitions = models.CharField(max_length=64, blank=True, db_default="")  # digest
    boundaries = models.CharField(max_length=64, blank=True, db_default="")  # digest of the map
    content = models.CharField(max_length=64, blank=True, db_default="")  # of publication.json
    entry = models.UUIDField(null=True)  # of the act, in the ledger
    sealed = models.UUIDField(null=True)  # the entry that names `content`

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["plan", "period", "view", "number"], name="publication_once"
            ),
            models.CheckConstraint(
                condition=Q(number=1) | ~Q(reason=""), name="revision_has_reason"
            ),
        )

    def __str__(self) -> str:
        return f"{self.plan} {self.period} {self.view} #{self.number}"

    @property
    def name(self) -> str:
        """What commands, addresses and the ledger call it."""
        return f"{self.plan}/{self.period}/{self.view}/{self.number}"


class FrozenFile(models.Model):
    """A file of one publication or of many, by its digest: definitions and maps repeat."""

    digest = models.CharField(primary_key=True, max_length=64)  # SHA-256 of the content
    packed = models.BinaryField()  # the content, packed by zlib

    def __str__(self) -> str:
        return self.digest


class PublicationFile(models.Model):
    """What a publication is made of, byte for byte as it was when it was published."""

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="files")
    path = models.CharField(max_length=160)
    file = models.ForeignKey(FrozenFile, models.PROTECT)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["publication", "path"], name="publication_file_once"),
        )

    def __str__(self) -> str:
        return self.path


class PublishedFigure(models.Model):
    """One figure of a publication: its parts as they were, never its rounded ratio."""

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="figures")
    indicator = models.CharField(max_length=40)
    unit = models.CharField(max_length=40)
    status = models.CharField(max_length=20)
    numerator = models.BigIntegerField(null=True)
    denominator = models.BigIntegerField(null=True)
    #: Why it is not measured, and its quality marks (`cells.marks_of`); null before version 0.2.
    marks = models.JSONField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["publication", "indicator", "unit"], name="published_figure_once"
            ),
            models.CheckConstraint(
                condition=Q(denominator__isnull=True) | Q(denominator__gte=0),
                name="published_denominator_not_negative",
            ),
        )
        indexes = (models.Index(F("indicator"), F("unit"), name="published_figure_of"),)

    def __str__(self) -> str:
        return f"{self.indicator} {self.unit}"


class EnteredBatch(models.Model):
    """An event of the lake's log that has its entry in the ledger (lô đã ghi nhật ký)."""

    batch = models.BigIntegerField()
    event = models.CharField(max_length=20)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["batch", "event"], name="batch_entered_once"),
        )

    def __str__(self) -> str:
        return f"{self.batch} {self.event}"


class LogRead(models.Model):
    """Up to which snapshot of the lake the events of its log have their entries; one row at most."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    snapshot = models.BigIntegerField()

    class Meta:
        constraints = (models.CheckConstraint(name="one_log_read", condition=Q(id=1)),)

    def __str__(self) -> str:
        return str(self.snapshot)
