"""May this person do this to that, and why: one policy for each kind of thing.

Views, API, exports, background work and templates ask a policy and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from django.db.models import Model, QuerySet

from tinhso.kernel.people.roles import roles
from tinhso.kernel.people.scopes import Reach
from tinhso.kernel.people.who import Seat, Who
from tinhso.measure.text import Text

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Verb:
    """Something that is done to a kind of thing.

    `strong` wants a second factor; `purpose` wants a stated purpose and is on record; `public` is
    for everybody, signed in or not.
    """

    code: str
    text: Text
    strong: bool = False
    purpose: bool = False
    public: bool = False


class Need(StrEnum):
    """What stands between a person and what was asked."""

    NOTHING = ""
    SIGN_IN = "sign-in"
    RIGHT = "right"
    SCOPE = "scope"  # the token was made for less
    SECOND_FACTOR = "second-factor"
    PURPOSE = "purpose"


@dataclass(frozen=True)
class Answer:
    """Whether somebody may, and why (or why not): `seat` is the position that gives the right."""

    policy: Policy
    verb: Verb
    unit: str
    need: Need
    seat: Seat | None = None

    @property
    def allowed(self) -> bool:
        return self.need is Need.NOTHING

    def __bool__(self) -> bool:
        return self.allowed

    @property
    def right(self) -> str:
        """`<kind>:<verb>`, as roles and tokens write it."""
        return self.policy.right(self.verb.code)


class ForbiddenError(Exception):
    """Refused; the answer says what is missing."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        super().__init__(f"{answer.right} {answer.unit}: {answer.need.value}")


class Policy:
    """The rights over one kind of thing. Made once, at import; a second of the same kind fails."""

    def __init__(self, kind: str, text: Text, verbs: Iterable[Verb]) -> None:
        if kind in POLICIES:
            raise ValueError(f"two policies for {kind}")
        self.kind = kind
        self.text = text
        self.verbs = {verb.code: verb for verb in verbs}
        POLICIES[kind] = self

    def right(self, verb: str) -> str:
        return f"{self.kind}:{self.verbs[verb].code}"

    def ask(self, who: Who, verb: str, unit: str = "", *, purpose: str = "") -> Answer:
        """May `who` do `verb` to a thing that belongs to `unit`, on the map of the day?

        `unit` "" is the whole installation: only a right that reaches everything is enough.
        """
        asked = self.verbs[verb]
        if asked.public:
            return Answer(self, asked, unit, Need.NOTHING)
        if not who.signed_in:
            return Answer(self, asked, unit, Need.SIGN_IN)
        right = self.right(verb)
        seat = next((seat for seat, reach in self._reaches(who, right) if reach.covers(unit)), None)
        if seat is None:
            return Answer(self, asked, unit, Need.RIGHT)
        if not who.scoped(right):
            return Answer(self, asked, unit, Need.SCOPE, seat)
        if asked.strong and not who.strong:
            return Answer(self, asked, unit, Need.SECOND_FACTOR, seat)
        if asked.purpose and not purpose.strip():
            return Answer(self, asked, unit, Need.PURPOSE, seat)
        return Answer(self, asked, unit, Need.NOTHING, seat)

    def require(self, who: Who, verb: str, unit: str = "", *, purpose: str = "") -> Answer:
        """`ask`, or raise ForbiddenError."""
        answer = self.ask(who, verb, unit, purpose=purpose)
        if not answer:
            raise ForbiddenError(answer)
        return answer

    def anywhere(self, who: Who, verb: str) -> bool:
        """Whether there is any unit at all where `who` may: for showing a door or not."""
        asked = self.verbs[verb]
        if asked.public:
            return True
        right = self.right(verb)
        return who.signed_in and who.scoped(right) and bool(self._reaches(who, right))

    def units(self, who: Who, verb: str) -> frozenset[str] | None:
        """All units, past and present, whose things `who` may `verb`; None is all there are.

        A second factor or purpose that the verb wants is not looked at: the list of what could be
        done is no secret to who could do it.
        """
        asked = self.verbs[verb]
        if asked.public:
            return None
        right = self.right(verb)
        if not (who.signed_in and who.scoped(right)):
            return frozenset()
        found: frozenset[str] = frozenset()
        for _, reach in self._reaches(who, right):
            own = reach.units()
            if own is None:
                return None
            found |= own
        return found

    def rows(self, who: Who, verb: str, rows: QuerySet[M], unit: str = "unit") -> QuerySet[M]:
        """The rows of a list that `who` may `verb`, chosen in the database.

        `unit` is the lookup of the row's unit (its uid).
        """
        units = self.units(who, verb)
        return rows if units is None else rows.filter(**{f"{unit}__in": sorted(units)})

    def _reaches(self, who: Who, right: str) -> list[tuple[Seat, Reach]]:
        return [
            (seat, Reach(scope, seat.unit, who.day))
            for seat in who.seats
            if (role := roles().get(seat.role)) is not None
            for scope in role.scopes(right)
        ]


#: Every policy there is, by the kind of thing.
POLICIES: dict[str, Policy] = {}
