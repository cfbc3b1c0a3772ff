"""Small pictures (ảnh thu nhỏ) of stored ones: made when first looked at, and anew when they are lost.

They lie in a folder of their own, under the hash of what they show; a back-up does without them.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from django.conf import settings
from PIL import Image

from tinhso.kernel.files.storage import path_of

#: What a page shows of a picture, twice over for sharp screens.
SIZE = (640, 480)
_QUALITY = 75


def small(digest: str) -> Path:
    """The small JPEG of a stored picture. Raises FileNotFoundError where the picture is gone."""
    original = path_of(digest)
    path = Path(settings.TINHSO_SMALL_PICTURES) / digest[:2] / f"{digest}.jpg"
    if path.exists() and original.exists():
        return path
    with Image.open(original, formats=["JPEG", "PNG"]) as picture:
        picture.draft("RGB", SIZE)
        drawn = picture.convert("RGBA")
    drawn.thumbnail(SIZE)
    paper = Image.new("RGB", drawn.size, "white")
    paper.paste(drawn, mask=drawn)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=".unfinished-")
    try:
        with os.fdopen(handle, "wb") as file:
            paper.save(file, "JPEG", quality=_QUALITY)
        Path(aside).replace(path)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise
    return path
