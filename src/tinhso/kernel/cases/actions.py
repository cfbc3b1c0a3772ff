"""Every write to cases: one function an act, one transaction, its ledger entry inside it."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils import timezone

from tinhso.kernel.cases import standing as standings
from tinhso.kernel.cases.cells import cell_of
from tinhso.kernel.cases.contacts import watch
from tinhso.kernel.cases.homes import home_for, require_homes
from tinhso.kernel.cases.kinds import RECEIVE, ActRule, Guard, Role, kind
from tinhso.kernel.cases.models import (
    Attachment,
    Case,
    CaseEvent,
    CaseMember,
    Contact,
    Watcher,
    short_code,
)
from tinhso.kernel.cases.projection import columns, project
from tinhso.kernel.cases.standing import Event, Standing
from tinhso.kernel.cases.tidy import MOST_ON_A_LINE, line, tidy, too_long, words_of
from tinhso.kernel.cases.waiting import require_target, watchers_go_along
from tinhso.kernel.clock.calendar import LOCAL, WorkCalendar
from tinhso.kernel.clock.calendars import calendar
from tinhso.kernel.files.models import StoredFile
from tinhso.kernel.ledger.actor import Actor
from tinhso.kernel.ledger.entries import Thing, record
from tinhso.kernel.ledger.inserting import insert
from tinhso.measure.text import NOWHERE, InputError, Place, Problem, message

THING = "cases.case"

MEANWHILE = message(
    "case-meanwhile",
    vi="Trong lúc bạn xem, vụ việc có thay đổi: {act}. Xem thay đổi ấy ở trang vụ việc rồi làm tiếp.",
    en="While you were looking, something happened to the case: {act}. Look at it on the case's page, then go on.",
)
NO_TITLE = message(
    "case-title",
    vi="Hãy viết một câu cho biết việc gì.",
    en="Say in a sentence what it is about.",
)
ENDED = message(
    "case-split-ended",
    vi="Vụ việc đã kết thúc nên không tách được nữa. Mở lại vụ việc, hoặc nhờ người gửi gửi vụ việc mới.",
    en="The case has ended and cannot be split any more. Reopen it, or have a new one sent.",
)
OVER = message(
    "case-extend-over",
    vi="Vụ việc đã quá hạn nên không gia hạn được nữa: gia hạn không làm việc trễ thành đúng hạn.",
    en="The case is overdue and cannot be given more time: more time would not make late what is late.",
)
PRIVATE = message(
    "case-private",
    vi="Người gửi đã chọn không công khai vụ việc này.",
    en="Whoever sent this case chose not to make it public.",
)


@dataclass(frozen=True)
class Doer:
    """Who acts on a case: in what part, for which unit. `account` None: nobody who signed in."""

    actor: Actor
    role: Role
    unit: str = ""
    account: uuid.UUID | None = None


@dataclass(frozen=True)
class Received:
    """What a new case is made of. `home`, `place`: uids of units. `files`: kept already. `out_of`: the
    case that it is split from."""

    kind: str
    title: str
    home: str
    text: str = ""
    category: str = ""
    channel: str = Case.Channel.WEB
    place: str = ""
    address: str = ""
    point: tuple[float, float] | None = None
    private: bool = False
    simulated: bool = False
    key: str = ""
    files: Sequence[StoredFile] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    out_of: Case | None = None


#: Rooms that want to know of every event of a kind, inside its transaction (so that what they owe
#: stands or falls with it): a function of the case, its event and its standing.
Listener = Callable[[Case, CaseEvent, Standing], None]
LISTENERS: dict[str, list[Listener]] = {}


def listens(to: str) -> Callable[[Listener], Listener]:
    """Declare a listener to the events of cases of a kind."""

    def declare(listener: Listener) -> Listener:
        LISTENERS.setdefault(to, []).append(listener)
        return listener

    return declare


#: Who waits for a case's answer, or what makes them once the case is there, in its transaction; kept
#: with the case unless they are kept already.
Sender = Contact | Callable[[Case], Contact]


def open_case(
    doer: Doer, told: Received, sender: Sender | None = None, *, at: datetime | None = None
) -> Case:
    """Receive a case (tiếp nhận). What has come already under the same key is returned as it is, and
    nothing of `sender` is kept then.

    Raises InputError: without a title, too long a text, or a home outside the site's province.
    """
    # What comes again is rare: that its key is taken is learnt from the database's own refusal.
    title, text, address = line(told.title), tidy(told.text), line(told.address)
    problems = [] if title else [NO_TITLE(Place("title"))]
    problems += too_long(title, "title", MOST_ON_A_LINE) + too_long(text, "text")
    problems += too_long(address, "address", MOST_ON_A_LINE)
    if problems:
        raise InputError(problems)
    if told.out_of is None:
        require_homes(*filter(None, (told.home, told.place)))
    at = at or timezone.now()
    data = words_of({"category": told.category, **told.data}, doer.role)
    event = Event(1, RECEIVE, at, doer.role, doer.unit, data)
    start = standings.begin(kind(told.kind), event)
    lat, lon = told.point or (None, None)
    case = Case(
        kind=told.kind, key=told.key or None, channel=told.channel, category=told.category,
        title=title, text=text, home_id=told.home, place_id=told.place or None,
        address=address, lat=lat, lon=lon,
        cell=cell_of(*told.point) if told.point else None, private=told.private,
        simulated=told.simulated, received_at=at, split_from=told.out_of,
    )  # fmt: skip
    project(case, start, at)
    while True:
        case.code = _code(start, at)
        case.sought_anew()
        try:
            with transaction.atomic():
                kept = _event(case, event, doer)
                insert(case, kept)
                # Nobody knows of the case yet: nothing of it can be there already.
                files = dict.fromkeys(told.files)
                rows: list[Model] = [Attachment(case=case, file=one, event=kept) for one in files]
                contact = sender(case) if callable(sender) else sender
                if contact is not None:
                    rows += [contact] if contact._state.adding else []
                    rows.append(Watcher(case=case, contact=contact, sender=True))
                _tell(doer, case, kept, start, before=None, rows=rows)
        except IntegrityError:
            if told.key and (known := Case.objects.filter(key=told.key).first()):
                return known
            if not Case.objects.filter(code=case.code).exists():
                raise
        else:
            return case


def act(
    doer: Doer,
    case: Case,
    what: str,
    data: Mapping[str, Any] | None = None,
    *,
    seen: int | None = None,
    key: str = "",
    at: datetime | None = None,
    files: Iterable[StoredFile] = (),
) -> CaseEvent:
    """Do something to a case; `seen`: the number of the last event that the doer had seen.

    What was done already under the same key is returned. Raises InputError: not possible, something
    lacks, or something happened meanwhile.
    """
    with transaction.atomic():
        now = Case.objects.select_for_update().get(pk=case.pk)
        if key and (known := CaseEvent.objects.filter(key=key, case=now).first()):
            return known
        said = words_of(data or {}, doer.role)
        past = events_of(now)
        before = standings.fold(kind(now.kind), past)
        if seen is not None and (later := unseen(past, seen)):
            raise InputError([_meanwhile(before, later)])
        event = Event(before.last + 1, what, at or timezone.now(), doer.role, doer.unit, said)
        standings.require(before, event)
        if _too_late(before, before.kind.acts[what], event.at):
            raise InputError([OVER(NOWHERE)])
        if what == "merge":
            require_target(now, str(event.data["case"]), doer.role, doer.account)
        after = standings.after(before, event)
        # What readers ask for changes nothing of the case itself.
        project(now, after, now.changed_at if event.role is Role.PUBLIC else event.at)
        now.save()
        if after.members != before.members:
            _keep_members(now, after)
        kept = _event(now, event, doer, key)
        kept.save(force_insert=True)
        for file in files:
            Attachment.objects.get_or_create(case=now, file=file, defaults={"event": kept})
        if what == "merge":
            watchers_go_along(now)
        _tell(doer, now, kept, after, before=before)
    _as_is(case, now)
    return kept


@dataclass(frozen=True)
class Done:
    """What became of one case of many."""

    case: Case
    problems: tuple[Problem, ...] = ()


def act_on_many(
    doer_of: Callable[[Case], Doer],
    cases: Iterable[Case],
    what: str,
    data: Mapping[str, Any],
) -> list[Done]:
    """The same act on many cases (xử lý hàng loạt); each stands or falls by itself."""
    found = []
    for case in cases:
        try:
            act(doer_of(case), case, what, data)
        except InputError as error:
            found.append(Done(case, tuple(error.problems)))
        else:
            found.append(Done(case))
    return found


def split(doer: Doer, case: Case, told: Received) -> Case:
    """Another case out of one that holds two things (tách); whoever waits, waits for both. Raises
    InputError: the case has ended, and all that `open_case` raises."""
    with transaction.atomic():
        if not Case.objects.select_for_update().get(pk=case.pk).open:
            raise InputError([ENDED(NOWHERE)])
        made = open_case(doer, replace(told, out_of=case))
        for watcher in case.watchers.select_related("contact"):
            watch(made, watcher.contact, sender=watcher.sender)
        thing = Thing(THING, str(case.id), case.lead_id or case.home_id)
        record(doer.actor, f"{THING}.split", thing, after={"into": made.code})
    return made


def publish(
    doer: Doer,
    case: Case,
    title: str,
    text: str,
    files: Iterable[Attachment] = (),
    *,
    at: datetime | None = None,
) -> None:
    """Let everybody read a case, in these words (duyệt công khai). Raises InputError: a private one,
    or too long a text."""
    title, text = line(title), tidy(text)
    problems = too_long(title, "title", MOST_ON_A_LINE) + too_long(text, "text")
    if problems:
        raise InputError(problems)
    with transaction.atomic():
        now = Case.objects.select_for_update().get(pk=case.pk)
        if now.private:
            raise InputError([PRIVATE(NOWHERE)])
        now.public_title, now.public_text = title, text
        now.published_at = now.published_at or at or timezone.now()
        now.save(update_fields=["public_title", "public_text", "published_at"])
        shown = [one.pk for one in files]
        Attachment.objects.filter(case=now).update(public=False)
        Attachment.objects.filter(case=now, pk__in=shown).update(public=True)
        thing = Thing(THING, str(now.id), now.lead_id or now.home_id)
        record(doer.actor, f"{THING}.publish", thing, after={"files": len(shown)})
    _as_is(case, now)


def unpublish(doer: Doer, case: Case, reason: str) -> None:
    """Take a case out of public sight (thôi công khai)."""
    with transaction.atomic():
        Case.objects.filter(pk=case.pk).update(published_at=None)
        Attachment.objects.filter(case=case).update(public=False)
        thing = Thing(THING, str(case.id), case.lead_id or case.home_id)
        record(doer.actor, f"{THING}.unpublish", thing, reason=reason.strip())
    case.refresh_from_db()


def reproject(case: Case, days: WorkCalendar | None = None) -> bool:
    """Make a case's columns anew from its events, as after a change of calendar; whether any differed.
    One that came in for another province, when that was not refused yet, comes to the site's own."""
    with transaction.atomic():
        now = Case.objects.select_for_update().get(pk=case.pk)
        was = columns(now)
        standing = standing_of(now)
        project(now, standing, now.changed_at, days)
        home, now.home_id = now.home_id, home_for(now.home_id)
        if was == columns(now) and home == now.home_id:
            return False
        now.save()
        _keep_members(now, standing)
    return True


def differing(case: Case, days: WorkCalendar | None = None) -> list[str]:
    """The columns in which a case differs from what its events say; nothing where it is sound."""
    told, standing = Case.objects.get(pk=case.pk), standing_of(case)
    was = columns(told)
    project(told, standing, told.changed_at, days)
    members = {one.unit_id for one in case.members.all()}
    found = [name for name, value in columns(told).items() if value != was[name]]
    found += ["home"] * (home_for(told.home_id) != told.home_id)
    return found + ["members"] * (members != set(standing.members))


def possible(standing: Standing, role: Role, at: datetime) -> list[ActRule]:
    """What somebody in that part can do to a case now, in the order of the kind's file."""
    rules = standings.possible(standing, role, at)
    return [rule for rule in rules if not _too_late(standing, rule, at)]


def _too_late(standing: Standing, rule: ActRule, at: datetime) -> bool:
    """More time is for who still has some."""
    whole = standing.clock("whole")
    if rule.guard is not Guard.EXTENSION or whole is None:
        return False
    when = whole.due(calendar())
    return when is not None and at > when.at


# -- what the events say ---------------------------------------------------------------------------


def events_of(case: Case) -> list[Event]:
    """The events of a case, in order."""
    return [event_of(one) for one in case.history.order_by("n")]


def event_of(kept: CaseEvent) -> Event:
    return Event(kept.n, kept.act, kept.at, Role(kept.role), kept.unit, kept.data)


def standing_of(case: Case) -> Standing:
    return standings.fold(kind(case.kind), events_of(case))


def unseen(past: Sequence[Event], seen: int) -> Event | None:
    """The last event after the one that was seen; what readers of the public page ask for makes nothing
    stale."""
    later = (one for one in reversed(past) if one.n > seen and one.role is not Role.PUBLIC)
    return next(later, None)


def _meanwhile(before: Standing, last: Event) -> Problem:
    return MEANWHILE(NOWHERE, act=before.kind.acts[last.act].name)


# -- keeping ---------------------------------------------------------------------------------------


def _as_is(case: Case, now: Case) -> None:
    """The caller's object, as what was saved."""
    for one in case._meta.concrete_fields:
        setattr(case, one.attname, getattr(now, one.attname))


def _code(standing: Standing, at: datetime) -> str:
    """A code that is hardly ever another case's already."""
    return f"{standing.kind.prefix}-{at.astimezone(LOCAL):%y%m%d}-{short_code()}"


def _event(case: Case, event: Event, doer: Doer, key: str = "") -> CaseEvent:
    return CaseEvent(
        case=case, n=event.n, act=event.act, at=event.at, role=event.role.value, unit=event.unit,
        account_id=doer.account, data=dict(event.data), key=key or None,
    )  # fmt: skip


def _keep_members(case: Case, standing: Standing) -> None:
    case.members.exclude(unit_id__in=standing.members).delete()
    for unit in standing.members:
        CaseMember.objects.get_or_create(case=case, unit_id=unit)


def _tell(
    doer: Doer,
    case: Case,
    event: CaseEvent,
    after: Standing,
    *,
    before: Standing | None,
    rows: Iterable[Model] = (),
) -> None:
    """The ledger's entry, with the act's other `rows`: what a case was and is; what was written, only as
    a digest."""
    written = json.dumps(event.data, sort_keys=True, ensure_ascii=False)
    said = hashlib.sha256(written.encode()).hexdigest()
    thing = Thing(THING, str(case.id), case.lead_id or case.home_id)
    record(
        doer.actor,
        f"{THING}.{event.act}",
        thing,
        before=_state(before) if before else {},
        after={**_state(after), "event": event.n, "written": said},
        reason=str(event.data.get("reason", ""))[:500],
        rows=rows,
    )
    for listener in LISTENERS.get(case.kind, ()):
        listener(case, event, after)


def _state(standing: Standing) -> dict[str, Any]:
    return {
        "state": standing.state,
        "lead": standing.lead,
        "members": ", ".join(standing.members),
        "category": standing.category,
        "extended": standing.extended,
    }
