"""Reminding: one digest a day and person, and at once what cannot wait for it; with mail, record, entry."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from tinhso.kernel.clock.calendar import LOCAL
from tinhso.kernel.ledger.actor import SYSTEM, Actor
from tinhso.kernel.ledger.entries import Thing, record
from tinhso.kernel.ledger.in_force import take_effect
from tinhso.kernel.notices.mail import owe_mail
from tinhso.kernel.notices.needs import Need, needs_on
from tinhso.kernel.people.holders import Holders
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.who import Who
from tinhso.measure.text import Language
from tinhso.modules.urging.letters import letter, letter_at_once
from tinhso.modules.urging.models import Digest, Reminder
from tinhso.modules.urging.policies import REMINDER, RULES
from tinhso.modules.urging.rules import Channel, Rule, Rules, To, rules

#: The roles that rules speak of.
HEAD, STANDING_AGENCY = "leader", "standing-agency"


@dataclass(frozen=True)
class Line:
    """A need that somebody is reminded of, by which step of which rule."""

    need: Need
    rule: Rule
    step: int


def remind(day: date, *, by: Rules | None = None, site: str = "") -> int:
    """Send each person the day's digest, if there is anything new to say; answers how many.

    May be cut off and done again: whoever has had the day's digest gets no other, and no step of a
    rule is said twice. `site` is the address of the product for links in mails; "" for none.
    """
    by = by or rules()
    if not by.works_on(day):
        return 0
    return _send_each(SYSTEM, day, lines(day, by), by, site)


def remind_now(who: Who, *, by: Rules | None = None, site: str = "") -> int:
    """Somebody does not wait for the hour: the day's digests of what lies within reach go out now, on
    any day; answers how many. Whoever has had one today gets no other. Raises ForbiddenError."""
    by = by or rules()
    within = REMINDER.units(who, "send")
    seats = [one.unit for one in who.seats if REMINDER.ask(who, "send", one.unit)]
    own_unit = seats[0] if seats else next((one.unit for one in who.seats), "")
    seat = REMINDER.require(who, "send", own_unit).seat
    told = {
        account: own
        for account, found in lines(who.day, by).items()
        if (own := [one for one in found if within is None or one.need.unit in within])
    }
    return _send_each(who.actor(seat), who.day, told, by, site)


def remind_at_once(now: datetime, *, by: Rules | None = None, site: str = "") -> int:
    """Tell each person, in one message, of what is due before the next digests and came after the
    last, at the parts of its time that the rules name; answers how many people.

    At any hour of any day, for what is due by the hour does not rest. Who was reminded of a thing in a
    digest is not told of it again.
    """
    by = by or rules()
    digests, found = by.digests(now), defaultdict(list)
    day = now.astimezone(LOCAL).date()
    holders = Holders(day)
    for need in needs_on(day):
        for rule in by.rules:
            step = rule.step_now(need, now, digests)
            if step is not None:
                for account in _receivers(holders, rule.to, need):
                    found[account].append(Line(need, rule, step))
    return sum(_send(SYSTEM, account, day, own, by, site, now) for account, own in found.items())


def enter_rules(by: Rules | None = None) -> bool:
    """Write into the ledger by what rules people are reminded from now on; whether they are new."""
    return take_effect(Thing(RULES.kind, "all"), (by or rules()).written())


def _send_each(
    actor: Actor, day: date, told: Mapping[Account, list[Line]], by: Rules, site: str
) -> int:
    had = set(Digest.objects.filter(day=day, at_once=False).values_list("account_id", flat=True))
    return sum(
        _send(actor, account, day, own, by, site)
        for account, own in told.items()
        if account.pk not in had
    )


def lines(day: date, by: Rules) -> dict[Account, list[Line]]:
    """Whom each rule would remind of what on a day, said before or not."""
    holders, found = Holders(day), defaultdict(list)
    for need in needs_on(day):
        for rule in by.rules:
            step = rule.step(need, day)
            if step is not None:
                for account in _receivers(holders, rule.to, need):
                    found[account].append(Line(need, rule, step))
    return dict(found)


def _receivers(holders: Holders, to: To, need: Need) -> Iterable[Account]:
    match to:
        case To.RESPONSIBLE:
            able, heads = holders.who_may(need.right, need.unit), holders.in_role(HEAD, need.unit)
            # A head who could do it is told when it is late, unless there is nobody else.
            return [one for one in able if one not in heads] or able
        case To.HEAD:
            return holders.in_role(HEAD, need.unit)
        case To.PROVINCE:
            return holders.of_province(STANDING_AGENCY, need.unit)


def _send(
    actor: Actor,
    account: Account,
    day: date,
    own: list[Line],
    by: Rules,
    site: str,
    now: datetime | None = None,
) -> bool:
    """What of somebody's lines has not been said: the day's digest, or at once with `now`."""
    fresh = _fresh(account, own, at_once=now is not None)
    if not fresh:
        return False
    posted = [one for one in fresh if Channel.MAIL in one.rule.by] if _has_mail(account) else []
    try:
        with transaction.atomic():
            digest = Digest.objects.create(
                account=account,
                day=day,
                made_at=timezone.now(),
                mailed=bool(posted),
                at_once=now is not None,
            )
            Reminder.objects.bulk_create(_reminder(digest, account, one) for one in fresh)
            if posted:
                if now is None:
                    subject, body = letter(day, posted, by.most_lines, site)
                else:
                    subject, body = letter_at_once(now, posted, by.most_lines, site)
                language: Language = "en" if account.language == "en" else "vi"
                owe_mail(account.email, subject, body, language)
            record(
                actor,
                "urging.digest.send" if now is None else "urging.digest.at-once",
                Thing("urging.digest", str(digest.id), fresh[0].need.unit),
                after={"account": str(account.pk), "day": day.isoformat(), "lines": len(fresh)},
            )
    except IntegrityError:  # another worker has just sent the same
        if not _fresh(account, own, at_once=now is not None):
            return False
        if Digest.objects.filter(account=account, day=day, at_once=False).exists():
            return False
        raise
    return True


def _fresh(account: Account, own: list[Line], *, at_once: bool) -> list[Line]:
    rows = Reminder.objects.filter(account=account, need__in={line.need.key for line in own})
    said = set(rows.values_list("need", "rule", "step"))
    if at_once:
        short = {one.rule.code for one in own}
        known = {need for need, rule, _ in said if rule not in short}
        own = [one for one in own if one.need.key not in known]
    return [one for one in own if (one.need.key, one.rule.code, one.step) not in said]


def _has_mail(account: Account) -> bool:
    """Without a mail server, or for whoever gave no address, the page alone tells."""
    return bool(account.email and settings.EMAIL_HOST)


def _reminder(digest: Digest, account: Account, line: Line) -> Reminder:
    need = line.need
    return Reminder(
        digest=digest,
        account=account,
        need=need.key,
        rule=line.rule.code,
        step=line.step,
        by_mail=Channel.MAIL in line.rule.by,
        # Whom no mail reaches is told on the page, whatever the rule says.
        on_page=Channel.PAGE in line.rule.by or not digest.mailed,
        kind=need.kind,
        unit=need.unit,
        title=need.title.vi[:500],
        title_en=need.title.en[:500],
        address=need.address,
        since=need.since,
        due=need.due,
        simulated=need.simulated,
    )
