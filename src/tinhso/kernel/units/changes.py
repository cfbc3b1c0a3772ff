"""Changes of agencies on top of the data files (thay đổi danh mục cơ quan): what the register says with them.

They are not put into a running register: its map cuts the cube's time, and figures read off a cube of
another map would be wrong until it is measured anew. So they wait for the next loading of units, which
comes before the figures are measured and the site is served.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tinhso.kernel.units import pack
from tinhso.kernel.units.models import AgencyChange
from tinhso.kernel.units.pack import Event, Version
from tinhso.kernel.units.words import Kind
from tinhso.measure.boundaries import Level
from tinhso.measure.text import InputError, Place

What = AgencyChange.What

#: All that a change says.
FIELDS = (
    *("what", "uid", "on", "code", "type", "name", "name_en", "parent", "target"),
    *("document", "reason"),
)


def declared(
    changes: Sequence[AgencyChange], folder: Path = pack.PACK
) -> tuple[list[Version], list[Event]]:
    """The files' rows with the changes made to them, in their order. Raises InputError where one speaks
    of an agency that is not there (any more)."""
    versions, events = pack.read_versions(folder), pack.read_events(folder)
    for one in changes:
        apply(one, versions, events)
    return versions, events


def apply(one: AgencyChange, versions: list[Version], events: list[Event]) -> None:
    """Put one change into rows. Raises InputError (`units.no-unit`)."""
    if one.what == What.ADD:
        above, names = one.parent, (one.name, one.name_en)
        made = Version(one.uid, Level.AGENCY, one.code, one.type, *names, above, one.on, None)
        versions.append(made)
        return
    at = next((n for n, own in enumerate(versions) if own.uid == one.uid and not own.until), None)
    if at is None:
        raise InputError([pack.NO_UNIT(Place("uid"), uid=one.uid)])
    last = versions[at]
    versions[at] = replace(last, until=one.on)
    if one.what == What.RENAME:
        versions.append(replace(last, name=one.name, name_en=one.name_en, since=one.on))
        kind, target = Kind.RENAME, one.uid
    else:
        kind, target = (Kind.MERGE if one.target else Kind.ABOLISH), one.target
    said = (target or None, True, one.document, one.reason)
    events.append(Event(one.on, kind, one.uid, *said))


def digest_with(files: str, changes: Sequence[AgencyChange]) -> str:
    """The files' fingerprint, or one of them with the changes."""
    if not changes:
        return files
    said = [[str(getattr(one, name)) for name in FIELDS] for one in changes]
    return hashlib.sha256(f"{files}{said!r}".encode()).hexdigest()
