"""Who may what, where: the policies against a plain reading of the roles file and the map."""

from __future__ import annotations

from datetime import date
from functools import cache
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.people import appoint
from tinhso.kernel.people.actions import may_appoint
from tinhso.kernel.people.models import GroupMember, Position, UnitGroup
from tinhso.kernel.people.policies import ACCOUNT, POSITION
from tinhso.kernel.people.policy import POLICIES, Need, Policy, Verb
from tinhso.kernel.people.refusals import refusal
from tinhso.kernel.people.scopes import Reach, succeeded
from tinhso.kernel.people.who import Seat, Who
from tinhso.kernel.rule_files import product_file
from tinhso.kernel.units.register import UnitRegister, register
from tinhso.measure.boundaries import Level
from tinhso.measure.text import Text
from tinhso.modules.plan.policies import RECORDS

pytestmark = pytest.mark.django_db

SPOKEN = {role["code"]: role["gives"] for role in product_file("roles/roles.yaml").data["roles"]}
#: The last day of the old map, the first of the new, and one long after.
BEFORE, AFTER, LATER = date(2025, 6, 30), date(2025, 7, 1), date(2026, 11, 24)


@cache
def some_units() -> tuple[str, ...]:
    """Of every level, old and new: Bình Phước, Đồng Nai, Hà Nội and what lies in them."""
    units = register()
    found = ["p70", "p75", "p75.2025", "p01"]
    for top, day in (("p70", BEFORE), ("p75", BEFORE), ("p75.2025", LATER), ("p01", LATER)):
        for level in (Level.DISTRICT, Level.COMMUNE, Level.AGENCY):
            found += units.descendants(top, day, level)[:4]
    return tuple(found)


def who(role: str, unit: str, day: date, *, strong: bool = True) -> Who:
    units = register()
    seat = Seat("x", role, Text(role, role), succeeded(units, unit, day), unit)
    return Who(day, account=UUID(int=1), seats=(seat,), strong=strong)


def reaches(scope: str, unit: str, thing: str, day: date, units: UnitRegister) -> bool:
    """The rule, said plainly, for scopes without groups."""
    if scope == "all":
        return True
    carried = units.boundaries.carry(unit, day)
    if not carried.attributed:
        return False
    place = units.boundaries.carry(thing, day).uid
    if scope == "own":
        return place == carried.uid
    above = {place, *units.ancestors(place, day)}
    if scope == "subtree":
        return carried.uid in above
    provinces = [
        one
        for one in (carried.uid, *units.ancestors(carried.uid, day))
        if units.level(one) is Level.PROVINCE
    ]
    return bool(set(provinces) & above) or carried.uid in above


@pytest.mark.parametrize("day", [BEFORE, AFTER, LATER])
@pytest.mark.parametrize("role", list(SPOKEN))
def test_every_verb_of_every_kind_in_every_unit(role: str, day: date) -> None:
    """For a head of Bình Phước and of one of its communes, on three days' maps."""
    units, wrong = register(), []
    commune = units.descendants("p70", BEFORE, Level.COMMUNE)[0]
    for seat in ("p70", commune):
        one = who(role, seat, day)
        for policy in POLICIES.values():
            for verb in policy.verbs.values():
                right = f"{policy.kind}:{verb.code}"
                scopes = [g["scope"] for g in SPOKEN[role] if right in g["rights"]]
                listed = policy.units(one, verb.code)
                for thing in some_units():
                    want = verb.public or any(reaches(s, seat, thing, day, units) for s in scopes)
                    got = bool(policy.ask(one, verb.code, thing, purpose="kiểm tra"))
                    in_list = listed is None or thing in listed
                    if got != want or in_list != want:
                        wrong.append((right, seat, thing, want, got, in_list))
    assert wrong == []


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_what_is_listed_is_what_is_allowed(data: st.DataObject) -> None:
    """A list filtered in the database and a question about one thing never disagree."""
    day = data.draw(st.sampled_from([BEFORE, AFTER, LATER]))
    unit = data.draw(st.sampled_from(some_units()))
    scope = data.draw(st.sampled_from(["own", "subtree", "province", "all"]))
    reach = Reach(scope, succeeded(register(), unit, day), day)
    listed = reach.units()
    for thing in data.draw(st.lists(st.sampled_from(some_units()), min_size=1, max_size=12)):
        assert reach.covers(thing) == (listed is None or thing in listed)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_no_chain_of_appointments_reaches_further_than_its_beginning(data: st.DataObject) -> None:
    unit = data.draw(st.sampled_from([u for u in some_units() if succeeded(register(), u, LATER)]))
    role = data.draw(st.sampled_from(list(SPOKEN)))
    first = who(role, unit, LATER)
    limit = POSITION.units(first, "appoint")
    one = first
    for _ in range(3):
        next_role = data.draw(st.sampled_from(list(SPOKEN)))
        next_unit = data.draw(st.sampled_from(some_units()))
        if not may_appoint(one, next_role, next_unit):
            continue
        one = who(next_role, next_unit, LATER)
        for policy in POLICIES.values():
            for verb in policy.verbs.values():
                if verb.public:
                    continue
                reached = policy.units(one, verb.code)
                assert limit is None or (reached is not None and reached <= limit)


def test_a_reorganisation_moves_rights_with_the_successor() -> None:
    leader = {day: who("leader", "p70", day) for day in (BEFORE, LATER)}
    assert not ACCOUNT.ask(leader[BEFORE], "view", "p75")
    assert ACCOUNT.ask(leader[LATER], "view", "p75.2025")
    assert ACCOUNT.ask(leader[LATER], "view", "p75"), "what was Đồng Nai's is the new unit's too"
    assert not ACCOUNT.ask(leader[LATER], "view", "p01")


def test_a_division_ends_rights_until_somebody_is_appointed_anew() -> None:
    """A district has ended without one successor: its things belong to the province now."""
    units = register()
    district = units.descendants("p70", BEFORE, Level.DISTRICT)[0]
    assert RECORDS.ask(who("officer", district, BEFORE), "open", district)
    assert not RECORDS.ask(who("officer", district, LATER), "open", district)
    assert RECORDS.ask(who("officer", "p75.2025", LATER), "open", district)


def test_a_group_is_carried_to_the_map_of_the_day() -> None:
    communes = register().descendants("p70", BEFORE, Level.COMMUNE)
    heir = next(u for u in communes if succeeded(register(), u, LATER) not in ("", u))
    group = UnitGroup.objects.create(code="thi-diem", name="Xã thí điểm")
    GroupMember.objects.create(group=group, unit_id=heir, since=date(2025, 1, 1))
    reach = Reach("group:thi-diem", "p01", LATER)
    assert reach.covers(heir)
    assert reach.covers(succeeded(register(), heir, LATER))
    assert not reach.covers("p75.2025")
    assert reach.units() == Reach("own", succeeded(register(), heir, LATER), LATER).units()


@pytest.mark.parametrize(
    ("strong", "purpose", "need"),
    [
        (False, "rà soát", Need.SECOND_FACTOR),
        (True, " ", Need.PURPOSE),
        (True, "rà soát", Need.NOTHING),
    ],
)
def test_what_is_missing_is_said_in_order(strong: bool, purpose: str, need: Need) -> None:
    one = who("administrator", "p70", LATER, strong=strong)
    assert ACCOUNT.ask(one, "contact", "p01", purpose=purpose).need is need


def test_who_is_refused_learns_who_can_give_the_right() -> None:
    appoint("leader", "p75.2025", "chu-tich")
    Position.objects.filter(role="leader").update(title="Chủ tịch", title_en="Chairman")
    answer = RECORDS.ask(who("officer", "p01", LATER), "open", "p70")
    told = refusal(answer, LATER)
    assert answer.need is Need.RIGHT
    assert told.sentence.vi == (
        "Tài khoản của bạn chưa có quyền mở toàn bộ bản ghi làm nên con số tại Tỉnh Bình Phước."
    )
    assert [(one.title.vi, one.unit.vi) for one in told.givers] == [
        ("Chủ tịch", "Thành phố Đồng Nai")
    ]


def test_who_can_give_nothing_is_not_named() -> None:
    appoint("leader", "p01", "chu-tich")
    told = refusal(RECORDS.ask(who("officer", "p01", LATER), "open", "p70"), LATER)
    assert told.givers == ()


def test_two_policies_for_one_kind_cannot_be() -> None:
    with pytest.raises(ValueError, match=r"plan\.records"):
        Policy("plan.records", Text("", ""), [Verb("view", Text("", ""))])


def test_every_right_of_every_role_exists_and_every_right_is_somebodys() -> None:
    given = {right for gives in SPOKEN.values() for g in gives for right in g["rights"]}
    known = {p.right(v.code) for p in POLICIES.values() for v in p.verbs.values() if not v.public}
    assert given == known


#: Daily work that somebody with a second factor confirms, decides on or signs afterwards.
DAILY = (
    *("tasks.task:report", "tasks.task:extend", "tasks.task:answer"),
    *("scorecards.round:assess", "scorecards.round:appeal"),
    *("documents.document:make", "shares.own-plan:submit"),
    # A part never ends a task: that takes the lead's own report and the standing agency's word.
    "tasks.task:confirm-part",
    # A call-taker and an officer who answers do nothing else all day; contacts want a purpose.
    *("cases.case:route", "cases.case:handle", "cases.case:moderate", "cases.case:contact"),
)


def test_whoever_can_approve_or_administer_needs_a_second_factor() -> None:
    weak = {
        policy.right(verb.code)
        for policy in POLICIES.values()
        for verb in policy.verbs.values()
        if not verb.strong and not verb.public
    }
    # What is entered counts for nothing until somebody with a second factor approves it.
    harmless = (":view", ":open", ":enter")
    assert [one for one in sorted(weak) if not one.endswith(harmless) and one not in DAILY] == []
