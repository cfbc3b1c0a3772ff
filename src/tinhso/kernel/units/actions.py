"""Every write about agencies: adding, renaming, ending one, and taking back what is not loaded yet."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from tinhso.kernel.ledger.entries import Thing, record
from tinhso.kernel.people.who import Who
from tinhso.kernel.units import pack
from tinhso.kernel.units.changes import What, apply, declared
from tinhso.kernel.units.models import AgencyChange, LoadedPack
from tinhso.kernel.units.pack import Event, Version
from tinhso.kernel.units.policies import AGENCY
from tinhso.kernel.units.register import register
from tinhso.measure.boundaries import Level
from tinhso.measure.text import NOWHERE, InputError, Place, Problem, message

#: The types of an agency, as the data files name them.
AGENCY_TYPES = ("so", "van-phong", "cong-an")

CODE_WRONG = message(
    "agency-code",
    vi="Mã gồm 2 đến 20 chữ hoa không dấu, chữ số, gạch nối, bắt đầu bằng chữ; ví dụ DN-STC. Đang ghi “{code}”.",
    en="A code is 2 to 20 capital letters, digits and hyphens, a letter first, such as DN-STC; not “{code}”.",
)
CODE_BORNE = message(
    "agency-code-borne",
    vi="Mã {code} đã hoặc sắp là của {name}. Một mã không dùng lại.",
    en="The code {code} is or was that of {name}. A code is not used again.",
)
TYPE_UNKNOWN = message("agency-type", vi="Chọn loại cơ quan.", en="Choose the kind of agency.")
NAME_NEEDED = message(
    "agency-name",
    vi="Ghi tên, nhiều nhất {most} ký tự.",
    en="Give the name, of at most {most} characters.",
)
SAME_NAME = message(
    "agency-same-name", vi="Tên mới giống tên cũ.", en="The new name is the old one."
)
NAME_BORNE = message(
    "agency-name-borne",
    vi="Đơn vị ở trên đã có một cơ quan tên “{name}” ({code}).",
    en="The unit above has an agency called “{name}” already ({code}).",
)
DOCUMENT_NEEDED = message(
    "agency-document",
    vi="Ghi số, ký hiệu văn bản quyết định, nhiều nhất 40 ký tự.",
    en="Give the number of the document that decides it, of at most 40 characters.",
)
REASON_NEEDED = message("agency-reason", vi="Ghi lý do.", en="Give the reason.")
PAST = message(
    "agency-past",
    vi="Chọn từ ngày {day} trở đi: đổi tên hay kết thúc không sửa lại những ngày đã qua.",
    en="Choose {day} or later: renaming and ending do not change days that are over.",
)
BEFORE_START = message(
    "agency-before-start",
    vi="Ngày này không sau ngày {day}, ngày {name} mang tên hiện nay.",
    en="That day is not after {day}, since when {name} has borne its present name.",
)
NO_AGENCY = message(
    "agency-none",
    vi="Danh mục không có cơ quan này, hoặc nó đã có ngày kết thúc.",
    en="The register has no such agency, or it has a day on which it ends.",
)
NO_HEIR = message(
    "agency-heir",
    vi="Cơ quan tiếp nhận phải là một cơ quan khác, còn hoạt động sau ngày {day}.",
    en="The successor is another agency that goes on after {day}.",
)
HEIR_LATER = message(
    "agency-heir-later",
    vi="{name} còn phải tiếp nhận một cơ quan khác vào ngày {day}, nên không kết thúc trước hay trong ngày ấy.",
    en="{name} takes over from another agency on {day}, so it does not end by then.",
)
NOT_UNDER = message(
    "agency-parent",
    vi="Cơ quan trực thuộc một tỉnh, một huyện, một xã hoặc một cơ quan khác còn hoạt động vào ngày ấy.",
    en="An agency stands under a province, district, commune or another agency that goes on that day.",
)
LOADED = message(
    "agency-loaded",
    vi="Thay đổi đã được nạp vào danh mục nên không rút được.",
    en="The change is loaded, so it cannot be withdrawn.",
)


@dataclass(frozen=True)
class Asked:
    """A change as somebody asks for it; what `what` does not need stays empty."""

    what: str
    uid: str
    on: date
    document: str
    reason: str
    code: str = ""
    type: str = ""
    name: str = ""
    name_en: str = ""
    parent: str = ""
    target: str = ""


def looked_at(who: Who, asked: Asked) -> tuple[AgencyChange, Version | None]:
    """The change, not kept, with the agency as it is before it, after everything that could be wrong.
    Raises InputError, ForbiddenError."""
    kept = list(AgencyChange.objects.order_by("id"))
    versions, events = declared(kept)
    last = _last(versions, asked.uid)
    problems = _problems(asked, versions, last, who.day)
    takes = (one for one in events if asked.uid == one.target != one.source and one.on >= asked.on)
    if asked.what == What.END and last is not None and (one := next(takes, None)):
        problems.append(HEIR_LATER(Place("on"), name=last.name, day=one.on.isoformat()))
    if problems:
        raise InputError(problems)
    AGENCY.require(who, "manage", _above(asked, last))
    if asked.target:
        AGENCY.require(who, "manage", _above(None, _last(versions, asked.target)))
    made = AgencyChange(**vars(asked), at=timezone.now())
    apply(made, versions, events)
    _whole(versions, events)
    return made, last


def change(who: Who, asked: Asked) -> AgencyChange:
    """Keep a change with its entry; it is part of the register once units are loaded."""
    with transaction.atomic():
        LoadedPack.objects.select_for_update().first()  # one after the other
        made, last = looked_at(who, asked)
        made.save(force_insert=True)
        seat = AGENCY.require(who, "manage", _above(asked, last)).seat
        before = {"name": last.name, "name_en": last.name_en} if last else {}
        record(
            who.actor(seat),
            f"{AGENCY.kind}.{made.what}",
            Thing(AGENCY.kind, made.uid, made.uid),
            before=before,
            after=_state(made, before),
            reason=made.reason,
        )
    return made


def withdraw(who: Who, made: AgencyChange, reason: str) -> None:
    """Take back a change that no loading has taken up. Raises InputError: also where another rests on it."""
    if not reason.strip():
        raise InputError([REASON_NEEDED(Place("reason"))])
    with transaction.atomic():
        LoadedPack.objects.select_for_update().first()
        now = AgencyChange.objects.select_for_update().filter(pk=made.pk, loaded=False).first()
        if now is None:
            raise InputError([LOADED(NOWHERE)])
        versions, _ = declared(list(AgencyChange.objects.order_by("id")))
        last = _last(versions, now.uid)
        seat = AGENCY.require(who, "manage", _above(None, last)).seat
        _whole(*declared(list(AgencyChange.objects.exclude(pk=now.pk).order_by("id"))))
        record(
            who.actor(seat),
            f"{AGENCY.kind}.withdraw",
            Thing(AGENCY.kind, now.uid, now.uid),
            before=_state(now, {}),
            reason=reason.strip()[:500],
        )
        now.delete()


def _whole(versions: list[Version], events: list[Event]) -> None:
    """Raises InputError where the register would contradict itself."""
    if problems := pack.check(versions, events):
        raise InputError(problems)


def _above(asked: Asked | None, last: Version | None) -> str:
    """The unit whose right it takes: that which the agency stands or will stand under."""
    return (asked.parent if asked else "") or (last.parent if last else "") or ""


def _last(versions: list[Version], uid: str) -> Version | None:
    own = [one for one in versions if one.uid == uid]
    return max(own, key=lambda one: one.since or date.min, default=None)


def _problems(
    asked: Asked, versions: list[Version], last: Version | None, today: date
) -> list[Problem]:
    found = []
    if not asked.document.strip() or len(asked.document) > 40:
        found.append(DOCUMENT_NEEDED(Place("document")))
    if not asked.reason.strip():
        found.append(REASON_NEEDED(Place("reason")))
    if (asked.what != What.END and not 0 < len(asked.name.strip()) <= 200) or len(
        asked.name_en
    ) > 200:
        found.append(NAME_NEEDED(Place("name"), most=200))
    above = _above(asked, last)
    alike = (one for one in versions if one.name == asked.name.strip() and one.parent == above)
    namesake = next((one for one in alike if one.until is None and one.uid != asked.uid), None)
    if namesake is not None:
        found.append(NAME_BORNE(Place("name"), name=namesake.name, code=namesake.code))
    if asked.what == What.ADD:
        return [*found, *_of_new(asked, versions)]
    if last is None or last.level is not Level.AGENCY or last.until is not None:
        return [*found, NO_AGENCY(Place("on"))]
    if asked.on < today:
        found.append(PAST(Place("on"), day=today.isoformat()))
    elif last.since is not None and asked.on <= last.since:
        found.append(BEFORE_START(Place("on"), day=last.since.isoformat(), name=last.name))
    if asked.what == What.RENAME and (asked.name, asked.name_en) == (last.name, last.name_en):
        found.append(SAME_NAME(Place("name")))
    if asked.target:
        heir = _last(versions, asked.target)
        if (
            heir is None
            or heir.level is not Level.AGENCY
            or heir.uid == asked.uid
            or heir.until is not None
            or (heir.since or date.min) > asked.on
        ):
            found.append(NO_HEIR(Place("target"), day=asked.on.isoformat()))
    return found


def _of_new(asked: Asked, versions: list[Version]) -> list[Problem]:
    found = []
    if not re.fullmatch(r"[A-Z][A-Z0-9-]{1,19}", asked.code):
        found.append(CODE_WRONG(Place("code"), code=asked.code[:40]))
    borne = next((one for one in versions if one.code == asked.code or one.uid == asked.uid), None)
    if borne is not None:
        found.append(CODE_BORNE(Place("code"), code=asked.code, name=borne.name))
    if asked.type not in AGENCY_TYPES:
        found.append(TYPE_UNKNOWN(Place("type")))
    above = _last(versions, asked.parent)
    if (
        above is None
        or asked.parent not in register()
        or above.level is Level.COUNTRY
        or above.until is not None
        or not any(one.uid == asked.parent and one.holds_on(asked.on) for one in versions)
    ):
        found.append(NOT_UNDER(Place("parent")))
    return found


def _state(made: AgencyChange, before: dict[str, Any]) -> dict[str, Any]:
    """For the ledger: what a change sets, and of what it leaves the same as before."""
    named = ("on", "code", "type", "name", "name_en", "parent", "target", "document")
    said = {name: str(value) for name in named if (value := getattr(made, name))}
    return {**before, **said}
