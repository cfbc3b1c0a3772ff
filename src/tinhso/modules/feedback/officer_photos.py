"""Photos before everybody sees them: rectangles that somebody marked are made unreadable (làm mờ ảnh).

Each rectangle is shrunk to a few blocks of one colour, noise of the place is gone with it, and only then
smoothed: what was there cannot be computed back. The copy is a new file; the original stays private.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from django.core.files.base import ContentFile
from django.db import transaction
from PIL import Image, ImageFilter

from tinhso.kernel.cases.actions import THING
from tinhso.kernel.cases.models import Attachment, Case
from tinhso.kernel.files.actions import accept
from tinhso.kernel.files.kinds import JPEG
from tinhso.kernel.files.storage import path_of
from tinhso.kernel.ledger.entries import Thing, record
from tinhso.kernel.people.who import Who
from tinhso.measure.text import InputError, Place, message
from tinhso.modules.feedback.officer_actions import moderator

#: Blocks across the shorter side of a rectangle: too few for a face or the digits of a plate.
BLOCKS = 4
MOST_REGIONS = 60

BAD_REGION = message(
    "feedback-region",
    vi="Dòng {line}: “{found}” không phải một vùng. Ghi bốn số phần trăm: trái, trên, rộng, cao; ví dụ 10 20 15 15.",
    en='Line {line}: "{found}" is no region. Write four numbers in per cent: left, top, width, height; such as 10 20 15 15.',
)
NO_REGION = message(
    "feedback-region-none",
    vi="Chưa đánh dấu vùng nào. Kéo trên ảnh, ghi số vào ô, hoặc chọn làm mờ cả ảnh.",
    en="Nothing is marked. Draw on the photo, write numbers into the field, or blur the whole photo.",
)
TOO_MANY_REGIONS = message(
    "feedback-region-many",
    vi="Có {found} vùng; nhiều nhất {most}. Gộp các vùng gần nhau, hoặc làm mờ cả ảnh.",
    en="There are {found} regions; at most {most}. Join those that lie together, or blur the whole photo.",
)
NOT_A_PHOTO = message(
    "feedback-not-photo",
    vi="Tệp này không phải ảnh nên không làm mờ được.",
    en="This file is no photo, so it cannot be blurred.",
)


@dataclass(frozen=True)
class Region:
    """A rectangle of a picture, in per cent of its width and height."""

    left: float
    top: float
    width: float
    height: float


WHOLE = Region(0, 0, 100, 100)


def regions(typed: str) -> list[Region]:
    """The regions of a field, one a line. Raises InputError: none, too many, or a line that is none."""
    found, problems = [], []
    lines = [(n, one.strip()) for n, one in enumerate(typed.splitlines(), 1) if one.strip()]
    if len(lines) > MOST_REGIONS:
        problem = TOO_MANY_REGIONS(Place("vung"), found=len(lines), most=MOST_REGIONS)
        raise InputError([problem])
    for n, line in lines:
        numbers = [float(one) for one in re.findall(r"-?\d{1,3}(?:\.\d+)?", line.replace(",", "."))]
        if len(numbers) != 4 or min(numbers[2:]) <= 0 or min(numbers) < 0 or max(numbers) > 100:
            problems.append(BAD_REGION(Place("vung"), line=n, found=line[:40]))
        else:
            found.append(Region(*numbers))
    if not found and not problems:
        problems.append(NO_REGION(Place("vung")))
    if problems:
        raise InputError(problems)
    return found


def blurred(picture: Image.Image, marked: Sequence[Region]) -> Image.Image:
    """A copy in which the marked regions, and a little around them, cannot be read."""
    copy = picture.convert("RGB")
    for region in marked:
        box = _pixels(region, copy.size)
        width, height = box[2] - box[0], box[3] - box[1]
        shorter = min(width, height)
        few = (max(1, BLOCKS * width // shorter), max(1, BLOCKS * height // shorter))
        part = copy.crop(box).resize(few, Image.Resampling.BOX)
        part = part.resize((width, height), Image.Resampling.NEAREST)
        copy.paste(part.filter(ImageFilter.GaussianBlur(shorter / BLOCKS / 3)), box)
    return copy


def _pixels(region: Region, size: tuple[int, int]) -> tuple[int, int, int, int]:
    width, height = size
    left, top = int(region.left * width / 100), int(region.top * height / 100)
    right = -int(-(region.left + region.width) * width // 100)
    bottom = -int(-(region.top + region.height) * height // 100)
    left, top = min(max(0, left), width - 1), min(max(0, top), height - 1)
    return left, top, max(left + 1, min(width, right)), max(top + 1, min(height, bottom))


def blur(who: Who, case: Case, original: Attachment, marked: Sequence[Region]) -> Attachment:
    """Keep a copy of a photo with regions made unreadable. Raises ForbiddenError, InputError."""
    by = moderator(who, case)
    if not original.file.is_picture:
        raise InputError([NOT_A_PHOTO(Place("vung"))])
    with Image.open(path_of(original.file.digest)) as picture:
        made = blurred(picture, marked)
    out = io.BytesIO()
    made.save(out, "JPEG", quality=88)
    name = f"{PurePath(original.file.name).stem[:90]} (đã làm mờ).jpg"
    with transaction.atomic():
        file = accept(who, ContentFile(out.getvalue(), name=name), [JPEG], unit=by.unit)
        kept = Attachment.objects.create(case=case, event=original.event, file=file)
        Attachment.objects.filter(pk=original.pk).update(public=False)
        record(
            by.actor,
            "cases.case.blur",
            Thing(THING, str(case.id), by.unit),
            after={"file": str(file.id), "from": str(original.file_id), "regions": len(marked)},
        )
    return kept
