"""What was done, provably (nhật ký), and what is owed to others because of it (hộp thư đi)."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Entry(models.Model):
    """One act that changed state (một việc đã làm). Written in the act's own transaction.

    Everything but `details`, `salt` and `index` is fixed when it is written and enters `leaf`, the
    hash that the Merkle tree is built over (RFC 9162). `details` may be erased by law: the leaf
    holds its salted digest only, so the chain stays whole.
    """

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField()
    actor = models.CharField(max_length=60)
    position = models.CharField(max_length=60, blank=True)
    channel = models.CharField(max_length=10)
    act = models.CharField(max_length=60)
    kind = models.CharField(max_length=60)
    thing = models.CharField(max_length=160)
    unit = models.CharField(max_length=40, blank=True)
    before = models.CharField(max_length=64, blank=True)
    after = models.CharField(max_length=64, blank=True)
    details = models.JSONField(null=True)
    salt = models.CharField(max_length=32, blank=True)
    details_digest = models.CharField(max_length=64)
    leaf = models.CharField(max_length=64)
    seal = models.CharField(max_length=64)
    index = models.BigIntegerField(null=True, unique=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="entry_details_with_salt_or_erased",
                condition=Q(details__isnull=True, salt="") | Q(details__isnull=False) & ~Q(salt=""),
            ),
            models.CheckConstraint(
                name="entry_index_from_zero", condition=Q(index__isnull=True) | Q(index__gte=0)
            ),
        )
        indexes = (
            models.Index(fields=["kind", "thing"], name="entry_of_thing"),
            models.Index(fields=["actor"], name="entry_of_actor"),
            models.Index(fields=["at"], name="entry_at"),
            models.Index(fields=["id"], name="entry_waiting", condition=Q(index__isnull=True)),
        )

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.act} {self.thing}"


class DeliveryState(models.TextChoices):
    WAITING = "waiting"
    DONE = "done"
    GIVEN_UP = "given-up"


class Delivery(models.Model):
    """Something owed to others (việc phải gửi), written in the transaction of the act that owes it.

    Delivered at least once, in the order of `id` for each (topic, key), by a worker. The receiver
    knows repeats by `uid`. `attempts` counts tries begun. Without `next_try_at` it is stuck: only
    a person sets it going again (cho gửi lại) or gives it up (bỏ). Times are the database's.
    """

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    topic = models.CharField(max_length=40)
    key = models.CharField(max_length=120)
    payload = models.JSONField()
    created_at = models.DateTimeField(db_default=Now())
    state = models.CharField(
        max_length=10, choices=DeliveryState.choices, default=DeliveryState.WAITING
    )
    attempts = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, db_default=Now())
    last_error = models.TextField(blank=True)
    last_error_en = models.TextField(blank=True)
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="delivery_state_known", condition=Q(state__in=DeliveryState.values)
            ),
            models.CheckConstraint(
                name="delivery_given_up_has_reason",
                condition=~Q(state=DeliveryState.GIVEN_UP) | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="delivery_ended_has_time",
                condition=Q(state=DeliveryState.WAITING, ended_at__isnull=True)
                | ~Q(state=DeliveryState.WAITING) & Q(ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="delivery_stuck_says_why",
                condition=Q(next_try_at__isnull=False) | ~Q(last_error=""),
            ),
            models.CheckConstraint(
                name="delivery_lease_has_end",
                condition=Q(lease__isnull=True, leased_until__isnull=True)
                | Q(lease__isnull=False, leased_until__isnull=False),
            ),
        )
        indexes = (
            models.Index(
                fields=["topic", "key", "id"],
                name="delivery_waiting",
                condition=Q(state=DeliveryState.WAITING),
            ),
            models.Index(
                fields=["next_try_at", "id"],
                name="delivery_due",
                condition=Q(state=DeliveryState.WAITING),
            ),
            models.Index(
                fields=["ended_at"],
                name="delivery_ended",
                condition=Q(ended_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.topic} {self.key} #{self.pk} {self.state}"


class Duty(models.Model):
    """When a periodic duty of the worker (việc định kỳ) ran, and who runs it now.

    `started_at` and `finished_at` are of the latest run; `last_error` is why it failed, or empty.
    """

    name = models.CharField(primary_key=True, max_length=60)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)
    last_error_en = models.TextField(blank=True)
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="duty_lease_has_end",
                condition=Q(lease__isnull=True, leased_until__isnull=True)
                | Q(lease__isnull=False, leased_until__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return self.name


class Node(models.Model):
    """The hash of a complete subtree of 2^level entries; see `tree.STEP` for the levels kept."""

    level = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["level", "index"], name="node_once"),)

    def __str__(self) -> str:
        return f"{self.level}/{self.index}"


class TreeHead(models.Model):
    """The site's signed word that its first `size` entries have this root (đầu cây đã ký)."""

    size = models.BigIntegerField(unique=True)
    root = models.CharField(max_length=64)
    at = models.DateTimeField()
    key = models.CharField(max_length=16)
    signature = models.CharField(max_length=128)

    class Meta:
        constraints = (
            models.CheckConstraint(name="tree_head_of_something", condition=Q(size__gte=1)),
        )

    def __str__(self) -> str:
        return f"{self.size} {self.root[:12]}"
