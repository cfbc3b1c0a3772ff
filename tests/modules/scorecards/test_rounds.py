"""A round from opening to its end: who may do what when, and what is refused."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from python_calamine import CalamineWorkbook

from tests.people import appoint, sign_in
from tinhso.kernel.ledger.actor import Actor, Channel
from tinhso.kernel.ledger.models import Entry
from tinhso.kernel.units.register import register
from tinhso.measure.boundaries import Level
from tinhso.measure.figures import Status
from tinhso.measure.scorecards.definitions import Scorecard
from tinhso.measure.scorecards.scoring import Reading, Score
from tinhso.measure.text import InputError
from tinhso.modules.plan.pack import PACKS, load
from tinhso.modules.plan.queries import PlanQueries
from tinhso.modules.plan.workspace import workspace
from tinhso.modules.scorecards import round_actions as acts
from tinhso.modules.scorecards.models import (
    ENDED,
    Appeal,
    Line,
    Round,
    RoundState,
    VerifiedPlace,
)
from tinhso.modules.scorecards.points import points_of
from tinhso.modules.scorecards.queries import CardQueries
from tinhso.modules.scorecards.round_results import Measured, measured_in
from tinhso.modules.scorecards.todo import needs_of_rounds

pytestmark = pytest.mark.django_db

#: Two communes of today, and the province that they are in.
US, THEM, PROVINCE = "c25363.2025", "c25387.2025", "p70"
CARD = load(PACKS / "binh-phuoc-2025").scorecards["XH-382"]
GROUP = CARD.groups[-1]
LEAF = "XH-TOAN-TRINH"
NOTHING = Measured(7, "2026-01-02T03:04:05", {})
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
        acts.close(VERIFIER, made, CARD, NOTHING)
    assert said(error) == {"round-appeals-open"}
    acts.decide(VERIFIER, made, CARD, asked, points="26", decision="Chấp nhận 30 hồ sơ.")
    with pytest.raises(InputError) as error:
        acts.close(VERIFIER, made, CARD, NOTHING)
    assert said(error) == {"round-appeals-run"}
    Round.objects.filter(pk=made.pk).update(appeal_by=timezone.localdate() - timedelta(1))
    acts.close(VERIFIER, made, CARD, NOTHING)

    last = line(made)
    assert (made.state, last.claimed, last.verified) == (RoundState.CLOSED, Decimal("28.5"), 26)
    # Only 26 of 30 points of 100 are known: less than the half that a rank asks for.
    (place,) = made.places.all()
    assert (made.snapshot, place.rank, place.why) == (7, None, "too-little-known")
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


def closed(units: dict[str, dict[str, str]], measured: Measured, card: Scorecard = CARD) -> Round:
    """A round that ended with these verified points, leaf by leaf, of each unit."""
    made = opened(tuple(units), period="2025-Q4")
    acts.begin_verification(VERIFIER, _late(made, assess_by=timezone.localdate() - timedelta(1)))
    for unit, points in units.items():
        findings = {code: acts.Finding(one, "Kiểm tra") for code, one in points.items()}
        acts.verify(VERIFIER, made, CARD, unit, findings)
    acts.begin_appeals(VERIFIER, made, timezone.localdate())
    acts.close(VERIFIER, _late(made, appeal_by=timezone.localdate() - timedelta(1)), card, measured)
    return made


def _late(made: Round, **days: date) -> Round:
    Round.objects.filter(pk=made.pk).update(**days)
    return made


def test_verified_points_rank_by_the_rules_of_every_ranking() -> None:
    """Ties share a rank and the next is skipped; what does not apply leaves both sides; a unit with
    a small denominator is not ranked, however good."""
    leaves = {leaf.code: leaf for leaf in acts.leaves_of(CARD, GROUP)}

    def read(code: str, status: Status, denominator: int | None) -> Score:
        none = Fraction(0)
        reading = Reading(status, None, 0, denominator)
        return Score(leaves[code], leaves[code].points, *[none] * 4, reading=reading)

    units = sorted(register().on(date(2025, 12, 31), Level.COMMUNE))[:5]
    full = {code: str(leaf.points) for code, leaf in leaves.items()}
    half = {code: f"{float(leaf.points / 2):g}" for code, leaf in leaves.items()}
    but_one = {code: one for code, one in half.items() if code != "XH-THANH-TOAN"}
    known = {unit: {LEAF: read(LEAF, Status.MEASURED, 1000)} for unit in units}
    known[units[3]] = {LEAF: read(LEAF, Status.MEASURED, 29)}
    known[units[2]] |= {"XH-THANH-TOAN": read("XH-THANH-TOAN", Status.NOT_APPLICABLE, 0)}
    given = [half, half, but_one, full, {**half, LEAF: "14.999"}]
    made = closed(dict(zip(units, given, strict=True)), Measured(7, "", known))
    places = {one.unit_id: one for one in made.places.all()}
    assert [(places[one].rank, places[one].tied) for one in units] == [
        *((1, 3), (1, 3), (1, 3), (None, 0), (4, 1))
    ]
    small = places[units[3]]
    assert (small.why, small.smallest, small.denominator) == ("too-small", 30, 29)
    assert Fraction(places[units[2]].reachable) == 80  # 100 less 15 and the 5 of agencies
    assert Fraction(places[units[0]].reachable) == 95


def test_points_of_one_version_are_not_ranked_by_another() -> None:
    with pytest.raises(InputError) as error:
        closed({US: {LEAF: "20"}}, NOTHING, replace(CARD, version="2"))
    assert said(error) == {"round-other-version"}
    assert not VerifiedPlace.objects.exists()
    assert Round.objects.get().state == RoundState.APPEALS


def test_each_step_needs_somebody_and_nothing_is_asked_that_can_no_longer_be_done() -> None:
    today = timezone.localdate()
    made = opened((US, THEM))

    def needed(day: date = today) -> list[tuple[str, str, date | None]]:
        return [
            (one.kind.removeprefix("scorecards."), one.unit, one.due)
            for one in needs_of_rounds(day)
        ]

    assert needed() == [("assess", US, today), ("assess", THEM, today)]
    assert needed(today + timedelta(1)) == [("begin-verification", PROVINCE, None)]
    claim(made)
    assert needed() == [("assess", THEM, today)]
    claim(made, unit=THEM)
    assert needed() == [("begin-verification", PROVINCE, None)]
    acts.begin_verification(VERIFIER, made)
    assert needed() == [("verify", PROVINCE, None)]
    verify(made, "20")
    verify(made, "19", "Thiếu", THEM)
    assert needed() == [("begin-appeals", PROVINCE, None)]
    acts.begin_appeals(VERIFIER, made, today)
    assert needed() == [("appeal", THEM, today)]  # only who did not get what they claimed
    asked = acts.appeal(UNIT, made, CARD, line(made, THEM), points="20", text="Đủ")
    assert needed() == [("decide", THEM, None)]
    assert needed(today + timedelta(1)) == [("decide", THEM, None)]
    acts.decide(VERIFIER, made, CARD, asked, points="20", decision="Đúng")
    assert needed() == []
    assert needed(today + timedelta(1)) == [("close", PROVINCE, None)]
    acts.close(VERIFIER, _late(made, appeal_by=today - timedelta(1)), CARD, NOTHING)
    assert needed(today + timedelta(1)) == []


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
                acts.close(VERIFIER, made, CARD, NOTHING)
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


def test_a_closed_round_shows_and_exports_what_it_was_closed_with(site: None) -> None:
    """Measured points stay those of the snapshot at closing, in the page and in both files."""
    cards = CardQueries(PlanQueries(workspace(), "binh-phuoc-2025"))
    full = {leaf.code: str(leaf.points) for leaf in acts.leaves_of(CARD, GROUP)}
    made = opened((US, THEM), period="2025-Q4")
    measured = measured_in(cards, made, CARD, (US, THEM))
    acts.cancel(VERIFIER, made, "Chỉ để đo")
    made = closed({US: full, THEM: {**full, LEAF: "12,5"}}, measured)
    at_closing = measured.units[US][LEAF]
    Line.objects.filter(round=made, unit=US, component=LEAF).update(measured="1/8")
    client = Client()
    sign_in(client, appoint("standing-agency", "p75.2025"))
    page = client.get(reverse("scorecards:round", args=[made.pk])).content.decode()
    assert "Xếp hạng sau thẩm định" in page
    assert "thi đua, khen thưởng" in page
    lines = client.get(reverse("scorecards:round-unit", args=[made.pk, US])).content.decode()
    assert at_closing.earned != Fraction(1, 8)
    assert ">0,13<" in lines  # as kept, not as the records give it
    table = client.get(reverse("scorecards:round-download", args=[made.pk, "csv"]))
    rows = list(csv.reader(io.StringIO(table.content.decode("utf-8-sig"))))
    about = {row[0]: row[1] for row in rows[: rows.index([])]}
    assert about["Đợt"] == str(made.pk)
    assert about["Phiên bản bộ chỉ số"] == CARD.version
    assert about["Bản chụp khi đóng"] == str(measured.snapshot)
    head, first, second = rows[rows.index([]) + 1 :]
    assert (first[0], second[0]) == ("1", "2")
    assert second[head.index("Điểm thẩm định")] == "77.5"
    book = client.get(reverse("scorecards:round-download", args=[made.pk, "xlsx"])).content
    cells = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in cells[-2:]] == [1, 2]
    sign_in(client, appoint("officer", THEM))
    table = client.get(reverse("scorecards:round-download", args=[made.pk, "csv"]))
    assert table.content.decode().count("\r\n") == len(rows) - 1  # its own row only
    api = f"/api/v1/plans/binh-phuoc-2025/scorecards/XH-382/rounds/{made.pk}"
    answer = client.get(api).json()
    assert (answer["round"]["snapshot"], [one["rank"] for one in answer["items"]]) == (
        measured.snapshot,
        [2],
    )


def test_a_step_in_excel_is_looked_at_cell_by_cell_before_anything_is_kept(site: None) -> None:
    made = opened((US, THEM), period="2025-Q4")
    client = Client()
    sign_in(client, appoint("officer", US, "to-khai"))
    where = reverse("scorecards:workbook-tu-cham", args=[made.pk])
    first = _taken(client, made, "tu-cham")
    assert [one[0] for one in first["Điểm"][5:]] == [US] * 6
    row = _row(first, US, LEAF)
    assert isinstance(row[8], float)  # the points from records stand beside

    def send(fill: dict[str, tuple[object, str]], book: Sheets | None = None) -> str:
        book = book or _taken(client, made, "tu-cham")
        for code, (points, words) in fill.items():
            _row(book, US, code)[9:11] = [points, words]
        return client.post(where, {"viec": "xem", "tep": _as_file(book)}).content.decode()

    page = send({LEAF: (31, "BC 1"), "XH-SO-HOA": (7.5, "")})
    assert f"Ô J{1 + first['Điểm'].index(row)}: Điểm của" in page  # more points than there are
    assert "Ô K" in page  # no evidence
    assert 'value="ghi"' not in page
    page = send({LEAF: (20, "BC 1"), "XH-SO-HOA": (7.5, "BC 2")})
    assert not made.lines.filter(claimed__isnull=False).exists()
    keep = {name: _field(page, name) for name in ("stored", "da-xem")}
    claim(made, "11", "Người khác ghi", US)
    answer = client.post(where, {"viec": "ghi", **keep})
    assert answer.status_code == 400  # what was looked at is no longer what would be saved
    assert "người khác đã ghi “11 Người khác ghi”" in answer.content.decode()
    fresh = send({LEAF: (20, "BC 1"), "XH-SO-HOA": (7.5, "BC 2")})
    keep = {name: _field(fresh, name) for name in ("stored", "da-xem")}
    assert client.post(where, {"viec": "ghi", **keep}).status_code == 302
    kept = {one.component: one.claimed for one in made.lines.filter(claimed__isnull=False)}
    assert kept == {LEAF: 20, "XH-SO-HOA": Decimal("7.5")}
    assert "không đổi điểm" in send({})
    stolen = _taken(client, made, "tu-cham")
    other = _row(stolen, US, LEAF)
    other[0], other[9] = THEM, 1
    assert "mã của dòng đã bị đổi" in send({}, stolen)


def test_one_workbook_verifies_all_units_and_one_wrong_cell_keeps_nothing(site: None) -> None:
    made = opened((US, THEM), period="2025-Q4")
    for unit in (US, THEM):
        claim(made, "20", unit=unit)
    acts.begin_verification(VERIFIER, made)
    client = Client()
    sign_in(client, appoint("standing-agency", "p75.2025"), strong=True)
    where = reverse("scorecards:workbook-tham-dinh", args=[made.pk])
    for points, words, status in ((19, "", 400), (19, "Thiếu minh chứng", 200)):
        book = _taken(client, made, "tham-dinh")
        _row(book, US, LEAF)[11] = 20
        _row(book, THEM, LEAF)[11:13] = [points, words]
        answer = client.post(where, {"viec": "xem", "tep": _as_file(book)})
        assert answer.status_code == status
    page = answer.content.decode()
    sent = {"viec": "ghi", **{name: _field(page, name) for name in ("stored", "da-xem")}}
    assert not made.lines.filter(verified__isnull=False).exists()
    assert client.post(where, sent).status_code == 302
    assert {one.unit_id: one.verified for one in made.lines.filter(verified__isnull=False)} == {
        US: 20,
        THEM: 19,
    }


Sheets = dict[str, list[list[object]]]


def _taken(client: Client, made: Round, step: str) -> Sheets:
    answer = client.get(reverse(f"scorecards:workbook-file-{step}", args=[made.pk]))
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    return {
        name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for name in book.sheet_names
    }


def _row(book: Sheets, unit: str, code: str) -> list[object]:
    return next(row for row in book["Điểm"][5:] if (row[0], row[5]) == (unit, code))


def _as_file(book: Sheets) -> SimpleUploadedFile:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as again:
        for name, rows in book.items():
            sheet = again.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return SimpleUploadedFile("bang.xlsx", out.getvalue())


def _field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_the_people_of_the_new_commune_carry_on_for_the_old(site: None) -> None:
    """Of the merger of 2025-07-01: a right follows the unit, and the page says so."""
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
