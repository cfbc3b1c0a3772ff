"""Pictures drawn anew: the pixels stay, everything else goes (place, camera, time, hidden parts)."""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from tinhso.kernel.files import messages
from tinhso.kernel.files.kinds import JPEG, Kind
from tinhso.measure.text import InputError, Place

MOST_PIXELS = 40_000_000
_QUALITY = 90


def drawn_anew(content: bytes, kind: Kind, place: Place) -> bytes:
    """The picture in the same format, upright, without any metadata. Raises InputError."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=[kind.code.upper()]) as picture:
                return _drawn(picture, kind, place)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise InputError(
            [messages.BOMB(place, reason=f"{MOST_PIXELS // 1_000_000} Mpx")]
        ) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        reason = str(error)[:120]
        raise InputError([messages.DAMAGED(place, kind=kind.name, reason=reason)]) from error


def _drawn(picture: Image.Image, kind: Kind, place: Place) -> bytes:
    width, height = picture.size  # the header's: nothing is unpacked yet
    if width * height > MOST_PIXELS:
        raise InputError(
            [
                messages.TOO_MANY_PIXELS(
                    place, width=width, height=height, most=MOST_PIXELS // 1_000_000
                )
            ]
        )
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
