"""What was sent to whom about what: kept, never changed, so that nothing is said twice."""

from __future__ import annotations

import uuid

from django.db import models

from tinhso.kernel.people.models import Account


class Digest(models.Model):
    """All that somebody was reminded of on a day (bản nhắc việc trong ngày): one a day at most; or at
    once, of what is due within hours."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="digests")
    day = models.DateField()
    made_at = models.DateTimeField()
    mailed = models.BooleanField()  # whether there was an address to owe a mail to
    at_once = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["account", "day"],
                condition=models.Q(at_once=False),
                name="urging_one_digest_a_day",
            ),
        )

    def __str__(self) -> str:
        return f"{self.account_id} {self.day}"


class Reminder(models.Model):
    """One line of a digest: a need, as it was told, by a step of a rule (lời nhắc)."""

    digest = models.ForeignKey(Digest, models.PROTECT, related_name="reminders")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    need = models.CharField(max_length=200)
    rule = models.CharField(max_length=40)
    step = models.SmallIntegerField()
    by_mail = models.BooleanField(
        default=True, db_default=True
    )  # in the digest's mail, if it had one
    on_page = models.BooleanField(default=True, db_default=True)
    kind = models.CharField(max_length=60)
    unit = models.CharField(max_length=60)
    title = models.CharField(max_length=500)
    title_en = models.CharField(max_length=500)
    address = models.CharField(max_length=300)
    since = models.DateField()
    due = models.DateField(null=True)
    simulated = models.BooleanField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["account", "need", "rule", "step"], name="urging_said_once"
            ),
        )
        indexes = (models.Index(fields=["unit", "-id"], name="urging_reminder_of_unit"),)

    def __str__(self) -> str:
        return f"{self.need} {self.rule} {self.step}"
