"""A round from opening to its end: who may do what when, and what is refused."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests.people import appoint, sign_in
from tinhso.kernel.ledger.actor import Actor, Channel
from tinhso.kernel.ledger.models import Entry
from tinhso.measure.text import InputError
from tinhso.modules.plan.pack import PACKS, load
from tinhso.modules.scorecards import round_actions as acts
from tinhso.modules.scorecards.models import ENDED, Appeal, Line, Round, RoundState
from tinhso.modules.scorecards.points import points_of

pytestmark = pytest.mark.django_db

#: Two communes of today, and the province that they are in.
US, THEM, PROVINCE = "c25363.2025", "c25387.2025", "p70"
CARD = load(PACKS / "binh-phuoc-2025").scorecards["XH-382"]
GROUP = CARD.groups[-1]
LEAF = "XH-TOAN-TRINH"
UNIT, VERIFIER = Actor("unit", Channel.WEB), Actor("verifier", Channel.WEB)


def opened(units: tuple[str, ...] = (US,), period: str = "2025-Q2", **more: object) -> Round:
    return acts.open_round(
        *(VERIFIER, CARD, GROUP, units),
        plan="binh-phuoc-2025",
        period=period,
        unit=PROVINCE,
        assess_by=timezone.localdate(),
        by="Cơ quan thường trực",
        **more,  # type: ignore[arg-type]
    )


def claim(made: Round, points: str = "20", evidence: str = "Báo cáo 12", unit: str = US) -> None:
    acts.self_assess(UNIT, made, CARD, unit, {LEAF: acts.Claim(points, evidence)})


def verify(made: Round, points: str, text: str = "", unit: str = US) -> None:
    acts.verify(VERIFIER, made, CARD, unit, {LEAF: acts.Finding(points, text)})


def line(made: Round, unit: str = US) -> Line:
    return made.lines.get(unit=unit, component=LEAF)


def said(error: pytest.ExceptionInfo[InputError]) -> set[str]:
    return {one.code for one in error.value.problems}


def test_a_round_from_opening_to_its_end() -> None:
    made = opened()
    assert made.lines.count() == len(acts.leaves_of(CARD, GROUP)) == 6
    claim(made, "28,5")
    acts.begin_verification(VERIFIER, made)
    verify(made, "24", "Theo bản ghi chỉ 60,9 %.")
    acts.begin_appeals(VERIFIER, made, timezone.localdate())
    asked = acts.appeal(UNIT, made, CARD, line(made), points="27", text="Còn 40 hồ sơ.")
    with pytest.raises(InputError) as error:
        acts.close(VERIFIER, made)
    assert said(error) == {"round-appeals-open"}
    acts.decide(VERIFIER, made, CARD, asked, points="26", decision="Chấp nhận 30 hồ sơ.")
    with pytest.raises(InputError) as error:
        acts.close(VERIFIER, made)
    assert said(error) == {"round-appeals-run"}
    Round.objects.filter(pk=made.pk).update(appeal_by=timezone.localdate() - timedelta(1))
    acts.close(VERIFIER, made)

    last = line(made)
    assert (made.state, last.claimed, last.verified) == (RoundState.CLOSED, Decimal("28.5"), 26)
    asked.refresh_from_db()
    assert (asked.before, asked.asked, asked.points) == (24, 27, 26)
    done = (
        Entry.objects.filter(kind="scorecards.round").order_by("id").values_list("act", flat=True)
    )
    assert [one.removeprefix("scorecards.round.") for one in done] == [
        *("open", "assess", "begin-verification", "verify"),
        *("begin-appeals", "appeal", "decide", "close"),
    ]


def test_nothing_said_is_not_zero() -> None:
    made = opened()
    claim(made, "0")
    claimed = made.lines.filter(claimed__isnull=False)
    assert [one.claimed for one in claimed] == [0]
    claim(made, "")
    assert not made.lines.filter(claimed__isnull=False).exists()


@pytest.mark.parametrize(
    ("points", "evidence", "code"),
    [
        ("30.001", "x", "round-points"),
        ("-1", "x", "round-points"),
        ("1e1", "x", "round-points"),
        ("٣", "x", "round-points"),
        ("mười", "x", "round-points"),
        ("20", "  ", "round-evidence"),
    ],
)
def test_a_wrong_claim_is_told_and_nothing_kept(points: str, evidence: str, code: str) -> None:
    made = opened()
    before = Entry.objects.count()
    claims = {LEAF: acts.Claim(points, evidence), "XH-SO-HOA": acts.Claim("10", "Báo cáo")}
    with pytest.raises(InputError) as error:
        acts.self_assess(UNIT, made, CARD, US, claims)
    assert said(error) == {code}
    assert not made.lines.filter(claimed__isnull=False).exists()
    assert Entry.objects.count() == before


def test_nobody_verifies_what_they_claimed_themselves() -> None:
    made = opened()
    claim(made)
    acts.begin_verification(VERIFIER, made)
    with pytest.raises(InputError) as error:
        acts.verify(UNIT, made, CARD, US, {LEAF: acts.Finding("20")})
    assert said(error) == {"round-own-claim"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Line.objects.filter(pk=line(made).pk).update(verified=20, verified_by="unit")


def test_other_points_than_claimed_need_a_finding() -> None:
    made = opened()
    claim(made)
    acts.begin_verification(VERIFIER, made)
    with pytest.raises(InputError) as error:
        verify(made, "19")
    assert said(error) == {"round-finding"}
    with pytest.raises(InputError) as error:
        acts.begin_appeals(VERIFIER, made, timezone.localdate())
    assert said(error) == {"round-not-verified"}
    verify(made, "20")
    assert line(made).verified == 20


def test_a_unit_that_may_still_claim_is_waited_for() -> None:
    made = opened((US, THEM))
    claim(made)
    with pytest.raises(InputError) as error:
        acts.begin_verification(VERIFIER, made)
    assert said(error) == {"round-still-open"}
    Round.objects.filter(pk=made.pk).update(assess_by=timezone.localdate() - timedelta(1))
    with pytest.raises(InputError) as error:
        claim(made, unit=THEM)
    assert said(error) == {"round-too-late"}
    acts.begin_verification(VERIFIER, made)
    assert line(made, THEM).claimed is None


def test_one_round_a_period_and_group_unless_it_was_cancelled() -> None:
    made = opened()
    with pytest.raises(InputError) as error:
        opened()
    assert said(error) == {"round-twice"}
    with pytest.raises(InputError) as error:
        acts.cancel(VERIFIER, made, " ")
    assert said(error) == {"round-text"}
    acts.cancel(VERIFIER, made, "Mở nhầm kỳ")
    assert opened().state == RoundState.OPEN


STEPS = ("claim", "verification", "verify", "appeals", "appeal", "decide", "close", "late")


class EveryRoundEnds(TestCase):
    """Whatever was done and refused before, a round that is not over can be ended, and one that is
    over takes nothing more."""

    @classmethod
    def setUpTestData(cls) -> None:
        cls.number = 0

    @given(st.lists(st.sampled_from(STEPS), max_size=12))
    @settings(max_examples=25, deadline=None)
    def test_every_workflow_ends(self, steps: list[str]) -> None:
        made = opened()
        for step in steps:
            _try(made, step)
        made.refresh_from_db()
        if made.state not in ENDED:
            acts.cancel(VERIFIER, made, "Kết thúc")
        for step in STEPS[:-1]:
            assert not _try(made, step)
        assert made.ended_at is not None


def _try(made: Round, step: str) -> bool:
    """Whether the step was taken."""
    today = timezone.localdate()
    try:
        match step:
            case "claim":
                claim(made)
            case "verification":
                acts.begin_verification(VERIFIER, made)
            case "verify":
                verify(made, "19", "Khác")
            case "appeals":
                acts.begin_appeals(VERIFIER, made, today)
            case "appeal":
                acts.appeal(UNIT, made, CARD, line(made), points="20", text="Lý do")
            case "decide":
                found = Appeal.objects.filter(line__round=made).first()
                if found is None:
                    return False
                acts.decide(VERIFIER, made, CARD, found, points="20", decision="Đúng")
            case "close":
                acts.close(VERIFIER, made)
            case "late":
                Round.objects.filter(pk=made.pk, appeal_by__isnull=False).update(
                    appeal_by=today - timedelta(1)
                )
    except InputError:
        return False
    return True


@given(st.text(max_size=12))
@settings(max_examples=200, deadline=None)
def test_whatever_is_typed_is_points_within_bounds_or_a_problem(typed: str) -> None:
    leaf = CARD.component(LEAF)
    assert leaf is not None
    problems: list[object] = []
    found = points_of(leaf, typed, "x", problems)  # type: ignore[arg-type]
    assert (found is None) == (bool(problems) or not typed.strip())
    assert found is None or 0 <= found <= 30


# -- pages ---------------------------------------------------------------------------------------


def test_on_the_pages_a_mistake_loses_nothing_and_each_sees_their_own(site: None) -> None:
    made = opened((US, "c25387.2025"), period="2025-Q4")
    officer, verifier = appoint("officer", US), appoint("standing-agency", "p75.2025")
    client = Client()
    sign_in(client, officer)
    where = reverse("scorecards:round-unit", args=[made.pk, US])
    sent = {"viec": "tu-cham", f"diem-{LEAF}": "20", f"can-cu-{LEAF}": "", "diem-XH-SO-HOA": "7,5"}
    answer = client.post(where, sent)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "Ghi căn cứ" in page
    assert 'value="20"' in page
    assert 'value="7,5"' in page
    answer = client.post(where, {**sent, f"can-cu-{LEAF}": "BC 1", "can-cu-XH-SO-HOA": "BC 2"})
    assert answer.status_code == 302
    assert line(made).claimed_by == str(officer.pk)
    assert (
        "c25387.2025"
        not in client.get(reverse("scorecards:round", args=[made.pk])).content.decode()
    )
    assert (
        client.get(reverse("scorecards:round-unit", args=[made.pk, "c25387.2025"])).status_code
        == 403
    )
    assert client.post(where, {"viec": "tham-dinh", f"diem-{LEAF}": "20"}).status_code == 403

    sign_in(client, verifier, strong=True)
    page = client.get(reverse("scorecards:round", args=[made.pk])).content.decode()
    assert "c25387.2025" in page
    answer = client.post(reverse("scorecards:round", args=[made.pk]), {"viec": "tham-dinh"})
    assert answer.status_code == 400
    assert "chưa tự chấm" in answer.content.decode()


def test_the_people_of_the_new_commune_carry_on_for_the_old(site: None) -> None:
    """Of the merger of 2025-07-01: a right follows the unit, and the page says so."""
    from tinhso.kernel.units.register import register  # noqa: PLC0415

    units = register()
    old = next(
        uid
        for uid in units.descendants("p70", date(2025, 6, 1))
        if units.level(uid).value == "commune"
        and (heir := units.at(uid, timezone.localdate())).attributed
        and heir.uid != uid
    )
    made = opened((old,))
    client = Client()
    sign_in(client, appoint("officer", units.at(old, timezone.localdate()).uid, "nguoi-moi"))
    answer = client.get(reverse("scorecards:round-unit", args=[made.pk, old]))
    assert answer.status_code == 200
    assert "Nay là:" in answer.content.decode()


def test_rounds_over_the_api_are_for_those_who_may_see_them(site: None) -> None:
    made = opened(period="2025-Q4")
    claim(made)
    address = f"/api/v1/plans/binh-phuoc-2025/scorecards/XH-382/rounds/{made.pk}"
    client = Client()
    assert client.get(address).status_code == 401
    sign_in(client, appoint("officer", US))
    assert client.get(address).json()["items"][0]["claimed"] == "20.000"
    lines = client.get(f"{address}/units/{US}").json()["items"]
    assert [one["claimed"] for one in lines if one["component"] != LEAF] == [None] * 5
    sign_in(client, appoint("officer", "c25387.2025"))
    assert client.get(address).status_code == 404
