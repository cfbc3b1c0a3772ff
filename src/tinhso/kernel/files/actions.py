"""Taking a file in: the only way to a stored file."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.utils import timezone

from tinhso.kernel.files import messages
from tinhso.kernel.files.archives import Budget, members
from tinhso.kernel.files.documents import check_office, check_pdf
from tinhso.kernel.files.images import cleaned
from tinhso.kernel.files.kinds import (
    DOCX,
    IMAGES,
    KINDS,
    MEGABYTE,
    PDF,
    XLSX,
    ZIP,
    Kind,
    agreed,
    safe_name,
)
from tinhso.kernel.files.models import StoredFile
from tinhso.kernel.files.scan import scan
from tinhso.kernel.files.storage import keep
from tinhso.kernel.ledger.entries import Thing, record
from tinhso.kernel.people.limits import exactly
from tinhso.kernel.people.who import Seat, Who
from tinhso.measure.text import InputError, Place, Problem

#: Files that one person may send in an hour.
MOST_AN_HOUR = 200


def accept(
    who: Who,
    upload: File[bytes],
    kinds: Iterable[Kind],
    *,
    unit: str,
    seat: Seat | None = None,
    place: Place = Place("file"),  # noqa: B008 (frozen)
    anybody: bool = False,
) -> StoredFile:
    """Check a file that somebody sent, and keep it for `unit`.

    The caller has asked its own policy whether `who` may send it; `seat` is the position that gave
    the right. Pictures are kept without anything but the picture. Raises InputError, with nothing kept, for a file
    that is none of `kinds`, too big, damaged, active or infected, and when a scanner is configured
    that does not answer; TooManyError beyond MOST_AN_HOUR. `anybody`: who has not signed in may send
    too; how often is then for the route's own limit.
    """
    if who.account is None and not anybody:
        raise ValueError("nobody has signed in: files are sent by somebody")
    name, kind, content = _taken(upload, tuple(kinds), place)
    kept = checked(content, kind, Budget(), place)
    with transaction.atomic():
        if who.account is not None:
            sent = StoredFile.objects.filter(uploaded_by=who.account)
            exactly("files", sent, "at", MOST_AN_HOUR, timedelta(hours=1))
        stored = StoredFile(
            digest=keep(kept),
            size=len(kept),
            kind=kind.code,
            name=name,
            unit_id=unit,
            uploaded_by_id=who.account,
            at=timezone.now(),
        )
        record(
            who.actor(seat),
            "files.file.accept",
            Thing("files.file", str(stored.id), unit),
            after={"digest": stored.digest, "size": stored.size, "kind": kind.code, "name": name},
            rows=[stored],
        )
    return stored


def looked_at(upload: File[bytes], kinds: Iterable[Kind], place: Place = Place("file")) -> bytes:  # noqa: B008 (frozen)
    """The content of a file that is answered about and not kept, such as one to be verified: checked
    as `accept` checks, with nothing written. Anybody may send it. Raises InputError as `accept`."""
    _, kind, content = _taken(upload, tuple(kinds), place)
    checked(content, kind, Budget(), place)
    return content


def _taken(upload: File[bytes], kinds: tuple[Kind, ...], place: Place) -> tuple[str, Kind, bytes]:
    """Name, kind and content as they were sent, of a size and kind that may come in, and scanned."""
    name = safe_name(upload.name or "")
    content = _read(upload, max(kind.limit for kind in kinds), place)
    kind = agreed(content, name, kinds, place)
    if len(content) > kind.limit:
        raise InputError([_too_big(kind.limit, place)])
    if settings.TINHSO_CLAMD:
        scan(content, settings.TINHSO_CLAMD, place)
    return name, kind, content


def checked(content: bytes, kind: Kind, budget: Budget, place: Place, depth: int = 1) -> bytes:
    """What may be kept of `content`; raises InputError when nothing may."""
    if kind in IMAGES:
        return cleaned(content, kind, place)
    if kind is PDF:
        check_pdf(content, kind, budget, place)
    elif kind in (DOCX, XLSX):
        check_office(content, kind, budget, place)
    elif kind is ZIP:
        for name, part in members(content, budget, place, depth):
            within = Place(f"{place.file}/{name}"[:200])
            checked(part, agreed(part, name, KINDS.values(), within), budget, within, depth + 1)
    return content


def _read(upload: File[bytes], limit: int, place: Place) -> bytes:
    """All of it, never more than `limit`: what the sender says of the size is not believed."""
    content = bytearray()
    for piece in upload.chunks():
        content += piece
        if len(content) > limit:
            raise InputError([_too_big(limit, place)])
    if not content:
        raise InputError([messages.EMPTY(place)])
    return bytes(content)


def _too_big(limit: int, place: Place) -> Problem:
    return messages.TOO_BIG(place, limit=f"{limit // MEGABYTE} MB")
