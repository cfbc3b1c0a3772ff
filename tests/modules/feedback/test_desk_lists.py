"""The queue, the day's sheet, what cases need of whom, and columns that follow from events."""

from __future__ import annotations

import io
import re
import uuid
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from click.testing import CliRunner
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from tests.people import appoint, sign_in
from tinhso.kernel.cases import actions
from tinhso.kernel.cases.actions import Doer, Received
from tinhso.kernel.cases.kinds import Role
from tinhso.kernel.cases.models import Case
from tinhso.kernel.clock.calendar import LOCAL, Special
from tinhso.kernel.clock.calendars import calendar
from tinhso.kernel.clock.clock import Clock
from tinhso.kernel.clock.faces import Pressing, lateness, uncounted
from tinhso.kernel.clock.terms import Pause, Span, Term
from tinhso.kernel.ledger.actor import SYSTEM
from tinhso.kernel.ledger.models import Entry
from tinhso.kernel.people.accounts import seats_of
from tinhso.kernel.people.who import Who
from tinhso.kernel.units.register import register
from tinhso.measure.text import Text
from tinhso.modules.feedback import officer_day, officer_queue
from tinhso.modules.feedback.officer_needs import needs_of_cases
from tinhso.modules.feedback.officer_queue import Asked
from tinhso.modules.feedback.officer_warnings import Concern, warnings
from tinhso.web.cli import main

PROVINCE, HERE, THERE = "p75.2025", "c25210.2025", "c25195.2025"
RESIDENT, ROUTER = Doer(SYSTEM, Role.REQUESTER), Doer(SYSTEM, Role.ROUTER)
MONDAY = datetime(2025, 6, 2, 9, 0, tzinfo=LOCAL)


def somebody(role: str, unit: str) -> Who:
    """Today: the province of the tests is one of July 2025."""
    day = timezone.localdate()
    account = appoint(role, unit, f"{role}-{uuid.uuid4().hex[:8]}")
    return Who(day, account.pk, "", seats_of(account.pk, day))


def received(title: str = "Đèn hỏng", at: datetime = MONDAY, **more: object) -> Case:
    told = Received("feedback", title, HERE, place=HERE, **more)  # type: ignore[arg-type]
    return actions.open_case(RESIDENT, told, at=at)


def due_by(case: Case, step: datetime | None, whole: datetime | None) -> None:
    dues = [one for one in (step, whole) if one is not None]
    case.step_due_at, case.due_at, case.pressing_at = step, whole, min(dues, default=None)
    case.save()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


# -- how late, in words: no database ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("due", "now", "words"),
    [
        ("2025-06-09 17:00", "2025-06-09 14:30", "hạn hôm nay, còn 2 giờ 30 phút"),
        ("2025-06-09 17:00", "2025-06-05 09:00", "còn 2 ngày làm việc"),
        ("2025-06-07 10:00", "2025-06-06 20:00", "còn 14 giờ"),  # in hours, over a Saturday
        ("2025-06-09 09:00", "2025-06-09 10:05", "trễ 1 giờ 5 phút"),
        (
            "2025-06-06 17:00",
            "2025-06-08 17:00",
            "trễ 2 ngày",
        ),  # a weekend: no working day has passed
        ("2025-06-06 17:00", "2025-06-10 08:00", "trễ 2 ngày làm việc"),
    ],
)
def test_how_late_is_said_in_working_days_where_any_have_passed(
    due: str, now: str, words: str
) -> None:
    assert lateness(at(due), at(now), calendar()).words.vi == words


def test_the_days_that_did_not_count_are_told_with_their_reasons() -> None:
    term = Term(5, Span.WORKING_DAYS, from_opening=True)
    pause = Pause(at("2025-04-23 09:00"), at("2025-04-24 16:00"), "requester")
    clock = Clock("whole", term, at("2025-04-22 09:00"), (pause,))
    reasons = {"requester": Text("chờ người gửi", "waiting for the sender")}
    told = uncounted(clock, date(2025, 5, 6), calendar(), reasons)
    assert [(str(one.since)[5:], str(one.until)[5:], one.why.vi) for one in told] == [
        ("04-23", "04-24", "chờ người gửi"),
        ("04-27", "04-27", "cuối tuần"),
        ("04-30", "04-30", "Ngày Chiến thắng"),
        ("05-01", "05-01", "Quốc tế Lao động"),
        ("05-02", "05-02", "Nghỉ hoán đổi với 26/4/2025"),
        ("05-03", "05-04", "cuối tuần"),
    ]


@pytest.mark.parametrize(
    ("text", "concerns"),
    [
        ("Gọi 0912.345.678 hoặc +84 912 345 678", [Concern.PHONE, Concern.PHONE]),
        ("Căn cước 079 090 001 234 của ông Ba", [Concern.IDENTITY]),
        ("Xe 93A-123.45 và 93-B1 234.56 đậu chắn lối", [Concern.PLATE, Concern.PLATE]),
        ("thư cho an.nguyen@example.vn", [Concern.EMAIL]),
        ("Ông ấy là đồ ngu", [Concern.INSULT]),
        ("Tôi ngủ không được vì ồn, đường 12 mét, năm 2025, gọi 1022", []),
        ("Kế hoạch 382/KH-UBND ngày 30/12/2024, hết 1.250.000 đồng", []),
    ],
)
def test_numbers_and_insults_are_warned_of_and_plain_words_are_not(
    text: str, concerns: list[Concern]
) -> None:
    assert [one.concern for one in warnings(text)] == concerns


# -- lists -------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_first_line_says_which_case_what_to_do_and_how_late() -> None:
    late = received("Cây đổ", MONDAY)
    received("Rác", MONDAY + timedelta(hours=5))
    routed = received("Ổ gà")
    actions.act(ROUTER, routed, "route", {"unit": THERE}, at=MONDAY)
    rows = officer_queue.of(somebody("call-taker", PROVINCE), Asked())
    now = at("2025-06-04 09:00")
    first, *rest = officer_queue.page(rows, 1, now)
    assert (first.code, first.todo.vi) == (late.code, "Chuyển cơ quan xử lý")
    assert (first.lateness.words.vi, len(rest)) == ("trễ 2 ngày làm việc", 1)
    mine = officer_queue.page(officer_queue.of(somebody("officer", THERE), Asked()), 1, now)
    assert [(one.code, one.todo.vi) for one in mine] == [(routed.code, "Xử lý và trả lời")]
    assert officer_queue.page(officer_queue.of(somebody("officer", HERE), Asked()), 1, now) == []
    counted = officer_queue.counts(rows, now)
    assert (counted.total, counted.pressing[Pressing.LATE]) == (2, 2)
    every = officer_queue.of(somebody("call-taker", PROVINCE), Asked(everything=True))
    assert officer_queue.counts(every, now).states == {"received": 2, "assigned": 1}


@pytest.mark.django_db
def test_a_case_sent_round_is_as_late_as_the_whole_of_it_is_and_the_list_says_both() -> None:
    round_ = received("Cây đổ", MONDAY)
    actions.act(ROUTER, round_, "route", {"unit": HERE}, at=MONDAY)
    back = at("2025-07-14 09:00")
    lead = Doer(SYSTEM, Role.LEAD, HERE)
    actions.act(lead, round_, "return", {"reason": "không thuộc xã"}, at=back)
    actions.act(ROUTER, round_, "route", {"unit": THERE}, at=back)
    fresh = received("Rác", at("2025-07-09 09:00"))
    actions.act(ROUTER, fresh, "route", {"unit": THERE}, at=at("2025-07-09 10:00"))
    officer = somebody("officer", THERE)
    rows, now = officer_queue.of(officer, Asked()), at("2025-07-14 10:00")
    first, second = officer_queue.page(rows, 1, now)
    assert (first.code, second.code) == (round_.code, fresh.code)
    assert first.both is not None
    assert first.both.vi == "bước này còn 4 ngày làm việc; cả vụ việc trễ 25 ngày làm việc"
    assert first.lateness.pressing is Pressing.LATE
    late = officer_queue.narrowed(rows, Asked(pressing=Pressing.LATE), now)
    assert [one.code for one in late] == [round_.code]
    needs = {one.key: one.due for one in needs_of_cases(date(2025, 7, 9)) if one.unit == THERE}
    assert list(needs.values()) == [date(2025, 6, 9)]


MOMENTS = st.integers(-9, 200).map(lambda hours: MONDAY + timedelta(hours=hours))
NOON, EVENING = at("2025-06-04 12:00"), at("2025-06-04 17:00")
TOMORROW, LATER = at("2025-06-05 00:00"), at("2025-06-10 17:00")


@pytest.mark.django_db
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(dues=st.lists(st.tuples(st.none() | MOMENTS, st.none() | MOMENTS), max_size=8), now=MOMENTS)
@example(dues=[(EVENING, LATER), (LATER, EVENING), (None, EVENING), (EVENING, None)], now=NOON)
@example(dues=[(NOON, LATER), (LATER, NOON), (TOMORROW, LATER), (None, None)], now=NOON)
def test_an_open_case_is_in_one_bucket_which_is_that_of_its_row(
    dues: list[tuple[datetime | None, datetime | None]], now: datetime
) -> None:
    with transaction.atomic():
        for step, whole in dues:
            due_by(received(), step, whole)
        rows = officer_queue.of(somebody("call-taker", PROVINCE), Asked(everything=True))
        counted = officer_queue.counts(rows, now)
        found = {
            one: officer_queue.page(officer_queue.narrowed(rows, Asked(pressing=one), now), 1, now)
            for one in Pressing
        }
        assert counted.pressing == {one: len(listed) for one, listed in found.items()}
        listed = sorted(row.code for bucket in found.values() for row in bucket)
        assert listed == sorted(row.code for row in officer_queue.page(rows, 1, now))
        for pressing, bucket in found.items():
            assert {row.lateness.pressing for row in bucket} <= {pressing}
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_what_is_due_today_as_a_whole_is_on_todays_list_though_its_step_is_due_later(
    client: Client,
) -> None:
    last = datetime.combine(timezone.localdate(), time.max, LOCAL)
    case = received()
    due_by(case, last + timedelta(days=3), last)
    sign_in(client, appoint("call-taker", PROVINCE, f"tong-dai-{uuid.uuid4().hex[:6]}"))
    assert case.code in client.get("/1022/?han=hom-nay").content.decode()
    assert case.code not in client.get("/1022/?han=con-han").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["den duong", "ĐÈN ĐƯỜNG", "Đèn  đường", "duong, den"])
def test_a_case_is_found_by_words_typed_with_or_without_diacritics(typed: str) -> None:
    case = received("Đèn đường tắt", text="Trước cổng trường Lê Duẩn")
    received("Đèn nhà văn hóa")
    rows = officer_queue.of(somebody("call-taker", PROVINCE), Asked(everything=True))

    def found(text: str) -> list[str]:
        asked = Asked(everything=True, text=text)
        return [one.code for one in officer_queue.narrowed(rows, asked, timezone.now())]

    assert found(typed) == found("le duan") == found(case.code.lower()) == [case.code]
    actions.publish(ROUTER, case, "Bóng đèn hỏng", "")
    assert found("bong hong") == [case.code]


@pytest.mark.django_db
def test_the_sheet_of_a_shift_counts_each_case_where_it_belongs() -> None:
    answered = received("a", at("2025-06-02 07:00"))
    actions.act(ROUTER, answered, "route", {"unit": HERE}, at=at("2025-06-02 08:00"))
    actions.act(
        Doer(SYSTEM, Role.LEAD, HERE), answered, "answer", {"text": "x"}, at=at("2025-06-02 15:00")
    )
    received("b", at("2025-06-02 14:00"))
    received("c", at("2025-06-03 01:00"))
    asking = somebody("call-taker", PROVINCE)
    told = {}
    for shift in officer_day.SHIFTS:
        asked = officer_day.AskedDay(date(2025, 6, 2), shift)
        line = officer_day.sheet(asking, asked, at("2025-06-03 02:00")).total
        told[shift.code] = (line.received, line.answered, line.waiting, line.late)
    # What waits is counted when the shift ends; of the night, which still runs, now.
    assert told == {
        "": (2, 1, 1, 0),
        "sang": (1, 0, 1, 0),
        "chieu": (1, 1, 1, 0),
        "dem": (1, 0, 2, 0),
    }
    head = somebody("leader", THERE)
    assert not officer_day.sheet(
        head, officer_day.AskedDay(date(2025, 6, 2), officer_day.SHIFTS[0])
    ).total.anything


@pytest.mark.django_db
def test_every_number_of_a_days_sheet_opens_to_the_cases_that_it_counts(client: Client) -> None:
    """The sheet of a day that is over, of one that runs and of one to come; each number has a list."""
    today = datetime.combine(timezone.localdate(), time(9), LOCAL)
    days = [today - timedelta(days=n) for n in (20, 13, 12, 6, 1)]
    made = [received(f"việc {n}", day) for n, day in enumerate(days)]
    for case, day in zip(made[1:], days[1:], strict=True):
        actions.act(ROUTER, case, "route", {"unit": HERE}, at=day + timedelta(hours=1))
    by = Doer(SYSTEM, Role.LEAD, HERE)
    actions.act(by, made[1], "hand_over", {"unit": THERE, "reason": "x"}, at=days[2])
    actions.act(by, made[3], "answer", {"text": "x"}, at=days[4])
    sign_in(client, appoint("call-taker", PROVINCE, f"tong-dai-{uuid.uuid4().hex[:6]}"))
    late = []
    for day in (days[1], days[3], days[4], today, today + timedelta(days=30)):
        page = client.get(f"/1022/ngay/?ngay={day.date()}").content.decode()
        numbers = re.findall(r'href="(/1022/\?[^"]+)"(?: class="[^"]*")?>(?:<b>)?(\d+)<', page)
        assert len(numbers) >= 4
        for where, n in numbers:
            listed = client.get(where.replace("&amp;", "&")).content.decode()
            assert listed.count("<tr data-row>") == int(n), (day, where)
        late.append(max(int(n) for where, n in numbers if "han=tre" in where))
    assert late == sorted(late)  # nobody answers what is late, so it becomes more from day to day
    assert late[-1] == 4


@pytest.mark.django_db
def test_a_list_taken_away_holds_the_rows_of_its_page_as_they_stood(client: Client) -> None:
    """Read back as a person's Excel would: also of a day gone by, and no title becomes a formula."""
    formula = received("=1+1 đèn hỏng", MONDAY)
    handed = received("Ổ gà", MONDAY + timedelta(hours=1))
    actions.act(ROUTER, handed, "route", {"unit": HERE}, at=MONDAY + timedelta(hours=2))
    by, later = Doer(SYSTEM, Role.LEAD, HERE), MONDAY + timedelta(days=8)
    actions.act(by, handed, "hand_over", {"unit": THERE, "reason": "x"}, at=later)
    sign_in(client, appoint("call-taker", PROVINCE, f"tong-dai-{uuid.uuid4().hex[:6]}"))
    for query, lead in (("?ngay=2025-06-05", HERE), ("?xem=tat-ca", THERE)):
        content = client.get(f"/1022/danh-sach.xlsx{query}").content
        rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
        top = next(n for n, row in enumerate(rows) if row[0] == "Mã")
        told = {row[0]: dict(zip(rows[top], row, strict=True)) for row in rows[top + 1 :]}
        assert set(told) == {formula.code, handed.code}
        assert told[formula.code]["Vụ việc"] == "=1+1 đèn hỏng"
        assert told[handed.code]["Cơ quan xử lý"] == register().full_name(lead).vi
        assert told[formula.code]["Nhận lúc"] == MONDAY.replace(tzinfo=None)
        assert client.get(f"/1022/{query}").content.decode().count("<tr data-row>") == 2
    assert client.get("/1022/danh-sach.xlsx?ngay=32").headers["Location"] == "/1022/?ngay=32"


# -- needs ---------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_case_becomes_a_need_two_working_days_ahead_of_whoever_has_to_act() -> None:
    case = received("Đèn của bà Tư, 0912345678")
    actions.act(ROUTER, case, "route", {"unit": THERE}, at=MONDAY)
    assert case.step_due_at == at("2025-06-06 17:00")
    assert list(needs_of_cases(date(2025, 6, 3))) == []
    (need,) = needs_of_cases(date(2025, 6, 4))
    assert (need.kind, need.unit, need.due) == ("feedback.answer", THERE, date(2025, 6, 6))
    assert need.right == "cases.case:handle"
    assert "0912345678" not in need.title.vi
    assert need.address == f"/1022/{case.code}/"
    asked = {"text": "?", "units": [HERE]}
    actions.act(Doer(SYSTEM, Role.LEAD, THERE), case, "consult", asked, at=at("2025-06-04 10:00"))
    (need,) = needs_of_cases(date(2025, 6, 5))
    assert (need.kind, need.unit) == ("feedback.opinion", HERE)
    actions.act(Doer(SYSTEM, Role.MEMBER, HERE), case, "opinion", {"text": "ừ"})
    actions.act(Doer(SYSTEM, Role.LEAD, THERE), case, "ask", {"text": "đâu?"})
    assert list(needs_of_cases(date(2025, 6, 20))) == []  # it waits for the sender


# -- columns -------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_after_a_change_of_the_calendar_due_dates_move_and_the_ledger_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case = received()
    actions.act(ROUTER, case, "route", {"unit": HERE}, at=MONDAY)
    known = calendar()
    changed = replace(known, off={**known.off, date(2025, 6, 4): Special(Text("Bão", "Storm"))})
    assert actions.differing(case) == []
    assert actions.differing(case, changed) == ["due_at", "step_due_at", "pressing_at"]
    # The commands read calendars as a fresh process would.
    monkeypatch.setattr("tinhso.kernel.cases.projection.calendar", lambda: changed)
    found = CliRunner().invoke(main, ["cases", "check"])
    assert (found.exit_code, case.code in found.output) == (1, True)
    assert CliRunner().invoke(main, ["cases", "reproject"]).exit_code == 0
    assert CliRunner().invoke(main, ["cases", "check"]).exit_code == 0
    case.refresh_from_db()
    assert case.due_at == at("2025-06-10 17:00")
    assert Entry.objects.filter(act="cases.case.reproject").count() == 1


@pytest.mark.django_db
def test_pages_of_the_desk_open_in_both_languages_and_wrong_filters_say_so(client: Client) -> None:
    case = received()
    sign_in(client, appoint("call-taker", PROVINCE, f"tong-dai-{uuid.uuid4().hex[:6]}"))
    for root in ("", "/en"):
        for path in (
            "",
            f"{case.code}/",
            "nhap/",
            "ngay/",
            "?xem=tat-ca&tim=den",
            f"{case.code}/cong-khai/",
        ):
            assert client.get(f"{root}/1022/{path}").status_code == 200
    for path in ("?han=mai", "?trang-thai=x", "ngay/?ngay=32", "?co-quan=khongco"):
        assert client.get(f"/1022/{path}").status_code == 400
    assert client.get("/1022/PA-250101-AAAAAA/").status_code == 404
    assert "Bảng điều phối đề nghị" in client.get(f"/1022/{case.code}/").content.decode()
