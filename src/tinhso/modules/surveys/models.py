"""What anonymous surveys keep: totals, never an answer (tờ tổng hợp)."""

from __future__ import annotations

from django.db import models

from tinhso.kernel.units.models import Unit


class Sheet(models.Model):
    """All that was said about what one agency settled, or about one place, of one kind of matter, in one
    half-month.

    There is no row of one answer: `totals` counts each choice (`{question: {answer: n}}`), `remarks`
    and `spent` (digests of used tickets) are kept sorted, so that neither rows, numbers, times nor
    order tell who said what. `closed`: no more answers, and in `totals` what may be shown; a sheet of
    which nothing may be is deleted.

    A place's sheet counts the first question only. Until it is closed it holds in `agencies` how many of
    its answers are about what each agency settled: by that alone it is known whether it may be told
    beside theirs.
    """

    class By(models.TextChoices):
        """Whose sheet it is (tờ của cơ quan, tờ của nơi xảy ra)."""

        AGENCY = "agency"
        PLACE = "place"

    by = models.CharField(
        max_length=6, choices=By.choices, default=By.AGENCY, db_default=By.AGENCY.value
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    matter = models.CharField(max_length=60)
    half_month = models.CharField(max_length=10)  # 2026-11a: 1st to 14th, 2026-11b: the rest
    simulated = models.BooleanField(default=False)
    totals = models.JSONField(default=dict)
    remarks = models.JSONField(default=list)
    spent = models.JSONField(default=list)
    agencies = models.JSONField(default=dict, db_default={})
    closed = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["by", "unit", "matter", "half_month", "simulated"],
                name="survey_sheet_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.by} {self.unit_id} {self.matter} {self.half_month}"


class Given(models.Model):
    """That the sender of a case was given a ticket, so that none is given twice; nothing of the ticket.

    `mark`: a keyed hash of the case and the sender.
    """

    mark = models.CharField(max_length=64, primary_key=True)

    def __str__(self) -> str:
        return self.mark[:8]
