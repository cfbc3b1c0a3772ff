"""Cases and their events. What a case is stands in its events; its columns are a projection of them."""

from __future__ import annotations

import secrets
import uuid
from typing import Any

from django.db import models
from django.db.models import F, Q

from tinhso.kernel.files.models import StoredFile
from tinhso.kernel.people.models import Account
from tinhso.kernel.units.models import Unit
from tinhso.measure.text import fold

#: Letters of codes that people read out and type: none that look or sound alike.
LETTERS = "ACDEFHJKLMNPRTUVXY3479"


def short_code(length: int = 6) -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(length))


class Case(models.Model):
    """A request and what became of it (vụ việc).

    `home`: the unit that it belongs to before anybody was asked to answer: the commune of the place,
    or the province. `place`: where it happened, if that is known. Columns from `state` on follow from
    the events; `due_at` is null while the whole clock stands, and after the end. `pressing_at`: the
    earlier of `due_at` and `step_due_at`, by which lists are ordered. Of the first answer: `answered_by`
    the unit that led then, `answer_due_at` by when the whole was due, `answer_days` how many working
    days that unit's own clock had run. `hiding_asked_at`: since when somebody waits for personal data on
    its public page to be hidden.
    """

    class Channel(models.TextChoices):
        """By what way it came (kênh tiếp nhận)."""

        WEB = "web"
        PHONE = "phone"
        COUNTER = "counter"
        EMAIL = "email"
        ZALO = "zalo"
        OPEN311 = "open311"
        OTHER = "other"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40)
    code = models.CharField(max_length=40, unique=True)
    #: What the sender's program calls it: the same thing sent twice is one case.
    key = models.CharField(max_length=120, null=True, unique=True)  # noqa: DJ001 (null: sent without)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    category = models.CharField(max_length=60, blank=True)
    title = models.CharField(max_length=300)
    text = models.TextField(blank=True)
    home = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    place = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    address = models.CharField(max_length=300, blank=True)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    #: Where on the grid of `cells` the point lies, so that a map counts without looking at each point.
    cell = models.BigIntegerField(null=True, editable=False)
    private = models.BooleanField(default=False)
    simulated = models.BooleanField(default=False)
    received_at = models.DateTimeField()
    #: What everybody may read, after moderation; empty: the title and text themselves.
    public_title = models.CharField(max_length=300, blank=True)
    public_text = models.TextField(blank=True)
    published_at = models.DateTimeField(null=True)
    split_from = models.ForeignKey("self", models.PROTECT, null=True, related_name="split_into")

    state = models.CharField(max_length=30)
    open = models.BooleanField(default=True)
    waits = models.CharField(max_length=12)
    lead = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    due_at = models.DateTimeField(null=True)
    step_due_at = models.DateTimeField(null=True)
    pressing_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    answer_due_at = models.DateTimeField(null=True)
    answer_days = models.PositiveIntegerField(null=True)
    closed_at = models.DateTimeField(null=True)
    extended = models.PositiveSmallIntegerField(default=0)
    reopened = models.PositiveSmallIntegerField(default=0)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")
    hiding_asked_at = models.DateTimeField(null=True)
    events = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField()
    #: What officers find it by, without diacritics.
    sought = models.TextField(db_default="", default="", editable=False)

    class Meta:
        constraints = (
            models.CheckConstraint(name="case_has_title", condition=~Q(title="")),
            models.CheckConstraint(
                name="case_place_whole",
                condition=Q(lat=None, lon=None) | Q(lat__isnull=False, lon__isnull=False),
            ),
            models.CheckConstraint(
                name="case_private_is_not_published",
                condition=Q(private=False) | Q(published_at=None),
            ),
            models.CheckConstraint(
                name="case_merged_elsewhere",
                condition=Q(merged_into=None) | ~Q(merged_into=F("id")),
            ),
        )
        indexes = (
            models.Index(fields=["kind", "open", "pressing_at"], name="case_pressing"),
            models.Index(fields=["lead", "open", "pressing_at"], name="case_lead_pressing"),
            models.Index(fields=["kind", "published_at"], name="case_published"),
            models.Index(fields=["lat", "lon"], name="case_point"),
            # Hold all that a public map or list asks about, and nothing that is not public.
            models.Index(
                fields=[
                    *("kind", "cell", "category", "open", "received_at"),
                    *("place", "lead", "lat", "lon"),
                ],
                condition=Q(published_at__isnull=False),
                name="case_public_map",
            ),
            models.Index(
                fields=["kind", "received_at", "category", "open", "place", "lead"],
                condition=Q(published_at__isnull=False),
                name="case_public_list",
            ),
            models.Index(fields=["kind", "received_at"], name="case_received"),
            # Very few: those that moderators have to look at.
            models.Index(
                fields=["kind", "hiding_asked_at"],
                condition=Q(hiding_asked_at__isnull=False),
                name="case_hiding_asked",
            ),
        )

    def __str__(self) -> str:
        return self.code

    def save(self, **kwargs: Any) -> None:
        fields = kwargs.get("update_fields")
        if fields is None or {"code", "title", "public_title", "text"} & set(fields):
            self.sought_anew()
            if fields is not None:
                kwargs["update_fields"] = {*fields, "sought"}
        super().save(**kwargs)

    def sought_anew(self) -> None:
        self.sought = as_sought(self.code, self.title, self.public_title, self.text)


def as_sought(*texts: str) -> str:
    """What a case is found by.

    >>> as_sought("PA-250602-K7HA3X", "Đèn đường tắt", "")
    'pa-250602-k7ha3x den duong tat'
    """
    # Past the cache of `fold`: long texts would fill it, and a sender's words stay nowhere.
    return fold.__wrapped__("\n".join(texts))


class CaseMember(models.Model):
    """An agency whose opinion is waited for (đang hỏi ý kiến); a projection too."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="members")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["case", "unit"], name="case_member_once"),)

    def __str__(self) -> str:
        return f"{self.case_id} {self.unit_id}"


class CaseEvent(models.Model):
    """Something that happened to a case; never changed. `key`: the sender's, so that once is once."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="history")
    n = models.PositiveIntegerField()
    act = models.CharField(max_length=40)
    at = models.DateTimeField()
    role = models.CharField(max_length=12)
    unit = models.CharField(max_length=40, blank=True)
    account = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    data = models.JSONField(default=dict)
    key = models.CharField(max_length=120, null=True, unique=True)  # noqa: DJ001 (null: sent without)

    class Meta:
        ordering = ("case", "n")
        constraints = (
            models.UniqueConstraint(fields=["case", "n"], name="case_event_once"),
            models.CheckConstraint(name="case_events_count_from_1", condition=Q(n__gte=1)),
        )

    def __str__(self) -> str:
        return f"{self.case_id} #{self.n} {self.act}"


class Attachment(models.Model):
    """A file that came with a case or an act (tệp kèm theo). `public`: everybody may see it."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="attachments")
    event = models.ForeignKey(CaseEvent, models.PROTECT, null=True, related_name="attachments")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    public = models.BooleanField(default=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["case", "file"], name="case_file_once"),)

    def __str__(self) -> str:
        return f"{self.case_id} {self.file_id}"


class Contact(models.Model):
    """Somebody who waits for an answer (người chờ trả lời); name and addresses are sealed.

    `phone` and `email` are keyed hashes, to find somebody's earlier cases. `secret`: a hash of what the
    person holds to follow without an account.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    key_id = models.CharField(max_length=40)
    sealed = models.BinaryField()
    phone = models.CharField(max_length=64, blank=True, db_index=True)
    email = models.CharField(max_length=64, blank=True, db_index=True)
    secret = models.CharField(max_length=64, unique=True)
    language = models.CharField(max_length=2, default="vi")

    def __str__(self) -> str:
        return str(self.id)


class Watcher(models.Model):
    """A contact waits for news of a case. `sender`: it is theirs; others follow it."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="watchers")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="watches")
    sender = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["case", "contact"], name="case_watcher_once"),
        )

    def __str__(self) -> str:
        return f"{self.case_id} {self.contact_id}"


class Conversation(models.Model):
    """What somebody has told so far over a channel that asks back (hội thoại), until it is a case.

    `who`: a keyed hash of the sender's id there; the id and all that was said are sealed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    channel = models.CharField(max_length=10, choices=Case.Channel.choices)
    who = models.CharField(max_length=64)
    key_id = models.CharField(max_length=40)
    sealed = models.BinaryField()
    changed_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["channel", "who"], name="conversation_once"),
        )

    def __str__(self) -> str:
        return str(self.id)


class Device(models.Model):
    """A browser on which a contact wants to be told (thiết bị nhận báo); its address there is sealed.

    `address`: a hash of that address, so that one device is told once.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="devices")
    address = models.CharField(max_length=64)
    key_id = models.CharField(max_length=40)
    sealed = models.BinaryField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["contact", "address"], name="device_once"),)

    def __str__(self) -> str:
        return str(self.id)
