"""Pictures without what they carry beside the picture: place, camera, time, hidden parts.

A JPEG that stands upright keeps its pixels as they came: the parts of the file that draw it are copied
(`bare`), all else is left behind. Any other picture is drawn anew. Either way it was unpacked once, so
what is kept can be shown.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator

from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from tinhso.kernel.files import messages
from tinhso.kernel.files.kinds import JPEG, Kind
from tinhso.measure.text import InputError, Place

MOST_PIXELS = 40_000_000
_QUALITY = 90

#: A JPEG is unpacked at an eighth of its size to see that it can be: all its data is read, few pixels made.
_GLANCE = (64, 64)

#: Segments that draw a JPEG (ITU-T T.81, table B.1): tables, frames, scans, restarts; APP0 (JFIF) and
#: APP14 (Adobe) say how its colours are to be read.
_DRAWING = frozenset({*range(0xC0, 0xD0), 0xDA, 0xDB, 0xDC, 0xDD, 0xE0, 0xEE}) - {0xC8}
_START, _END, _SCAN = 0xD8, 0xD9, 0xDA

#: A marker within a scan's data: FF, then neither a stuffed nought, a restart nor more filling.
_NEXT = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


def cleaned(content: bytes, kind: Kind, place: Place) -> bytes:
    """The picture in the same format, upright, without any metadata. Raises InputError."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=[kind.code.upper()]) as picture:
                _bounded(picture, place)
                if kind is JPEG and picture.getexif().get(ExifTags.Base.Orientation, 1) == 1:
                    picture.draft(None, _GLANCE)
                    picture.load()
                    return bare(content)
                return _drawn_anew(picture, kind)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise InputError(
            [messages.BOMB(place, reason=f"{MOST_PIXELS // 1_000_000} Mpx")]
        ) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        reason = str(error)[:120]
        raise InputError([messages.DAMAGED(place, kind=kind.name, reason=reason)]) from error


def bare(content: bytes) -> bytes:
    """The segments of a JPEG that draw it, from its start to its end and nothing after it: byte for byte
    what is drawn. Raises ValueError where they do not follow one another.
    """
    return b"\xff\xd8" + b"".join(_segments(content)) + b"\xff\xd9"


def _segments(content: bytes) -> Iterator[bytes]:
    at = 2
    while at < len(content):
        while content[at : at + 2] == b"\xff\xff":  # filling before a marker
            at += 1
        if len(content) < at + 2 or content[at] != 0xFF:
            raise ValueError("JPEG: segment")
        marker = content[at + 1]
        if marker == _END:
            return
        end = at + 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        if marker == _SCAN:
            following = _NEXT.search(content, end)
            end = following.start() if following else len(content)
        if end < at + 4 or end > len(content):
            raise ValueError("JPEG: length")
        if marker in _DRAWING:
            yield content[at:end]
        at = end


def _bounded(picture: Image.Image, place: Place) -> None:
    width, height = picture.size  # the header's: nothing is unpacked yet
    if width * height > MOST_PIXELS:
        raise InputError(
            [
                messages.TOO_MANY_PIXELS(
                    place, width=width, height=height, most=MOST_PIXELS // 1_000_000
                )
            ]
        )


def _drawn_anew(picture: Image.Image, kind: Kind) -> bytes:
    upright = ImageOps.exif_transpose(picture)
    has_alpha = "A" in upright.getbands() or "transparency" in upright.info
    mode = "RGB" if kind is JPEG or not has_alpha else "RGBA"
    clean = Image.new(mode, upright.size)
    clean.paste(upright.convert(mode))
    out = io.BytesIO()
    if kind is JPEG:
        clean.save(out, "JPEG", quality=_QUALITY)
    else:
        clean.save(out, "PNG")
    return out.getvalue()
