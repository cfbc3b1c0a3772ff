"""Which Word template a unit's documents are made with: its own, or the product's (mẫu đang dùng)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from tinhso.kernel.files.storage import path_of
from tinhso.measure.text import NOWHERE, InputError, message
from tinhso.modules.documents.kinds import Kind
from tinhso.modules.documents.models import WordTemplate

TEMPLATE_GONE = message(
    "template-gone",
    vi="Không đọc được mẫu riêng của đơn vị: tệp không còn trên máy chủ hoặc đã bị đổi. Gửi lại mẫu, hoặc dùng mẫu đi kèm.",
    en="The unit's own template cannot be read: its file is gone from the server or was altered. Send it again, or use the one that comes with the product.",
)


@dataclass(frozen=True)
class InUse:
    """A template with its content. `own` is None for the product's."""

    name: str
    digest: str
    content: bytes
    own: WordTemplate | None


def newest_own(kind: Kind, unit: str) -> WordTemplate | None:
    """The unit's own template, if it has one now."""
    found = (
        WordTemplate.objects.filter(kind=kind.code, unit=unit)
        .select_related("file")
        .order_by("-number")
        .first()
    )
    return found if found is not None and found.file is not None else None


def in_use(kind: Kind, unit: str) -> InUse:
    """Raises InputError (`template-gone`) where the unit's own cannot be read."""
    own = newest_own(kind, unit)
    if own is None or own.file is None:
        content = kind.word.read_bytes()
        name = f"{kind.code} {kind.version}"
        return InUse(name, hashlib.sha256(content).hexdigest(), content, None)
    try:
        content = path_of(own.file.digest).read_bytes()
    except OSError as error:
        raise InputError([TEMPLATE_GONE(NOWHERE)]) from error
    if hashlib.sha256(content).hexdigest() != own.file.digest:
        raise InputError([TEMPLATE_GONE(NOWHERE)])
    return InUse(f"{kind.code} {unit} #{own.number}", own.file.digest, content, own)
