"""What may happen to a case of a kind: states, acts, clocks. Declared as data, read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any

from tinhso.kernel.clock.terms import Span, Term
from tinhso.kernel.rule_files import PACKS, product_file, rule_file
from tinhso.measure.text import Text
from tinhso.measure.yamltree import Tree


class Role(StrEnum):
    """In what part somebody acts on a case."""

    REQUESTER = "requester"  # người gửi
    ROUTER = "router"  # điều phối
    LEAD = "lead"  # cơ quan chủ trì
    MEMBER = "member"  # cơ quan phối hợp
    PUBLIC = "public"  # ai đọc phần công khai
    SYSTEM = "system"
    NOBODY = "nobody"


#: Who comes to work: a case must never depend on anybody else to come to an end.
OFFICE = frozenset({Role.ROUTER, Role.LEAD, Role.SYSTEM})


class Guard(StrEnum):
    """What else must hold for an act."""

    EXTENSION = "extension"  # not extended as often as the rule allows
    REOPENING = "reopening"  # closed no longer ago than the rule says
    INVOLVED = "involved"  # some agency is still asked for its opinion
    HIDING_ASKED = "hiding-asked"  # somebody waits for personal data to be hidden
    HIDING_NOT_ASKED = "hiding-not-asked"  # nobody does


@dataclass(frozen=True)
class StateRule:
    """`waits`: who has to act next. An open state with NOBODY is a mistake."""

    code: str
    name: Text
    open: bool
    waits: Role


@dataclass(frozen=True)
class ActRule:
    """`to` None: the case stays in its state. `by` nobody: an act that was given up, which only cases of
    earlier days hold. `needs`: what the event's data must hold.

    `pause` maps a clock to the reason; clocks that do not run are left alone.
    """

    code: str
    name: Text
    sources: frozenset[str]
    to: str | None
    by: frozenset[Role]
    needs: frozenset[str] = frozenset()
    guard: Guard | None = None
    starts: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    pauses: Mapping[str, str] = field(default_factory=dict)
    resumes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Version:
    """The rule in force for cases that begin on `since` or later, until the next version."""

    since: date
    terms: Mapping[str, Term]
    by_category: Mapping[str, Mapping[str, Term]]
    extensions: int
    extension: int  # in what the whole term of the case's category is counted in
    reopen_days: int
    source: Text

    def term(self, clock: str, category: str) -> Term:
        return self.by_category.get(category, {}).get(clock) or self.terms[clock]


@dataclass(frozen=True)
class Kind:
    """A kind of case (loại vụ việc). `prefix` begins the codes of its cases."""

    code: str
    prefix: str
    name: Text
    states: Mapping[str, StateRule]
    acts: Mapping[str, ActRule]
    versions: tuple[Version, ...]
    reasons: Mapping[str, Text]  # of pauses

    def version(self, day: date) -> Version:
        """The version in force on `day`; before the first one, the first."""
        return next((one for one in reversed(self.versions) if one.since <= day), self.versions[0])


#: The act that makes a case.
RECEIVE = "receive"


def kind(code: str) -> Kind:
    """A kind by its code, as the file in force declares it."""
    return read_kind(rule_file(f"cases/{code}.yaml"))


@cache
def codes() -> tuple[str, ...]:
    """All kinds: the product's files that declare states; beside them lie categories, sample answers."""
    names = sorted(path.stem for path in (PACKS / "cases").glob("*.yaml"))
    return tuple(one for one in names if "states" in product_file(f"cases/{one}.yaml").data)


def kinds() -> list[Kind]:
    return [kind(code) for code in codes()]


@cache
def read_kind(source: Tree) -> Kind:
    data = source.data
    states = {
        code: StateRule(code, Text(**one["name"]), one.get("open", True), Role(one["waits"]))
        for code, one in data["states"].items()
    }
    acts = {code: _act(code, one) for code, one in data["acts"].items()}
    versions = tuple(sorted((_version(one) for one in data["versions"]), key=lambda v: v.since))
    reasons = {code: Text(**words) for code, words in data["reasons"].items()}
    return Kind(data["code"], data["prefix"], Text(**data["name"]), states, acts, versions, reasons)


def _act(code: str, one: Mapping[str, Any]) -> ActRule:
    clocks = one.get("clocks", {})
    return ActRule(
        code,
        Text(**one["name"]),
        frozenset(one.get("from", ())),
        one.get("to"),
        frozenset(Role(role) for role in one["by"]),
        frozenset(one.get("needs", ())),
        Guard(one["guard"]) if "guard" in one else None,
        tuple(clocks.get("start", ())),
        tuple(clocks.get("end", ())),
        clocks.get("pause", {}),
        tuple(clocks.get("resume", ())),
    )


def _version(one: Mapping[str, Any]) -> Version:
    return Version(
        date.fromisoformat(one["since"]),
        {clock: _term(term) for clock, term in one["terms"].items()},
        {
            category: {clock: _term(term) for clock, term in terms.items()}
            for category, terms in one.get("categories", {}).items()
        },
        one["extensions"]["most"],
        one["extensions"]["amount"],
        one["reopen_days"],
        Text(**one["source"]),
    )


def _term(one: Mapping[str, Any]) -> Term:
    return Term(one["amount"], Span(one["span"]), one.get("from_opening", False))
