"""A task's state on a day: a pure function of facts, rules and the day. Nothing stores it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache

from tinhso.kernel.rule_files import reads
from tinhso.measure.text import Text
from tinhso.measure.yamltree import Tree
from tinhso.modules.tasks.facts import Facts, Rhythm, Seen


class State(StrEnum):
    """Where a task stands (trạng thái), the most pressing first."""

    OVERDUE = "overdue"
    AT_RISK = "at-risk"
    WAITING = "waiting"
    IN_PROGRESS = "in-progress"
    NOT_STARTED = "not-started"
    DONE_IN_TIME = "done-in-time"
    DONE_LATE = "done-late"
    DONE_UNDATED = "done-undated"  # done, and nobody can say whether in time: no deadline is known
    CANCELLED = "cancelled"


ENDED = frozenset({State.DONE_IN_TIME, State.DONE_LATE, State.DONE_UNDATED, State.CANCELLED})


class Because(StrEnum):
    """Why a task stands where it does."""

    CANCELLED = "cancelled"
    DONE = "done"
    SAID_DONE = "said-done"  # the lead says so, nobody has confirmed it
    PAST_DUE = "past-due"
    NEEDS = "needs"
    ASKED = "asked"
    RULE = "rule"
    REPORTED = "reported"
    SILENT = "silent"


@dataclass(frozen=True)
class Rule:
    """When a task counts as at risk; `kind` says which of the numbers matter. Days and per cent."""

    code: str
    kind: str
    text: Text
    days_left: int = 0
    silent_days: int = 0
    elapsed: int = 0
    points: int = 0


@dataclass(frozen=True)
class Rules:
    """The rules as data; `due_soon_days` before a deadline its lead is reminded."""

    due_soon_days: int
    rules: tuple[Rule, ...]


@reads("tasks/rules.yaml")
def rules(source: Tree) -> Rules:
    made = (Rule(**{**one, "text": Text(**one["text"])}) for one in source.data["rules"])
    return Rules(source.data["due_soon_days"], tuple(made))


@dataclass(frozen=True)
class Status:
    """A state with what it rests on.

    `due` is the day by which the next (or, of what has ended, the last) thing is due; None where
    there is no such day or the source names none. `needs` are the unfinished tasks waited for,
    `asked` the unit that has not answered, `rule` the code of the rule that says "at risk".
    """

    state: State
    because: Because
    due: date | None = None
    done_on: date | None = None
    needs: tuple[str, ...] = ()
    asked: str = ""
    rule: str = ""

    @property
    def ended(self) -> bool:
        return self.state in ENDED


def status_of(
    facts: Facts, day: date, by: Rules, finished: Callable[[str], bool] = lambda _: True
) -> Status | None:
    """Where a task stands at the end of a day; None where it had not been given by then.

    `finished` tells of another task whether it has ended (done or cancelled) by that day. A
    deadline's own day is still in time.
    """
    seen = facts.on(day)
    if seen is None:
        return None
    if seen.now.cancelled:
        return Status(State.CANCELLED, Because.CANCELLED, seen.now.deadline)
    due, late_on, done_on = _open_due(seen)
    if done_on is not None:
        if due is None:
            return Status(State.DONE_UNDATED, Because.DONE, None, done_on)
        late = late_on or done_on > due
        return Status(State.DONE_LATE if late else State.DONE_IN_TIME, Because.DONE, due, done_on)
    said = seen.said_done_on(due)
    if said is not None and (due is None or said <= due):
        return Status(State.IN_PROGRESS, Because.SAID_DONE, due, said)
    if due is not None and day > due:
        return Status(State.OVERDUE, Because.PAST_DUE, due)
    waited = tuple(sorted(one for one in seen.now.needs if not finished(one)))
    if waited:
        return Status(State.WAITING, Because.NEEDS, due, needs=waited)
    if seen.open_ask is not None:
        return Status(State.WAITING, Because.ASKED, due, asked=seen.open_ask.to)
    if due is not None:
        for rule in by.rules:
            if KINDS[rule.kind](seen, rule, due, day):
                return Status(State.AT_RISK, Because.RULE, due, rule=rule.code)
    if seen.reports:
        return Status(State.IN_PROGRESS, Because.REPORTED, due)
    return Status(State.NOT_STARTED, Because.SILENT, due)


def _open_due(seen: Seen) -> tuple[date | None, bool, date | None]:
    """The first due day that is not met; or, where all are, the last one, whether any was met late,
    and since when all is done."""
    if not seen.dues:
        return None, False, seen.done_on(None)
    late = False
    newest: date | None = None
    for due in seen.dues:
        done_on = seen.done_on(due)
        if done_on is None:
            return due, late, None
        late = late or done_on > due
        newest = max(newest or done_on, done_on)
    return seen.dues[-1], late, newest


def _silent(seen: Seen, rule: Rule, due: date, day: date) -> bool:
    newest = max((one.day for one in seen.reports), default=seen.given_on)
    return (due - day).days <= rule.days_left and (day - newest).days >= rule.silent_days


def _behind(seen: Seen, rule: Rule, due: date, day: date) -> bool:
    told = [one.percent for one in seen.whole if one.percent is not None]
    if not told or seen.now.rhythm is not Rhythm.ONCE:
        return False
    start = seen.now.start or seen.given_on
    whole = (due - start).days
    if whole <= 0:
        return False
    gone = max(0, (day - start).days) * 100
    return gone >= rule.elapsed * whole and gone - told[-1] * whole >= rule.points * whole


def _extension(seen: Seen, rule: Rule, due: date, day: date) -> bool:
    return seen.open_extension is not None and due - day <= timedelta(days=rule.days_left)


KINDS: Mapping[str, Callable[[Seen, Rule, date, date], bool]] = {
    "silent": _silent,
    "behind": _behind,
    "extension": _extension,
}


def statuses(facts: Mapping[str, Facts], day: date, by: Rules) -> dict[str, Status | None]:
    """The status of each of many tasks; a task that is not among them counts as finished."""

    @cache
    def finished(key: str) -> bool:
        known = facts.get(key)
        # Whether a task has ended does not hang on others, so no circle can keep this going.
        found = status_of(known, day, by) if known is not None else None
        return known is None or (found is not None and found.ended)

    return {key: status_of(one, day, by, finished) for key, one in facts.items()}


def circle(needs: Mapping[str, frozenset[str]], start: str) -> list[str]:
    """The tasks that need each other in a circle through `start`, beginning and ending with it; []
    for none.

    >>> circle({"a": frozenset({"b"}), "b": frozenset({"a"})}, "a")
    ['a', 'b', 'a']
    """
    waiting = [[start]]
    seen: set[str] = set()
    while waiting:
        path = waiting.pop()
        for one in sorted(needs.get(path[-1], ())):
            if one == start:
                return [*path, one]
            if one not in seen:
                seen.add(one)
                waiting.append([*path, one])
    return []
