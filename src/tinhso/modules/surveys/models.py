"""What anonymous surveys keep: totals, never an answer (tờ tổng hợp)."""

from __future__ import annotations

from django.db import models

from tinhso.kernel.units.models import Unit


class Sheet(models.Model):
    """All that was said about one unit, one kind of matter, in one half-month.

    There is no row of one answer: `totals` counts each choice (`{question: {answer: n}}`), `remarks`
    and `spent` (digests of used tickets) are kept sorted, so that neither rows, numbers, times nor
    order tell who said what. `closed`: no more answers; its totals may be shown.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    matter = models.CharField(max_length=60)
    half_month = models.CharField(max_length=10)  # 2026-11a: 1st to 14th, 2026-11b: the rest
    simulated = models.BooleanField(default=False)
    totals = models.JSONField(default=dict)
    remarks = models.JSONField(default=list)
    spent = models.JSONField(default=list)
    closed = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["unit", "matter", "half_month", "simulated"], name="survey_sheet_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.unit_id} {self.matter} {self.half_month}"


class Given(models.Model):
    """That the sender of a case was given a ticket, so that none is given twice; nothing of the ticket.

    `mark`: a keyed hash of the case and the sender.
    """

    mark = models.CharField(max_length=64, primary_key=True)

    def __str__(self) -> str:
        return self.mark[:8]
