"""The routing table as officers read it: what it says is what routes, rule by rule."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests.own_rules import Folder
from tests.people import appoint, sign_in
from tinhso.kernel.cases import actions, routing
from tinhso.kernel.cases.actions import Doer, Received
from tinhso.kernel.cases.kinds import Role
from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.routing import Hours, Moment, RoutingRule, Tried, route
from tinhso.kernel.cases.suggesting import RULE, SUGGESTED, with_reason
from tinhso.kernel.clock.calendar import LOCAL
from tinhso.kernel.ledger.actor import SYSTEM
from tinhso.measure.text import Text

PROVINCE, HERE = "p75.2025", "c25210.2025"
TABLE = "/1022/phan-cong/"

# -- the explanation against a plain reading of the rules -----------------------------------------------

DAYS = st.dates(date(2026, 1, 1), date(2026, 1, 6))
TIMES = st.sampled_from([time(6), time(12), time(18), time(23)])


def some(*among: str) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(among), max_size=2)


@st.composite
def a_rule(draw: st.DrawFn) -> RoutingRule:
    since = draw(DAYS)
    until = draw(st.none() | st.integers(1, 4).map(lambda n: since + timedelta(days=n)))
    hours = st.builds(Hours, TIMES, TIMES) | st.builds(Hours, at_work=st.booleans())
    return RoutingRule(
        "r",
        Text("vì", "why"),
        draw(some("feedback", "question")),
        draw(some("light", "danger")),
        draw(st.sampled_from(["commune", "province", "department:x"])),
        since,
        until,
        draw(st.none() | st.integers(0, 2)),
        draw(some("c1", "d1")),
        tuple(draw(st.lists(hours, max_size=2))),
    )


def in_hours(hours: Hours, at: Moment) -> bool:
    if hours.at_work is not None:
        return hours.at_work == at.at_work
    minute, begin, end = (
        one.hour * 60 + one.minute for one in (at.clock, hours.since, hours.until)
    )
    return (minute - begin) % 1440 < ((end - begin) % 1440 or 1440)


@given(
    rules=st.lists(a_rule(), max_size=6),
    kind=st.sampled_from(["feedback", "question"]),
    category=st.sampled_from(["", "light", "danger"]),
    day=DAYS,
    places=st.fixed_dictionaries({"province": st.just("p")}, optional={"commune": st.just("c"), "department:x": st.just("x")}),
    busy=st.dictionaries(st.sampled_from(["p", "c", "x"]), st.integers(0, 3)),
    within=some("c1", "d1", "p1"),
    at=st.builds(Moment, TIMES, st.booleans()),
)  # fmt: skip
def test_the_first_rule_that_fits_decides_and_each_before_it_says_truly_why_it_does_not(
    rules: list[RoutingRule], kind: str, category: str, day: date, places: Mapping[str, str],
    busy: Mapping[str, int], within: frozenset[str], at: Moment,
) -> None:  # fmt: skip
    def against(rule: RoutingRule) -> dict[str, bool]:
        """What can speak against a rule, by how the table's note begins."""
        unit = places.get(rule.to)
        return {
            "có hiệu lực từ": day < rule.since,
            "hết hiệu lực từ": rule.until is not None and day >= rule.until,
            "không dành cho loại": bool(rule.kinds) and kind not in rule.kinds,
            "không dành cho lĩnh": bool(rule.categories) and category not in rule.categories,
            "không xảy ra ở": bool(rule.places) and not rule.places & within,
            "lúc ": bool(rule.hours) and not any(in_hours(one, at) for one in rule.hours),
            "không rõ nơi": rule.to == "commune" and unit is None,
            "không có cơ quan": rule.to != "commune" and unit is None,
            "nơi ấy đang có": unit is not None
            and rule.most_open is not None
            and busy.get(unit, 0) > rule.most_open,
        }

    found = route(rules, kind, category, day, places, busy, within=within, at=at)
    fitting = [rule for rule in rules if not any(against(rule).values())]
    assert found.rule is (fitting[0] if fitting else None)
    assert found.unit == (places[fitting[0].to] if fitting else "")
    assert [one.rule for one in found.tried] == rules[: len(found.tried)]
    assert len(found.tried) == len(rules) or found.tried[-1].rule is found.rule
    for one in found.tried:
        reasons = against(one.rule)
        assert (one.note is None) == (not any(reasons.values()))
        if one.note is not None:
            [said] = [reasons[words] for words in reasons if one.note.vi.startswith(words)]
            assert said, one.note.vi


# -- the page -------------------------------------------------------------------------------------------------


@pytest.fixture
def officer(client: Client, db: None) -> Client:
    sign_in(client, appoint("call-taker", PROVINCE))
    return client


def received(category: str, place: str) -> Case:
    told = Received("feedback", "Đèn đường hỏng", place or PROVINCE, place=place, category=category)
    return actions.open_case(Doer(SYSTEM, Role.REQUESTER), told)


RULES = """rules:
  - code: night
    why: {vi: Đêm thì trực tỉnh nhận, en: At night those on duty take it}
    categories: [danger]
    hours: ["22:00-06:00"]
    to: province
    since: 2026-01-01
  - code: police
    why: {vi: Trật tự thì công an, en: The police keep order}
    categories: [order]
    to: department:BP-CAT
    since: 2026-01-01
  - code: earlier
    why: {vi: Trước kia tỉnh nhận hết, en: The province once took all}
    to: province
    since: 2025-07-01
    until: 2026-01-01
  - code: later
    why: {vi: Sau này tỉnh nhận, en: Later the province will}
    categories: [noise]
    to: province
    since: 2190-01-01
  - code: place
    why: {vi: Nơi xảy ra trả lời, en: The place answers}
    to: commune
    most_open: 1
    since: 2026-01-01
  - code: rest
    why: {vi: Còn lại về tỉnh, en: The rest goes to the province}
    to: province
    since: 2026-01-01
"""


@pytest.fixture
def table(own_rules: Folder) -> None:
    own_rules.write(routing.FILE, RULES)
    own_rules.use()


def ask(client: Client, root: str = "", **fields: str) -> tuple[str, list[Tried | None]]:
    """Which rule decides by the page, and what became of each."""
    page = client.get(f"{root}{TABLE}", {"linh-vuc": "", **fields})
    assert page.status_code == 200
    found = page.context["found"]
    return found.by.rule.code if found.by else "", [one.tried for one in found.looked]


@pytest.mark.parametrize("category", ["", "danger", "order", "noise"])
@pytest.mark.parametrize("place", ["", HERE])
def test_the_page_says_of_a_case_what_its_routing_then_keeps(
    officer: Client, table: None, category: str, place: str
) -> None:
    for _ in range(3):  # the third finds the commune full
        case = received(category, place)
        kept = with_reason(case, {"unit": HERE})
        asked = {"linh-vuc": f"feedback:{category}", "noi": place}
        page = officer.get(TABLE, asked)
        found = page.context["found"]
        assert (found.by.rule.code if found.by else "") == kept[RULE]
        assert bool(found.unit) == bool(kept[SUGGESTED])
        actions.act(Doer(SYSTEM, Role.ROUTER), case, "route", kept)


def test_a_moment_is_asked_about_by_its_own_day_and_hour(officer: Client, table: None) -> None:
    place = {"linh-vuc": "feedback:danger", "noi": HERE, "ngay": "2026-03-01"}
    assert ask(officer, **place, gio="23:30")[0] == "night"
    assert ask(officer, **place, gio="12:00")[0] == "place"
    assert ask(officer, **{**place, "ngay": "2025-08-01"}, gio="23:30")[0] == "earlier"
    assert (
        ask(officer, **{**place, "ngay": "2190-01-02", "linh-vuc": "feedback:noise"})[0] == "later"
    )
    assert ask(officer, **{**place, "linh-vuc": "question:ho-tich"})[0] == "place"


@pytest.mark.parametrize(
    ("root", "words"),
    [
        ("", ["Bảng phân công", "Đang áp dụng", "Sẽ áp dụng", "Đã hết hiệu lực", "không có cơ quan này", "22:00–06:00", "Quy tắc của tỉnh", "Đêm thì trực tỉnh nhận", "không quá 1 việc mở", "1/1/2190"]),
        ("/en", ["Routing rules", "In force", "Not yet in force", "No longer in force", "there is no such agency", "22:00–06:00", "province's own", "At night those on duty take it", "no more than 1 open case", "1 January 2190"]),
    ],
)  # fmt: skip
def test_every_rule_is_in_the_table_todays_first_in_the_order_in_which_they_are_tried(
    officer: Client, table: None, root: str, words: list[str]
) -> None:
    page = officer.get(f"{root}{TABLE}")
    text = page.content.decode()
    assert [one for one in words if one not in text] == []
    shown = [(row.number, row.rule.code) for _, rows in page.context["parts"] for row in rows]
    assert shown == [(1, "night"), (2, "police"), (5, "place"), (6, "rest"), (4, "later"), (3, "earlier")]  # fmt: skip
    assert all(f'id="quy-tac-{code}"' in text for _, code in shown)


def test_a_case_leads_to_the_rule_that_routed_it(officer: Client, table: None) -> None:
    case = received("light", HERE)
    form = officer.get(f"/1022/{case.code}/?viec=route").content.decode()
    assert f"{TABLE}#quy-tac-night" in form
    actions.act(Doer(SYSTEM, Role.ROUTER), case, "route", with_reason(case, {"unit": HERE}))
    assert f"{TABLE}#quy-tac-place" in officer.get(f"/1022/{case.code}/").content.decode()


def test_what_cannot_be_read_is_told_and_the_table_stays(officer: Client, table: None) -> None:
    wrong = {"linh-vuc": "feedback:x", "noi": "không đâu", "ngay": "2020-01-01", "gio": "25:00"}
    page = officer.get(TABLE, wrong)
    assert page.status_code == 400
    codes = [one.code for one in page.context["filled"].problems]
    assert codes == ["feedback-category", "unit-none", "routing-too-early", "routing-time"]
    assert "Đêm thì trực tỉnh nhận" in page.content.decode()


def test_by_the_products_rules_the_page_says_whose_they_are(officer: Client) -> None:
    assert "Quy tắc mẫu của phần mềm" in officer.get(TABLE).content.decode()
    noon = datetime.combine(timezone.localdate(), time(12), LOCAL)
    asked = ask(officer, noi=HERE, ngay=noon.date().isoformat(), gio="12:00")
    assert asked[0].startswith("by-place")
