"""Pictures without what they carry beside the picture: place, camera, time, hidden parts.

A JPEG that stands upright keeps its pixels as they came: the parts of the file that draw it are copied
(`bare`), all else is left behind. Any other picture is drawn anew. Either way it is known that what is
kept can be shown: it was unpacked, or as much of it as decides that (`telling`).
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator, Sequence

from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from tinhso.kernel.files import messages
from tinhso.kernel.files.kinds import JPEG, Kind
from tinhso.measure.text import InputError, Place

MOST_PIXELS = 40_000_000
_QUALITY = 90

#: A JPEG is unpacked at an eighth of its size to see that it can be: few pixels are made.
_GLANCE = (64, 64)

#: Segments that draw a JPEG (ITU-T T.81, table B.1): tables, frames, scans, restarts; APP0 (JFIF) and
#: APP14 (Adobe) say how its colours are to be read.
_DRAWING = frozenset({*range(0xC0, 0xD0), 0xDA, 0xDB, 0xDC, 0xDD, 0xE0, 0xEE}) - {0xC8}
_END, _SCAN = 0xD9, 0xDA
#: Frames that one scan draws whole, in Huffman's code (same table): what telephones and pages send.
_PLAIN = frozenset({0xC0, 0xC1})
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}

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
                    parts = segments(content)
                    glance = io.BytesIO(telling(content, parts))
                    with Image.open(glance, formats=["JPEG"]) as one:
                        one.draft(None, _GLANCE)
                        one.load()
                    return bare(parts)
                return _drawn_anew(picture, kind)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise InputError(
            [messages.BOMB(place, reason=f"{MOST_PIXELS // 1_000_000} Mpx")]
        ) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        reason = str(error)[:120]
        raise InputError([messages.DAMAGED(place, kind=kind.name, reason=reason)]) from error


#: Markers, each with its segment, a scan with its data. The last is the end, where there is one.
Segments = Sequence[tuple[int, bytes]]


def bare(parts: Segments) -> bytes:
    """The segments of a JPEG that draw it, from its start to its end and nothing after it: byte for byte
    what is drawn."""
    drawing = [part for marker, part in parts if marker in _DRAWING]
    return b"\xff\xd8" + b"".join(drawing) + b"\xff\xd9"


def telling(content: bytes, parts: Segments) -> bytes:
    """A JPEG that can be unpacked exactly if `content`, of these `parts`, can; quicker where that is known.

    Of a plain frame with one scan up to the file's end it is the same without the scan's data: a
    decoder gives up over tables, frames and scans' heads, but draws whatever the data says. Of any
    other, such as a progressive one or one that breaks off, it is `content` itself.
    """
    markers = [marker for marker, _ in parts]
    frames = _FRAMES.intersection(markers)
    if not frames <= _PLAIN or markers[-2:] != [_SCAN, _END] or markers.count(_SCAN) != 1:
        return content
    *tables, (_, scan), _ = parts
    head = scan[: 2 + int.from_bytes(scan[2:4], "big")]
    drawing = [part for marker, part in tables if marker in _DRAWING]
    return b"".join((b"\xff\xd8", *drawing, head, b"\xff\xd9"))


def segments(content: bytes) -> Segments:
    """The parts of a JPEG. Raises ValueError where they do not follow one another."""
    return list(_segments(content))


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    at = 2
    while at < len(content):
        while content[at : at + 2] == b"\xff\xff":  # filling before a marker
            at += 1
        if len(content) < at + 2 or content[at] != 0xFF:
            raise ValueError("JPEG: segment")
        marker = content[at + 1]
        if marker == _END:
            yield marker, b""
            return
        length = int.from_bytes(content[at + 2 : at + 4], "big")
        stop = at + 2 + length
        if length < 2 or stop > len(content):
            raise ValueError("JPEG: length")
        if marker == _SCAN:
            following = _NEXT.search(content, stop)
            stop = following.start() if following else len(content)
        yield marker, content[at:stop]
        at = stop


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
