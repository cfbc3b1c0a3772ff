"""What came with the form, checked: every problem at once, beside its field, and nothing typed is lost."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core import signing
from django.core.files.base import File
from django.http import HttpRequest
from django.utils.translation import get_language

from tinhso.kernel.cases.contacts import Person
from tinhso.kernel.files.actions import accept
from tinhso.kernel.files.kinds import IMAGES
from tinhso.kernel.files.models import StoredFile
from tinhso.kernel.people.who import Who
from tinhso.kernel.units.register import register
from tinhso.measure.boundaries import Level
from tinhso.measure.text import InputError, Language, Place, Problem, Text, message
from tinhso.modules.feedback.actions import Report
from tinhso.modules.feedback.categories import categories
from tinhso.modules.feedback.places import (
    Point,
    Taken,
    communes,
    metres,
    nearest,
    point_of,
    province,
    taken,
)
from tinhso.modules.feedback.tidy import line, tidy, too_long

#: Pictures of one report. The product's choice.
MOST_PHOTOS = 5
#: A picture from farther away than this from the chosen commune is said so to the officers (metres).
FAR = 30_000

PHOTO = message(
    "feedback-photo",
    vi="Ảnh “{name}” không gửi được: {why}",
    en="The picture “{name}” cannot be sent: {why}",
)
TOO_MANY = message(
    "feedback-photos",
    vi="Có {found} ảnh; nhiều nhất {most}. Bỏ bớt rồi gửi.",
    en="There are {found} pictures; at most {most}. Leave some out.",
)
SAY = message(
    "feedback-nothing-said",
    vi="Viết một câu cho biết việc gì, hoặc gửi ảnh và chọn lĩnh vực.",
    en="Say in a sentence what it is about, or send a picture and choose a category.",
)
OUTSIDE = message(
    "feedback-outside",
    vi="Điểm trên bản đồ nằm ngoài tỉnh (gần {near}). Kéo điểm về đúng chỗ, hoặc bỏ điểm và chọn xã, phường.",
    en="The point on the map lies outside the province (near {near}). Move it to the right place, or take it off and choose a commune.",
)
TAKEN_ELSEWHERE = message(
    "feedback-photo-elsewhere",
    vi="Theo tệp ảnh thì ảnh chụp ở ngoài tỉnh ({near}). Chọn xã, phường nơi xảy ra rồi gửi lại; ảnh vẫn được giữ.",
    en="By its file the picture was taken outside the province ({near}). Choose the commune where it is and send again; the picture is kept.",
)
UNKNOWN_PLACE = message(
    "feedback-commune",
    vi="Không có xã, phường này trong tỉnh. Chọn lại trong danh sách.",
    en="There is no such commune in the province. Choose from the list.",
)
UNKNOWN_CATEGORY = message(
    "feedback-category",
    vi="Không có lĩnh vực này. Chọn lại trong danh sách.",
    en="There is no such category. Choose from the list.",
)
FAR_AWAY = Text(
    "cách mọi xã, phường của Việt Nam hơn 50 km", "over 50 km from any commune of Vietnam"
)


@dataclass(frozen=True)
class Photo:
    file: StoredFile
    taken: Taken


def photos_of(request: HttpRequest, who: Who) -> tuple[list[Photo], list[Problem]]:
    """The pictures that came along or were kept from the last try, and what is wrong with others."""
    found, problems = kept(request.POST.get("kept", "")), []
    uploads: Sequence[File[bytes]] = request.FILES.getlist("photos")
    if len(found) + len(uploads) > MOST_PHOTOS:
        total = len(found) + len(uploads)
        return found, [TOO_MANY(Place("photos"), found=total, most=MOST_PHOTOS)]
    for upload in uploads:
        if not upload.size and not upload.name:
            continue
        told = taken(upload.read())
        upload.seek(0)
        try:
            file = accept(who, upload, IMAGES, unit=province(), place=Place("photos"), anybody=True)
        except InputError as error:
            problems += [_of_photo(upload, one) for one in error.problems]
        else:
            found.append(Photo(file, told))
    return found, problems


def _of_photo(upload: File[bytes], problem: Problem) -> Problem:
    why = Text(problem.to("vi"), problem.to("en"))
    return PHOTO(Place("photos"), name=line(upload.name or "")[:60], why=why)


_SALT = "tinhso.feedback.kept"


def keeping(photos: Sequence[Photo]) -> str:
    """Pictures that were taken in already, for a hidden field; only we can write it."""
    rows = [[str(one.file.pk), one.taken.point, one.taken.at] for one in photos]
    return signing.dumps(rows, salt=_SALT) if rows else ""


def kept(field: str) -> list[Photo]:
    try:
        rows: list[Any] = signing.loads(field, salt=_SALT, max_age=24 * 3600) if field else []
    except signing.BadSignature:
        return []
    files = StoredFile.objects.in_bulk([uuid.UUID(row[0]) for row in rows])
    return [
        Photo(files[uuid.UUID(pk)], Taken(tuple(point) if point else None, at))
        for pk, point, at in rows
        if uuid.UUID(pk) in files
    ]


def report_of(request: HttpRequest, photos: Sequence[Photo], problems: list[Problem]) -> Report:
    """The report that the form holds. Raises InputError with `problems` and all that it finds."""
    posted, problems = request.POST, list(problems)
    text, address = tidy(posted.get("text", "")), line(posted.get("address", ""))
    problems += too_long(text, "text") + too_long(address, "address", 300)
    category = posted.get("category", "")
    if category and category not in categories():
        problems.append(UNKNOWN_CATEGORY(Place("category")))
    if not text and not (photos and category):
        problems.append(SAY(Place("text")))
    person = Person(
        line(posted.get("name", ""))[:120], posted.get("phone", ""), posted.get("email", "")
    )
    try:
        person = person.checked()
    except InputError as error:
        problems += error.problems
    data = _said_by_devices(request, photos)
    place, point = "", None
    try:
        place, point = _where(posted.get("commune", ""), _point(request), photos)
    except InputError as error:
        problems += error.problems
    if problems:
        raise InputError(problems)
    far = [one.taken.point for one in photos if one.taken.point]
    if place and far and (centre := register().point(place)):
        data["photo_far"] = any(metres(one, centre) > FAR for one in far)
    language: Language = "en" if get_language() == "en" else "vi"
    return Report(
        text, key_of(posted.get("key", "")), category, place, address, point,
        private=posted.get("private") == "1", person=person, language=language,
        photos=[one.file for one in photos], data=data,
    )  # fmt: skip


def _point(request: HttpRequest) -> Point | None:
    return point_of(request.POST.get("lat", ""), request.POST.get("lon", ""))


def _where(commune: str, point: Point | None, photos: Sequence[Photo]) -> tuple[str, Point | None]:
    """The commune and the point: what a person chose goes before what the picture says."""
    if commune and commune not in {one.uid for one in communes()}:
        raise InputError([UNKNOWN_PLACE(Place("commune"))])
    if point is not None:
        found = nearest(point)
        if not found.ours:
            raise InputError([OUTSIDE(Place("commune"), near=_near(point))])
        return commune or found.uid, point
    if commune:
        return commune, None
    told = next((one.taken.point for one in photos if one.taken.point), None)
    if told is None:
        return "", None
    found = nearest(told)
    if not found.ours:
        raise InputError([TAKEN_ELSEWHERE(Place("commune"), near=_near(told))])
    return found.uid, told


def _near(point: Point) -> Text:
    """Where a point is, roughly, in words."""
    found = nearest(point)
    if found.metres > 50_000:
        return FAR_AWAY
    names, above = register(), register().nearest(found.uid).parent
    own = names.full_name(found.uid)
    if above is None or names.level(above) is not Level.PROVINCE:
        return own
    of = names.full_name(above)
    return Text(f"{own.vi}, {of.vi}", f"{own.en}, {of.en}")


def _said_by_devices(request: HttpRequest, photos: Sequence[Photo]) -> dict[str, Any]:
    """What the sender's devices say of time and place: kept as said, never reckoned with."""
    data: dict[str, Any] = {}
    made = request.POST.get("made_at", "")[:40]
    try:
        data |= {"device_at": datetime.fromisoformat(made).isoformat()} if made else {}
    except ValueError:
        data["device_at"] = ""
    if times := [one.taken.at for one in photos if one.taken.at]:
        data["photo_at"] = line(times[0])
    if points := [one.taken.point for one in photos if one.taken.point]:
        data["photo_place"] = list(points[0])
    return data


def key_of(sent: str) -> str:
    """The sender's key, of which a second report with the same is known; a fresh one for none."""
    fine = re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", sent)
    return f"web:{sent if fine else uuid.uuid4()}"
