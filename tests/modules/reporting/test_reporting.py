"""From a commune's form to the lake: who may do what, and what becomes of a figure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.modules.reporting.conftest import BESIDE, COMMUNE, DAY, PLAN, World, on, somebody
from tests.people import appoint
from tinhso.kernel.ledger.models import Delivery, Entry
from tinhso.kernel.people.policy import ForbiddenError
from tinhso.kernel.people.scopes import seated, succeeded
from tinhso.kernel.people.who import Who
from tinhso.kernel.units.register import register_from_files
from tinhso.measure.boundaries import Level
from tinhso.measure.periods import Period, PeriodKind
from tinhso.measure.text import InputError, Text
from tinhso.modules.plan.pack import Jumps, ReportingDuty, Step
from tinhso.modules.reporting import queries
from tinhso.modules.reporting.actions import Chosen, approve, give_back, send
from tinhso.modules.reporting.checks import Typed
from tinhso.modules.reporting.examining import Report
from tinhso.modules.reporting.known import known_of
from tinhso.modules.reporting.models import Answer, ReportedFigure
from tinhso.modules.reporting.queries import NeedKind
from tinhso.modules.reporting.requests import Request, step_unit, steps_left

FIBRE = {"HTS-02": Typed(numerator="812", denominator="1.034")}
CODE = "25363"


def sent(world: World, **typed: Typed) -> ReportedFigure:
    known = world.known()
    report = Report(typed or FIBRE, "15/BC-UBND")
    [figure], _ = send(world.clerk, known, world.request(), report)
    return figure


def choice(figure: ReportedFigure) -> list[Chosen]:
    figure.refresh_from_db()
    assert figure.answer is not None
    return [Chosen(figure.pk, figure.answer.number)]


def codes(act: Callable[[], object]) -> list[str]:
    with pytest.raises(InputError) as raised:
        act()
    for one in raised.value.problems:
        assert one.to("vi")
        assert one.to("en")
    return [one.code for one in raised.value.problems]


def test_a_figure_goes_upward_and_reaches_the_lake_once(world: World) -> None:
    figure = sent(world)
    assert world.bring() == []
    approve(world.head, choice(figure))
    assert world.bring() == []  # the standing agency has not seen it
    approve(world.agency, choice(figure))
    owed = Delivery.objects.get(topic="records")
    row = ("HTS-02", CODE, date(2025, 12, 14), 812, 1034, DAY)
    assert world.bring() == [row]
    Delivery.objects.filter(pk=owed.pk).update(
        state="waiting", ended_at=None, next_try_at=timezone.now()
    )  # the worker died before it could mark it
    assert world.bring() == [row]
    acts = Entry.objects.filter(kind="reporting.figure").order_by("id")
    assert [one.act.rpartition(".")[2] for one in acts] == ["enter", "approve", "accept"]
    assert all(one.unit == COMMUNE for one in acts)


def test_an_approved_figure_changes_only_by_a_correction_with_a_reason(world: World) -> None:
    figure = sent(world)
    approve(world.head, choice(figure))
    approve(world.agency, choice(figure))
    world.bring()
    changed = {"numerator": "820", "denominator": "1034"}
    assert codes(lambda: sent(world, **{"HTS-02": Typed(**changed)})) == ["correction-needed"]
    sent(world, **{"HTS-02": Typed(**changed, correction="đếm sót một thôn")})
    # Until it is approved the lake keeps what was approved before.
    assert [row[3] for row in world.bring()] == [812]
    approve(world.head, choice(figure))
    approve(world.agency, choice(figure))
    assert [row[3] for row in world.bring()] == [820]
    cell, events = queries.history(world.head, PLAN, "XA-THANG", "2025-12r", COMMUNE, "HTS-02")
    assert cell.contradictions == ()
    assert [(one.what.vi.partition(" (")[0], one.answer.numerator) for one in events] == [
        ("duyệt", 820),
        ("duyệt", 820),
        ("đính chính", 820),
        ("duyệt", 812),
        ("duyệt", 812),
        ("nhập và gửi", 812),
    ]


def test_the_same_figure_again_is_nothing_new(world: World) -> None:
    sent(world)
    assert codes(lambda: sent(world)) == ["report-empty"]
    assert Answer.objects.count() == 1


def test_who_may_not_is_refused(world: World) -> None:
    figure = sent(world)
    stranger = somebody(appoint("leader", BESIDE))
    for who in (world.clerk, stranger, world.agency):  # the agency's turn comes later
        with pytest.raises(ForbiddenError):
            approve(who, choice(figure))
    with pytest.raises(ForbiddenError):
        send(stranger, world.known(), world.request(), Report(FIBRE, "x"))
    approve(world.head, choice(figure))
    with pytest.raises(ForbiddenError):
        approve(world.head, choice(figure))
    weak = Who(DAY, world.agency.account, "", world.agency.seats)
    with pytest.raises(ForbiddenError):
        approve(weak, choice(figure))


def test_who_sent_a_figure_does_not_approve_it(world: World) -> None:
    [figure], _ = send(world.head, world.known(), world.request(), Report(FIBRE, "15/BC"))
    assert codes(lambda: approve(world.head, choice(figure))) == ["approve-own"]


def test_a_returned_figure_says_why_and_can_be_sent_again(world: World) -> None:
    figure = sent(world)
    assert codes(lambda: give_back(world.head, choice(figure), " ")) == ["return-comment"]
    give_back(world.head, choice(figure), "mẫu số khác sổ hộ khẩu")
    page = queries.form(world.clerk, PLAN, "XA-THANG", "2025-12r", COMMUNE)
    assert [row.comment for row in page.rows if row.code == "HTS-02"] == ["mẫu số khác sổ hộ khẩu"]
    figure = sent(world)  # as it was: the clerk stands by it
    approve(world.head, choice(figure))
    approve(world.agency, choice(figure))
    assert len(world.bring()) == 1


def test_what_changed_since_it_was_looked_at_is_not_approved_and_neither_is_the_rest(
    world: World,
) -> None:
    seen = choice(sent(world))
    other = {"XHS-08": Typed(numerator="30", denominator="100")}
    seen += choice(sent(world, **other))
    sent(world, **{"HTS-02": Typed(numerator="900", denominator="1034")})
    assert codes(lambda: approve(world.head, seen)) == ["figure-changed"]
    assert set(ReportedFigure.objects.values_list("passed", flat=True)) == {""}


def test_a_wrong_figure_sends_nothing_and_every_problem_is_told(world: World) -> None:
    wrong = {
        "HTS-02": Typed(numerator="1.100", denominator="1.034"),
        "XHS-08": Typed(numerator="30", denominator="100"),
        "CQS-03": Typed(numerator="1", denominator="1"),
    }
    report = Report(wrong)
    assert codes(lambda: send(world.clerk, world.known(), world.request(), report)) == [
        "numerator-above",
        "figure-not-asked",
        "evidence-needed",
    ]
    assert not ReportedFigure.objects.exists()


def test_a_period_that_is_not_over_cannot_be_sent(world: World) -> None:
    day = date(2025, 12, 14)
    known = world.known(day=day)
    request = known.requests[COMMUNE]
    early = on(world.clerk, day)
    assert codes(lambda: send(early, known, request, Report(FIBRE, "x"))) == ["report-running"]


def test_a_jump_needs_a_word_and_the_word_is_kept(world: World) -> None:
    world.from_elsewhere(COMMUNE, "2025-11-14", 500, 1034)
    assert codes(lambda: sent(world)) == ["jump-share"]
    figure = sent(
        world, **{"HTS-02": Typed("value", "812", "1034", explanation="nhà mạng kéo cáp")}
    )
    assert figure.answer is not None
    assert figure.answer.explanation == "nhà mạng kéo cáp"
    assert "78,5" in figure.answer.marks[0][0]


def test_no_data_and_not_applicable_reach_the_lake_as_what_they_are(world: World) -> None:
    for code, kind in (("HTS-02", "no-data"), ("XHS-08", "not-applicable")):
        figure = sent(world, **{code: Typed(kind, reason="đang rà soát")})
        approve(world.head, choice(figure))
        approve(world.agency, choice(figure))
    assert [row[3:5] for row in world.bring()] == [(None, None), (0, 0)]


def test_two_sources_that_differ_are_shown_until_somebody_settles_it(world: World) -> None:
    world.from_elsewhere(COMMUNE, "2025-12-14", 800, 1034)
    known = world.known()
    fibre = known.indicators[0]
    assert known.cell(fibre, COMMUNE).standing.value == "elsewhere"
    figure = sent(world)
    [problem] = world.known().cell(fibre, COMMUNE).contradictions
    assert problem.code == "two-sources"
    approve(world.head, choice(figure))
    approve(world.agency, choice(figure))
    assert world.known().cell(fibre, COMMUNE).contradictions == ()  # on its way
    world.bring()
    assert world.known().cell(fibre, COMMUNE).contradictions == ()
    world.from_elsewhere(COMMUNE, "2025-12-14", 700, 1034)  # a file later says otherwise
    assert len(world.known().cell(fibre, COMMUNE).contradictions) == 1


# -- units change ----------------------------------------------------------------------------------


def test_the_district_approves_while_it_exists_and_is_passed_over_afterwards(world: World) -> None:
    known = world.known("XA-QUY", "2025-Q2r", date(2025, 6, 20))
    request = next(iter(known.requests.values()))
    units, before, after = world.place.units, date(2025, 6, 30), date(2025, 7, 1)
    assert steps_left(units, request, (), before) == known.duty.steps
    district = step_unit(units, request, Step.DISTRICT, before)
    assert district is not None
    assert units.level(district) is Level.DISTRICT
    later = world.known("XA-QUY", "2025-Q2r", after).requests[request.unit]
    assert steps_left(units, later, (), after) == (Step.UNIT, Step.STANDING_AGENCY)
    assert steps_left(units, later, (Step.UNIT, Step.DISTRICT), after) == (Step.STANDING_AGENCY,)


#: A department of Bình Phước; no source names its heir after 2025-07-01.
DEPARTMENT = "a.BP-STC"
FOUR = (Step.UNIT, Step.DISTRICT, Step.DEPARTMENT, Step.STANDING_AGENCY)


def test_a_figure_goes_through_the_unit_the_district_the_department_and_the_standing_agency(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = date(2025, 6, 20)
    pack = world.place.plan(PLAN)
    duties = tuple(
        replace(one, steps=FOUR, department="BP-STC") if one.code == "XA-QUY" else one
        for one in pack.plan.reporting
    )
    four = replace(pack, plan=replace(pack.plan, reporting=duties))
    monkeypatch.setattr(world.place, "plans", world.place.plans | {PLAN: four})
    known = world.known("XA-QUY", "2025-Q2r", day)
    unit, request = next(iter(known.requests.items()))
    district = step_unit(world.place.units, request, Step.DISTRICT, day)
    assert district is not None
    assert step_unit(world.place.units, request, Step.DEPARTMENT, day) == DEPARTMENT
    clerk = somebody(appoint("officer", unit, "nhap"), day)
    heads = [
        somebody(appoint("leader", where, f"lanh-dao-{where}"), day)
        for where in (unit, district, DEPARTMENT)
    ]
    agency = somebody(appoint("standing-agency", "p70", "thuong-truc"), day)
    typed = {"HTS-01": Typed(numerator="90", denominator="100")}
    [figure], _ = send(clerk, known, request, Report(typed, "15/BC-UBND"))
    for who in heads[:2]:
        approve(who, choice(figure))
    for early in (*heads[:2], agency):
        with pytest.raises(ForbiddenError):
            approve(early, choice(figure))
    assert [w.cell.step for w in queries.waiting_for(heads[2])] == [Step.DEPARTMENT]
    give_back(heads[2], choice(figure), "số khác báo cáo ngành")
    figure.refresh_from_db()
    assert (figure.state, figure.passed) == ("returned", "")
    send(clerk, known.anew(), request, Report(typed, "15/BC-UBND"))
    for who in (*heads, agency):
        approve(who, choice(figure), "đã xem")
    figure.refresh_from_db()
    assert (figure.state, figure.passed) == ("approved", ",".join(one.value for one in FOUR))
    assert [one[1:5] for one in world.bring()] == [
        (world.place.units.version(unit, date(2025, 6, 14)).code, date(2025, 6, 14), 90, 100)  # type: ignore[union-attr]
    ]
    # The department has ended, and no source names an heir: its step is passed over.
    later = known_of(world.place, PLAN, "XA-QUY", "2025-Q2r", DAY).requests[unit]
    assert steps_left(world.place.units, later, (Step.UNIT,), DAY) == (Step.STANDING_AGENCY,)


@settings(deadline=None)  # the first reads the register
@given(
    st.permutations(list(Step)),
    st.sampled_from([Step.UNIT, Step.STANDING_AGENCY]),
    st.integers(0, 3),
    st.lists(st.dates(date(2025, 1, 1), date(2026, 12, 31)), min_size=5, max_size=5).map(sorted),
)
def test_every_figure_comes_to_an_end_whatever_becomes_of_the_units(
    mixed: list[Step], last: Step, many: int, days: list[date]
) -> None:
    """Any steps that the pack check takes, ruled on any days, over the districts' end: each ruling
    brings the figure nearer, and there is always somebody whose ruling it is."""
    steps = (*[one for one in mixed if one is not last][:many], last)
    found = duty(steps)
    units = register_from_files()
    unit = min(units.descendants("p70", date(2025, 6, 14), Level.COMMUNE))
    passed: tuple[Step, ...] = ()
    for day in days:
        held, keeper = succeeded(units, unit, day), seated(units, unit, day)
        request = Request(PLAN, found, Period.parse("2025-Q2r"), unit, (), held, keeper)
        left = steps_left(units, request, passed, day)
        assert left, "sent, with steps open, and nobody to take one"
        assert step_unit(units, request, left[0], day) is not None
        passed = (*passed, left[0])
        if not steps_left(units, request, passed, day):
            return  # approved
    pytest.fail("more rulings than steps, and not approved")


def duty(steps: tuple[Step, ...]) -> ReportingDuty:
    text = Text("x", "x")
    return ReportingDuty(
        *("X", text, ("HTS-01",), Level.COMMUNE, True, PeriodKind.QUARTER, date(2025, 1, 15), None),
        *(15, steps, Jumps(10, 15, 30, 8, 8), text),
        department="BP-STC",
    )


def test_every_obligation_of_a_unit_that_ended_is_with_somebody(world: World) -> None:
    day = date(2025, 9, 20)
    old = world.known("XA-QUY", "2025-Q2r", day).requests
    new = world.known("XA-QUY", "2025-Q3r", day).requests
    units = world.place.units
    assert (len(old), len(new)) == (111, 40)
    # The period that a commune did live to see stays its own, and its successor answers for it.
    passed = [one for one in old.values() if one.passed_on]
    assert passed
    assert all(one.holder in new for one in passed if one.holder)
    divided = [one for one in passed if not one.holder]
    assert all(units.level(one.keeper) is not Level.COMMUNE for one in divided)
    # The period in which it ended is its successor's, and the request names it.
    named = {uid for one in new.values() for uid in one.took_over}
    ended = {uid for uid in old if uid not in new}
    assert {one.unit for one in passed if one.holder} <= named | set(new)
    assert ended <= named


def test_a_successors_officer_enters_what_the_old_commune_owed(world: World) -> None:
    old = world.known("XA-QUY", "2025-Q2r", DAY)
    unit = next(one.unit for one in old.requests.values() if one.holder == COMMUNE)
    report = Report({"HTS-01": Typed(numerator="90", denominator="100")}, "x")
    [figure], _ = send(world.clerk, old, old.requests[unit], report)
    assert figure.unit_id == unit
    approve(world.head, choice(figure))
    approve(world.agency, choice(figure))
    [row] = world.bring()
    assert row[2] == date(2025, 6, 14)
    assert row[1] == world.place.units.version(unit, date(2025, 6, 14)).code  # type: ignore[union-attr]


# -- what needs whom -------------------------------------------------------------------------------


def test_what_needs_whom_follows_the_figure(world: World) -> None:
    def needs() -> list[tuple[NeedKind, str, str | None]]:
        found = queries.needs_today(DAY, [world.known()])
        return [
            (one.kind, one.unit, one.step and one.step.value)
            for one in found
            if one.request.unit == COMMUNE and "HTS-02" in one.indicators
        ]

    assert needs() == [(NeedKind.ENTER, COMMUNE, None)]
    figure = sent(world)
    assert needs() == [(NeedKind.RULE, COMMUNE, "unit")]
    approve(world.head, choice(figure))
    assert needs() == [(NeedKind.RULE, COMMUNE, "standing-agency")]
    assert [one.cell.indicator.code for one in queries.waiting_for(world.agency)] == ["HTS-02"]
    give_back(world.agency, choice(figure), "xem lại")
    assert needs() == [(NeedKind.MEND, COMMUNE, None)]
    assert [one.unit.uid for one in queries.owed(world.clerk) if one.request.unit != COMMUNE] != []
