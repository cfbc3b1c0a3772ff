"""The referee's reading of maps: who is where on a day, and who can claim what once was.

Written from the rules of measure and from nothing of its code; only the plain spans and
successions are shared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from tinhso.measure.boundaries import Span, Succession

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Claim:
    """A unit that may claim another's records; not `sure` when it only stands above a claimant."""

    unit: str
    sure: bool


class Atlas:
    def __init__(self, spans: Sequence[Span], successions: Sequence[Succession]) -> None:
        self.spans = list(spans)
        self.successions = list(successions)
        self.claims = cache(self._claims)
        self.stands = cache(self._stands)
        self.living = cache(self._living)

    def _living(self, day: date) -> dict[str, Span]:
        return {
            span.uid: span
            for span in self.spans
            if (not span.since or span.since <= day) and (not span.until or day < span.until)
        }

    def begins(self, unit: str) -> date:
        return min(span.since or date.min for span in self.spans if span.uid == unit)

    def ends(self, unit: str) -> date:
        """The first day on which the unit is no more."""
        return max(span.until or date.max for span in self.spans if span.uid == unit)

    def up(self, unit: str, day: date) -> list[str]:
        """The unit and all above it, nearest first."""
        living, found = self.living(day), [unit]
        while above := living[found[-1]].parent:
            found.append(above)
        return found

    def nearest_common(self, units: set[str], day: date) -> str:
        paths = [self.up(unit, day) for unit in sorted(units)]
        return next(one for one in paths[0] if all(one in path for path in paths))

    def _claims(self, unit: str, day: date) -> frozenset[Claim]:
        """All that may claim the unit's records on another day's map."""
        if unit in self.living(day):
            return frozenset({Claim(unit, True)})
        gone = self.ends(unit) <= day
        if gone:
            steps = [s for s in self.successions if s.source == unit and s.on <= day]
            others, edge = [s.target for s in steps], self.ends(unit) - DAY
            if len(steps) == 1 and not steps[0].whole:
                place = self.stands(others[0], day)[0]
                return frozenset({Claim((*self.up(place, day), place)[1], False)})
        else:
            others = [s.source for s in self.successions if s.target == unit and s.on > day]
            edge = self.begins(unit)
        if others:
            return frozenset(claim for other in others for claim in self.claims(other, day))
        above = self.living(edge)[unit].parent
        assert above is not None
        return frozenset({Claim(self.stands(above, day)[0], False)})

    def _stands(self, unit: str, day: date) -> tuple[str, bool]:
        """Where records of `unit` stand on the map of `day`, and whether they belong there."""
        claims = self.claims(unit, day)
        if len(claims) == 1:
            (only,) = claims
            return only.unit, only.sure
        return self.nearest_common({claim.unit for claim in claims}, day), False
