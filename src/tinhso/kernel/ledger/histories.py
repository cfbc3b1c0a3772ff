"""What happened to one thing, in words: who, when, which act, from what to what (lịch sử thay đổi).

Rooms declare in a module `histories`, which Django finds in each app: `reads`, what right it takes to
read the entries about a kind of thing; and `histories`, which things have a history that a page can
lead to. Nothing is kept here: the ledger's entries are the history.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from tinhso.kernel.ledger.models import Entry
from tinhso.kernel.ledger.words import ACTORS, CHANNELS, act_in_words
from tinhso.kernel.people.models import Account, Position
from tinhso.kernel.people.policies import ACCOUNT, ENTRY, POSITION
from tinhso.kernel.people.policy import Policy
from tinhso.kernel.people.who import Who
from tinhso.kernel.units.register import UnknownUnitError, register
from tinhso.measure import writing
from tinhso.measure.text import Text

#: Entries that one page of a history shows.
SHOWN = 50

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Reads:
    """Who may read entries about a kind of thing: whoever may `verb` a thing of the entry's unit.

    `acts` names another right for some acts: a task is everybody's, what agencies write about it is
    not. `name` says a field in words, `value` a value; None leaves it to the product's own words.
    """

    policy: Policy
    verb: str
    acts: Mapping[str, str] = field(default_factory=dict)
    name: Callable[[str], Text | None] = lambda _: None
    value: Callable[[str, Any], Text | None] = lambda _name, _value: None


@dataclass(frozen=True)
class Subject:
    """Whose history: its name, its page, and the entries about it.

    `things` are (kind, id); of `within` the id only begins so; `unit` is all that belongs to a unit.
    `public`: that something was done is shown to everybody, and what, to those who may read it.
    `but` are acts that change nothing worth telling; with `only`, no others are told. `besides` are
    entries about other things. `tells`: what everybody who sees an entry here reads of it besides, and
    first. `brief`: by the kind of entries, which of their own fields are told here; without: all.
    """

    title: Text
    address: str
    things: tuple[tuple[str, str], ...] = ()
    within: tuple[tuple[str, str], ...] = ()
    unit: str = ""
    public: bool = False
    but: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    besides: Q = field(default_factory=lambda: Q(pk__in=()))
    tells: Callable[[Entry], Iterable[Change]] = lambda _: ()
    brief: Mapping[str, Container[str]] = field(default_factory=dict)

    def query(self) -> Q:
        about = self.besides | (Q(unit=self.unit) if self.unit else Q(pk__in=()))
        for kind, thing in self.things:
            about |= Q(kind=kind, thing=thing)
        for kind, beginning in self.within:
            about |= Q(kind=kind, thing__startswith=beginning)
        return about & Q(act__in=self.only) if self.only else about


#: A thing by its id as the room's own read finds it: None where it is not there; ForbiddenError where
#: it is not to be seen by the one who asks.
Find = Callable[[Who, str], Subject | None]

#: By the kind of the entries' thing, and by the kind that a page's link names.
READS: dict[str, Reads] = {}
HISTORIES: dict[str, Find] = {}


def words(**named: tuple[str, str]) -> Callable[[str], Text | None]:
    """Names of fields in both languages, for `Reads.name`."""
    found = {name: Text(*text) for name, text in named.items()}
    return found.get


def told(**known: Mapping[Any, Text]) -> Callable[[str, Any], Text | None]:
    """Words for values that are codes, by field, for `Reads.value`; several stand with commas."""

    def value(name: str, given: Any) -> Text | None:
        codes = known.get(name)
        parts = [
            codes.get(one) if codes else None for one in str(given).replace(" ", "").split(",")
        ]
        found = [one for one in parts if one is not None]
        if not found or len(found) < len(parts):
            return None
        return Text(", ".join(one.vi for one in found), ", ".join(one.en for one in found))

    return value


@dataclass(frozen=True)
class Change:
    name: Text
    before: Text | None
    after: Text | None


@dataclass(frozen=True)
class Line:
    """An entry as the one who asks may read it. `opened`: with who, why, from what to what."""

    entry: Entry
    act: Text
    opened: bool
    who: Text | None
    channel: Text | None
    reason: str
    changes: tuple[Change, ...]
    erased: bool
    elsewhere: str


@dataclass(frozen=True)
class History:
    subject: Subject
    lines: tuple[Line, ...]
    older: int | None

    @property
    def closed(self) -> bool:
        return any(not line.opened for line in self.lines)


def history(who: Who, kind: str, thing: str, before: int = 0) -> History | None:
    """The newest entries about a thing (0, or older than the entry `before`); None for no such thing.

    Raises ForbiddenError where the thing itself is not to be seen.
    """
    find = HISTORIES.get(kind)
    subject = find(who, thing) if find else None
    if subject is None:
        return None
    rows = Entry.objects.filter(subject.query()).exclude(act__in=subject.but).order_by("-id")
    if before:
        rows = rows.filter(id__lt=before)
    found, older = _shown(who, rows, subject)
    tell = _Teller(who, found)
    lines = tuple(tell.line(one, subject) for one in found)
    return History(subject, lines, older)


def _shown(who: Who, rows: QuerySet[Entry], subject: Subject) -> tuple[list[Entry], int | None]:
    found: list[Entry] = []
    for one in rows.iterator(chunk_size=200):
        if not (subject.public or may_read(who, one)):
            continue
        if len(found) == SHOWN:
            return found, found[-1].pk
        found.append(one)
    return found, None


def may_read(who: Who, entry: Entry) -> bool:
    """Whether somebody may see what an entry says: by the thing's own policy, or the ledger's."""
    if ENTRY.ask(who, "view", entry.unit):
        return True
    reads = READS.get(entry.kind)
    if reads is None:
        return False
    return bool(reads.policy.ask(who, reads.acts.get(entry.act, reads.verb), entry.unit))


class _Teller:
    """Entries in words; people and positions are read once for all of them."""

    def __init__(self, who: Who, entries: Iterable[Entry]) -> None:
        self._who = who
        entries = list(entries)
        positions = {one.position for one in entries if one.position}
        accounts = {one.actor for one in entries if _UUID.fullmatch(one.actor)}
        self._positions = {str(one.pk): one for one in Position.objects.filter(pk__in=positions)}
        self._accounts = {str(one.pk): one.name for one in Account.objects.filter(pk__in=accounts)}

    def line(self, entry: Entry, subject: Subject) -> Line:
        opened = may_read(self._who, entry)
        details = entry.details if opened else None
        first = tuple(subject.tells(entry))
        own = changes(entry, subject.brief.get(entry.kind)) if opened else ()
        return Line(
            entry=entry,
            act=act_in_words(entry.act),
            opened=opened,
            who=self._by(entry) if opened else None,
            channel=CHANNELS.get(entry.channel) if opened else None,
            reason=str((details or {}).get("reason", "")),
            changes=(*first, *(one for one in own if one not in first)),
            erased=opened and entry.details is None,
            # In the history of a unit each entry leads on to that of its own thing.
            elsewhere=entry.kind if subject.unit and entry.kind in HISTORIES else "",
        )

    def _by(self, entry: Entry) -> Text:
        """By position and unit; by name only for whoever may see who holds it."""
        if entry.actor in ACTORS:
            return ACTORS[entry.actor]
        name = self._accounts.get(entry.actor, "") or entry.actor
        position = self._positions.get(entry.position)
        if position is None:
            if str(self._who.account) == entry.actor or ACCOUNT.ask(self._who, "view", ""):
                return Text(name, name)
            return Text("Một tài khoản", "An account")
        post = _post(position, timezone.localdate(entry.at))
        if not POSITION.ask(self._who, "view", position.unit_id):
            return post
        return Text(f"{name}, {post.vi}", f"{name}, {post.en}")


def _post(position: Position, day: date) -> Text:
    unit = unit_in_words(position.unit_id, day)
    title = Text(position.title, position.title_en or position.title)
    return Text(f"{title.vi}, {unit.vi}", f"{title.en}, {unit.en}")


def unit_in_words(uid: str, day: date) -> Text:
    """A unit by its name on a day; its code where the register has no such unit."""
    try:
        return register().full_name(uid, day)
    except UnknownUnitError:
        return Text(uid, uid)


def changes(entry: Entry, only: Container[str] | None = None) -> Iterable[Change]:
    """What an entry's act changed, in words; of the fields in `only`, where they are given."""
    reads = READS.get(entry.kind)
    for name, before, after in (entry.details or {}).get("difference", ()):
        if only is not None and name not in only:
            continue
        label = (reads.name(name) if reads else None) or Text(name, name)
        change = Change(label, _said(reads, name, before), _said(reads, name, after))
        if change.before is not None or change.after is not None:  # "" was not said before either
            yield change


def _said(reads: Reads | None, name: str, value: Any) -> Text | None:
    if value in (None, ""):
        return None
    return (reads.value(name, value) if reads else None) or in_words(value)


def in_words(value: Any) -> Text:
    """A value of an entry: yes and no, days, numbers and texts as people write them."""
    if isinstance(value, bool):
        return Text("có", "yes") if value else Text("không", "no")
    if isinstance(value, int):
        return Text(writing.number(value, "vi"), writing.number(value, "en"))
    text = str(value)
    if _DAY.fullmatch(text):
        day = date.fromisoformat(text)
        return Text(writing.day(day, "vi"), writing.day(day, "en"))
    return Text(text, text)


def of_unit(who: Who, uid: str) -> Subject | None:  # noqa: ARG001 (each entry asks for itself)
    """All that belongs to a unit, as far as the one who asks may read it; units have no room that
    shows each, so the ledger declares theirs."""
    if uid not in register():
        return None
    name = register().full_name(uid)
    return Subject(name, "", unit=uid)


HISTORIES["units.unit"] = of_unit
