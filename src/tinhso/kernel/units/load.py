"""From the data files into the database, and back into rows for the register."""

from __future__ import annotations

from pathlib import Path

from django.db import transaction

from tinhso.kernel.units import pack
from tinhso.kernel.units.changes import declared, digest_with
from tinhso.kernel.units.models import AgencyChange, LoadedPack, Succession, Unit, UnitVersion
from tinhso.kernel.units.pack import Event, Version
from tinhso.kernel.units.words import Kind
from tinhso.measure.boundaries import Level
from tinhso.measure.text import InputError


def load_units(folder: Path = pack.PACK, *, force: bool = False) -> bool:
    """Bring the database to the state of the data files, in one transaction.

    Returns whether anything was written: when the files have not changed since the last load,
    nothing is, unless `force`. Units keep their rows, so what refers to them stays; a unit that
    is no longer in the files stays too, for identities are lasting. What people changed of agencies on
    pages comes on top of the files. Raises InputError when they contradict themselves or the changes;
    then nothing is written.
    """
    digest = digest_with(pack.digest(folder), _changes())
    if not force and LoadedPack.objects.filter(digest=digest).exists():
        return False
    with transaction.atomic():
        # Of two processes that load at once the second waits here, and finds it done; changes wait too.
        loaded, _ = LoadedPack.objects.select_for_update().get_or_create(
            id=1, defaults={"digest": ""}
        )
        changes = _changes()
        digest = digest_with(pack.digest(folder), changes)
        if loaded.digest == digest and not force:
            return False
        versions, events = declared(changes, folder)
        problems = pack.check(versions, events)
        if problems:
            raise InputError(problems)
        _write(versions, events)
        AgencyChange.objects.filter(pk__in=[one.pk for one in changes]).update(loaded=True)
        loaded.digest = digest
        loaded.save(update_fields=["digest"])
    return True


def _changes() -> list[AgencyChange]:
    return list(AgencyChange.objects.order_by("id"))


def _write(versions: list[Version], events: list[Event]) -> None:
    levels = {version.uid: version.level.value for version in versions}
    Unit.objects.bulk_create(
        (Unit(uid=uid, level=level) for uid, level in levels.items()),
        update_conflicts=True,
        unique_fields=["uid"],
        update_fields=["level"],
    )
    Succession.objects.all().delete()
    UnitVersion.objects.all().delete()
    UnitVersion.objects.bulk_create(
        UnitVersion(
            unit_id=one.uid,
            code=one.code,
            type=one.type,
            name=one.name,
            name_en=one.name_en,
            parent_id=one.parent,
            since=one.since,
            until=one.until,
            lat=one.lat,
            lon=one.lon,
            area_km2=one.area,
        )
        for one in versions
    )
    Succession.objects.bulk_create(
        Succession(
            on=one.on,
            kind=one.kind.value,
            source_id=one.source,
            target_id=one.target,
            whole=one.whole,
            resolution=one.resolution,
            note=one.note,
        )
        for one in events
    )


def versions_in_database() -> list[Version]:
    levels = {level.value: level for level in Level}
    rows = UnitVersion.objects.order_by("id").values_list(
        "unit_id", "unit__level", "code", "type", "name", "name_en", "parent_id", "since", "until",
        "lat", "lon", "area_km2",
    )  # fmt: skip
    return [
        Version(uid, levels[level], code, type_, name, english, above, since, until, lat, lon, area)
        for uid, level, code, type_, name, english, above, since, until, lat, lon, area in rows
    ]


def events_in_database() -> list[Event]:
    kinds = {kind.value: kind for kind in Kind}
    rows = Succession.objects.order_by("id").values_list(
        "on", "kind", "source_id", "target_id", "whole", "resolution", "note"
    )
    return [
        Event(on, kinds[kind], source, target, whole, resolution, note)
        for on, kind, source, target, whole, resolution, note in rows
    ]
