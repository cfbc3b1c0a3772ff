"""The history of a round: its steps, and the points that units claimed, verified, appealed against.

What is known of a scorecard's ranks from publication to publication is told by the documents' room,
which reads published figures.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import replace
from fractions import Fraction
from typing import Any

from django.urls import reverse

from tinhso.kernel.ledger.histories import HISTORIES, READS, Reads, Subject, told
from tinhso.kernel.people.who import Who
from tinhso.kernel.units.register import register
from tinhso.measure import writing
from tinhso.measure.periods import Period
from tinhso.measure.scorecards.definitions import Component, Unknown
from tinhso.measure.text import Text
from tinhso.modules.plan.workspace import workspace
from tinhso.modules.scorecards import words
from tinhso.modules.scorecards.in_force import RULE, read_written
from tinhso.modules.scorecards.policies import CARD, ROUND, TABLE
from tinhso.modules.scorecards.round_queries import a_round

_NAMES = {
    "plan": Text("kế hoạch", "plan"),
    "card": Text("bộ chỉ số", "scorecard"),
    "version": Text("phiên bản", "version"),
    "period": Text("kỳ", "period"),
    "group": Text("nhóm", "group"),
    "units": Text("số đơn vị", "units"),
    "assess_by": Text("hạn tự chấm", "assess by"),
    "appeal_by": Text("hạn kiến nghị", "appeal by"),
    "simulated": Text("mô phỏng", "simulated"),
    "state": Text("bước", "step"),
    "reason": Text("lý do", "reason"),
    "snapshot": Text("bản chụp", "snapshot"),
    "ranked": Text("số đơn vị có hạng", "units with a rank"),
    "asked": Text("điểm đề nghị", "points asked for"),
    "verified": Text("điểm thẩm định", "verified points"),
}


def _component(code: str) -> Component | None:
    for pack in workspace().plans.values():
        for card in pack.pack.scorecards.values():
            found = card.component(code)
            if found is not None:
                return found
    return None


def _name(field: str) -> Text | None:
    """Points stand under the code of what they are for."""
    found = _component(field)
    if found is not None:
        return Text(f"điểm: {found.name.vi}", f"points: {found.name.en}")
    return _NAMES.get(field)


_STATES = told(state=words.STATES)
_POINTS = re.compile(r"\d+\.\d+")


def _value(name: str, value: Any) -> Text | None:
    """Points are kept with three decimals, and told with those that count."""
    if isinstance(value, str) and _POINTS.fullmatch(value):
        points = value.rstrip("0").rstrip(".")
        return Text(points.replace(".", ","), points)
    return _STATES(name, value)


def a_round_of(who: Who, thing: str) -> Subject | None:
    """`thing`: a round, or round/unit; a line of a unit is told with its unit."""
    number, _, rest = thing.partition("/")
    uid = rest.partition("/")[0]
    try:
        made = a_round(who, uuid.UUID(number))
    except ValueError:
        return None
    if made is None or (uid and uid not in register()):
        return None
    card = workspace().plans[made.plan].pack.scorecards[made.card]
    period = Period.parse(made.period).label
    title = Text(f"{card.name.vi}, {period.vi}", f"{card.name.en}, {period.en}")
    if not uid:
        address = reverse("scorecards:round", args=[made.pk])
        things, within = ((ROUND.kind, str(made.pk)),), ((ROUND.kind, f"{made.pk}/"),)
        return Subject(title, address, things, within)
    ROUND.require(who, "view", uid)
    unit = register().full_name(uid)
    return Subject(
        title=Text(f"{unit.vi}: {title.vi}", f"{unit.en}: {title.en}"),
        address=reverse("scorecards:round-unit", args=[made.pk, uid]),
        things=((ROUND.kind, f"{made.pk}/{uid}"),),
        within=((ROUND.kind, f"{made.pk}/{uid}/"),),
    )


def tables(_who: Who, thing: str) -> Subject | None:
    """`thing`: plan/scorecard; its national tables are everybody's, of all plans that have it."""
    plan, _, code = thing.partition("/")
    pack = workspace().plans.get(plan)
    card = pack.pack.scorecards.get(code) if pack else None
    if card is None:
        return None
    return Subject(
        title=Text(f"Bảng các tỉnh, {card.name.vi}", f"Table of provinces, {card.name.en}"),
        address=reverse("scorecards:peers", args=[plan, code]),
        within=((TABLE.kind, f"{code}/"),),
        public=True,
    )


_CARD_NAMES = {
    "version": _NAMES["version"],
    "unknown": Text("số chưa biết", "figures that are unknown"),
    "known_at_least": Text("ít nhất bao nhiêu điểm phải biết", "least share of points known"),
    "groups": Text("nhóm xếp hạng", "groups that are ranked"),
}


def _card_name(field: str) -> Text | None:
    if field in _CARD_NAMES:
        return _CARD_NAMES[field]
    code = field.removesuffix(RULE)
    name = _name(code) or Text(f"điểm: {code}", f"points: {code}")
    return Text(f"{name.vi}, cách chấm", f"{name.en}, how scored") if code != field else name


def _card_value(name: str, value: Any) -> Text | None:
    if name == "unknown":
        return words.UNKNOWNS[Unknown(value)]
    if name == "known_at_least":
        return words.both(lambda language: writing.percent(Fraction(value), language, decimals=0))
    if name.endswith(RULE):
        leaf = _component(name.removesuffix(RULE))
        return words.rule(replace(leaf, rule=read_written(value))) if leaf else None
    if name in _CARD_NAMES:
        return None
    return words.both(lambda language: words.points(Fraction(value), language, 4))


_TABLE_NAMES = {
    **{name: _NAMES[name] for name in ("card", "period")},
    "number": Text("lần nhập", "import"),
    "source": Text("nguồn", "source"),
    "file": Text("mã băm tệp", "digest of the file"),
    "rows": Text("số dòng", "rows"),
}

READS[CARD.kind] = Reads(CARD, "view", name=_card_name, value=_card_value)
READS[TABLE.kind] = Reads(TABLE, "view", name=_TABLE_NAMES.get)
HISTORIES[TABLE.kind] = tables
READS[ROUND.kind] = Reads(ROUND, "view", name=_name, value=_value)
HISTORIES[ROUND.kind] = a_round_of
