"""Every write that comes by Open311: a report, and more about one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone

from tinhso.kernel.cases import contacts
from tinhso.kernel.cases.actions import Doer, Received, act, standing_of
from tinhso.kernel.cases.contacts import Person
from tinhso.kernel.cases.kinds import RECEIVE, Role
from tinhso.kernel.cases.models import Case, CaseEvent
from tinhso.kernel.cases.policies import CASE
from tinhso.kernel.cases.standing import refusal
from tinhso.kernel.cases.waiting import going_on
from tinhso.kernel.files.actions import accept
from tinhso.kernel.files.kinds import IMAGES
from tinhso.kernel.files.models import StoredFile
from tinhso.kernel.people.limits import exactly
from tinhso.kernel.people.who import Who
from tinhso.kernel.units.register import register
from tinhso.measure.text import InputError, Place, Problem, message
from tinhso.modules.feedback import open311_asked as asked
from tinhso.modules.feedback.addresses import host_of
from tinhso.modules.feedback.machine_doors import (
    KIND,
    MOST_PICTURES,
    key_of,
    take_in,
    tell_more,
    title_of,
)
from tinhso.modules.feedback.machine_places import commune_at, commune_by_code, province
from tinhso.modules.feedback.open311_errors import (
    KEY_OF_ANOTHER,
    UNKNOWN_SERVICE,
    RefusedError,
)
from tinhso.modules.feedback.open311_media import fetch_later
from tinhso.modules.feedback.open311_services import Service, services

#: The same content from the same key within this time is one report: a client that got no answer
#: sends again. The product's choice.
AGAIN = timedelta(minutes=10)
#: Reports that one key may send in an hour; the product's choice.
MOST_AN_HOUR = 2000
#: Letters of an address of a picture.
MOST_ADDRESS = 1000

NO_PLACE = message(
    "open311-place",
    vi="Cho biết nơi xảy ra: lat và long, hoặc address_string, hoặc address_id (mã xã, phường).",
    en="Say where it is: lat and long, or address_string, or address_id (a commune's code).",
)
OUTSIDE = message(
    "open311-outside",
    vi="Điểm {lat}, {lon} nằm ngoài {province}. Kiểm tra lại, và xem lat, long có bị đổi chỗ không.",
    en="The point {lat}, {lon} lies outside {province}. Check it, and whether lat and long are swapped.",
)
HALF_A_POINT = message(
    "open311-half-point",
    vi="lat và long phải đi cùng nhau.",
    en="lat and long go together.",
)
UNKNOWN_ADDRESS_ID = message(
    "open311-address-id",
    vi="“{found}” không phải mã một xã, phường của {province}.",
    en="“{found}” is no code of a commune of {province}.",
)
NO_WORDS = message(
    "open311-words",
    vi="Cho biết việc gì: điền description, hoặc thuộc tính của dịch vụ.",
    en="Say what it is: fill in description, or attributes of the service.",
)
BAD_ADDRESS = message(
    "open311-media",
    vi="“{found}” không phải địa chỉ http(s) của một ảnh.",
    en="“{found}” is no http(s) address of a picture.",
)
TOO_MANY_PICTURES = message(
    "open311-pictures",
    vi="Nhiều nhất {most} ảnh cho một phản ánh.",
    en="{most} pictures at most for a report.",
)
KEY_USED = message(
    "open311-idempotency",
    vi="Idempotency-Key này đã dùng cho nội dung khác. Mỗi phản ánh dùng một khóa riêng.",
    en="This Idempotency-Key was used for other content. Use one of its own for each report.",
)


#: The families that most people belong to.
FAMILIES = frozenset({
    "nguyễn", "trần", "lê", "phạm", "hoàng", "huỳnh", "phan", "vũ", "võ", "đặng", "bùi", "đỗ", "hồ",
    "ngô", "dương", "lý", "đinh", "đoàn", "trịnh", "trương", "lâm", "phùng", "lương", "đào", "mai",
    "tô", "tạ", "cao", "hà", "châu", "nông", "điểu",
})  # fmt: skip

#: Put under an update that calls a report settled, and what stands for one without words.
SETTLED = "(Hệ thống gửi báo trạng thái {}: người gửi cho là đã xong.)"
STANDS = "(Hệ thống gửi báo trạng thái {}.)"
PICTURES = "(Gửi thêm ảnh)"


@dataclass(frozen=True)
class Where:
    """Where it is, as far as told. `place`: a commune, or ""."""

    point: tuple[float, float] | None
    place: str
    address: str


def receive(
    who: Who, posted: QueryDict, files: Sequence[UploadedFile[bytes]], once: str, language: str
) -> Case:
    """A report. `once`: the sender's Idempotency-Key, or "".

    Raises InputError, ForbiddenError, RefusedError (404) for an unknown service, TooManyError.
    """
    home = province()
    answer = CASE.require(who, "enter", home)
    service = _service(asked.clean(posted.get("service_code", "")))
    problems: list[Problem] = []
    words = asked.text(posted, "description", problems, asked.MOST_TEXT)
    where = _where(posted, home, problems)
    more = asked.attributes(posted, service, problems)
    if not words and not more:
        problems.append(NO_WORDS(Place("description")))
    person = _person(posted, problems)
    for name in ("device_id", "account_id", "jurisdiction_id"):
        asked.text(posted, name, problems)
    pictures = _addresses(posted, len(files), problems)
    if problems:
        raise InputError(problems)
    digest = _digest(posted, files)
    known = _sent_before(who, digest, once)
    if known is not None:
        return known
    account = str(who.account)
    data = {"digest": digest, "attributes": more, "media_url": pictures}
    told = Received(
        KIND,
        title_of(words, service.name.vi),
        home,
        text="\n\n".join(filter(None, [words, _in_words(service, more)])),
        category=service.code,
        channel=Case.Channel.OPEN311,
        place=where.place,
        address=where.address,
        point=where.point,
        key=key_of("open311", account, once) if once else _keys(account, digest)[0],
        data={name: value for name, value in data.items() if value},
    )
    doer = Doer(who.actor(answer.seat), Role.REQUESTER, account=who.account)
    with transaction.atomic():
        sent = CaseEvent.objects.filter(account=who.account, act=RECEIVE)
        exactly("open311", sent, "at", MOST_AN_HOUR, timedelta(hours=1))
        kept = [_kept(who, one, home) for one in files]
        sender = contacts.keep(person, language=language)[0] if person is not None else None
        case = take_in(doer, Received(**{**vars(told), "files": kept}), sender)
        fetch_later(case, pictures, account)
    return case


def add(who: Who, case: Case, posted: QueryDict, files: Sequence[UploadedFile[bytes]]) -> CaseEvent:
    """More about a report that the same key sent. Raises InputError, ForbiddenError, RefusedError."""
    answer = CASE.require(who, "enter", province())
    if not case.history.filter(n=1, account=who.account).exists():
        raise RefusedError(403, KEY_OF_ANOTHER(Place("service_request_id"), code=case.code))
    problems: list[Problem] = []
    words = asked.text(posted, "description", problems, asked.MOST_TEXT)
    # `update_id_ext` is the name that earlier FixMyStreets have for it.
    named = "update_id" if "update_id" in posted else "update_id_ext"
    their = asked.text(posted, named, problems, 100)
    at = asked.moment(
        posted.get("updated_datetime") or posted.get("datetime") or "", "updated_datetime", problems
    )
    if at is not None and at > timezone.now() + asked.AHEAD:
        problems.append(asked.IN_FUTURE(Place("updated_datetime"), found=at.isoformat()))
    status = ""
    try:
        status = asked.news(posted.get("status", ""))
    except InputError as error:
        problems += error.problems
    pictures = _addresses(posted, len(files), problems)
    shown = bool(pictures or files)
    if not (words or shown or status):
        problems.append(asked.NEEDED(Place("description"), name="description"))
    if problems:
        raise InputError(problems)
    account = str(who.account)
    told = words or (PICTURES if shown else "")
    # Whoever handles the case reads what was said of it; only they can settle it.
    if status in asked.CLOSED or not told:
        said = SETTLED if status in asked.CLOSED else STANDS
        told = "\n\n".join(filter(None, [told, said.format(status.upper())]))
    data = {
        "text": told,
        "status": status,
        "said_at": at.isoformat() if at else "",
        "media_url": pictures,
    }
    key = key_of("open311-update", account, case.code, their) if their else ""
    known = CaseEvent.objects.filter(key=key).first() if key else None
    if known is not None:
        return known
    doer = Doer(who.actor(answer.seat), Role.REQUESTER, account=who.account)
    more = {name: value for name, value in data.items() if value}
    with transaction.atomic():
        kept = [_kept(who, one, case.home_id) for one in files]
        goes_on = going_on(case)
        if status in asked.OPEN and _open_again(case, at):
            done = act(doer, case, "reopen", {**more, "reason": told}, key=key, files=kept)
        elif words or shown:
            done = tell_more(doer, goes_on, more, key=key, files=kept)
        else:
            done = act(doer, goes_on, "add", more, key=key)  # a status answers no question
        fetch_later(goes_on, pictures, account)
    return done


def _open_again(case: Case, said: datetime | None) -> bool:
    """Whether an update that calls a report open was written after it ended here, and it can be opened
    again. One written before crossed our answer on the way."""
    if case.merged_into_id or case.closed_at is None or said is None or said <= case.closed_at:
        return False
    return refusal(standing_of(case), "reopen", Role.REQUESTER, timezone.now()) is None


# -- reading what was posted ---------------------------------------------------------------------------


def _service(code: str) -> Service:
    if not code:
        raise InputError([asked.NEEDED(Place("service_code"), name="service_code")])
    found = services().get(code)
    if found is None:
        known = ", ".join(services())
        raise RefusedError(
            404, UNKNOWN_SERVICE(Place("service_code"), found=code[:40], known=known)
        )
    return found


def _where(posted: QueryDict, home: str, problems: list[Problem]) -> Where:
    name = register().full_name(home)
    lat = asked.number(posted.get("lat", "").strip(), "lat", problems)
    lon = asked.number(posted.get("long", "").strip(), "long", problems)
    address = asked.text(posted, "address_string", problems)
    code = asked.text(posted, "address_id", problems)
    point, place = None, ""
    given = bool(posted.get("lat", "").strip()), bool(posted.get("long", "").strip())
    if given[0] != given[1]:
        problems.append(HALF_A_POINT(Place("long" if given[0] else "lat")))
    elif lat is not None and lon is not None:
        point, place = (lat, lon), commune_at(lat, lon)
        if not place:
            problems.append(OUTSIDE(Place("lat"), lat=lat, lon=lon, province=name))
    if code:
        place = commune_by_code(code)
        if not place:
            problems.append(UNKNOWN_ADDRESS_ID(Place("address_id"), found=code[:40], province=name))
    if not (any(given) or address or code):
        problems.append(NO_PLACE(Place("lat")))
    return Where(point, place, address)


def _person(posted: QueryDict, problems: list[Problem]) -> Person | None:
    last, first = (asked.text(posted, name, problems, 100) for name in ("last_name", "first_name"))
    phone = asked.text(posted, "phone", problems, 40)
    email = asked.text(posted, "email", problems, 254)
    name = _whole_name(first, last)
    if not (name or phone or email):
        return None
    try:
        return Person(name, phone, email).checked()
    except InputError as error:
        problems += error.problems
        return None


def _whole_name(first: str, last: str) -> str:
    """A Vietnamese name begins with the family's (họ). Programs that cut a name in two at its first
    blank, as FixMyStreet does, send that as the first name.

    >>> _whole_name("Ánh", "Nguyễn Thị"), _whole_name("Nguyễn", "Thị Ánh")
    ('Nguyễn Thị Ánh', 'Nguyễn Thị Ánh')
    """
    cut = first.lower() in FAMILIES and last.partition(" ")[0].lower() not in FAMILIES
    return " ".join(filter(None, [first, last] if cut else [last, first]))


def _addresses(posted: QueryDict, files: int, problems: list[Problem]) -> list[str]:
    """Of pictures; `files`: how many come as files besides."""
    sent = posted.getlist("media_url")
    found = list(dict.fromkeys(one.strip() for one in sent if one.strip()))
    bad = [one for one in found if not host_of(one) or len(one) > MOST_ADDRESS]
    problems += [BAD_ADDRESS(Place("media_url"), found=one[:80]) for one in bad]
    if len(found) + files > MOST_PICTURES:
        problems.append(TOO_MANY_PICTURES(Place("media_url"), most=MOST_PICTURES))
    return found


def _in_words(service: Service, more: dict[str, str | list[str]]) -> str:
    """What was answered to the service's questions, for those who handle the case."""
    lines = []
    for one in service.attributes:
        value = more.get(one.code)
        if value is not None:
            values = [value] if isinstance(value, str) else value
            named = ", ".join(one.values[v].vi if v in one.values else v for v in values)
            lines.append(
                f"{one.name.vi} {named}" if one.name.vi.endswith("?") else f"{one.name.vi}: {named}"
            )
    return "\n".join(lines)


def _kept(who: Who, file: UploadedFile[bytes], home: str) -> StoredFile:
    return accept(who, file, IMAGES, unit=home, place=Place("media"))


# -- once is once ---------------------------------------------------------------------------------------


def _digest(posted: QueryDict, files: Sequence[UploadedFile[bytes]]) -> str:
    """Of all that was sent but the key and what differs from try to try."""
    told = {
        name: sorted(values)
        for name, values in posted.lists()
        if name not in ("api_key", "device_id")
    }
    made = hashlib.sha256(json.dumps(told, sort_keys=True).encode())
    for one in files:
        made.update(hashlib.sha256(one.read()).digest())
        one.seek(0)
    return made.hexdigest()


def _keys(account: str, digest: str, now: datetime | None = None) -> tuple[str, str]:
    """The key of this stretch of time, and that of the one before."""
    stretch = int((now or timezone.now()).timestamp() // AGAIN.total_seconds())
    return (
        key_of("open311-same", account, digest, str(stretch)),
        key_of("open311-same", account, digest, str(stretch - 1)),
    )


def _sent_before(who: Who, digest: str, once: str) -> Case | None:
    """The case that this very report made already. Raises InputError for a key of other content."""
    account = str(who.account)
    if not once:
        return Case.objects.filter(
            key__in=_keys(account, digest), received_at__gt=timezone.now() - AGAIN
        ).first()
    known = Case.objects.filter(key=key_of("open311", account, once)).first()
    if known is not None and known.history.get(n=1).data.get("digest") != digest:
        raise InputError([KEY_USED(Place("Idempotency-Key"))])
    return known
