"""The history of a scorecard's ranks: from publication to publication, since when the card says what it
says, and its rounds (lịch sử thứ hạng).

Ranks are those of the published figures by the card of today, as documents tell them; the entry of the
card itself says since when it is so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.urls import reverse

from tinhso.kernel.ledger.histories import HISTORIES, Change, Subject, unit_in_words
from tinhso.kernel.ledger.models import Entry
from tinhso.kernel.people.who import Who
from tinhso.kernel.units.register import register
from tinhso.measure.scorecards.definitions import Group, Scorecard
from tinhso.measure.text import InputError, Text
from tinhso.modules.documents.points import FrozenCard
from tinhso.modules.plan.frozen.reading import (
    FrozenPublication,
    PublicationCard,
    last_day_of,
    publication_cards,
)
from tinhso.modules.plan.workspace import workspace
from tinhso.modules.scorecards import words
from tinhso.modules.scorecards.policies import CARD, ROUND
from tinhso.modules.scorecards.round_queries import rounds

PUBLISH, PUBLICATION = "plan.publication.publish", "plan.publication"
NOT_WHOLE = Text(
    "không xếp hạng: lần công bố không có số liệu của mọi đơn vị trong nhóm",
    "not ranked: the publication does not have figures of every unit of the group",
)


@dataclass(frozen=True)
class Stand:
    """Where a unit stands in a publication: its rank among how many, or why it has none."""

    group: str
    rank: int | None
    told: Text


def ranks(who: Who, thing: str) -> Subject | None:
    """`thing`: plan/scorecard/unit, or plan/scorecard/group. Of rounds what the one who asks may see."""
    plan, _, rest = thing.partition("/")
    code, _, of = rest.partition("/")
    pack = workspace().plans.get(plan)
    card = pack.pack.scorecards.get(code) if pack else None
    if card is None or card.of_tables:
        return None
    group, uid = card.group(of), of if of in register() else ""
    if group is None and not uid:
        return None
    known = {one.name: one for one in publication_cards(plan)}
    own = rounds(who, plan, code)
    if group is not None:
        address = reverse("scorecards:ranking", args=[plan, code, group.code])
        about, end, own = group.name, "", own.filter(group=group.code)
    else:
        address = f"{reverse('scorecards:card', args=[plan, code])}?don-vi={uid}"
        about, end = register().full_name(uid), f"{uid}/"
    keys = [str(one.pk) for one in own]
    return Subject(
        title=Text(f"{about.vi}: {card.name.vi}", f"{about.en}: {card.name.en}"),
        address=address,
        things=(
            (CARD.kind, f"{plan}/{code}"),
            *((ROUND.kind, key) for key in keys),
            *((ROUND.kind, f"{key}/{uid}") for key in keys if uid),
        ),
        within=((PUBLICATION, f"{plan}/"), *((ROUND.kind, f"{key}/{end}") for key in keys)),
        tells=_telling(card, known, group, uid),
        brief={PUBLICATION: ("period", "view", "number", "simulated")},
    )


def _telling(
    card: Scorecard, known: Mapping[str, PublicationCard], group: Group | None, uid: str
) -> Callable[[Entry], Iterable[Change]]:
    def tells(entry: Entry) -> Iterable[Change]:
        one = known.get(entry.thing)
        if entry.act != PUBLISH or one is None:
            return
        last = _before(one, known.values())
        now, before = _stands(one, card), _stands(last, card) if last else {}
        if group is None:
            yield from _of_unit(card, before.get(uid), now.get(uid))
        else:
            yield from _of_group(group, before, now, last_day_of(one))

    return tells


def _of_unit(card: Scorecard, before: Stand | None, now: Stand | None) -> Iterable[Change]:
    if now is None:
        return
    group = card.group(now.group)
    assert group is not None
    name = Text(
        f"hạng ({group.name.vi}), theo bộ chỉ số phiên bản {card.version}",
        f"rank ({group.name.en}), by version {card.version} of the scorecard",
    )
    yield Change(name, before.told if before else None, now.told)


def _of_group(
    group: Group, before: Mapping[str, Stand], now: Mapping[str, Stand], day: date
) -> Iterable[Change]:
    """Each unit whose rank is another; how many have one, where there is nothing to compare with."""
    own = {uid: one for uid, one in now.items() if one.group == group.code}
    ranked = [uid for uid, one in own.items() if one.rank is not None]
    was = {uid: one for uid, one in before.items() if one.group == group.code}
    count = Text("số đơn vị có hạng", "units with a rank")
    had = sum(one.rank is not None for one in was.values())
    if own and (not was or had != len(ranked)):
        yield Change(
            count, Text(str(had), str(had)) if was else None, Text(*[str(len(ranked))] * 2)
        )
    if not was:
        return
    for uid in sorted(ranked, key=lambda one: (own[one].rank or 0, one)):
        then = was.get(uid)
        if then is None or then.rank != own[uid].rank:
            yield Change(unit_in_words(uid, day), then.told if then else None, own[uid].told)


def _before(one: PublicationCard, known: Iterable[PublicationCard]) -> PublicationCard | None:
    """What it corrects; of a first publication, the newest by then of the period before."""
    alike = [other for other in known if other.view == one.view]
    corrected = [
        other for other in alike if other.period == one.period and other.number < one.number
    ]
    earlier = [
        other
        for other in alike
        if other.period == one.period.previous() and other.published_at <= one.published_at
    ]
    return max(corrected or earlier, key=lambda other: other.number, default=None)


def _stands(one: PublicationCard, card: Scorecard) -> Mapping[str, Stand]:
    try:
        return _reckoned(one.name, one.content, card.code)
    except InputError:  # its files were altered: its own page says so
        return {}


@lru_cache(maxsize=256)
def _reckoned(name: str, _content: str, code: str) -> Mapping[str, Stand]:
    """A publication does not change, so what it gives is kept. Raises InputError."""
    published = FrozenPublication(name)
    frozen = FrozenCard(published.pack.scorecards[code], published)
    found: dict[str, Stand] = {}
    for group in frozen.card.groups:
        ranking, whole = frozen.ranking(group), frozen.is_whole(group)
        many = len(ranking.ranked)
        for row in ranking.rows:
            rank = row.rank if whole else None
            place = Text(f"{rank} trong {many}", f"{rank} of {many}")
            told = NOT_WHOLE if not whole else place if rank else words.not_ranked(row)
            found[row.unit] = Stand(group.code, rank, told)
    return found


HISTORIES[CARD.kind] = ranks
