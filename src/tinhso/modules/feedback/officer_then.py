"""The list as it stood at another moment (danh sách tính đến một ngày): what was open and what was late."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import islice

from django.db.models import QuerySet

from tinhso.kernel.cases import as_of
from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.queries import seen_by
from tinhso.kernel.clock.faces import Pressing, pressing_at
from tinhso.kernel.people.who import Who
from tinhso.modules.feedback.officer_queue import (
    PAGE,
    Asked,
    Counts,
    Listing,
    counts,
    narrowed,
    paged,
    shown,
    unchosen,
)
from tinhso.modules.feedback.officer_words import KIND


class Then:
    """What was open at `at`, among all that `who` may read now."""

    def __init__(self, who: Who, asked: Asked, at: datetime) -> None:
        self.at = at
        rows = narrowed(seen_by(who, KIND), Asked(text=asked.text), at)
        self._rows, self._changed = as_of.unchanged(rows, at), as_of.changed(rows, at)

    def counts(self, asked: Asked) -> Counts:
        """How many of the asked stood how."""
        one, other = counts(self._still(asked), self.at), _counts(self._since(asked), self.at)
        return Counts(
            one.total + other.total,
            Counter(one.states) + Counter(other.states),
            Counter(one.pressing) + Counter(other.pressing),
        )

    def cases(self, asked: Asked) -> Iterator[Case]:
        """The asked, the most pressing first."""
        return as_of.merged(self._still(asked), self._since(asked))

    def _still(self, asked: Asked) -> QuerySet[Case]:
        return narrowed(self._rows, replace(asked, text=""), self.at)

    def _since(self, asked: Asked) -> list[Case]:
        return [
            one
            for one in self._changed
            if asked.state in ("", one.state)
            and asked.category in (None, one.category)
            and asked.unit in (None, one.lead_id or "")
            and asked.pressing in (None, pressing_at(one.pressing_at, self.at))
        ]


def listing_then(who: Who, asked: Asked, number: int, at: datetime) -> Listing:
    """The `number`-th page (from 1) of what was open at `at`."""
    then, base = Then(who, asked, at), unchosen(asked)
    counted = then.counts(base)
    total = counted.total if asked == base else then.counts(asked).total
    pages, number = paged(total, number)
    rows = islice(then.cases(asked), (number - 1) * PAGE, number * PAGE)
    return Listing(counted, total, number, pages, shown(rows, at))


def _counts(cases: Iterable[Case], at: datetime) -> Counts:
    states, pressing = Counter[str](), Counter[Pressing]()
    for one in cases:
        states[one.state] += 1
        pressing[pressing_at(one.pressing_at, at)] += 1
    return Counts(states.total(), states, pressing)
