"""Following reports, and what of them everybody sees."""

from __future__ import annotations

import csv
import io
import re
import uuid
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from defusedxml import ElementTree
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.modules.feedback.test_desk_acts import who
from tests.modules.feedback.test_report_sending import picture
from tests.people import appoint, letters
from tinhso.kernel.cases import actions as cases
from tinhso.kernel.cases.actions import Doer, act, standing_of
from tinhso.kernel.cases.cells import cell_of, cells_in
from tinhso.kernel.cases.contacts import Person
from tinhso.kernel.cases.kinds import Role
from tinhso.kernel.cases.models import Case, CaseEvent
from tinhso.kernel.clock.calendar import LOCAL
from tinhso.kernel.files.actions import accept
from tinhso.kernel.files.kinds import DOCUMENTS, IMAGES
from tinhso.kernel.ledger.actor import SYSTEM
from tinhso.kernel.ledger.models import Delivery
from tinhso.kernel.people.who import Who
from tinhso.kernel.units.register import register
from tinhso.measure.text import InputError
from tinhso.modules.feedback import actions
from tinhso.modules.feedback.actions import Report, Sent
from tinhso.modules.feedback.agency_figures import agencies
from tinhso.modules.feedback.officer_case import timeline
from tinhso.modules.feedback.public import Filter, listed, on_map, view_of
from tinhso.modules.feedback.sample import REPORTS, simulate_reports
from tinhso.modules.feedback.words import due_words
from tinhso.modules.plan.workspace import workspace
from tinhso.modules.surveys.models import Sheet

pytestmark = pytest.mark.django_db

COMMUNE, OTHER = "c25363.2025", "c25210.2025"
ROUTER, LEAD = Doer(SYSTEM, Role.ROUTER), Doer(SYSTEM, Role.LEAD, COMMUNE)
RESIDENT = Doer(SYSTEM, Role.REQUESTER)
NOBODY = Who(timezone.localdate())


def sent(text: str = "Ổ gà trước chợ", **more: object) -> Sent:
    point = register().point(COMMUNE)
    given = {"place": COMMUNE, "point": point, "category": "road", **more}
    return actions.send(NOBODY, Report(text, f"web:{uuid.uuid4()}", **given))  # type: ignore[arg-type]


def answered(**more: object) -> Sent:
    found = sent(**more)
    act(ROUTER, found.case, "route", {"unit": COMMUNE})
    act(LEAD, found.case, "answer", {"text": "Ông Ba 0912345678 đã vá", "public_text": "Đã vá"})
    return found


def page(client: Client, found: Sent) -> str:
    address = f"/phan-anh/theo-doi/{found.case.code}/{found.secret}/"
    return client.get(address).content.decode()


def test_a_resident_replies_and_reopens_with_a_reason(client: Client) -> None:
    found = sent()
    here = f"/phan-anh/theo-doi/{found.case.code}/{found.secret}/"
    act(ROUTER, found.case, "route", {"unit": COMMUNE})
    act(LEAD, found.case, "ask", {"text": "Gần cột điện nào?"})
    asked = page(client, found)
    assert "Gần cột điện nào?" in asked
    assert "Đồng hồ đang dừng chờ bạn bổ sung. Nếu bạn trả lời hôm nay" in asked
    client.post(here, {"act": "reply", "text": "Cột 12", "seen": found.case.events})
    act(LEAD, found.case, "answer", {"text": "Đã vá"})
    empty = client.post(here, {"act": "reopen", "text": "Vẫn còn"})
    assert "Chọn vì sao chưa được" in empty.content.decode()
    client.post(here, {"act": "reopen", "why": "partly", "text": "Còn nửa đường"})
    found.case.refresh_from_db()
    assert (found.case.state, found.case.reopened) == ("received", 1)
    assert [one.act for one in found.case.history.all()] == [
        "receive", "route", "ask", "reply", "answer", "reopen",
    ]  # fmt: skip
    assert "Mới sửa một phần. Còn nửa đường" in page(client, found)


def test_a_sender_adds_what_nobody_asked_for_and_opens_again_what_was_withdrawn(
    client: Client,
) -> None:
    found = sent()
    address = f"/phan-anh/theo-doi/{found.case.code}/{found.secret}/"
    assert 'value="add"' in page(client, found)
    assert client.post(address, {"act": "add", "text": "Cạnh cây xăng"}).status_code == 302
    assert "Cạnh cây xăng" in page(client, found)
    found.case.refresh_from_db()
    assert (found.case.state, found.case.events) == ("received", 2)
    client.post(address, {"act": "withdraw", "reason": "", "seen": "2"})
    shown = page(client, found)
    assert "Vì sao mở lại?" in shown
    assert "Chưa ai làm gì" not in shown  # nobody was given the time to
    assert "chờ duyệt" not in shown
    assert 'value="add"' not in shown
    wrong = client.post(address, {"act": "reopen", "why": "nothing", "seen": "3"})
    assert wrong.status_code == 400
    assert client.post(address, {"act": "reopen", "why": "mistake", "seen": "3"}).status_code == 302
    assert "Tôi rút nhầm" in page(client, found)


def test_done_gives_one_anonymous_ticket_at_once_and_not_done_asks_why(client: Client) -> None:
    waiting, found = sent(), answered()
    assert "Xong rồi" not in page(client, waiting)
    asked = page(client, found)
    assert "Đã sửa xong chưa?" in asked
    assert asked.index("Xong rồi</button>") < asked.index("Chưa xong</summary>")
    address = f"/phan-anh/theo-doi/{found.case.code}/{found.secret}/"
    answer = client.post(address, {"act": "ticket"})
    given = answer.content.decode()
    # The request that carries the answer names no case, in its Referer either.
    assert answer["Referrer-Policy"] == "strict-origin"
    assert "nhóm dưới 5 phiếu không bao giờ được công bố" in given
    ticket = re.search(r'name="ticket" value="([^"]+)"', given)
    assert ticket is not None
    assert client.post(address, {"act": "ticket"}).status_code == 400
    after = page(client, found)
    assert "Xong rồi" not in after
    assert "Bạn đã nhận phiếu đánh giá ẩn danh" in after
    assert "Chưa xong</summary>" in after
    said = {"viec": "gui", "ticket": ticket[1], "rating": "4"}
    assert client.post("/khao-sat/", said).status_code == 200
    # Counted with the agency that answered, and with the place.
    assert [(one.by, one.unit_id, one.totals) for one in Sheet.objects.order_by("by")] == [
        (by, COMMUNE, {"rating": {"4": 1}}) for by in ("agency", "place")
    ]


def test_who_was_refused_or_comes_too_late_to_reopen_is_asked_too(client: Client) -> None:
    refused = sent()
    act(ROUTER, refused.case, "reject", {"reason": "không thuộc 1022"})
    shown = page(client, refused)
    assert "Đã sửa xong chưa?" not in shown
    assert "Đánh giá cách giải quyết</button>" in shown
    assert "Mở lại phản ánh</summary>" in shown
    late = sent()
    long_ago = timezone.now() - timedelta(days=16)
    act(ROUTER, late.case, "route", {"unit": COMMUNE}, at=long_ago)
    act(LEAD, late.case, "answer", {"text": "Đã vá"}, at=long_ago)
    shown = page(client, late)
    assert "Đánh giá cách giải quyết</button>" in shown
    assert 'value="reopen"' not in shown


def test_nobody_gives_a_named_grade_and_those_of_earlier_days_are_still_told(
    client: Client,
) -> None:
    found = answered()
    here = f"/phan-anh/theo-doi/{found.case.code}/{found.secret}/"
    assert client.post(here, {"act": "rate", "rating": "5"}).status_code == 404
    with pytest.raises(InputError):
        act(RESIDENT, found.case, "rate", {"rating": 5})
    grade = CaseEvent(
        case=found.case, n=4, act="rate", at=timezone.now(), role="requester", data={"rating": 2}
    )
    grade.save()
    assert "Người gửi đánh giá 2/5" in page(client, found)
    assert timeline(found.case, standing_of(found.case))[0].rating == "2"
    # What such a case owes the stream after its next act still holds its grade.
    act(RESIDENT, found.case, "reopen", {"reason": "lại hỏng", "why": "again"})
    owed = Delivery.objects.filter(key=f"feedback/{found.case.code}").latest("id")
    assert owed.payload["rows"][0]["rating"] == 2


def test_whoever_follows_somebody_elses_report_cannot_act_on_it(client: Client) -> None:
    found = answered()
    cases.publish(ROUTER, found.case, "Ổ gà", "Trước chợ")
    secret = actions.follow(NOBODY, found.case, Person(), "vi")
    here = f"/phan-anh/theo-doi/{found.case.code}/{secret}/"
    shown = client.get(here).content.decode()
    assert "0912345678" not in shown
    assert "Đã vá" in shown
    assert "Xong rồi" not in shown
    assert client.post(here, {"act": "ticket"}).status_code == 404
    assert client.post(here, {"act": "reopen", "why": "again"}).status_code == 400
    assert not found.case.history.filter(act="reopen").exists()


def test_whoever_follows_gets_in_by_the_codes_on_paper_in_capitals_or_not(client: Client) -> None:
    found = answered()
    cases.publish(ROUTER, found.case, "Ổ gà", "")
    shown = client.post(f"/phan-anh/{found.case.code}/theo-doi/", {"email": "an@example.vn"})
    secret = shown.context["secret"]
    for typed in (secret, secret.upper(), f" {secret[:10]} {secret[10:]} "):
        answer = client.post("/phan-anh/theo-doi/", {"code": found.case.code, "secret": typed})
        assert answer.headers["Location"].endswith(f"/{secret}/")


def test_a_private_report_can_be_followed_by_nobody_else() -> None:
    with pytest.raises(InputError):
        actions.follow(NOBODY, sent(private=True).case, Person(), "vi")


def mended(*names: str) -> tuple[Sent, list[int]]:
    """A report with a photo of the sender's, answered with files of these names; the ids of the files."""
    officer = who(appoint("officer", COMMUNE, "can-bo-sua"))
    theirs = accept(officer, picture(name="o-ga.jpg"), IMAGES, unit=COMMUNE, anybody=True)
    found = sent(photos=[theirs])
    made = [
        _paper(one) if one.endswith(".csv") else picture(name=one, size=(70, 48)) for one in names
    ]
    files = [accept(officer, one, DOCUMENTS, unit=COMMUNE) for one in made]
    act(ROUTER, found.case, "route", {"unit": COMMUNE})
    act(LEAD, found.case, "answer", {"text": "Đã vá", "public_text": "Đã vá"}, files=files)
    rows = found.case.attachments.filter(event__act="answer").order_by("id")
    return found, list(rows.values_list("pk", flat=True))


def _paper(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, "Vật tư,Số lượng\nNhựa nguội,2\n".encode(), "text/csv")


def pictures_of(html: str) -> list[tuple[str, str]]:
    """The addresses of the pictures that a page shows small, with what stands for them."""
    return re.findall(r'<img src="([^"]*/anh/[^"?]*)\?co=nho" alt="([^"]*)"', html)


def test_the_photo_of_the_repair_is_a_picture_and_a_paper_a_link(client: Client) -> None:
    found, (photo, paper) = mended("da-va.jpg", "vat-tu.csv")
    here = f"/phan-anh/theo-doi/{found.case.code}/{found.secret}/"
    html = page(client, found)
    (address, told), own = pictures_of(html)
    assert address == f"{here}anh/{photo}/"
    assert re.fullmatch(r"Ảnh 1: .+ đã trả lời", told)
    assert own[1] == "Ảnh 1"
    assert f'href="{here}anh/{paper}/">vat-tu.csv</a>' in html
    for one in (photo, paper):
        assert client.get(f"{here}anh/{one}/").status_code == 200
    english = client.get(f"/en{here}").content.decode()
    assert re.fullmatch(r"Picture 1: .+ answered", pictures_of(english)[0][1])


def test_everybody_sees_a_repair_once_and_only_when_its_photo_is_released(client: Client) -> None:
    found, (photo, _) = mended("da-va.jpg", "vat-tu.csv")
    files = {one.pk: one for one in found.case.attachments.all()}
    own = next(pk for pk, one in files.items() if one.file.name == "o-ga.jpg")
    address = f"/phan-anh/{found.case.code}/"
    cases.publish(ROUTER, found.case, "Ổ gà", "Trước chợ", [files[own]])
    assert [one for one, _ in pictures_of(client.get(address).content.decode())] == [
        f"{address}anh/{own}/"
    ]
    cases.publish(ROUTER, found.case, "Ổ gà", "Trước chợ", [files[own], files[photo]])
    html = client.get(address).content.decode()
    assert [one for one, _ in pictures_of(html)] == [f"{address}anh/{one}/" for one in (own, photo)]
    assert "vat-tu.csv" not in html
    assert client.get(f"{address}anh/{photo}/")["Content-Type"] == "image/jpeg"


def test_files_within_the_office_are_not_named_to_the_sender(client: Client) -> None:
    found = sent()
    officer = who(appoint("officer", OTHER, "can-bo-duoc-hoi"))
    inner = accept(officer, picture(name="noi-bo.jpg"), IMAGES, unit=OTHER)
    act(ROUTER, found.case, "route", {"unit": COMMUNE})
    act(LEAD, found.case, "consult", {"units": [OTHER], "text": "Ống nước của ai?"})
    act(Doer(SYSTEM, Role.MEMBER, OTHER), found.case, "opinion", {"text": "Của xã"}, files=[inner])
    html = page(client, found)
    assert "đã cho ý kiến" in html
    assert f"anh/{found.case.attachments.get().pk}/" not in html
    assert "noi-bo.jpg" not in html


def test_only_what_is_published_is_seen_and_of_answers_only_what_is_released(
    client: Client,
) -> None:
    hidden, shown = answered(text="Chuyện riêng", private=True), answered(text="Nguyên văn của dân")
    cases.publish(ROUTER, shown.case, "Ổ gà trước chợ", "Đường hỏng")
    everywhere = [
        *(client.get(f"/phan-anh/{one}").content.decode() for one in ("", "tin.atom")),
        b"".join(client.get("/phan-anh/du-lieu.csv").streaming_content).decode(),  # type: ignore[attr-defined]
        client.get("/phan-anh/diem.json?khung=8,102,24,110").content.decode(),
        client.get(f"/phan-anh/{shown.case.code}/").content.decode(),
    ]
    for text in everywhere:
        assert shown.case.code in text
        for secret in (hidden.case.code, "Chuyện riêng", "Nguyên văn của dân", "0912345678"):
            assert secret not in text
    assert client.get(f"/phan-anh/{hidden.case.code}/").status_code == 404
    assert "Đã vá" in everywhere[-1]
    cases.unpublish(ROUTER, shown.case, "nhầm")
    assert client.get(f"/phan-anh/{shown.case.code}/").status_code == 404


def test_a_feed_shows_words_as_words_and_every_report_when_it_is_published(client: Client) -> None:
    first, second = sent("Ổ gà <script>x()</script>\nTrước chợ"), sent("Đèn tắt")
    cases.publish(ROUTER, second.case, "", "")
    cases.publish(ROUTER, first.case, "", "")
    Case.objects.filter(pk=first.case.pk).update(received_at=timezone.now() - timedelta(days=40))
    feed = ElementTree.fromstring(client.get("/phan-anh/tin.atom").content)
    atom = "{http://www.w3.org/2005/Atom}"
    entries = feed.findall(f"{atom}entry")
    assert [one.findtext(f"{atom}id") for one in entries] == [
        f"urn:uuid:{one.case.pk}" for one in (first, second)
    ]
    # A reader of feeds takes the text for HTML.
    html = "<p>Ổ gà &lt;script&gt;x()&lt;/script&gt;<br>Trước chợ</p>"
    assert entries[0].findtext(f"{atom}summary") == html
    assert (
        entries[0].findtext(f"{atom}updated") or ""
    ) > f"{timezone.now() - timedelta(days=1):%F}"
    assert feed.findtext(f"{atom}author/{atom}name") == "Tổng đài 1022"
    other = client.get("/phan-anh/tin.atom?linh-vuc=road").content
    assert feed.findtext(f"{atom}id") != ElementTree.fromstring(other).findtext(f"{atom}id")


def test_open_data_holds_nothing_that_a_spreadsheet_would_run(client: Client) -> None:
    found = sent("=HYPERLINK(1)")
    cases.publish(ROUTER, found.case, "", "")
    lines = b"".join(client.get("/phan-anh/du-lieu.csv").streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert next(csv.DictReader(io.StringIO(lines)))["title"] == "'=HYPERLINK(1)"


@pytest.mark.parametrize("frame", ["", "1,2,3", "a,b,c,d", "20,0,10,5", "nan,0,1,1", "0,0,91,0"])
def test_a_view_that_is_none_is_refused(client: Client, frame: str) -> None:
    assert client.get("/phan-anh/diem.json", {"khung": frame}).status_code == 400


@pytest.mark.parametrize("bad", ["xa=x1", "linh-vuc=ma", "tu=hom-qua", "truoc=hom-qua"])
def test_a_filter_that_is_none_is_said(client: Client, bad: str) -> None:
    answer = client.get(f"/phan-anh/?{bad}")
    assert answer.status_code == 400
    assert "Không lọc được theo" in answer.content.decode()


def test_cells_of_any_level_hold_the_points_that_lie_in_them() -> None:
    points = [(8.5 + i * 0.37 % 15, 102.3 + i * 0.73 % 15) for i in range(200)]
    for most in (1, 9, 144, 3000):
        cells = cells_in(8.0, 102.0, 23.9, 117.9, most)
        assert len(cells) <= most
        for lat, lon in points:
            number = cell_of(lat, lon)
            assert sum(one.first <= number < one.until for one in cells) == 1


def spread(since: datetime) -> tuple[float, float]:
    """Seven hundred reports around a commune's point, which is returned, over ninety days; six hundred
    of them are published."""
    point = register().point(COMMUNE)
    assert point is not None
    rows = [
        Case(
            kind="feedback", code=f"PA-{i}", title=f"Việc {i}", home_id=COMMUNE, place_id=COMMUNE,
            lead_id=COMMUNE if i % 2 else None, category=("light", "road", "waste")[i % 3],
            lat=point[0] + i % 20 * 0.01, lon=point[1] + i % 17 * 0.01, open=i % 5 == 0,
            cell=cell_of(point[0] + i % 20 * 0.01, point[1] + i % 17 * 0.01), state="received",
            waits="router", received_at=since + timedelta(days=i % 90), changed_at=since,
            published_at=since if i % 7 else None,
        )
        for i in range(700)
    ]  # fmt: skip
    Case.objects.bulk_create(rows)
    return point


def test_the_map_counts_what_the_list_shows_by_every_filter() -> None:
    since = datetime(2025, 3, 1, 9, 0, tzinfo=LOCAL)
    point = spread(since)
    view = view_of("8,102,24,117")
    whole = on_map(view, Filter())
    assert whole["total"] == 600
    assert sum(one["n"] for one in whole["circles"]) == 600
    for chosen in (
        Filter("light"), Filter(state="open"), Filter(agency=COMMUNE), Filter(commune=COMMUNE),
        Filter("road", state="closed", since=since.date(), until=since.date()),
    ):  # fmt: skip
        total, before, seen = on_map(view, chosen)["total"], "", set()
        while True:
            part = listed(chosen, before)
            seen |= {one.code for one in part.cases}
            if not (before := part.more):
                break
        assert total == len(seen)
    close = view_of(f"{point[0] - 0.001},{point[1] - 0.001},{point[0] + 0.001},{point[1] + 0.001}")
    near = on_map(close, Filter())
    assert near["points"]
    assert all(abs(one["lat"] - point[0]) <= 0.001 for one in near["points"])


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's way of telling a plan")
@pytest.mark.parametrize(
    "chosen",
    [
        Filter(), Filter("light"), Filter(state="closed"), Filter(agency=COMMUNE),
        Filter(commune=COMMUNE), Filter(since=date(2025, 3, 1)), Filter(until=date(2025, 3, 9)),
        Filter(since=date(2025, 3, 1), until=date(2025, 3, 9)),
        Filter("road", COMMUNE, "open", OTHER, date(2025, 3, 1), date(2025, 3, 9)),
    ],
)  # fmt: skip
def test_each_cell_of_the_map_is_read_from_the_maps_own_index(chosen: Filter) -> None:
    spread(datetime(2025, 3, 1, 9, 0, tzinfo=LOCAL))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    with CaptureQueriesContext(connection) as caught:
        on_map(view_of("8,102,24,117"), chosen)
    (counted,) = (one["sql"] for one in caught if one["sql"].startswith("WITH g"))
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN QUERY PLAN " + counted)
        steps = [row[3] for row in cursor.fetchall() if " c " in row[3]]
    assert len(steps) == 1
    assert "INDEX case_public_map (kind=? AND cell>? AND cell<?)" in steps[0]


def test_an_agencys_times_are_working_days_to_the_first_answer() -> None:
    friday = datetime(2025, 6, 6, 16, 0, tzinfo=LOCAL)
    case = cases.open_case(
        Doer(SYSTEM, Role.REQUESTER),
        cases.Received("feedback", "Đèn hỏng", COMMUNE, place=COMMUNE),
        at=friday,
    )
    act(ROUTER, case, "route", {"unit": COMMUNE}, at=friday + timedelta(minutes=5))
    act(LEAD, case, "answer", {"text": "Đã thay"}, at=friday + timedelta(days=3))
    row = agencies(friday + timedelta(days=4)).rows[0]
    assert (row.uid, row.days, row.late, row.answered) == (COMMUNE, 1, 0, 1)


def test_a_late_answer_stays_late_and_an_agency_is_not_told_to_have_had_what_lay_elsewhere() -> (
    None
):
    def at(day: int, hour: int = 9) -> datetime:
        return datetime(2025, 6, day, hour, 0, tzinfo=LOCAL)

    late = cases.open_case(
        Doer(SYSTEM, Role.REQUESTER), cases.Received("feedback", "Cây đổ", COMMUNE), at=at(2)
    )
    act(ROUTER, late, "route", {"unit": OTHER}, at=at(2, 10))
    elsewhere = Doer(SYSTEM, Role.LEAD, OTHER)
    act(elsewhere, late, "hand_over", {"unit": COMMUNE, "reason": "đúng xã"}, at=at(16))
    act(LEAD, late, "ask", {"text": "đâu?"}, at=at(17))
    act(Doer(SYSTEM, Role.REQUESTER), late, "reply", {"text": "đây"}, at=at(19))
    act(LEAD, late, "answer", {"text": "Xong"}, at=at(20))
    waits = cases.open_case(
        Doer(SYSTEM, Role.REQUESTER), cases.Received("feedback", "Rác", COMMUNE), at=at(2)
    )
    act(ROUTER, waits, "route", {"unit": OTHER}, at=at(2, 10))
    rows = {one.uid: one for one in agencies(at(23)).rows}
    # From Monday the 16th to Friday the 20th, of which the clock stood from the 17th to the 19th.
    own, other = rows[COMMUNE], rows[OTHER]
    assert (own.in_time, own.after_time, own.days, own.own_days) == (0, 1, 14, 1)
    assert (own.open, own.late, own.longest) == (0, 0, None)
    assert (other.answered, other.open, other.late, other.longest) == (0, 1, 1, 10)
    # Opened again and sent elsewhere, the answer stays with whoever gave it.
    reopened = {"reason": "chưa xong", "why": "not-done"}
    act(Doer(SYSTEM, Role.REQUESTER), late, "reopen", reopened, at=at(24))
    act(ROUTER, late, "route", {"unit": OTHER}, at=at(24, 10))
    again = {one.uid: one for one in agencies(at(25)).rows}
    assert (again[COMMUNE].after_time, again[COMMUNE].reopened, again[OTHER].open) == (1, 1, 2)


def test_what_nobody_has_routed_counts_for_its_home_and_is_late_there() -> None:
    def at(day: int, hour: int = 9) -> datetime:
        return datetime(2025, 6, day, hour, 0, tzinfo=LOCAL)

    def received(day: int) -> Case:
        told = cases.Received("feedback", "Cây đổ", COMMUNE, place=COMMUNE)
        return cases.open_case(RESIDENT, told, at=at(day))

    elsewhere = Doer(SYSTEM, Role.LEAD, OTHER)
    back, again = received(2), received(2)
    act(ROUTER, back, "route", {"unit": OTHER}, at=at(2, 10))
    act(elsewhere, back, "return", {"reason": "không thuộc xã"}, at=at(4))
    act(ROUTER, again, "route", {"unit": OTHER}, at=at(2, 10))
    act(elsewhere, again, "answer", {"text": "Xong"}, at=at(3))
    act(RESIDENT, again, "reopen", {"reason": "chưa xong", "why": "not-done"}, at=at(12))
    received(2)
    received(12)
    # What was refused waits for nobody.
    act(ROUTER, received(2), "reject", {"reason": "không thuộc 1022"}, at=at(3))
    rows = {one.uid: one for one in agencies(at(13)).rows}
    home, other = rows[COMMUNE], rows[OTHER]
    # Four wait, two of them since the 2nd, due on the 9th; opened again, a case has a new deadline.
    assert (home.unrouted, home.unrouted_late) == (4, 2)
    assert (home.received, home.open, home.late, home.longest) == (0, 0, 0, None)
    # What was answered stays with whoever answered; nobody is told to have what is not with them.
    assert (other.received, other.in_time, other.reopened) == (1, 1, 1)
    assert (other.open, other.late, other.unrouted, other.unrouted_late) == (0, 0, 0, 0)
    act(ROUTER, back, "route", {"unit": OTHER}, at=at(13))
    rows = {one.uid: one for one in agencies(at(13, 10)).rows}
    assert (rows[COMMUNE].unrouted, rows[COMMUNE].unrouted_late) == (3, 1)
    assert (rows[OTHER].open, rows[OTHER].late) == (1, 1)


@pytest.fixture
def counted_anew() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.mark.usefixtures("counted_anew")
def test_what_surveys_found_is_one_step_from_the_pages_of_reports(client: Client) -> None:
    answered()
    for path in ("", "co-quan/", f"co-quan/{COMMUNE}/"):
        assert 'href="/khao-sat/ket-qua/"' in client.get(f"/phan-anh/{path}").content.decode()


@pytest.mark.usefixtures("counted_anew")
def test_pages_say_plainly_what_waits_to_be_routed_and_is_late(client: Client) -> None:
    told = cases.Received("feedback", "Cây đổ", COMMUNE, place=COMMUNE)
    cases.open_case(RESIDENT, told, at=timezone.now() - timedelta(days=60))
    for root, words, column in (
        ("", "chờ chuyển, đã trễ hạn", "Chờ chuyển, đã trễ"),
        ("/en", "waiting to be routed, late", "To be routed, late"),
    ):
        own = client.get(f"{root}/phan-anh/co-quan/{COMMUNE}/").content.decode()
        assert f'<b class="num behind">1</b> {words}' in own
        table = client.get(f"{root}/phan-anh/co-quan/").content.decode()
        assert f"{column}</th></tr>" in table
        assert '<td class="num behind">1</td></tr>' in table
    # No report is with it yet: the list offers no filter that finds nothing.
    offered = client.get("/phan-anh/").content.decode().split('name="co-quan"')[1]
    assert COMMUNE not in offered.split("</select>")[0]


def test_late_is_said_in_working_days() -> None:
    monday = datetime(2025, 6, 2, 9, 0, tzinfo=LOCAL)
    told = cases.Received("feedback", "Đèn hỏng", COMMUNE)
    case = cases.open_case(Doer(SYSTEM, Role.REQUESTER), told, at=monday)
    words = due_words(standing_of(case), datetime(2025, 6, 11, 9, 0, tzinfo=LOCAL))
    assert words.tone == "late"
    assert "trước 17:00 ngày 9/6/2025, trễ 2 ngày làm việc" in words.text.vi


def test_news_goes_to_all_who_wait_and_private_words_only_to_the_sender(settings: object) -> None:
    settings.EMAIL_HOST = "mail.example"  # type: ignore[attr-defined]
    found = sent(person=Person(email="tu@example.com"))
    cases.publish(ROUTER, found.case, "Ổ gà", "")
    actions.follow(NOBODY, found.case, Person(email="nam@example.com"), "en")
    act(ROUTER, found.case, "route", {"unit": COMMUNE})
    act(LEAD, found.case, "answer", {"text": "Ông Ba đã vá"})
    told = {one.to[0]: one for one in letters()}
    assert "Ông Ba đã vá" in told["tu@example.com"].body
    assert "Ông Ba" not in told["nam@example.com"].body
    assert told["nam@example.com"].subject.endswith("has been answered")


def test_whoever_was_merged_in_reads_the_answer_and_nothing_that_is_not_public(
    client: Client, settings: object
) -> None:
    settings.EMAIL_HOST = "mail.example"  # type: ignore[attr-defined]
    target, second = sent("Nhà bà Tư số 5 bị ngập"), sent(person=Person(email="nam@example.com"))
    act(ROUTER, second.case, "merge", {"case": str(target.case.pk)})
    act(ROUTER, target.case, "route", {"unit": COMMUNE})
    act(LEAD, target.case, "ask", {"text": "Bà Tư có nhà lúc nào?"})
    act(Doer(SYSTEM, Role.REQUESTER), target.case, "reply", {"text": "Chiều"})
    act(LEAD, target.case, "answer", {"text": "Đã thông cống"})
    assert target.case.code in page(client, second)
    shown = page(client, Sent(target.case, second.secret))
    assert "Đã thông cống" in shown
    assert "bà Tư" not in shown
    assert "Chiều" not in shown
    assert "Phản ánh, kiến nghị chưa công khai" in shown
    body = [one.body for one in letters()][-1]
    assert "Đã thông cống" in body
    assert "bà Tư" not in body
    cases.publish(ROUTER, target.case, "Ngập", "Cống tắc")
    shown = page(client, Sent(target.case, second.secret))
    assert "Cống tắc" in shown
    assert "bà Tư" not in shown


def test_each_event_owes_the_stream_one_record_without_anybodys_words() -> None:
    found = answered(text="Nhà bà Tư số 5")
    owed = Delivery.objects.filter(key=f"feedback/{found.case.code}").order_by("id")
    assert len(owed) == 3
    row = owed[2].payload["rows"][0]
    stream = workspace().streams["feedback"]
    assert set(row) == {one.name for one in stream.fields}
    assert (row["outcome"], row["unit_code"], row["place_code"]) == ("answered", "25363", "25363")
    assert "bà Tư" not in str(row)
    assert "Ba" not in str(row["answer_trace"])


def test_the_sample_is_simulated_the_same_each_time_and_owes_nothing() -> None:
    rows = simulate_reports("p70", 2025)["feedback"]
    assert len(rows) > REPORTS * 0.9
    assert not Case.objects.filter(simulated=False).exists()
    assert not Delivery.objects.filter(key__startswith="feedback/").exists()
    outcomes = {one["outcome"] for one in rows}
    assert outcomes >= {None, "answered", "rejected", "withdrawn"}
    assert not Case.objects.filter(private=True, published_at__isnull=False).exists()
    late = sum(bool(o["due_at"] and o["first_answer_at"] and o["first_answer_at"] > o["due_at"]) for o in rows)  # fmt: skip
    assert 0 < late < len(rows) / 3
    # Who counts invented reports says so, whatever is listed beside the counts.
    assert agencies(datetime(2025, 12, 20, 12, 0, tzinfo=LOCAL)).simulated
    assert not agencies(datetime(2030, 1, 1, tzinfo=LOCAL)).simulated
