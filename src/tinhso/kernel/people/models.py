"""Accounts, the positions that hold rights, and who holds which position when."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from tinhso.kernel.units.models import Unit
from tinhso.measure.text import fold


class AccountManager(BaseUserManager["Account"]):
    def get_by_natural_key(self, username: str | None) -> Account:
        return self.get(username__iexact=username)


class Account(AbstractBaseUser):
    """Somebody, or some machine, that signs in (tài khoản). Holds no right: positions do.

    Never deleted: the ledger names it. A person who must be forgotten is erased from it.
    """

    class Kind(models.TextChoices):
        PERSON = "person"
        MACHINE = "machine"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(max_length=150, unique=True)
    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.PERSON)
    language = models.CharField(max_length=2, default="vi")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)
    erased_at = models.DateTimeField(null=True, blank=True)
    # What a list is searched and sorted by, made from the names when these are saved.
    sought = models.CharField(max_length=400, editable=False, default="", db_default="")
    listed_as = models.CharField(max_length=400, editable=False, default="", db_default="")

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = AccountManager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="account_kind_known", condition=Q(kind__in=["person", "machine"])
            ),
            models.CheckConstraint(
                name="account_erased_is_closed", condition=Q(erased_at=None) | Q(is_active=False)
            ),
            models.UniqueConstraint(
                name="account_email_once", fields=["email"], condition=~Q(email="")
            ),
        )

    def __str__(self) -> str:
        return self.name or self.username

    def save(self, **kwargs: Any) -> None:
        fields = kwargs.get("update_fields")
        if fields is None or {"name", "username"} & set(fields):
            self.sought, self.listed_as = as_sought(self.name, self.username)
            if fields is not None:
                kwargs["update_fields"] = {*fields, "sought", "listed_as"}
        super().save(**kwargs)


def as_sought(name: str, username: str) -> tuple[str, str]:
    """What somebody is found by, and under what they are listed: Vietnamese lists go by the given
    name, which comes last.

    >>> as_sought("Lê Thị Ánh", "anh.lt")
    ('le thi anh anh.lt', 'anh le thi anh')
    """
    folded = fold(name)
    given = folded.rpartition(" ")[2]
    return fold(f"{name} {username}")[:400], f"{given} {folded}"[:400]


class Position(models.Model):
    """A post in a unit (vị trí công tác): its role says which rights it gives, and how far."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="positions")
    role = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="position_ends_after_it_starts",
                condition=Q(until=None) | Q(since__lt=F("until")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.title}, {self.unit_id}"


class Appointment(models.Model):
    """Somebody holds a position for a time (giữ vị trí); half-open dates, null is without end.

    `acting_for` names whom the holder stands in for (quyền, phụ trách thay). `document` is the
    decision that appoints.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    position = models.ForeignKey(Position, models.PROTECT, related_name="appointments")
    account = models.ForeignKey(Account, models.PROTECT, related_name="appointments")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    acting_for = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="stood_in_for"
    )
    document = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="appointment_not_backwards", condition=Q(until=None) | Q(since__lte=F("until"))
            ),
            models.CheckConstraint(
                name="appointment_not_for_oneself",
                condition=Q(acting_for=None) | ~Q(acting_for=F("account")),
            ),
            models.UniqueConstraint(
                name="appointment_once_without_end",
                fields=["position", "account"],
                condition=Q(until=None),
            ),
        )
        indexes = (models.Index(fields=["account", "since"], name="appointment_of"),)

    def __str__(self) -> str:
        return f"{self.account_id} {self.position_id} {self.since}"


class UnitGroup(models.Model):
    """Units that a role's scope names together (nhóm đơn vị), such as a province's departments."""

    code = models.SlugField(primary_key=True, max_length=40)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.code


class GroupMember(models.Model):
    """A unit belongs to a group for a time; half-open dates, null is without end."""

    group = models.ForeignKey(UnitGroup, models.CASCADE, related_name="members")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="groups")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                name="group_member_since_once", fields=["group", "unit", "since"]
            ),
            models.CheckConstraint(
                name="group_member_ends_after_it_starts",
                condition=Q(until=None) | Q(since__lt=F("until")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.group_id} {self.unit_id}"


class Token(models.Model):
    """A machine's key to the API (mã truy cập): shown once, kept as a digest, scoped, expiring.

    `scopes` are `<kind>:<verb>`; it can do what its account's positions allow and its scopes name.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="token_expires_after_it_is_made",
                condition=Q(created_at__lt=F("expires_at")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.account_id} {self.name}"


class Invitation(models.Model):
    """Somebody is asked to take a position (lời mời): the link's secret is kept as a digest."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    digest = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    position = models.ForeignKey(Position, models.PROTECT, related_name="invitations")
    document = models.CharField(max_length=200, blank=True)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    invited_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="invited")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    accepted_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="accepted")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="invitation_ends_after_it_starts",
                condition=Q(until=None) | Q(since__lt=F("until")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.position_id}"


class SignInTally(models.Model):
    """Failed sign-ins under one key (số lần đăng nhập hỏng): a name, a device or a network.

    `key` is a keyed digest. `count` is what still weighs, `until` when the next try may come
    (rules: `signin/throttle.py`); `untold` failures since `untold_since` are what the account's
    owner has not been told yet.
    """

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    untold = models.PositiveIntegerField(default=0)
    untold_since = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="tally_untold_has_time",
                condition=Q(untold=0, untold_since=None)
                | Q(untold__gt=0, untold_since__isnull=False),
            ),
        )
        indexes = (models.Index(fields=["last_at"], name="tally_last_at"),)

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.count}"


class IdentityNumber(models.Model):
    """Somebody's identity number (số định danh cá nhân), encrypted: see `identity`.

    `index` finds the same number again under the key `key_id`, and tells nothing without it.
    """

    account = models.OneToOneField(
        Account, models.PROTECT, primary_key=True, related_name="identity_number"
    )
    ciphertext = models.BinaryField()
    key_id = models.CharField(max_length=20, db_index=True)
    index = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.account_id} under {self.key_id}"
