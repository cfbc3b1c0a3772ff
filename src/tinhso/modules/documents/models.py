"""Drafts, documents as they were made, and the templates that offices put in place of ours."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from tinhso.kernel.files.models import StoredFile
from tinhso.kernel.people.models import Account
from tinhso.kernel.units.models import Unit
from tinhso.modules.documents.states import State


class WordTemplate(models.Model):
    """A unit's own Word template for a kind of document (mẫu); the newest number is in use.

    Without a file it says that the unit went back to the product's own.
    """

    kind = models.CharField(max_length=20)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", null=True)
    at = models.DateTimeField()
    by = models.ForeignKey(Account, models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["kind", "unit", "number"], name="word_template_once"),
            models.CheckConstraint(name="word_template_counts_from_1", condition=Q(number__gte=1)),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.unit_id} #{self.number}"


class Document(models.Model):
    """An official document (văn bản): a draft until it is made, and then never changed.

    `publication` is the name of the publication that its figures are from, `content` its digest;
    `unit` issues it, `about` is whom it speaks of. `fields` is what people filled in (`fields.Fields`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(max_length=12, unique=True)
    kind = models.CharField(max_length=20)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    about = models.ForeignKey(Unit, models.PROTECT, related_name="+", null=True)
    publication = models.CharField(max_length=160)
    content = models.CharField(max_length=64)
    simulated = models.BooleanField()
    fields = models.JSONField()
    drafted_by = models.ForeignKey(Account, models.PROTECT, related_name="+", null=True)
    changed_at = models.DateTimeField()
    # Empty while it is a draft.
    made_at = models.DateTimeField(null=True)
    made_by = models.CharField(max_length=200, blank=True)  # a position and its unit, no person
    template = models.CharField(max_length=120, blank=True)  # which, and its version or number
    template_digest = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="document_made_by_somebody",
                condition=Q(made_at=None, made_by="", template_digest="")
                | (Q(made_at__isnull=False) & ~Q(made_by="") & ~Q(template_digest="")),
            ),
            models.CheckConstraint(
                name="document_content_is_sha256", condition=Q(content__regex="^[0-9a-f]{64}$")
            ),
        )
        indexes = (models.Index(fields=["unit", "-changed_at"], name="document_of"),)

    def __str__(self) -> str:
        return self.code

    @property
    def is_draft(self) -> bool:
        return self.made_at is None

    @property
    def state(self) -> State:
        """Of a document that is there; a discarded one is not."""
        if self.is_draft:
            return State.DRAFT
        signed = self.renderings.filter(form=Rendering.Form.SIGNED).exists()
        return State.SIGNED if signed else State.MADE


class Rendering(models.Model):
    """A document as a file, byte for byte as it was made. `digest` is its SHA-256."""

    class Form(models.TextChoices):
        DOCX = "docx"
        PDF = "pdf"
        SIGNED = "signed"

    document = models.ForeignKey(Document, models.PROTECT, related_name="renderings")
    form = models.CharField(max_length=10, choices=Form.choices)
    digest = models.CharField(max_length=64, db_index=True)
    bytes = models.BinaryField()
    size = models.PositiveIntegerField()
    at = models.DateTimeField()
    #: Of a signed file: SHA-256 of the certificate, and whose it is.
    certificate = models.CharField(max_length=64, blank=True)
    signer = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["document", "form"], name="rendering_once"),
            models.CheckConstraint(
                name="rendering_form_known", condition=Q(form__in=["docx", "pdf", "signed"])
            ),
            models.CheckConstraint(
                name="rendering_digest_is_sha256", condition=Q(digest__regex="^[0-9a-f]{64}$")
            ),
            models.CheckConstraint(
                name="signed_rendering_names_its_certificate",
                condition=(Q(form="signed") & ~Q(certificate=""))
                | (~Q(form="signed") & Q(certificate="")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.document_id} {self.form}"


class CitedFigure(models.Model):
    """A published figure that stands in a made document, by its lasting id (con số được dẫn)."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="cited")
    figure = models.PositiveBigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["document", "figure"], name="figure_cited_once"),
        )
        indexes = (models.Index(fields=["figure"], name="cited_in"),)

    def __str__(self) -> str:
        return f"{self.document_id} {self.figure}"
