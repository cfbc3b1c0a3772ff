"""The terms of kinds, as the ledger keeps them when they come into force (thời hạn đang áp dụng).

What a case owes follows from its events and the version by which it began, so a version that is changed
or taken away would change, without a word, when earlier cases were due.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from tinhso.kernel.cases.kinds import Kind, Version, kinds
from tinhso.kernel.cases.models import Case
from tinhso.kernel.clock.calendar import LOCAL
from tinhso.kernel.clock.terms import Term
from tinhso.kernel.ledger.actor import SYSTEM, Actor
from tinhso.kernel.ledger.entries import Thing
from tinhso.kernel.ledger.in_force import last_in_force, take_effect

THING = "cases.kind"


@dataclass(frozen=True)
class Retermed:
    """So many cases began by terms that held from the day `version`, and that the file has otherwise now."""

    kind: Kind
    version: str
    cases: int


def enter_terms(actor: Actor = SYSTEM, reason: str = "") -> int:
    """Write into the ledger which terms cases have from now on; of how many kinds they are new."""
    return sum(
        take_effect(Thing(THING, one.code), declared(one), actor, reason=reason) for one in kinds()
    )


def declared(kind: Kind) -> Mapping[str, str]:
    """Each version under the day from which it holds."""
    return {version.since.isoformat(): written(version) for version in kind.versions}


def written(version: Version) -> str:
    """On one line, all that decides when something is due or may be done."""
    terms = {
        "": version.terms,
        **{f"{category}.": own for category, own in version.by_category.items()},
    }
    parts = [
        f"{prefix}{clock} {_term(term)}"
        for prefix, own in sorted(terms.items())
        for clock, term in sorted(own.items())
    ]
    more = f"extensions {version.extensions} × {version.extension}, reopen {version.reopen_days}"
    return "; ".join([*parts, more])


def _term(term: Term) -> str:
    return f"{term.amount} {term.span}{' from opening' if term.from_opening else ''}"


def retermed() -> Iterator[Retermed]:
    """Where the files in force have other terms for cases than those by which they began."""
    for kind in kinds():
        held, now = last_in_force(Thing(THING, kind.code)), declared(kind)
        if not held:
            continue
        days = sorted({*held, *now})
        # Whoever began before all versions has the first one's terms.
        for since, until in zip([None, *days[1:]], [*days[1:], None], strict=True):
            day = since or days[0]
            version, there = _of(held, day), _of(now, day)
            if held[version] == now[there]:
                continue
            rows = Case.objects.filter(kind=kind.code)
            if since:
                rows = rows.filter(received_at__gte=_midnight(since))
            if until:
                rows = rows.filter(received_at__lt=_midnight(until))
            if count := rows.count():
                yield Retermed(kind, version, count)


def _of(versions: Mapping[str, str], day: str) -> str:
    """The version in force on a day; before the first one, the first."""
    return max((one for one in versions if one <= day), default=min(versions))


def _midnight(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time.min, LOCAL)
