"""A unit's own plan: taken over from the province's, never below it, compared with it ever after."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction

import pytest
import python_calamine
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from tests.people import appoint, sign_in
from tinhso.kernel.ledger.actor import OPERATOR
from tinhso.kernel.ledger.models import Entry
from tinhso.kernel.people.who import Who
from tinhso.measure.boundaries import Level
from tinhso.measure.periods import Period
from tinhso.measure.text import InputError
from tinhso.modules.plan.queries import PlanQueries
from tinhso.modules.plan.workspace import workspace
from tinhso.modules.shares.actions import NewAllocation, NewShare, allocate
from tinhso.modules.shares.models import OwnPlan, OwnPlanItem
from tinhso.modules.shares.own_plan_items import Typed, add, change, remove, take_over
from tinhso.modules.shares.own_plan_queries import Match, contents, own_plans
from tinhso.modules.shares.own_plans import By, Signed, decide, discard, start, submit
from tinhso.modules.shares.promises import Kind, kept
from tinhso.modules.shares.queries import ShareQueries
from tinhso.modules.shares.rules import Rule
from tinhso.modules.shares.sample import simulate_allocations, simulate_own_plans
from tinhso.modules.shares.todo import needs_of_own_plans
from tinhso.modules.tasks.actions import cancel, create
from tinhso.modules.tasks.actions import change as change_task
from tinhso.modules.tasks.drafts import By as TaskBy
from tinhso.modules.tasks.drafts import Draft
from tinhso.modules.tasks.facts import Rhythm
from tinhso.modules.tasks.models import Task

pytestmark = pytest.mark.usefixtures("site")

PLAN, WARD = "binh-phuoc-2025", "c25363.2025"
WHERE = f"/giao-chi-tieu/{PLAN}/ke-hoach-rieng/{WARD}/"
TODAY = timezone.localdate()
DUE = TODAY + timedelta(days=60)
BY = By.system("Phường", TODAY)
Q3 = Period.parse("2025-Q3")


@pytest.fixture
def queries() -> ShareQueries:
    """What a request makes, for somebody who may see every plan."""
    return ShareQueries(Who(TODAY), PlanQueries(workspace(), PLAN))


def give(queries: ShareQueries, share: Fraction, after: int = 0) -> None:
    target = queries.plan.plan.target("CQS-03")
    assert target is not None
    new = NewAllocation(
        target=target,
        rule=Rule.BY_HAND,
        levels=[Level.COMMUNE],
        map_day=date(2025, 7, 15),
        basis=Q3,
        shares=[NewShare(WARD, share, answers="Chủ tịch UBND phường")],
        reason="Giao lại" if after else "",
    )
    allocate(OPERATOR, PLAN, "p70", new, by="Sở", after=after)


def led(title: str = "Số hóa hồ sơ", **more: object) -> Task:
    facts = {"lead": WARD, "rhythm": Rhythm.ONCE, "deadline": DUE, "product": "Hồ sơ"}
    code = f"TR-{Task.objects.filter(plan=PLAN).count() + 1}"
    return create(TaskBy.system(TODAY), PLAN, code, Draft(title, **facts | more))  # type: ignore[arg-type]


def items(version: int) -> dict[str, OwnPlanItem]:
    found = OwnPlanItem.objects.filter(own_plan__unit=WARD, own_plan__version=version)
    return {one.source or one.name: one for one in found}


def approved(queries: ShareQueries) -> OwnPlan:
    take_over(BY, queries, WARD)
    one = submit(BY, queries, WARD)
    return decide(BY, queries, WARD, str(one.pk), approve=True)


def test_shares_and_tasks_are_taken_over_with_one_act_and_leading_comes_before_coordinating(
    queries: ShareQueries,
) -> None:
    give(queries, Fraction(3, 4))
    own, other = led(), led("Việc của tỉnh", lead="a.BP-STC", coordinating=(WARD,))
    led("Việc của nơi khác", lead="a.BP-STC")
    cancel(TaskBy.system(TODAY), gone := led("Việc sẽ hủy"), "thôi")
    assert take_over(BY, queries, WARD).added == 3
    found = items(1)
    assert {key: (one.role, one.answers) for key, one in found.items()} == {
        "CQS-03": ("", "Chủ tịch UBND phường"),
        str(own.pk): ("lead", ""),
        str(other.pk): ("coordinate", ""),
    }
    assert str(gone.pk) not in found
    with pytest.raises(InputError, match="nothing left to take over"):
        take_over(BY, queries, WARD)


def test_a_unit_may_promise_more_or_sooner_and_never_less_or_later(queries: ShareQueries) -> None:
    give(queries, Fraction(3, 4))
    task = led()
    take_over(BY, queries, WARD)
    share, work = items(1)["CQS-03"].pk, items(1)[str(task.pk)].pk
    for item, typed, said in (
        (share, Typed(value="74,9"), "falls short"),
        (share, Typed(value="nhiều"), "no percentage"),
        (work, Typed(deadline=DUE + timedelta(days=1)), "later than the assigned"),
    ):
        with pytest.raises(InputError, match=said):
            change(BY, PLAN, WARD, item, typed)
    change(BY, PLAN, WARD, share, Typed(value="80", answers="Phó Chủ tịch"))
    change(BY, PLAN, WARD, work, Typed(deadline=DUE - timedelta(days=9), note="sớm hơn"))
    with pytest.raises(InputError, match="cannot be removed"):
        remove(BY, PLAN, WARD, share)
    with pytest.raises(IntegrityError), transaction.atomic():
        OwnPlanItem.objects.filter(pk=work).update(deadline=DUE + timedelta(days=1))
    sent = submit(BY, queries, WARD)
    with pytest.raises(InputError, match="There is no draft"):
        change(BY, PLAN, WARD, share, Typed(value="90"))
    one = decide(BY, queries, WARD, str(sent.pk), approve=True)
    promises = {item.source: item.promise for item in one.items.all()}
    assert promises["CQS-03"].value == Fraction(4, 5)
    assert promises[str(task.pk)].deadline == DUE - timedelta(days=9)
    shown = contents(queries, WARD, one)
    by_key = {item.assigned.key: item.item.promise for item in shown.items if item.assigned}
    assert all(kept(given, by_key[given.key]) for given in shown.given)


def test_what_changes_after_it_was_taken_over_shows_and_is_taken_over_again(
    queries: ShareQueries,
) -> None:
    give(queries, Fraction(3, 4))
    task = led()
    take_over(BY, queries, WARD)
    change(BY, PLAN, WARD, items(1)["CQS-03"].pk, Typed(value="80"))
    sent = submit(BY, queries, WARD)
    give(queries, Fraction(9, 10), after=1)
    with pytest.raises(InputError, match="changed since the unit took it over: CQS-03"):
        decide(BY, queries, WARD, str(sent.pk), approve=True)
    decide(BY, queries, WARD, str(sent.pk), approve=False, reason="Đã giao lại")
    draft = start(BY, PLAN, WARD)
    sooner = Draft("Số hóa hồ sơ", lead=WARD, rhythm=Rhythm.ONCE, product="Hồ sơ", deadline=TODAY)
    change_task(TaskBy.system(TODAY), task, sooner, "gấp", seen=1)
    seen = {
        view.item.source: [(c.field, c.before, c.after) for c in view.changes]
        for view in contents(queries, WARD, draft).items
    }
    assert seen == {
        "CQS-03": [("value", Fraction(3, 4), Fraction(9, 10))],
        str(task.pk): [("deadline", DUE, TODAY)],
    }
    with pytest.raises(InputError, match="does not hold all"):
        submit(BY, queries, WARD)
    only = take_over(BY, queries, WARD, ["target:CQS-03"])
    assert (only.added, only.renewed, only.dropped) == (0, 1, ("CQS-03",))
    assert items(2)["CQS-03"].value == ""  # 80 % no longer holds 90 %
    assert items(2)[str(task.pk)].assigned_deadline == DUE
    assert items(1)["CQS-03"].value == "4/5"  # what was handed in stays
    cancel(TaskBy.system(TODAY), task, "thôi")
    assert take_over(BY, queries, WARD).removed == 1


def test_an_approved_version_is_frozen_and_a_new_one_begins_from_it(
    queries: ShareQueries,
) -> None:
    give(queries, Fraction(3, 4))
    approved(queries)
    add(BY, PLAN, WARD, Kind.TARGET, Typed(name="Hộ có mã QR", measure="hộ", value="1.200"))
    assert [one.state for one in OwnPlan.objects.order_by("version")] == ["approved", "draft"]
    assert len(items(1)) == 1
    assert items(2)["Hộ có mã QR"].own_value == 1200
    discard(BY, PLAN, WARD)
    acts = Entry.objects.filter(kind="shares.own-plan").order_by("id").values_list("act", flat=True)
    assert [act.rpartition(".")[2] for act in acts] == [
        *("start", "take-over", "submit", "approve"),
        *("start", "item", "discard"),
    ]


def test_own_items_say_what_and_by_when(queries: ShareQueries) -> None:
    for kind, typed, said in (
        (Kind.TARGET, Typed(name="Hộ", value="1.5", measure="hộ"), "is no number"),
        (Kind.TARGET, Typed(name="Hộ", value="5"), "unit of measure"),
        (Kind.TASK, Typed(name="Mở lớp", deadline=DUE), "product"),
        (Kind.TASK, Typed(name="Mở lớp", product="lớp"), "deadline"),
        (Kind.TASK, Typed(product="lớp", deadline=DUE), "Say what it is"),
    ):
        with pytest.raises(InputError, match=said):
            add(BY, PLAN, WARD, kind, typed)
    assert not OwnPlan.objects.exists()  # a refused item begins no draft
    with pytest.raises(InputError, match="no items yet"):
        submit(BY, queries, WARD)
    add(BY, PLAN, WARD, Kind.TASK, Typed(name="Mở lớp", product="lớp", deadline=DUE))
    with pytest.raises(InputError, match="plan's number"):
        submit(BY, queries, WARD, Signed(link="https://xa.example/"))
    assert submit(BY, queries, WARD).itemised


def test_a_ward_makes_its_plan_on_the_pages_and_the_province_sees_it(queries: ShareQueries) -> None:
    give(queries, Fraction(3, 4))
    ward, office = Client(), Client()
    sign_in(ward, appoint("leader", WARD, "chu-tich"), strong=True)
    sign_in(office, appoint("standing-agency", "p75.2025", "thuong-truc"), strong=True)
    assert "Tỉnh đã giao cho đơn vị 1 mục" in ward.get(WHERE).content.decode()
    assert ward.post(f"{WHERE}nhan/").status_code == 302
    own = items(1)["CQS-03"].pk
    low = ward.post(f"{WHERE}muc/{own}/", {"gia-tri": "60", "nguoi": "Trưởng phòng"})
    assert low.status_code == 400
    assert "60 % không đạt mức được giao (75 %)" in low.content.decode()
    assert 'value="Trưởng phòng"' in low.content.decode()
    ward.post(f"{WHERE}muc/{own}/", {"gia-tri": "77,5", "nguoi": "Trưởng phòng"})
    work = {"loai": "nhiem-vu", "ten": "=Mở lớp", "san-pham": "2 lớp", "han": DUE.isoformat()}
    assert ward.post(f"{WHERE}muc-moi/", work).status_code == 302
    assert office.post(f"{WHERE}nhan/").status_code == 403
    assert ward.post(f"{WHERE}gui/", {}).status_code == 302
    sent = OwnPlan.objects.get()
    office.post(f"{WHERE}quyet-dinh/", {"ke-hoach": sent.pk, "viec": "duyet"})
    overview = office.get(f"/giao-chi-tieu/{PLAN}/ke-hoach-rieng/", {"tinh-trang": "da-duyet"})
    assert [line.unit for line, *_ in overview.context["lines"]] == [WARD]
    assert overview.context["lines"][0][0].match is Match.HOLDS
    give(queries, Fraction(9, 10), after=1)
    stale = office.get(f"/giao-chi-tieu/{PLAN}/ke-hoach-rieng/", {"tinh-trang": "khong-khop"})
    assert "1 mục đã đổi" in stale.content.decode()
    shown = ward.get(WHERE).content.decode()
    assert "<del>75 %</del>" in shown.replace("\u00a0", " ")
    for at in (WHERE, f"{WHERE}ban/1/", f"/en{WHERE}", f"{WHERE}muc-moi/?loai=chi-tieu"):
        assert ward.get(at).status_code == 200
    book = ward.get(f"{WHERE}ban/1/tai-ve.xlsx")
    rows = python_calamine.load_workbook(io.BytesIO(book.content)).get_sheet_by_index(0).to_python()
    cells = [str(cell).replace("\u00a0", " ") for row in rows for cell in row]
    for said in ("0.775", "=Mở lớp", "Trưởng phòng", "Mức: 75 % → 90 %"):
        assert any(said in cell for cell in cells), said


def test_the_sample_shows_every_state_and_says_that_it_is_simulated(queries: ShareQueries) -> None:
    simulate_allocations(queries.plan)
    assert simulate_own_plans(queries.plan) == 5
    rows = OwnPlan.objects.all()
    assert {one.state for one in rows} == set(OwnPlan.State.values)
    assert all(one.simulated for one in rows)
    assert simulate_own_plans(queries.plan) == 0
    appointed = appoint("standing-agency", "p75.2025", "thuong-truc")
    client = Client()
    sign_in(client, appointed, strong=True)
    page = client.get(f"/giao-chi-tieu/{PLAN}/ke-hoach-rieng/")
    told = [line.match for line, *_ in page.context["lines"]]
    assert told.count(Match.APART) == 1
    assert own_plans(Who(TODAY), queries) == []  # nobody sees none


def test_what_own_plans_wait_for_is_told_to_whom_it_waits_for(queries: ShareQueries) -> None:
    """Agencies are asked for a plan, communes may make one; only the year of the plan asks anything new."""
    agency, ended = "a.BP-STC", date(2025, 7, 1)

    def told(day: date = date(2025, 9, 8)) -> set[tuple[str, str]]:
        found = needs_of_own_plans(day)
        return {(one.kind, one.unit) for one in found if one.unit in (WARD, agency)}

    assert told(ended - timedelta(days=1)) == {("shares.make", agency)}
    assert told(ended) == set()
    give(queries, Fraction(3, 4))
    take_over(BY, queries, WARD)
    assert told() == set()  # a draft is the unit's own business
    one = submit(BY, queries, WARD)
    assert told() == told(date(2026, 2, 2)) == {("shares.approve", WARD)}
    decide(BY, queries, WARD, str(one.pk), approve=False, reason="Thiếu người đứng đầu")
    assert told() == {("shares.mend", WARD)}
    start(BY, PLAN, WARD)
    assert told() == {("shares.mend", WARD)}  # until it is handed in again
    assert told(date(2026, 2, 2)) == set()
    two = submit(BY, queries, WARD)
    decide(BY, queries, WARD, str(two.pk), approve=True)
    assert told() == set()
    give(queries, Fraction(4, 5), after=1)
    assert told() == {("shares.renew", WARD)}
    submit(BY, queries, agency, Signed("01/KH-STC", TODAY, "https://stc.example.vn/kh"))
    assert told(ended - timedelta(days=1)) == {("shares.approve", agency)}


# -- every own plan comes to an end ----------------------------------------------------------------


def test_from_every_state_somebody_can_bring_an_own_plan_to_an_end(queries: ShareQueries) -> None:
    """All ways that the acts leave open, each tried from where the ones before it led: the unit can
    always hand in or drop, the standing agency approve or return, whatever was given meanwhile."""
    given = [Fraction(3, 4)]
    give(queries, given[0])

    def more() -> None:  # the province gives anew, under the unit's hands
        given.append(Fraction(75 + len(given), 100))
        give(queries, given[-1], after=len(given) - 1)

    def waiting() -> str:
        return str(OwnPlan.objects.get(unit=WARD, state="submitted").pk)

    acts: dict[str, Callable[[], object]] = {
        "start": lambda: start(BY, PLAN, WARD),
        "take over": lambda: take_over(BY, queries, WARD),
        "discard": lambda: discard(BY, PLAN, WARD),
        "hand in": lambda: submit(BY, queries, WARD),
        "approve": lambda: decide(BY, queries, WARD, waiting(), approve=True),
        "return": lambda: decide(BY, queries, WARD, waiting(), approve=False, reason="thiếu"),
        "give": more,
    }

    def goes(name: str) -> bool:
        try:
            with transaction.atomic():
                acts[name]()
        except (InputError, OwnPlan.DoesNotExist):
            return False
        return True

    def now() -> str:
        last = OwnPlan.objects.filter(unit=WARD).order_by("version").last()
        return last.state if last else "none"

    ways = [  # to each state, with and without what was given since
        [],
        ["start"],
        ["take over"],
        ["take over", "give"],
        ["take over", "hand in"],
        ["take over", "hand in", "give"],
        ["take over", "hand in", "return"],
        ["take over", "hand in", "return", "start", "give"],
        ["take over", "hand in", "approve"],
        ["take over", "hand in", "approve", "start"],
    ]
    seen = set()
    for way in ways:
        with transaction.atomic():
            before = list(given)
            assert all(goes(one) for one in way), way
            seen.add(now())
            if now() == "submitted":
                assert goes("approve") != ("give" in way)  # what lags behind is not approved
                if "give" in way:
                    assert goes("return")
            if now() != "approved":
                goes("start")
                goes("take over")
                assert goes("hand in"), way
                assert goes("approve"), way
            assert now() == "approved"
            if "start" in way[-1:]:
                assert goes("start")
                assert goes("discard")
            given[:] = before
            transaction.set_rollback(True)
    assert seen == {"none", *OwnPlan.State.values}
