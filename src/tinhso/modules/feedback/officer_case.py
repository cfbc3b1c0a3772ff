"""One case as officers see it: what happened in words, its clocks, what can be done, what is like it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from tinhso.kernel.cases import actions, queries
from tinhso.kernel.cases.kinds import ActRule, Role, kind
from tinhso.kernel.cases.models import Attachment, Case, CaseEvent
from tinhso.kernel.cases.standing import Standing
from tinhso.kernel.cases.suggesting import rule_of, why_there
from tinhso.kernel.clock.calendar import LOCAL
from tinhso.kernel.people.who import Who
from tinhso.kernel.units.register import register
from tinhso.measure.text import Text, fold
from tinhso.measure.writing import moment
from tinhso.modules.feedback.addresses import host_of
from tinhso.modules.feedback.forms import FAR
from tinhso.modules.feedback.officer_words import KIND, PARTS, category_name
from tinhso.modules.feedback.words import (
    ASK_HIDING,
    EXPOSED,
    FOR_ALL,
    MODERATION,
    OUTCOMES,
    RELEASE,
    SETTLE_HIDING,
    said_to_all,
    unit_name,
)

#: Cases that are shown as like another; the product's choice.
MOST_ALIKE = 6
#: How far around a point is "nearby", in degrees (about 300 m); the product's choice.
_NEAR = 0.003

#: Acts whose words no resident reads.
INTERNAL = frozenset(
    {
        *("note", "consult", "opinion", "hand_over", "return", "extend", "proceed"),
        *(ASK_HIDING, SETTLE_HIDING),
    }
)


FOR_THE_SENDER = Text("Nhập thay người gửi", "Entered for the sender")


@dataclass(frozen=True)
class Elsewhere:
    """A picture that its sender only named by address; we may not have it."""

    address: str
    host: str


@dataclass(frozen=True)
class Happened:
    """An event in words. `by`: the person's name; `part`: what they acted as; `fresh`: the reader has
    not seen it yet; `why_there`: of a routing, what the table said; `rule`: the code of its rule, if
    that is still there; `chosen`: of a request to hide something, what is exposed, or what was done
    about it."""

    n: int
    at: datetime
    what: Text
    by: str
    part: Text
    unit: Text | None
    to: tuple[Text, ...]
    category: Text | None
    chosen: Text | None
    text: str
    reason: str
    for_all: str
    rating: str
    other: Case | None
    files: tuple[Attachment, ...]
    elsewhere: tuple[Elsewhere, ...]
    internal: bool
    fresh: bool
    why_there: Text | None
    rule: str


def timeline(case: Case, now: Standing, seen: int | None = None) -> list[Happened]:
    """All that happened, newest first."""
    rows = list(
        case.history.select_related("account").prefetch_related("attachments__file").order_by("-n")
    )
    merged = {row.data["case"] for row in rows if row.act == "merge"}
    others = {str(one.pk): one for one in Case.objects.filter(pk__in=merged)}
    return [_happened(row, now, others, seen) for row in rows]


def _happened(
    row: CaseEvent, now: Standing, others: Mapping[str, Case], seen: int | None
) -> Happened:
    names, day, data = register(), row.at.astimezone(LOCAL).date(), row.data
    to = [data["unit"]] if "unit" in data else list(data.get("units", ()))
    category = data.get("category")
    # A sender's name is opened for a purpose only; an officer who enters for them stands with a unit.
    theirs = row.role == Role.REQUESTER
    for_them = theirs and bool(row.unit)
    return Happened(
        row.n,
        row.at,
        now.kind.acts[row.act].name,
        row.account.name if row.account and (for_them or not theirs) else "",
        FOR_THE_SENDER if for_them else PARTS[Role(row.role)],
        names.full_name(row.unit, day) if row.unit else None,
        tuple(names.full_name(one, day) for one in to),
        category_name(category) if category and row.n > 1 else None,
        _chosen(row),
        str(data.get("text", "")),
        str(data.get("reason", "")),
        str(data.get("public_text", "")),
        str(data.get("rating", "")),
        others.get(str(data.get("case", ""))),
        tuple(row.attachments.all()),
        tuple(Elsewhere(one, host) for one in data.get("media_url", ()) if (host := host_of(one))),
        row.act in INTERNAL,
        seen is not None and row.n > seen,
        why_there(data, row.at),
        rule_of(data),
    )


def _chosen(row: CaseEvent) -> Text | None:
    if row.act == ASK_HIDING:
        return EXPOSED[row.data["why"]]
    return OUTCOMES[row.data["outcome"]] if row.act == SETTLE_HIDING else None


#: What devices say is told to officers from here on; the product's choice.
_CLOCK_OFF = timedelta(days=1)
_PHOTO_OLD = timedelta(days=30)

_WRITTEN = Text(
    "Theo máy của người gửi, phản ánh được viết lúc {at}, {days} ngày {side} giờ nhận{why}.",
    "By the sender's device the report was written at {at}, {days} {side} it was received{why}.",
)
_KEPT = Text(
    " (viết khi không có mạng thì gửi được muộn hơn)", " (one written without signal is sent later)"
)
_TAKEN = Text(
    "Theo tệp ảnh, ảnh được chụp lúc {at}, {days} ngày trước giờ nhận.",
    "By its file a photo was taken at {at}, {days} before the report was received.",
)
_FAR = Text(
    "Theo tệp ảnh, có ảnh chụp cách xã, phường ghi trong phản ánh hơn {km} km.",
    "By its file a photo was taken more than {km} km from the commune named in the report.",
)


def said_by_devices(first: CaseEvent) -> list[Text]:
    """What the sender's devices said of time and place, where it is far from what is on record: the
    clock by more than a day, the photo's place by more than FAR, its time by more than 30 days."""
    data, found = first.data, []
    written = _read(str(data.get("device_at", "")), datetime.fromisoformat)
    if written and abs(first.at - written) > _CLOCK_OFF:
        found.append(_apart(_WRITTEN, written, first.at))
    taken = _read(str(data.get("photo_at", "")), _exif_time)
    if taken and first.at - taken > _PHOTO_OLD:
        found.append(_apart(_TAKEN, taken, first.at))
    if data.get("photo_far"):
        km = FAR // 1000
        found.append(Text(_FAR.vi.format(km=km), _FAR.en.format(km=km)))
    return found


def _read(told: str, how: Callable[[str], datetime]) -> datetime | None:
    """A time that a device wrote, on our clock; None for none, or for none that there can be."""
    try:
        found = how(told)
        return found.astimezone(LOCAL) if found.tzinfo else found.replace(tzinfo=LOCAL)
    except (ValueError, OverflowError):
        return None


def _exif_time(told: str) -> datetime:
    """Exif 2.32, 4.6.5: the time where the camera was."""
    return datetime.strptime(told, "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 (it has no zone)


def _apart(words: Text, at: datetime, received: datetime) -> Text:
    early, days = at < received, abs(received - at).days
    why = _KEPT if early else Text("", "")
    return Text(
        words.vi.format(
            at=moment(at, "vi"), days=days, side="trước" if early else "sau", why=why.vi
        ),
        words.en.format(
            at=moment(at, "en"),
            days=f"{days} day{'' if days == 1 else 's'}",
            side="before" if early else "after",
            why=why.en,
        ),
    )


#: What an act answers to: the last act of that kind is what was asked.
_ANSWERS_TO = {"opinion": "consult", "proceed": "consult", "reply": "ask", "resume": "ask"}


def asked(case: Case, act: str) -> str:
    """The words that an act answers to, "" for none."""
    if act not in _ANSWERS_TO:
        return ""
    return str(case.history.filter(act=_ANSWERS_TO[act]).latest("n").data["text"])


def waits_for(case: Case, now: Standing) -> list[Text]:
    """The agencies that have to act now: those whose opinion is waited for, else the one that leads."""
    units = now.members if case.waits == Role.MEMBER else [now.lead] if now.lead else []
    return [unit_name(one) for one in units]


@dataclass(frozen=True)
class Possible:
    """Something that whoever looks can do now, in that part."""

    act: ActRule
    role: Role
    unit: str


def possible(who: Who, case: Case, now: Standing, at: datetime) -> list[Possible]:
    """All that `who` can do now, each once, in the order of the kind's file."""
    found: dict[str, Possible] = {}
    for role, unit in queries.roles_in(who, case).items():
        for act in actions.possible(now, role, at):
            found.setdefault(act.code, Possible(act, role, unit))
    return [found[code] for code in now.kind.acts if code in found and code not in MODERATION]


@dataclass(frozen=True)
class Said:
    """An answer or refusal: what its sender read, and what everybody reads of it, "" for nothing."""

    n: int
    at: datetime
    what: Text
    text: str
    for_all: str


def said(case: Case) -> list[Said]:
    """All answers and refusals of a case, the newest first."""
    events = list(case.history.filter(act__in=(*FOR_ALL, RELEASE)).order_by("n"))
    for_all, acts = said_to_all(events), kind(KIND).acts
    return [
        Said(
            one.n,
            one.at,
            acts[one.act].name,
            str(one.data[FOR_ALL[one.act]]),
            for_all.get(one.n, ""),
        )
        for one in reversed(events)
        if one.act in FOR_ALL
    ]


@dataclass(frozen=True)
class HidingAsked:
    """A reader of the public page asks for something to be hidden."""

    at: datetime
    what: Text
    text: str


def hiding_asked(case: Case) -> HidingAsked | None:
    """What waits to be settled, if anything does."""
    if case.hiding_asked_at is None:
        return None
    event = case.history.filter(act=ASK_HIDING).latest("n")
    return HidingAsked(event.at, EXPOSED[event.data["why"]], event.data["text"])


def alike(
    *,
    title: str = "",
    category: str = "",
    place: str = "",
    point: tuple[float, float] | None = None,
    besides: Case | None = None,
) -> list[Case]:
    """Open cases that may tell of the same thing: near the point, or of the place; those of the same
    category and with more of the same words first."""
    where = Q(pk__in=[])
    if place:
        where |= Q(place_id=place)
    if point is not None:
        lat, lon = point
        where |= Q(lat__range=(lat - _NEAR, lat + _NEAR), lon__range=(lon - _NEAR, lon + _NEAR))
    rows: QuerySet[Case] = Case.objects.filter(where, kind=KIND, open=True)
    if besides is not None:
        rows = rows.exclude(pk=besides.pk)
    words = set(fold(title).split())

    def rank(one: Case) -> tuple[int, int, float]:
        same = len(words & set(fold(one.title).split()))
        return (-same, -(one.category == category), -one.received_at.timestamp())

    newest = rows.order_by("-received_at").defer("text", "public_text")[:300]
    return sorted(newest, key=rank)[:MOST_ALIKE]


def told_of(case: Case) -> Mapping[str, Any]:
    """What sample texts of answers may name."""
    names = register()
    lead = case.lead_id or case.home_id
    return {
        "code": case.code,
        "title": case.title,
        "agency": names.full_name(lead),
        "place": case.address or (names.full_name(case.place_id) if case.place_id else "…"),
    }


def now_of(case: Case) -> Standing:
    return actions.standing_of(case)
