"""Units, their dated versions and what became of them, as the database keeps them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from tinhso.kernel.units.words import KINDS, LEVELS, TYPES, Kind


class Unit(models.Model):
    """A unit's lasting identity (đơn vị); everything that may change is in its versions.

    Other rooms refer to a unit by this row. It is never deleted: a unit that ended has an end.
    """

    uid = models.CharField(primary_key=True, max_length=40)
    level = models.CharField(max_length=10)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="unit_level_known", condition=Q(level__in=[level.value for level in LEVELS])
            ),
        )

    def __str__(self) -> str:
        return self.uid


class UnitVersion(models.Model):
    """A stretch of a unit's life (phiên bản): half-open dates, null is without end.

    Rows are replaced when the data files change, so nothing may refer to one.
    """

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="versions")
    code = models.CharField(max_length=40, db_index=True)
    type = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    parent = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="child_versions"
    )
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)
    area_km2 = models.FloatField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(name="version_type_known", condition=Q(type__in=sorted(TYPES))),
            models.CheckConstraint(
                name="version_ends_after_it_starts",
                condition=Q(since=None) | Q(until=None) | Q(since__lt=F("until")),
            ),
            models.CheckConstraint(
                name="version_not_its_own_parent", condition=Q(parent=None) | ~Q(parent=F("unit"))
            ),
            models.CheckConstraint(
                name="version_point_on_earth",
                condition=Q(lat=None, lon=None)
                | Q(lat__gte=-90, lat__lte=90, lon__gte=-180, lon__lte=180),
            ),
            models.UniqueConstraint(name="version_starts_once", fields=["unit", "since"]),
            models.UniqueConstraint(
                name="version_one_without_start", fields=["unit"], condition=Q(since=None)
            ),
            models.UniqueConstraint(
                name="version_one_without_end", fields=["unit"], condition=Q(until=None)
            ),
            models.UniqueConstraint(
                name="version_code_borne_once_now", fields=["code"], condition=Q(until=None)
            ),
        )

    def __str__(self) -> str:
        return f"{self.unit_id} {self.name}"


class Succession(models.Model):
    """What happened to a unit on a day (biến động): see `pack.Event` for its meaning."""

    on = models.DateField()
    kind = models.CharField(max_length=12)
    source = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="became")
    target = models.ForeignKey(
        Unit, on_delete=models.CASCADE, null=True, blank=True, related_name="came_from"
    )
    whole = models.BooleanField(default=True)
    resolution = models.CharField(max_length=40, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="succession_kind_known", condition=Q(kind__in=[kind.value for kind in KINDS])
            ),
            models.CheckConstraint(
                name="succession_only_an_end_has_no_target",
                condition=Q(target=None, kind=Kind.ABOLISH.value)
                | Q(target__isnull=False) & ~Q(kind=Kind.ABOLISH.value),
            ),
            models.CheckConstraint(
                name="succession_kind_says_the_extent",
                condition=Q(whole=False, kind__in=[Kind.SPLIT.value, Kind.PART_MERGE.value])
                | Q(whole=True) & ~Q(kind__in=[Kind.SPLIT.value, Kind.PART_MERGE.value]),
            ),
            models.CheckConstraint(
                name="succession_to_itself_only_by_name_or_place",
                condition=Q(target=None)
                | ~Q(target=F("source"))
                | Q(kind__in=[Kind.RENAME.value, Kind.MOVE.value]),
            ),
            models.UniqueConstraint(
                name="succession_said_once", fields=["on", "kind", "source", "target"]
            ),
        )

    def __str__(self) -> str:
        return f"{self.on} {self.kind} {self.source_id} {self.target_id or ''}".rstrip()


class AgencyChange(models.Model):
    """A change of the agencies that somebody made on a page (thay đổi cơ quan); see `changes`.

    It holds from `on`, and is part of the register once units are loaded: `loaded`. Until then it may
    be withdrawn, and afterwards only another change changes it.
    """

    class What(models.TextChoices):
        ADD = "add"
        RENAME = "rename"
        END = "end"

    what = models.CharField(max_length=10, choices=What.choices)
    uid = models.CharField(max_length=40)
    on = models.DateField()
    code = models.CharField(max_length=40, blank=True)
    type = models.CharField(max_length=20, blank=True)
    name = models.CharField(max_length=200, blank=True)
    name_en = models.CharField(max_length=200, blank=True)
    parent = models.CharField(max_length=40, blank=True)
    target = models.CharField(max_length=40, blank=True)
    document = models.CharField(max_length=40)
    reason = models.TextField()
    at = models.DateTimeField()
    loaded = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="agency_change_says_what",
                condition=Q(what="add", target="") & ~Q(name="") & ~Q(parent="") & ~Q(code="")
                | Q(what="rename", target="", parent="") & ~Q(name="")
                | Q(what="end", name="", parent=""),
            ),
            models.CheckConstraint(
                name="agency_change_has_document_and_reason",
                condition=~Q(document="") & ~Q(reason=""),
            ),
            models.UniqueConstraint(
                name="agency_added_once", fields=["uid"], condition=Q(what="add")
            ),
        )

    def __str__(self) -> str:
        return f"{self.on} {self.what} {self.uid}"


class LoadedPack(models.Model):
    """Which state of the data files the database holds; one row at most."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    digest = models.CharField(max_length=64)
    loaded_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = (models.CheckConstraint(name="one_loaded_pack", condition=Q(id=1)),)

    def __str__(self) -> str:
        return self.digest
