"""Writes about rounds: open, self-assess, verify, appeal, decide, close. Each step has a way on.

open -> verifying -> appeals -> closed; from each of the first three also to cancelled. The caller
has asked `policies.ROUND`; every act takes who acts, in words (`by`) and for the ledger (`actor`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from tinhso.kernel.files.models import StoredFile
from tinhso.kernel.ledger.actor import Actor
from tinhso.kernel.ledger.entries import Thing, record
from tinhso.measure.scorecards.definitions import Component, Group, Scorecard
from tinhso.measure.text import InputError, Place, Problem
from tinhso.modules.scorecards.models import Appeal, Line, Round, RoundState, VerifiedPlace
from tinhso.modules.scorecards.points import points_of
from tinhso.modules.scorecards.policies import ROUND
from tinhso.modules.scorecards.round_checks import weigh_claim, weigh_finding
from tinhso.modules.scorecards.round_messages import (
    APPEALED,
    APPEALS_OPEN,
    APPEALS_RUN,
    DAY_PAST,
    DECIDED,
    NO_UNITS,
    NOT_VERIFIED,
    OTHER_VERSION,
    OWN_CLAIM,
    ROUND_TWICE,
    STILL_OPEN,
    TEXT_NEEDED,
    TOO_LATE,
    WRONG_STATE,
)
from tinhso.modules.scorecards.round_results import (
    Measured,
    keep_measured,
    places_of,
    verified_ranking,
)


@dataclass(frozen=True)
class Claim:
    """What a unit says of one leaf: points as typed, evidence, perhaps a file."""

    points: str
    evidence: str = ""
    file: StoredFile | None = None


@dataclass(frozen=True)
class Finding:
    """What a verifier says of one leaf; empty points leave it unverified."""

    points: str
    text: str = ""


def open_round(
    actor: Actor,
    card: Scorecard,
    group: Group,
    units: Iterable[str],
    *,
    plan: str,
    period: str,
    unit: str,
    assess_by: date,
    by: str,
    simulated: bool = False,
) -> Round:
    """Open a round for the units of a group; its lines are the leaves that apply to them.

    Raises InputError (`round-twice`, `round-no-units`, `round-day-past`).
    """
    units = list(units)
    if not units:
        raise InputError([NO_UNITS(Place("group"))])
    if assess_by < timezone.localdate():
        raise InputError([DAY_PAST(Place("assess_by"), day=assess_by.isoformat())])
    now = timezone.now()
    with transaction.atomic():
        same = Round.objects.filter(plan=plan, card=card.code, period=period, group=group.code)
        if same.exclude(state=RoundState.CANCELLED).exists():
            raise InputError([ROUND_TWICE(Place("period"))])
        made = Round.objects.create(
            plan=plan,
            card=card.code,
            version=card.version,
            period=period,
            group=group.code,
            unit_id=unit,
            opened_at=now,
            moved_at=now,
            opened_by=by,
            assess_by=assess_by,
            simulated=simulated,
        )
        Line.objects.bulk_create(
            Line(round=made, unit_id=one, component=leaf.code)
            for one in units
            for leaf in leaves_of(card, group)
        )
        after = {
            "plan": plan,
            "card": card.code,
            "version": card.version,
            "period": period,
            "group": group.code,
            "units": len(units),
            "assess_by": assess_by.isoformat(),
            "simulated": simulated,
        }
        record(actor, f"{ROUND.kind}.open", _thing(made), after=after)
    return made


def leaves_of(card: Scorecard, group: Group) -> list[Component]:
    """The leaves that apply to units of a group."""
    return [
        leaf
        for leaf in card.leaves
        if leaf.code not in group.without and (not leaf.levels or group.level in leaf.levels)
    ]


def self_assess(
    actor: Actor, made: Round, card: Scorecard, unit: str, claims: Mapping[str, Claim]
) -> int:
    """Keep a unit's claims; returns how many lines changed. Empty points take a claim back.

    Raises InputError with every wrong field (places `diem-<code>`, `can-cu-<code>`), nothing kept.
    """
    today = timezone.localdate()
    with transaction.atomic():
        _hold(made, RoundState.OPEN)
        if not made.may_assess_on(today):
            raise InputError([TOO_LATE(Place(""), day=made.assess_by.isoformat())])
        problems: list[Problem] = []
        changed: list[Line] = []
        before: dict[str, str] = {}
        after: dict[str, str] = {}
        for line in made.lines.filter(unit=unit):
            claim, leaf = claims.get(line.component), card.component(line.component)
            if claim is None or leaf is None:
                continue
            was, said = line.claimed, {"points": claim.points, "evidence": claim.evidence}
            if weigh_claim(line, leaf, actor.account, problems, **said, file=claim.file):
                before[leaf.code], after[leaf.code] = _said(was), _said(line.claimed)
                changed.append(line)
        if problems:
            raise InputError(problems)
        for line in changed:
            line.save()
        if changed:
            thing = Thing(ROUND.kind, f"{made.pk}/{unit}", unit)
            record(actor, f"{ROUND.kind}.assess", thing, before=before, after=after)
    return len(changed)


def begin_verification(actor: Actor, made: Round) -> None:
    """Fix the claims. Before the last day only when every unit has made one."""
    with transaction.atomic():
        _hold(made, RoundState.OPEN)
        silent = silent_units(made)
        if silent and timezone.localdate() <= made.assess_by:
            raise InputError(
                [STILL_OPEN(Place("viec"), count=len(silent), day=made.assess_by.isoformat())]
            )
        _move(actor, made, RoundState.VERIFYING, "begin-verification")


def silent_units(made: Round) -> list[str]:
    """The units of a round that have claimed nothing."""
    units = set(made.lines.values_list("unit_id", flat=True))
    claimed = made.lines.filter(claimed__isnull=False).values_list("unit_id", flat=True)
    return sorted(units - set(claimed))


def verify(
    actor: Actor, made: Round, card: Scorecard, unit: str, findings: Mapping[str, Finding]
) -> int:
    """Keep verified points of a unit; returns how many lines changed.

    Raises InputError with every wrong field (places `diem-<code>`, `nhan-xet-<code>`).
    """
    with transaction.atomic():
        _hold(made, RoundState.VERIFYING)
        problems: list[Problem] = []
        changed: list[Line] = []
        before: dict[str, str] = {}
        after: dict[str, str] = {}
        for line in made.lines.filter(unit=unit):
            finding, leaf = findings.get(line.component), card.component(line.component)
            if finding is None or leaf is None:
                continue
            was, said = line.verified, {"points": finding.points, "text": finding.text}
            if weigh_finding(line, leaf, actor.account, problems, **said):
                before[leaf.code], after[leaf.code] = _said(was), _said(line.verified)
                changed.append(line)
        if problems:
            raise InputError(problems)
        for line in changed:
            line.save()
        if changed:
            thing = Thing(ROUND.kind, f"{made.pk}/{unit}", unit)
            record(actor, f"{ROUND.kind}.verify", thing, before=before, after=after)
    return len(changed)


def begin_appeals(actor: Actor, made: Round, appeal_by: date) -> None:
    """Show the verified points to the units, which may appeal until `appeal_by`."""
    if appeal_by < timezone.localdate():
        raise InputError([DAY_PAST(Place("appeal_by"), day=appeal_by.isoformat())])
    with transaction.atomic():
        _hold(made, RoundState.VERIFYING)
        left = made.lines.filter(claimed__isnull=False, verified__isnull=True).count()
        if left:
            raise InputError([NOT_VERIFIED(Place("viec"), count=left)])
        made.appeal_by = appeal_by
        _move(actor, made, RoundState.APPEALS, "begin-appeals", appeal_by=appeal_by.isoformat())


def appeal(
    actor: Actor,
    made: Round,
    card: Scorecard,
    line: Line,
    *,
    points: str,
    text: str,
    file: StoredFile | None = None,
) -> Appeal:
    """Object to the verified points of a line; once, with the points asked for and the reason."""
    leaf = card.component(line.component)
    assert leaf is not None
    problems: list[Problem] = []
    asked = points_of(leaf, points, "points", problems, needed=True)
    if not text.strip():
        problems.append(TEXT_NEEDED(Place("text")))
    with transaction.atomic():
        _hold(made, RoundState.APPEALS)
        if not made.may_appeal_on(timezone.localdate()):
            raise InputError([TOO_LATE(Place(""), day=str(made.appeal_by))])
        if Appeal.objects.filter(line=line).exists():
            problems.append(APPEALED(Place("component")))
        if problems or asked is None:
            raise InputError(problems)
        found = Appeal.objects.create(
            line=line,
            text=text.strip(),
            asked=asked,
            file=file,
            made_at=timezone.now(),
            before=line.verified,
        )
        after = {"asked": _said(asked), "verified": _said(line.verified)}
        record(actor, f"{ROUND.kind}.appeal", _line_thing(line), after=after)
    return found


def decide(
    actor: Actor, made: Round, card: Scorecard, found: Appeal, *, points: str, decision: str
) -> None:
    """Decide an appeal: the points that hold from now on, and why."""
    line = found.line
    leaf = card.component(line.component)
    assert leaf is not None
    problems: list[Problem] = []
    decided = points_of(leaf, points, "points", problems, needed=True)
    if not decision.strip():
        problems.append(TEXT_NEEDED(Place("decision")))
    if line.claimed_by == actor.account:
        problems.append(OWN_CLAIM(Place("points"), component=leaf.name))
    with transaction.atomic():
        _hold(made, RoundState.APPEALS)
        found.refresh_from_db(from_queryset=Appeal.objects.select_for_update(no_key=True))
        if found.is_decided:
            problems.append(DECIDED(Place("decision")))
        if problems:
            raise InputError(problems)
        found.decided_at, found.decision = timezone.now(), decision.strip()
        found.points, found.decided_by = decided, actor.account
        found.save()
        before = {"verified": _said(line.verified)}
        line.verified, line.finding = decided, decision.strip()
        line.verified_by = actor.account
        line.save()
        after = {"verified": _said(decided)}
        record(
            actor,
            f"{ROUND.kind}.decide",
            _line_thing(line),
            before=before,
            after=after,
            reason=decision.strip(),
        )


def close(actor: Actor, made: Round, card: Scorecard, measured: Measured) -> None:
    """End a round after the last day of appeals, all decided: the verified points stand and rank
    the units; what is measured now is kept beside them, with the snapshot that it came of."""
    with transaction.atomic():
        _hold(made, RoundState.APPEALS)
        if card.version != made.version:
            words = {"version": made.version, "now": card.version}
            raise InputError([OTHER_VERSION(Place("viec"), **words)])
        left = Appeal.objects.filter(line__round=made, decided_at__isnull=True).count()
        if left:
            raise InputError([APPEALS_OPEN(Place("viec"), count=left)])
        if made.may_appeal_on(timezone.localdate()):
            raise InputError([APPEALS_RUN(Place("viec"), day=str(made.appeal_by))])
        group = card.group(made.group)
        assert group is not None
        lines = list(made.lines.all())
        keep_measured(lines, measured)
        Line.objects.bulk_update(lines, ["status", "measured", "numerator", "denominator"])
        places = places_of(made, verified_ranking(card, group, lines))
        VerifiedPlace.objects.bulk_create(places)
        made.ended_at = timezone.now()
        made.snapshot, made.computed_at = measured.snapshot, measured.computed_at
        ranked = sum(one.rank is not None for one in places)
        _move(
            *(actor, made, RoundState.CLOSED, "close"),
            snapshot=measured.snapshot,
            ranked=ranked,
            units=len(places),
        )


def cancel(actor: Actor, made: Round, reason: str) -> None:
    """End a round without a result, from any step before the end, with a reason."""
    if not reason.strip():
        raise InputError([TEXT_NEEDED(Place("reason"))])
    with transaction.atomic():
        _hold(made, RoundState.OPEN, RoundState.VERIFYING, RoundState.APPEALS)
        made.ended_at, made.reason = timezone.now(), reason.strip()
        _move(actor, made, RoundState.CANCELLED, "cancel", reason=reason.strip())


def _hold(made: Round, *states: RoundState) -> None:
    """Hold the round till the transaction ends, and see that it is at one of these steps."""
    made.refresh_from_db(from_queryset=Round.objects.select_for_update(no_key=True))
    if made.state not in states:
        raise InputError([WRONG_STATE(Place("viec"))])


def _move(
    actor: Actor, made: Round, state: RoundState, verb: str, *, reason: str = "", **more: str | int
) -> None:
    before = {"state": str(made.state)}
    made.state, made.moved_at = state, timezone.now()
    made.save()
    after = {"state": state.value, **more}
    record(actor, f"{ROUND.kind}.{verb}", _thing(made), before=before, after=after, reason=reason)


def _thing(made: Round) -> Thing:
    return Thing(ROUND.kind, str(made.pk), made.unit_id)


def _line_thing(line: Line) -> Thing:
    return Thing(ROUND.kind, f"{line.round_id}/{line.unit_id}/{line.component}", line.unit_id)


def _said(points: Decimal | None) -> str:
    return "" if points is None else f"{points:f}"
