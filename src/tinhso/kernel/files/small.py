"""Small pictures (ảnh thu nhỏ) of stored ones: made when first looked at, and anew when they are lost.

They lie in a folder of their own, under the hash of what they show; a back-up does without them.
"""

from __future__ import annotations

import io
from pathlib import Path

from django.conf import settings
from PIL import Image

from tinhso.kernel.files.storage import path_of, put

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
    out = io.BytesIO()
    paper.save(out, "JPEG", quality=_QUALITY)
    put(path, out.getvalue())
    return path
