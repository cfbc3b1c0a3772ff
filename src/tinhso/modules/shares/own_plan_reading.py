"""A workbook of a unit's draft that came back: what each row says, what it changes, what is wrong, by cell.

Looked at before anything is kept; kept whole or not at all, by the acts that the pages use.
"""

from __future__ import annotations

import copy
import hashlib
import unicodedata
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Any

from django.db import transaction

from tinhso.kernel.files.workbooks import (
    MissingSheetError,
    UnreadableError,
    cell_text,
    formulas_of,
    values_of,
)
from tinhso.kernel.people.filled import DAY_WRONG, read_day
from tinhso.kernel.units.queries import card
from tinhso.kernel.units.register import register
from tinhso.measure import writing
from tinhso.measure.text import InputError, Language, Place, Problem, Text, fold
from tinhso.modules.shares import own_plan_items as items
from tinhso.modules.shares import own_plan_messages as messages
from tinhso.modules.shares import own_plan_words as words
from tinhso.modules.shares.models import OwnPlan, OwnPlanItem
from tinhso.modules.shares.own_plan_items import Typed
from tinhso.modules.shares.own_plan_workbook import (
    AT,
    COLUMNS,
    DROP,
    LETTERS,
    META,
    NEW,
    OWN,
    SHEET,
    TOP,
    VERSION,
    WHAT,
    cells,
    mark,
    plain,
    stood,
)
from tinhso.modules.shares.own_plans import By, the_draft
from tinhso.modules.shares.promises import Kind

TEP = Place("tep")
MOST_ROWS, MOST_COLUMNS = 2000, 60
_IN_DRAFT = Text("trong bản nháp", "in the draft")
#: The page's form fields, as the acts name them, by column.
FORM = {
    "name": "ten",
    "value": "gia-tri",
    "measure": "dvt",
    "deadline": "han",
    "product": "san-pham",
    "answers": "nguoi",
    "note": "ghi-chu",
}
_FIELD = {form: field for field, form in FORM.items()}


class What(StrEnum):
    """What a row comes to."""

    SAME = "same"
    CHANGED = "changed"
    NEW = "new"
    DROPPED = "dropped"
    WRONG = "wrong"


@dataclass(frozen=True)
class Change:
    """A cell that says something else than what stands; `was` and `now` as a page writes them."""

    cell: str
    field: Text
    was: str
    now: str


@dataclass(frozen=True)
class Row:
    """A row of the workbook, as Excel counts, and what was understood."""

    number: int
    what: What
    kind: Text
    name: Text
    changes: tuple[Change, ...] = ()
    problems: tuple[Problem, ...] = ()
    item: int | None = None
    of: Kind | None = None  # of one that is added
    typed: Typed | None = None


@dataclass(frozen=True)
class Filled:
    """A workbook, looked at. `absent`: items of the draft that it has no row for; they stay."""

    rows: tuple[Row, ...]
    absent: int

    @property
    def problems(self) -> tuple[Problem, ...]:
        return tuple(problem for row in self.rows for problem in row.problems)

    @property
    def acts(self) -> tuple[Row, ...]:
        """The rows that do something to the draft."""
        return tuple(one for one in self.rows if one.what in (What.CHANGED, What.NEW, What.DROPPED))

    @property
    def same(self) -> tuple[Row, ...]:
        return tuple(one for one in self.rows if one.what is What.SAME)

    @property
    def digest(self) -> str:
        """Equal exactly for equal acts: what was looked at is what is saved."""
        named = [f"{one.what}|{one.item}|{one.of}|{one.typed}|{one.changes}" for one in self.acts]
        return hashlib.sha256("\n".join(named).encode()).hexdigest()[:32]


def read(path: Path, plan: str, unit: str, language: Language) -> Filled:
    """Look at a workbook for the unit's draft. Raises InputError for a file that is none of it."""
    meta = _table(path, META, 1)[0]
    rows = _table(path, SHEET, MOST_ROWS)
    draft = _draft(meta, plan, unit)
    try:
        formulas = formulas_of(path, SHEET)
    except UnreadableError as error:
        raise InputError([messages.NOT_OURS(TEP)]) from error
    reader = _Reader(draft, formulas, language)
    found = [
        row
        for number, values in enumerate(rows[TOP + 1 :], start=TOP + 2)
        if (row := reader.row(number, values)) is not None
    ]
    return Filled(tuple(found), len(reader.items.keys() - reader.seen.keys()))


def save(by: By, plan: str, unit: str, path: Path, seen: str, language: Language) -> Filled:
    """All that a workbook changes, or nothing, by the acts of the pages. `seen`: the digest of what was
    looked at; where the draft has moved since, nothing is saved.

    Raises InputError.
    """
    with transaction.atomic():
        the_draft(plan, unit)  # nobody else writes to it from here on
        filled = read(path, plan, unit, language)
        if filled.problems:
            raise InputError(filled.problems)
        if filled.digest != seen:
            raise InputError([messages.SEEN_OTHERWISE()])
        for row in filled.acts:
            if row.what is What.DROPPED:
                assert row.item is not None
                items.remove(by, plan, unit, row.item)
            elif row.typed is not None and row.item is not None:
                items.change(by, plan, unit, row.item, row.typed)
            elif row.typed is not None and row.of is not None:
                items.add(by, plan, unit, row.of, row.typed)
    return filled


def _table(path: Path, sheet: str, rows: int) -> list[list[Any]]:
    try:
        return values_of(path, sheet, rows, MOST_COLUMNS) or [[]]
    except MissingSheetError as error:
        if META not in error.names:
            raise InputError([messages.NOT_OURS(TEP)]) from error
        found = ", ".join(one for one in error.names if one != META)[:200]
        raise InputError([messages.RENAMED(TEP, sheet=sheet, found=found)]) from error
    except UnreadableError as error:
        raise InputError([messages.NOT_OURS(TEP)]) from error


def _draft(meta: Sequence[Any], plan: str, unit: str) -> OwnPlan:
    """The draft that a workbook is of. Raises InputError: of something else, or no draft any more."""
    named = [cell_text(one) for one in meta] + [""] * 6
    if (named[0], named[2]) != (META, WHAT):
        raise InputError([messages.NOT_OURS(TEP)])
    if named[1] != VERSION:
        raise InputError([messages.OLD(TEP)])
    if named[3] != plan:
        raise InputError([messages.OTHER_PLAN(TEP, found=named[3][:60], wanted=plan)])
    if named[4] != unit:
        if named[4] not in register():
            raise InputError([messages.NOT_OURS(TEP)])
        names = {"found": card(named[4]).name, "wanted": card(unit).name}
        raise InputError([messages.OTHER_UNIT(TEP, **names)])
    try:
        own = OwnPlan.objects.filter(plan=plan, unit=unit, pk=uuid.UUID(named[5])).first()
    except ValueError as error:
        raise InputError([messages.NOT_OURS(TEP)]) from error
    if own is None:
        raise InputError([messages.DISCARDED(TEP)])
    if own.state != OwnPlan.State.DRAFT:
        raise InputError([messages.LOCKED(TEP, version=own.version, state=words.state(own))])
    return own


class _Reader:
    def __init__(self, draft: OwnPlan, formulas: frozenset[str], language: Language) -> None:
        self.draft, self.formulas, self.language = draft, formulas, language
        self.items = {one.pk: one for one in draft.items.all()}
        self.seen: dict[int, int] = {}
        self.names = {
            (Kind(one.kind), plain(one.name).lower()): _IN_DRAFT
            for one in self.items.values()
            if not one.source
        }

    def row(self, number: int, values: Sequence[Any]) -> Row | None:
        """What a row comes to; None for an empty one."""
        values = [*values, *[""] * (len(COLUMNS) - len(values))]
        raw = {field: values[at] for field, at in AT.items()}
        told = {field: plain(value) for field, value in raw.items()}
        name, *is_open = plain(values[0]).split() or [""]
        if not name:
            return self._added(number, raw, told)
        signed, before = cell_text(values[1]), cell_text(values[2])
        if signed != mark(self.draft, name, told, is_open):
            return self._wrong(number, told, messages.ROW_CHANGED(_at("code", number)))
        touched = before != stood(told, is_open) or any(self._formulas(number, is_open))
        item = self.items.get(int(name))
        if item is None:
            gone = messages.ROW_GONE(_at("name", number))
            return self._wrong(number, told, gone) if touched else None
        if item.pk in self.seen:
            row = self.seen[item.pk]
            return self._wrong(number, told, messages.ROW_TWICE(_at("name", number), row=row))
        self.seen[item.pk] = number
        if not touched:
            return self._row(number, What.SAME, told, item=item.pk)
        return self._kept(number, item, raw, told, is_open, before)

    def _kept(
        self,
        number: int,
        item: OwnPlanItem,
        raw: Mapping[str, Any],
        told: Mapping[str, str],
        is_open: Sequence[str],
        before: str,
    ) -> Row:
        """A row of an item that somebody filled in."""
        wrong = list(self._formulas(number, is_open))
        standing = {one: plain(value) for one, value in cells(item, self.language).items()}
        stale = before != stood(standing, is_open)
        if "drop" in is_open and told["drop"]:
            if fold(told["drop"]) not in (fold(DROP.vi), fold(DROP.en)):
                wrong.append(messages.DROP_UNKNOWN(_at("drop", number), value=told["drop"][:40]))
            elif not wrong and not stale:
                return self._row(number, What.DROPPED, told, item=item.pk)
        typed = self._typed(number, raw, is_open, item.assigned is not None, item, wrong)
        after = copy.copy(item)
        wrong += _weighed(after, typed, number)
        changes = tuple(self._changes(number, item, after))
        if stale and (changes or wrong or told["drop"]):
            wrong = [messages.ROW_STALE(_at("name", number))]
        if wrong:
            return self._wrong(number, told, *wrong)
        if not changes:
            return self._row(number, What.SAME, told, item=item.pk)
        return self._row(number, What.CHANGED, told, changes, item=item.pk, typed=typed)

    def _added(self, number: int, raw: Mapping[str, Any], told: Mapping[str, str]) -> Row | None:
        """A row without an item behind it: one to be added."""
        if any(told[one] for one in AT if one not in NEW):
            return self._wrong(number, told, messages.ROW_CHANGED(_at("code", number)))
        wrong = list(self._formulas(number, NEW))
        if not wrong and not any(told[one] for one in NEW):
            return None
        kind = next(
            (
                one
                for one, text in words.KINDS.items()
                if fold(told["kind"]) in map(fold, (text.vi, text.en))
            ),
            None,
        )
        if kind is None:
            known = Text(
                *(", ".join(one.to(to) for one in words.KINDS.values()) for to in ("vi", "en"))
            )
            wrong.append(
                messages.KIND_UNKNOWN(_at("kind", number), value=told["kind"][:40], known=known)
            )
            return self._wrong(number, told, *wrong)
        others = [one for one in NEW[1:] if one not in OWN[kind] and told[one]]
        wrong += [messages.NOT_OF_KIND(_at(one, number), kind=words.KINDS[kind]) for one in others]
        item = OwnPlanItem(own_plan=self.draft, kind=kind.value)
        typed = self._typed(number, raw, OWN[kind], False, item, wrong)
        wrong += _weighed(item, typed, number)
        named = (kind, plain(typed.name).lower())
        if typed.name and named in self.names:
            where = {"name": typed.name[:60], "where": self.names[named]}
            wrong.append(messages.NAME_TWICE(_at("name", number), **where))
        row = Text(f"dòng {number}", f"row {number}")
        self.names.setdefault(named, row)
        if wrong:
            return self._wrong(number, told, *wrong)
        changes = tuple(self._changes(number, OwnPlanItem(kind=kind.value), item))
        return self._row(number, What.NEW, told, changes, of=kind, typed=typed)

    def _formulas(self, number: int, is_open: Sequence[str]) -> Iterator[Problem]:
        for field in is_open:
            place = _at(field, number)
            if place.file in self.formulas:
                yield messages.FORMULA(place)

    def _typed(
        self,
        number: int,
        raw: Mapping[str, Any],
        is_open: Sequence[str],
        assigned: bool,
        item: OwnPlanItem,
        wrong: list[Problem],
    ) -> Typed:
        """What the open cells say, as somebody would type it on the page."""
        said = {one: _text(raw[one]) for one in is_open if one not in ("value", "deadline", "drop")}
        value, deadline = "", item.deadline
        if "value" in is_open:
            value = _number(raw["value"])
            if assigned and _is_small(raw["value"], item):
                wrong.append(messages.SMALL(_at("value", number), value=value))
        if "deadline" in is_open:
            deadline = _day(raw["deadline"])
            if deadline is None and plain(raw["deadline"]):
                told = plain(raw["deadline"])[:40]
                wrong.append(DAY_WRONG(_at("deadline", number), value=told))
        return Typed(value=value, deadline=deadline, **said)

    def _changes(self, number: int, was: OwnPlanItem, now: OwnPlanItem) -> Iterator[Change]:
        for field in FORM:
            before, after = (self._shown(one, field) for one in (was, now))
            if plain(before) != plain(after):
                place = _at(field, number)
                yield Change(place.file, COLUMNS[AT[field]].heading, before, after)

    def _shown(self, item: OwnPlanItem, field: str) -> str:
        if field == "value":
            return words.own_level(item, self.language)
        if field == "deadline":
            return writing.day(item.deadline, self.language) if item.deadline else ""
        return "" if field == "measure" and item.source else str(getattr(item, field))

    def _wrong(self, number: int, told: Mapping[str, str], *problems: Problem) -> Row:
        return self._row(number, What.WRONG, told, problems=problems)

    def _row(
        self,
        number: int,
        what: What,
        told: Mapping[str, str],
        changes: tuple[Change, ...] = (),
        problems: tuple[Problem, ...] = (),
        **more: Any,
    ) -> Row:
        name = " ".join(part for part in (told["code"], told["name"]) if part)
        # What was said of a cell first is what is wrong with it; the rest follows from that.
        first = {one.place: one for one in reversed(problems)}
        problems = tuple(one for one in problems if first[one.place] is one)
        kind = Text(told["kind"], told["kind"])
        return Row(number, what, kind, Text(name, name), changes, problems, **more)


def _at(field: str, number: int) -> Place:
    return Place(f"{LETTERS[AT[field]]}{number}", number)


def _weighed(item: OwnPlanItem, typed: Typed, number: int) -> list[Problem]:
    """What the act itself would say, at the cells."""
    try:
        items.weigh(item, typed)
    except InputError as error:
        return [
            Problem(one.message, one.params, _at(_FIELD[one.place.file], number))
            for one in error.problems
        ]
    return []


def _text(value: Any) -> str:
    """A text as it is kept: composed letters, plain line ends."""
    told = unicodedata.normalize("NFC", cell_text(value))
    return told.replace("_x000D_", "").replace("\r\n", "\n").strip()


def _number(value: Any) -> str:
    """A number as the page takes it, with a comma; a text as it stands."""
    told = _text(value)
    return told.replace(".", ",") if isinstance(value, int | float) else told


def _is_small(value: Any, item: OwnPlanItem) -> bool:
    """Whether a percentage that is new looks like a share of one: Excel keeps "75%" as 0.75."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
        return False
    assigned, own = item.assigned.value if item.assigned else None, item.own_value
    stands = own is not None and float(own * 100) == value
    return not stands and (assigned is None or assigned > Fraction(1, 100))


def _day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else read_day(plain(value))
