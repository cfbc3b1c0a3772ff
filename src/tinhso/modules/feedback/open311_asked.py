"""Parameters of Open311 as typed values; what cannot be read is told, never guessed."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.http import QueryDict
from django.utils.dateparse import parse_datetime

from tinhso.kernel.clock.calendar import LOCAL
from tinhso.measure.text import InputError, Place, Problem, message
from tinhso.modules.feedback.open311_services import Attribute, Service

#: Days that one question about requests may span, and rows of its answer (the specification's numbers).
MOST_DAYS, MOST_ROWS = 90, 1000
#: Characters of a description (the specification's number), and of any other field.
MOST_TEXT, MOST_FIELD = 4000, 300
#: Minutes by which a client's clock may be ahead of ours.
AHEAD = timedelta(minutes=5)

NEEDED = message("open311-needed", vi="Thiếu {name}.", en="{name} is missing.")
TOO_LONG = message(
    "open311-long",
    vi="Dài {found} ký tự; nhiều nhất {most}.",
    en="It has {found} characters; {most} at most.",
)
BAD_TEXT = message(
    "open311-text",
    vi="Có ký tự không đọc được. Gửi chữ mã UTF-8, không có ký tự điều khiển.",
    en="It holds characters that cannot be read. Send UTF-8, without control characters.",
)
BAD_NUMBER = message(
    "open311-number",
    vi="“{found}” không phải một số. Viết phần lẻ sau dấu chấm, như 11.5358.",
    en="“{found}” is no number. Write decimals after a point, such as 11.5358.",
)
BAD_TIME = message(
    "open311-time",
    vi="“{found}” không phải ngày giờ dạng W3C, như 2026-03-01T07:00:00+07:00 hoặc 2026-03-01.",
    en="“{found}” is no W3C date and time, such as 2026-03-01T07:00:00+07:00 or 2026-03-01.",
)
BACKWARDS = message(
    "open311-backwards",
    vi="{since} sau {until}.",
    en="{since} lies after {until}.",
)
IN_FUTURE = message(
    "open311-future",
    vi="“{found}” ở tương lai. Kiểm tra đồng hồ và múi giờ của máy gửi.",
    en="“{found}” lies in the future. Check the clock and time zone of the sender.",
)
#: What FixMyStreet says of a report besides open and closed, by what it means here: its
#: perllib/Open311.pm, and process_service_request_update_args of its open311-adapter.
OPEN = frozenset({
    "open", "reopen", "confirmed", "investigating", "in_progress", "planned", "action_scheduled",
})  # fmt: skip
CLOSED = frozenset({
    "closed", "fixed", "duplicate", "not_councils_responsibility", "unable_to_fix",
    "no_further_action", "internal_referral",
})  # fmt: skip
BAD_NEWS = message(
    "open311-news-status",
    vi="“{found}” không phải trạng thái. Các trạng thái: {known}.",
    en="“{found}” is no status. There are: {known}.",
)
BAD_STATUS = message(
    "open311-status",
    vi="“{found}” không phải trạng thái: chỉ có open và closed.",
    en="“{found}” is no status: there are open and closed.",
)
TOO_MANY = message(
    "open311-list",
    vi="Nhiều hơn {most} mã trong một lần hỏi.",
    en="More than {most} codes in one question.",
)
BAD_WHOLE = message(
    "open311-whole",
    vi="“{found}” không phải số nguyên từ 1 đến {most}.",
    en="“{found}” is no whole number from 1 to {most}.",
)
UNKNOWN_ATTRIBUTE = message(
    "open311-attribute",
    vi="Dịch vụ {service} không có thuộc tính “{found}”. Các thuộc tính: {known}.",
    en="The service {service} has no attribute “{found}”. Attributes: {known}.",
)
UNKNOWN_VALUE = message(
    "open311-value",
    vi="“{found}” không có trong danh sách. Các khóa: {known}.",
    en="“{found}” is not in the list. Keys: {known}.",
)
ONE_VALUE = message("open311-one", vi="Chỉ nhận một giá trị.", en="It takes one value only.")

_ATTRIBUTE = re.compile(r"attribute\[([^\]]*)\](\[\])?")


def clean(found: str) -> str:
    """As one way of writing Vietnamese letters, without blanks around.

    >>> clean(" Ha\\u0300 ") == "H\\u00e0"
    True
    """
    return unicodedata.normalize("NFC", found.replace("\r\n", "\n")).strip()


def text(
    asked: Mapping[str, Any], name: str, problems: list[Problem], most: int = MOST_FIELD
) -> str:
    found = clean(asked.get(name) or "")
    place = Place(name)
    if len(found) > most:
        problems.append(TOO_LONG(place, found=len(found), most=most))
    if "\ufffd" in found or any(
        unicodedata.category(one) in ("Cc", "Cs") and one not in "\n\t" for one in found
    ):
        problems.append(BAD_TEXT(place))
    return found


def number(found: str, name: str, problems: list[Problem]) -> float | None:
    """None where it is empty or no number, the latter with a problem."""
    if not found:
        return None
    value = float(found) if re.fullmatch(r"[+-]?\d{1,9}(\.\d{1,20})?", found) else math.nan
    if math.isnan(value):
        problems.append(BAD_NUMBER(Place(name), found=found[:40]))
        return None
    return value


def moment(found: str, name: str, problems: list[Problem], *, end: bool = False) -> datetime | None:
    """A W3C date and time. Without a zone it is Vietnam's; a day alone is its beginning, or its end."""
    found = found.strip()
    if not found:
        return None
    try:
        # A plus that nobody escaped arrives as a blank.
        text_ = re.sub(r" (\d\d:?\d\d)$", r"+\1", found)
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text_):
            day = datetime.combine(date.fromisoformat(text_), time(), LOCAL)
            return day + timedelta(days=1) - timedelta(microseconds=1) if end else day
        at = parse_datetime(text_) if re.match(r"\d{4}-\d{2}-\d{2}[Tt ]", text_) else None
    except (ValueError, OverflowError):
        at = None
    if at is None or not 1990 <= at.year <= 2200:
        problems.append(BAD_TIME(Place(name), found=found[:40]))
        return None
    return at if at.tzinfo else at.replace(tzinfo=LOCAL)


def span(
    start: datetime | None, end: datetime | None, now: datetime, *, all_time: bool = False
) -> tuple[datetime, datetime]:
    """From and until when, at most MOST_DAYS: with a start the first days, else the last. `all_time`:
    where neither is told, from the beginning."""
    most = timedelta(days=MOST_DAYS)
    if start is None and end is None and all_time:
        return datetime.min.replace(tzinfo=UTC), now
    if start is None:
        until = end or now
        return until - most, until
    return start, min(end or now, start + most)


def codes(found: str, name: str, most: int) -> list[str]:
    """A list with commas. Raises InputError for more than `most`."""
    listed = [one.strip() for one in found.split(",") if one.strip()]
    if len(listed) > most:
        raise InputError([TOO_MANY(Place(name), most=most)])
    return listed


def statuses(found: str) -> set[str]:
    """Raises InputError."""
    listed = {one.lower() for one in codes(found, "status", 10)}
    wrong = sorted(listed - {"open", "closed"})
    if wrong:
        raise InputError([BAD_STATUS(Place("status"), found=wrong[0][:40])])
    return listed


def news(found: str) -> str:
    """The status that an update tells, in small letters; "" for none. Raises InputError."""
    status = found.strip().lower().replace(" ", "_")
    if status and status not in OPEN | CLOSED:
        known = ", ".join(sorted(one.upper() for one in OPEN | CLOSED))
        raise InputError([BAD_NEWS(Place("status"), found=found.strip()[:40], known=known)])
    return status


def whole(found: str, name: str, otherwise: int, most: int) -> int:
    """Raises InputError."""
    if not found:
        return otherwise
    if not re.fullmatch(r"\d{1,6}", found) or not 1 <= int(found) <= most:
        raise InputError([BAD_WHOLE(Place(name), found=found[:40], most=most)])
    return int(found)


def attributes(
    posted: QueryDict, service: Service, problems: list[Problem]
) -> dict[str, str | list[str]]:
    """`attribute[code]=value`, and for several values also `attribute[code][]=value`."""
    known = {one.code: one for one in service.attributes}
    sent: dict[str, list[str]] = {}
    for name, values in posted.lists():
        match = _ATTRIBUTE.fullmatch(name)
        if match is None:
            continue
        if match[1] not in known:
            listed = ", ".join(known) or "–"
            place = Place(f"attribute[{match[1][:40]}]")
            problems.append(
                UNKNOWN_ATTRIBUTE(place, service=service.code, found=match[1][:40], known=listed)
            )
            continue
        sent.setdefault(match[1], []).extend(one for one in map(clean, values) if one)
    found: dict[str, str | list[str]] = {}
    for one in service.attributes:
        values = sent.get(one.code, [])
        place = Place(f"attribute[{one.code}]")
        if not values:
            if one.required:
                problems.append(NEEDED(place, name=f"attribute[{one.code}]"))
            continue
        if one.datatype == "multivaluelist":
            listed_values = list(
                dict.fromkeys(v.strip() for value in values for v in value.split(","))
            )
            for value in listed_values:
                _check(one, value, place, problems)
            found[one.code] = listed_values
        elif len(values) > 1:
            problems.append(ONE_VALUE(place))
        else:
            _check(one, values[0], place, problems)
            found[one.code] = values[0]
    return found


def _check(asked: Attribute, value: str, place: Place, problems: list[Problem]) -> None:
    name = place.file
    if asked.values and value not in asked.values:
        problems.append(UNKNOWN_VALUE(place, found=value[:40], known=", ".join(asked.values)))
    elif asked.datatype == "number":
        number(value, name, problems)
    elif asked.datatype == "datetime":
        moment(value, name, problems)
    else:
        text({name: value}, name, problems, 1000 if asked.datatype == "text" else MOST_FIELD)
