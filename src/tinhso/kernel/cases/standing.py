"""What a sequence of events makes of a case: a pure function (trạng thái vụ việc).

Nothing here asks a database or a clock on the wall: the same events and the same rule version give
the same standing, whenever one asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from tinhso.kernel.cases.kinds import RECEIVE, ActRule, Guard, Kind, Role, StateRule, Version
from tinhso.kernel.clock.calendar import LOCAL
from tinhso.kernel.clock.clock import Clock
from tinhso.measure.text import NOWHERE, InputError, Problem, Text, message

NOT_IN_STATE = message(
    "case-act-state",
    vi="Không {act} được khi vụ việc đang “{state}”. Trang vụ việc cho biết lúc này làm được gì.",
    en='Cannot {act} while the case is "{state}". The case\'s page says what can be done now.',
)
NOT_BY_ROLE = message(
    "case-act-role",
    vi="Bạn không có vai trò để {act} trong vụ việc này.",
    en="Your part in this case does not let you {act}.",
)
EXTENDED_ALREADY = message(
    "case-extended",
    vi="Vụ việc đã được gia hạn {times} lần, là số lần tối đa.",
    en="The case has been extended {times} times, which is the most.",
)
TOO_LATE_TO_REOPEN = message(
    "case-reopen-late",
    vi="Đã quá {days} ngày từ khi đóng, không mở lại được nữa. Hãy gửi một vụ việc mới.",
    en="It was closed more than {days} days ago and cannot be reopened. Please send a new one.",
)
NOBODY_ASKED = message(
    "case-not-asked",
    vi="Không có cơ quan nào đang được hỏi ý kiến trong vụ việc này.",
    en="No agency is being asked for its opinion in this case.",
)
HIDING_ASKED = message(
    "case-hiding-asked",
    vi="Đã có người xin che thông tin cá nhân ở đây; yêu cầu ấy đang chờ người kiểm duyệt xem.",
    en="Somebody has asked to hide personal data here; the request waits for a moderator.",
)
NOBODY_ASKED_TO_HIDE = message(
    "case-hiding-not-asked",
    vi="Không còn yêu cầu che thông tin nào đang chờ: có thể người khác vừa xử lý xong.",
    en="No request to hide anything waits any more: somebody else may just have settled it.",
)
MISSING = message(
    "case-missing",
    vi="Hãy điền “{field}” trước khi {act}.",
    en='Fill in "{field}" before you {act}.',
)


@dataclass(frozen=True)
class Event:
    """Something that happened to a case. `at` carries a time zone; `data` is plain JSON."""

    n: int
    act: str
    at: datetime
    role: Role
    unit: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Standing:
    """Where a case stands after its events.

    `lead`, `members`: uids of units. `clocks`: all that ever ran, in the order of their beginning.
    `answered_at`, `answered_by`: when and by which unit it was first answered. `merged_into`: the id of the case that goes on for it.
    `hiding_asked_at`: since when a request to hide personal data waits.
    """

    kind: Kind
    rule: Version
    category: str
    state: str
    lead: str = ""
    members: tuple[str, ...] = ()
    clocks: tuple[Clock, ...] = ()
    extended: int = 0
    reopened: int = 0
    answered_at: datetime | None = None
    answered_by: str = ""
    closed_at: datetime | None = None
    merged_into: str = ""
    hiding_asked_at: datetime | None = None
    last: int = 0

    @property
    def state_rule(self) -> StateRule:
        return self.kind.states[self.state]

    @property
    def open(self) -> bool:
        return self.state_rule.open

    def clock(self, name: str) -> Clock | None:
        """The last clock of that name."""
        return next((one for one in reversed(self.clocks) if one.name == name), None)

    def clock_at(self, name: str, at: datetime) -> Clock | None:
        """The last clock of that name that had begun by then."""
        begun = [one for one in self.clocks if one.name == name and one.begin <= at]
        return begun[-1] if begun else None

    @property
    def step(self) -> Clock | None:
        """The clock of whoever has to act now: the youngest that runs, besides the whole."""
        running = [one for one in self.clocks if one.end is None and one.name != "whole"]
        return next((one for one in reversed(running) if one.open_pause is None), None)


def begin(kind: Kind, event: Event) -> Standing:
    """A case begins with its first event, and with the rule in force on that day."""
    act = kind.acts[RECEIVE]
    assert event.act == RECEIVE
    assert act.to
    rule = kind.version(event.at.astimezone(LOCAL).date())
    fresh = Standing(kind, rule, str(event.data.get("category", "")), act.to, last=event.n)
    return _with_clocks(fresh, act, event)


def after(standing: Standing, event: Event) -> Standing:
    """The standing after one more event, which was possible."""
    act = standing.kind.acts[event.act]
    now = replace(standing, last=event.n)
    data = event.data
    resorted = str(data.get("category", now.category)) != now.category
    if resorted:
        now = replace(now, category=str(data["category"]))
    # Agencies whose opinion this act asks for, and whose it gives.
    asked: list[str] = []
    if event.act in ("route", "hand_over"):
        now = replace(now, lead=str(data["unit"]), members=())
    elif event.act == "return":
        now = replace(now, lead="", members=())
    elif event.act == "consult":
        listed = dict.fromkeys(str(one) for one in data["units"])
        asked = [one for one in listed if one not in now.members and one != now.lead]
        now = replace(now, members=(*now.members, *asked))
    elif event.act == "opinion":
        now = replace(now, members=tuple(one for one in now.members if one != event.unit))
    elif event.act == "proceed":
        now = replace(now, members=())
    elif event.act == "extend":
        now = replace(now, extended=now.extended + 1)
    elif event.act == "answer" and now.answered_at is None:
        now = replace(now, answered_at=event.at, answered_by=now.lead)
    elif event.act == "merge":
        now = replace(now, merged_into=str(data["case"]))
    elif event.act == "reopen":
        now = replace(now, reopened=now.reopened + 1, merged_into="")
    elif event.act == "ask_hiding":
        now = replace(now, hiding_asked_at=event.at)
    elif event.act == "settle_hiding":
        now = replace(now, hiding_asked_at=None)
    # An opinion ends the waiting only when it was the last that was waited for.
    moves = act.to is not None and not (event.act == "opinion" and now.members)
    if moves:
        assert act.to
        closes = standing.open and not now.kind.states[act.to].open
        opens = not standing.open and now.kind.states[act.to].open
        at = event.at if closes else None if opens else now.closed_at
        # Of a case that has ended nobody's opinion is waited for.
        members = () if closes else now.members
        now = replace(now, state=act.to, closed_at=at, members=members)
    now = _with_clocks(now, act, event, asked, moves=moves)
    return _retermed(now) if resorted else now


def fold(kind: Kind, events: Iterable[Event]) -> Standing:
    """The standing after all events, the first of which is `receive`."""
    rest = iter(events)
    standing = begin(kind, next(rest))
    for event in rest:
        standing = after(standing, event)
    return standing


def refusal(standing: Standing, act: str, role: Role, at: datetime) -> Problem | None:
    """Why somebody in that part cannot do that now; None where it is possible."""
    rule = standing.kind.acts[act]
    if standing.state not in rule.sources:
        return NOT_IN_STATE(NOWHERE, act=rule.name, state=standing.state_rule.name)
    if role not in rule.by:
        return NOT_BY_ROLE(NOWHERE, act=rule.name)
    return _guarded(standing, rule, at)


def _guarded(standing: Standing, rule: ActRule, at: datetime) -> Problem | None:
    """Why what else must hold for an act does not."""
    if rule.guard is Guard.EXTENSION and standing.extended >= standing.rule.extensions:
        return EXTENDED_ALREADY(NOWHERE, times=standing.extended)
    if rule.guard is Guard.REOPENING:
        days = standing.rule.reopen_days
        if standing.closed_at is None or at > standing.closed_at + timedelta(days=days):
            return TOO_LATE_TO_REOPEN(NOWHERE, days=days)
    if rule.guard is Guard.INVOLVED and not standing.members:
        return NOBODY_ASKED(NOWHERE)
    if rule.guard is Guard.HIDING_ASKED and standing.hiding_asked_at is None:
        return NOBODY_ASKED_TO_HIDE(NOWHERE)
    if rule.guard is Guard.HIDING_NOT_ASKED and standing.hiding_asked_at is not None:
        return HIDING_ASKED(NOWHERE)
    return None


def possible(standing: Standing, role: Role, at: datetime) -> list[ActRule]:
    """What somebody in that part can do now, in the order of the kind's file."""
    return [
        rule
        for code, rule in standing.kind.acts.items()
        if code != RECEIVE and refusal(standing, code, role, at) is None
    ]


def require(standing: Standing, event: Event) -> None:
    """Raises InputError where the event is not possible, or lacks something."""
    problem = refusal(standing, event.act, event.role, event.at)
    if problem is None:
        problem = _missing(standing.kind.acts[event.act], event.data)
    if problem is not None:
        raise InputError([problem])


def _missing(rule: ActRule, data: Mapping[str, Any]) -> Problem | None:
    for name in sorted(rule.needs):
        value = data.get(name)
        if not (value.strip() if isinstance(value, str) else value):
            return MISSING(NOWHERE, field=_FIELDS.get(name, name), act=rule.name)
    return None


_FIELDS: Mapping[str, Text] = {
    "text": Text("nội dung", "text"),
    "reason": Text("lý do", "reason"),
    "unit": Text("cơ quan", "agency"),
    "units": Text("cơ quan phối hợp", "agencies to be asked"),
    "case": Text("vụ việc gốc", "case to merge into"),
    "why": Text("vì sao", "why"),
    "outcome": Text("đã làm gì", "what was done"),
}


def _with_clocks(
    standing: Standing, act: ActRule, event: Event, asked: Sequence[str] = (), *, moves: bool = True
) -> Standing:
    """What an act does to the clocks. Each agency that is asked has one of its own, which its opinion
    ends; an act that does not move the case, though others like it do, does no more."""
    found = []
    span = standing.rule.term("whole", standing.category).span
    for clock in standing.clocks:
        now = clock
        if clock.end is None and event.act == "opinion" and clock.unit:
            now = now.ended(event.at) if clock.unit == event.unit or moves else now
        elif clock.end is None and (moves or act.to is None):
            if clock.name in act.ends:
                now = now.ended(event.at)
            elif clock.name in act.pauses:
                now = now.paused(event.at, act.pauses[clock.name])
            elif clock.name in act.resumes:
                now = now.resumed(event.at)
            if event.act == "extend" and clock.name in ("whole", "agency"):
                now = now.extended(standing.rule.extension, span)
        found.append(now)
    for name in act.starts:
        term = standing.rule.term(name, standing.category)
        units = asked if event.act == "consult" else [""]
        found += [Clock(name, term, event.at, unit=unit) for unit in units]
    return replace(standing, clocks=tuple(found))


def _retermed(standing: Standing) -> Standing:
    """After re-sorting: clocks that run or stand have the terms of the new category from their
    beginnings, by the rule in force when the case began. Those that have ended were right in their time."""
    clocks = (
        one if one.end else one.retermed(standing.rule.term(one.name, standing.category))
        for one in standing.clocks
    )
    return replace(standing, clocks=tuple(clocks))
