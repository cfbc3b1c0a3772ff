"""What is so about the files that are kept, for operators."""

from __future__ import annotations

from tinhso.kernel.files.models import StoredFile
from tinhso.kernel.files.storage import path_of


def damaged() -> int:
    """How many contents are gone from the disk, or have another size than when they were kept."""
    kept = StoredFile.objects.values_list("digest", "size").distinct()
    return sum(not _is_whole(digest, size) for digest, size in kept.iterator())


def _is_whole(digest: str, size: int) -> bool:
    try:
        return path_of(digest).stat().st_size == size
    except FileNotFoundError:
        return False
