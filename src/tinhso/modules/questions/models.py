"""Published answers: versions side by side, what readers say of them, and the index of searching."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from tinhso.kernel.cases.models import Case
from tinhso.kernel.people.models import Account
from tinhso.kernel.units.models import Unit


class Answer(models.Model):
    """A question that everybody may read, with its answer (câu trả lời đã công khai).

    `case`: the question that it came from; null: an agency wrote it before anybody asked. What it says
    stands in its versions; `title`, `holds_until` and `versions` are the newest one's, for lists.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(max_length=40, unique=True)
    case = models.OneToOneField(Case, models.PROTECT, null=True, related_name="published_answer")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    field = models.CharField(max_length=60)
    title = models.CharField(max_length=300)
    published_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    holds_until = models.DateField(null=True)
    versions_count = models.PositiveIntegerField(default=0)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_because = models.CharField(max_length=500, blank=True)
    simulated = models.BooleanField(default=False)
    helpful = models.PositiveIntegerField(default=0)
    unhelpful = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            models.CheckConstraint(name="answer_has_title", condition=~Q(title="")),
            models.CheckConstraint(
                name="answer_withdrawn_with_reason",
                condition=Q(withdrawn_at=None) | ~Q(withdrawn_because=""),
            ),
        )
        indexes = (
            models.Index(fields=["field", "published_at"], name="answer_field"),
            models.Index(fields=["unit", "published_at"], name="answer_unit"),
            models.Index(fields=["holds_until"], name="answer_holds"),
        )

    def __str__(self) -> str:
        return self.code


class AnswerVersion(models.Model):
    """What an answer said from `at` on (phiên bản); never changed. `reason`: why it replaced the last."""

    answer = models.ForeignKey(Answer, models.PROTECT, related_name="versions")
    n = models.PositiveIntegerField()
    at = models.DateTimeField()
    title = models.CharField(max_length=300)
    question = models.TextField(blank=True)
    text = models.TextField()
    basis = models.TextField(blank=True)
    holds_until = models.DateField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    account = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("answer", "n")
        constraints = (
            models.UniqueConstraint(fields=["answer", "n"], name="answer_version_once"),
            models.CheckConstraint(
                name="answer_correction_has_reason", condition=Q(n=1) | ~Q(reason="")
            ),
            models.CheckConstraint(name="answer_version_has_text", condition=~Q(text="")),
        )

    def __str__(self) -> str:
        return f"{self.answer_id} v{self.n}"


class Remark(models.Model):
    """What a reader found lacking in an answer (chưa hữu ích, vì …). Nobody's name; the day only."""

    answer = models.ForeignKey(Answer, models.CASCADE, related_name="remarks")
    version = models.PositiveIntegerField()
    on = models.DateField()
    helpful = models.BooleanField()
    word = models.CharField(max_length=500)

    class Meta:
        constraints = (models.CheckConstraint(name="remark_has_word", condition=~Q(word="")),)

    def __str__(self) -> str:
        return f"{self.answer_id} {self.on}"


class SearchState(models.Model):
    """One row: how often the index has changed. Locked by every change, so that changes are seen in
    the order in which they were made. `epoch` tells one life of the index from another."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    version = models.BigIntegerField(default=0)
    epoch = models.UUIDField(default=uuid.uuid4)

    class Meta:
        constraints = (models.CheckConstraint(name="search_state_one", condition=Q(id=1)),)

    def __str__(self) -> str:
        return str(self.version)


class SearchTerm(models.Model):
    """A term of the index and its number."""

    text = models.CharField(max_length=120, unique=True)

    def __str__(self) -> str:
        return self.text


class SearchEntry(models.Model):
    """An answer's terms, four bytes each (`term << 8 | weight`); empty: no longer to be found."""

    answer = models.OneToOneField(Answer, models.CASCADE, related_name="search_entry")
    version = models.BigIntegerField(db_index=True)
    terms = models.BinaryField()

    def __str__(self) -> str:
        return str(self.answer_id)
