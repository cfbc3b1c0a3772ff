"""Every read of Open311: what is published, and to a key besides what it sent itself."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from tinhso.kernel.cases.kinds import kind
from tinhso.kernel.cases.models import Attachment, Case, CaseEvent, Contact
from tinhso.kernel.cases.waiting import Waiting, going_on, settled
from tinhso.kernel.clock.calendar import LOCAL
from tinhso.kernel.units.register import register
from tinhso.measure.text import Text
from tinhso.modules.feedback.machine_doors import KIND, codes_in
from tinhso.modules.feedback.open311_services import (
    DATATYPES,
    Attribute,
    Service,
    service_of,
    services,
)

#: Acts that everybody may hear of, and those whose words the sender is told.
PUBLIC_ACTS = (
    *("receive", "route", "hand_over", "return", "extend", "answer"),
    *("reject", "merge", "withdraw", "reopen"),
)
TOLD_ACTS = ("ask", "answer", "reject", "reply", "add")


@dataclass(frozen=True)
class Reader:
    """Who reads: the account of the key, or None; in what language; how an address is made."""

    account: uuid.UUID | None
    language: str
    picture: Callable[[Attachment], str]


@dataclass(frozen=True)
class Asked:
    """Which requests: received in a span, and changed in another. Empty sets: all."""

    since: datetime
    until: datetime
    changed_since: datetime | None = None
    changed_until: datetime | None = None
    categories: frozenset[str] = frozenset()
    statuses: frozenset[str] = frozenset()
    page: int = 1
    size: int = 1000


def readable(reader: Reader) -> QuerySet[Case]:
    """Private cases are read by nobody here."""
    seen = Q(published_at__isnull=False) | Q(pk__in=_own(reader).values("case"))
    return (
        Case.objects.filter(seen, kind=KIND, private=False)
        .prefetch_related(
            Prefetch("attachments", _pictures(), to_attr="shown"),
            Prefetch("history", CaseEvent.objects.filter(n=1), to_attr="first"),
        )
        .order_by("-received_at", "id")
    )


def _own(reader: Reader) -> QuerySet[CaseEvent]:
    """The first events of what the reader sent."""
    if reader.account is None:
        return CaseEvent.objects.none()
    return CaseEvent.objects.filter(n=1, account=reader.account, case__kind=KIND)


def _pictures() -> QuerySet[Attachment]:
    return Attachment.objects.filter(public=True).select_related("file").order_by("id")


def requests(reader: Reader, asked: Asked) -> list[dict[str, Any]]:
    """Those received in the span, newest first."""
    found = readable(reader).filter(received_at__gte=asked.since, received_at__lte=asked.until)
    if asked.changed_since is not None:
        found = found.filter(_changed_since(asked.changed_since))
    if asked.changed_until is not None:
        found = found.exclude(_changed_since(asked.changed_until))
    if asked.categories:
        # Cases that nobody has sorted, or of a category that is gone, are offered as the last.
        wanted = Q(category__in=asked.categories)
        if service_of("").code in asked.categories:
            wanted |= ~Q(category__in=list(services()))
        found = found.filter(wanted)
    if len(asked.statuses) == 1:
        going = Q(open=True) | Q(pk__in=_gone_on_and_open())
        found = found.filter(going if "open" in asked.statuses else ~going)
    begin = (asked.page - 1) * asked.size
    return [request_row(one, reader) for one in found[begin : begin + asked.size]]


def _changed_since(at: datetime) -> Q:
    """What `_changed` says of a report and of the one that goes on for it; that it was published is a
    change too, for whoever could not read it before."""

    def one(before: str) -> Q:
        over = Q(**{f"{before}open": False, f"{before}closed_at__isnull": False})
        late = Q(**{f"{before}closed_at__gte": at})
        return (over & late) | (~over & Q(**{f"{before}changed_at__gte": at}))

    merged = Q(merged_into__isnull=False) & one("merged_into__")
    return Q(published_at__gte=at) | one("") | merged


def _gone_on_and_open() -> set[uuid.UUID]:
    """Reports that were merged into one that is open: for whoever sent them they are not over."""
    found: set[uuid.UUID] = set()
    more = set(Case.objects.filter(kind=KIND, merged_into__open=True).values_list("pk", flat=True))
    while more - found:
        found |= more
        more = set(Case.objects.filter(merged_into__in=more).values_list("pk", flat=True))
    return found


def requests_by_code(reader: Reader, codes: Iterable[str]) -> list[dict[str, Any]]:
    return [request_row(one, reader) for one in by_code(reader, codes)]


def by_code(reader: Reader, codes: Iterable[str]) -> QuerySet[Case]:
    """Whatever is no code at all is not asked of the database, which may not even keep it as text."""
    return readable(reader).filter(
        code__in=[one.upper() for one in codes if codes_in(one) == [one.upper()]]
    )


def request_row(case: Case, reader: Reader) -> dict[str, Any]:
    """A request in the fields of the specification."""
    own = reader.account is not None and case.first[0].account_id == reader.account  # type: ignore[attr-defined] # prefetched
    service, goes_on = service_of(case.category), going_on(case)
    shown = case.shown if case.published_at else []  # type: ignore[attr-defined] # prefetched
    picture = next((reader.picture(one) for one in shown), None)
    if picture is None and own:
        picture = next(iter(case.first[0].data.get("media_url", [])), None)  # type: ignore[attr-defined] # prefetched
    return {
        "service_request_id": case.code,
        "status": "open" if goes_on.open else "closed",
        "status_notes": _stands(case, goes_on).to(reader.language),
        "service_name": service.name.to(reader.language),
        "service_code": service.code,
        "description": (case.text or case.title if own else _public(case))[:4000],
        "agency_responsible": _unit(goes_on.lead_id, reader.language),
        "service_notice": None,
        "requested_datetime": w3c(case.received_at),
        "updated_datetime": w3c(max(_changed(case), _changed(goes_on))),
        "expected_datetime": w3c(goes_on.due_at) if goes_on.due_at else None,
        "address": case.address or _unit(case.place_id, reader.language),
        "address_id": case.place_id,
        "zipcode": None,
        "lat": case.lat,
        "long": case.lon,
        "media_url": picture,
    }


def _stands(case: Case, goes_on: Case) -> Text:
    """The state; of a report that was merged, that of the one that goes on for it."""
    name = kind(KIND).states[goes_on.state].name
    if goes_on.pk == case.pk:
        return name
    return Text(f"Đã nhập vào {goes_on.code}: {name.vi}", f"Merged into {goes_on.code}: {name.en}")


def _changed(case: Case) -> datetime:
    return case.changed_at if case.open else case.closed_at or case.changed_at


def _public(case: Case) -> str:
    """The words that were published; none of the sender's own once there are any."""
    if case.public_title:
        return case.public_text or case.public_title
    return case.text or case.title


def updates(reader: Reader, since: datetime, until: datetime, most: int) -> list[dict[str, Any]]:
    """What happened to requests in the span, oldest first. What an agency wrote is told to the key
    that sent the request, which passes it on; to others, only that it happened. Of a request of its own
    that was merged into another, the key is told what settles that one and where it goes."""
    own = _own(reader)
    shown = Q(act__in=PUBLIC_ACTS) | Q(act__in=TOLD_ACTS, case__in=own.values("case"))
    seen = readable(reader).order_by()
    found = (
        CaseEvent.objects.filter(shown, case__in=seen.values("pk"), at__gte=since, at__lte=until)
        .annotate(own=Exists(own.filter(case=OuterRef("case"))))
        .order_by("at", "case_id", "n")
    )
    rows = [
        _update(one, state, reader, told=one.own)  # type: ignore[attr-defined] # annotated
        for one, state in _with_states(found[:most])
    ]
    merged = seen.filter(merged_into__isnull=False, pk__in=own.values("case"))
    rows += [row for one in merged for row in _gone_on(one, reader, since, until)]
    return sorted(rows, key=lambda one: str(one["updated_datetime"]))[:most]


def _with_states(events: QuerySet[CaseEvent]) -> Iterator[tuple[CaseEvent, str]]:
    """Each event, and the state in which it left its case: what came later is no news of it."""
    acts = kind(KIND).acts
    found = list(
        events.select_related("case").prefetch_related(
            Prefetch("attachments", _pictures(), to_attr="shown")
        )
    )
    moves = CaseEvent.objects.filter(
        case__in={one.case_id for one in found if not acts[one.act].to},
        act__in=[name for name, act in acts.items() if act.to],
    )
    states = {
        (case, n): str(acts[act].to) for case, n, act in moves.values_list("case", "n", "act")
    }
    for one in found:
        before = (states.get((one.case_id, n)) for n in range(one.n - 1, 0, -1))
        yield one, acts[one.act].to or next(filter(None, before))


def _gone_on(
    case: Case, reader: Reader, since: datetime, until: datetime
) -> Iterator[dict[str, Any]]:
    """News of the request that goes on for one that was merged, under this one's code."""
    code = case.code
    while (target := case.merged_into) is not None and not target.private:
        merging = case.history.filter(act="merge").order_by("n").last()
        assert merging is not None
        later = target.history.filter(act__in=PUBLIC_ACTS, at__gte=max(since, merging.at))
        here = Waiting(Contact(), target, case)
        for event, state in _with_states(later.filter(at__lte=until).order_by("n")):
            row = _update(event, state, reader, told=False)
            words = here.reads(event) or row["description"]
            own = {"update_id": f"{code}-{row['update_id']}", "service_request_id": code}
            yield {**row, **own, "description": words}
        case = target


def _update(event: CaseEvent, state: str, reader: Reader, *, told: bool) -> dict[str, Any]:
    now, words = kind(KIND).states[state], ""
    name, is_open = now.name, now.open
    shown = event.shown if event.case.published_at else []  # type: ignore[attr-defined] # prefetched
    target = event.case.merged_into if event.act == "merge" else None
    if target is not None:
        # What was merged is as far as the one that goes on; what settled that already is told now.
        name, is_open = _stands(event.case, going_on(target)), going_on(target).open
        ended = settled(target)
        if told and ended is not None:
            words = Waiting(Contact(), target, event.case).reads(ended)
    if told and event.act in TOLD_ACTS:
        words = str(event.data.get("text") or event.data.get("reason") or "")
    return {
        "update_id": update_id(event),
        "service_request_id": event.case.code,
        "status": "open" if is_open else "closed",
        "updated_datetime": w3c(event.at),
        "description": words or name.to(reader.language),
        "media_url": next((reader.picture(one) for one in shown), None),
    }


def update_id(event: CaseEvent) -> str:
    return f"{event.case.code}-{event.n}"


def w3c(at: datetime) -> str:
    """With the zone of Vietnam, in whole seconds."""
    return at.astimezone(LOCAL).isoformat(timespec="seconds")


def _unit(uid: str | None, language: str) -> str | None:
    return register().full_name(uid).to(language) if uid else None


# -- services ------------------------------------------------------------------------------------------


def service_row(one: Service, language: str) -> dict[str, Any]:
    return {
        "service_code": one.code,
        "service_name": one.name.to(language),
        "description": one.help.to(language) if one.help else None,
        "metadata": bool(one.attributes),
        "type": "realtime",
        "keywords": ", ".join(one.keywords) or None,
        "group": one.group.to(language),
    }


def definition(one: Service, language: str) -> Mapping[str, Any]:
    rows = [_attribute(n, each, language) for n, each in enumerate(one.attributes, 1)]
    return {"service_code": one.code, "attributes": rows}


def _attribute(order: int, one: Attribute, language: str) -> dict[str, Any]:
    row: dict[str, Any] = {
        "variable": True,
        "code": one.code,
        "datatype": one.datatype,
        "required": one.required,
        "datatype_description": (one.hint or DATATYPES[one.datatype]).to(language),
        "order": order,
        "description": one.name.to(language),
    }
    if one.values:
        row["values"] = [
            {"key": key, "name": name.to(language)} for key, name in one.values.items()
        ]
    return row
