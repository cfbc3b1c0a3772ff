"""Files that people sent (tệp đã lưu)."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from tinhso.kernel.files.kinds import IMAGES, KINDS
from tinhso.kernel.people.models import Account
from tinhso.kernel.units.models import Unit


class StoredFile(models.Model):
    """A file as it was taken: `digest` is the SHA-256 of what is kept, `size` its bytes.

    `kind` is a code of `kinds.KINDS`; `name` is what the sender called it, made safe to show.
    Never changed: another version is another file. `uploaded_by` null: somebody who had not signed in.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    digest = models.CharField(max_length=64, db_index=True)
    size = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=10)
    name = models.CharField(max_length=120)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    uploaded_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(name="file_not_empty", condition=Q(size__gt=0)),
            models.CheckConstraint(
                name="file_digest_is_sha256", condition=Q(digest__regex="^[0-9a-f]{64}$")
            ),
        )
        indexes = (models.Index(fields=["uploaded_by", "at"], name="file_of"),)

    def __str__(self) -> str:
        return self.name

    @property
    def is_picture(self) -> bool:
        return KINDS[self.kind] in IMAGES
