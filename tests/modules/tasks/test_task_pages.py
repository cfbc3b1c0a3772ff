"""The room's pages: what they show to whom, what they refuse and how, and that nothing typed is lost."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from tests.modules.tasks.annexes import FILES
from tests.people import appoint, sign_in
from tinhso.kernel.files.models import StoredFile
from tinhso.modules.tasks import actions, progress
from tinhso.modules.tasks.drafts import By, Draft
from tinhso.modules.tasks.facts import Rhythm
from tinhso.modules.tasks.models import Ask, Extension, Report, Task, TaskVersion
from tinhso.modules.tasks.progress import Told
from tinhso.modules.tasks.sample import make_sample
from tinhso.modules.tasks.states import State

pytestmark = pytest.mark.django_db

PLAN = "binh-phuoc-2025"
PROVINCE, COMMUNE, OTHER = "p75.2025", "c25210.2025", "c25195.2025"
LIST = reverse("tasks:list")
#: Of a row in the preview of an annex.
FIELDS = ("lay", "viec", "chu-tri", "phoi-hop", "san-pham", "chi-tieu", "chu-ky", "han")


def today() -> date:
    return timezone.localdate()


def given(**more: object) -> Task:
    draft = {
        "title": "Số hóa hồ sơ lưu trữ",
        "lead": COMMUNE,
        "rhythm": Rhythm.ONCE,
        "deadline": today() + timedelta(days=60),
    } | more
    return actions.create(By.system(today() - timedelta(days=9)), PLAN, "X-1", Draft(**draft))  # type: ignore[arg-type]


def signed_in(role: str, unit: str, name: str = "") -> Client:
    client = Client()
    sign_in(client, appoint(role, unit, name), strong=True)
    return client


def page(client: Client, address: str, status: int = 200, **data: object) -> str:
    answer = client.post(address, data) if data else client.get(address)
    assert answer.status_code == status, answer.content.decode()[:3000]
    return answer.content.decode()


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_sample_shows_every_state_and_says_that_it_is_simulated(prefix: str) -> None:
    actions.take_over(PLAN)
    assert make_sample(PLAN, today()) == 14
    assert make_sample(PLAN, today()) == 0
    shown = page(Client(), prefix + LIST)
    assert ("Có nhiệm vụ mô phỏng." in shown) is (prefix == "")
    for state in State:
        expected = state is not State.DONE_UNDATED
        found = page(Client(), f"{prefix}{LIST}?trang-thai={state.value}")
        assert ("<tbody>" in found) is expected, state
    assert "MP-01" not in page(Client(), f"{prefix}{LIST}?nhom=GP3")
    for task in Task.objects.filter(simulated=True):
        told = page(Client(), f"{prefix}{LIST}{task.pk}/")
        assert ("mô phỏng" in told) or prefix


def test_a_list_of_nothing_says_what_to_do_next() -> None:
    assert "chưa có nhiệm vụ nào" in page(Client(), LIST)
    given()
    assert "Không có nhiệm vụ nào khớp" in page(Client(), f"{LIST}?tim=xyz")


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("trang-thai=xong", "Không có trang-thai “xong”"),
        ("ngay=31/2/2025", "không phải ngày"),
        ("ngay=9999999", "không phải ngày"),
        ("co-quan=Sở Không Có", "Không có đơn vị nào tên"),
        ("xep=mau", "Không có xep “mau”"),
    ],
)
def test_a_wrong_address_says_what_is_wrong_and_still_shows_the_list(query: str, says: str) -> None:
    given()
    shown = page(Client(), f"{LIST}?{query}", 400)
    assert says in shown
    assert "X-1" in shown


def test_filters_and_order_hold_in_the_page_and_in_the_download() -> None:
    given()
    actions.create(By.system(today()), PLAN, "X-2", Draft("=HYPERLINK(1)", lead=OTHER))
    query = f"co-quan={COMMUNE}&xep=-ma"
    assert "X-2" not in page(Client(), f"{LIST}?{query}")
    answer = Client().get(f"{reverse('tasks:download')}?{query}")
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    table = rows[next(n for n, row in enumerate(rows) if row[0] == "Mã") :]
    assert [row[0] for row in table[1:]] == ["X-1"]
    assert table[1][8] == today() + timedelta(days=60)
    answer = Client().get(reverse("tasks:download"))
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert "=HYPERLINK(1)" in [row[1] for row in rows]  # a text, and no formula
    assert [row[7] for row in rows if row[0] == "X-2"] == ["chưa có trong nguồn"]


def test_the_day_asked_about_shows_the_task_as_it_was() -> None:
    task = given()
    at = reverse("tasks:task", args=[task.pk])
    early = (today() - timedelta(days=20)).isoformat()
    assert "chưa được giao" in page(Client(), f"{at}?ngay={early}")
    late = (today() + timedelta(days=61)).isoformat()
    assert "quá hạn" in page(Client(), f"{at}?ngay={late}")


def test_from_giving_to_done_through_the_pages() -> None:
    standing = signed_in("standing-agency", PROVINCE)
    form = {
        "code": "NV-1",
        "title": "Mở lớp kỹ năng số",
        "lead": f"Phường Đồng Xoài ({COMMUNE})",
        "coordinating": OTHER,
        "rhythm": "once",
        "deadline": "31/2/2030",
        "targets": "XHS-05",
        "needs": "",
    }
    shown = page(standing, reverse("tasks:give"), 400, **form)
    assert "31/2/2030” không phải ngày" in shown
    assert "Mở lớp kỹ năng số</textarea>" in shown
    page(standing, reverse("tasks:give"), 302, **form | {"deadline": "31/12/2030"})
    task = Task.objects.get(code="NV-1")
    officer, stranger = signed_in("officer", COMMUNE), signed_in("officer", OTHER)
    report = reverse("tasks:report", args=[task.pk])
    assert signed_in("officer", "p01", "tinh-khac").get(report).status_code == 403
    assert "Gửi báo cáo" in page(officer, report)
    shown = page(officer, report, 400, words="Đã mở 3 lớp", percent="nhiều")
    assert "“nhiều” không phải phần trăm" in shown
    assert "Đã mở 3 lớp</textarea>" in shown
    evidence = SimpleUploadedFile("lop.csv", "Lớp,Số người\n1,30\n".encode())
    done = {"words": "Đã mở đủ", "percent": "100", "done": "1", "done_on": today().isoformat()}
    page(officer, report, 302, **done, files=evidence)
    made = Report.objects.get()
    at = reverse("tasks:task", args=[task.pk])
    assert "lop.csv" in page(officer, at)
    assert "Đã mở đủ" not in page(Client(), at)  # what agencies write is not for everybody
    assert "Đã mở đủ" in page(stranger, at)  # its own agency coordinates
    decide = reverse("tasks:decide-report", args=[made.pk])
    assert officer.get(decide).status_code == 403
    assert "Ghi rõ vì sao" in page(standing, decide, 400, viec="tra-lai", comment="")
    page(standing, decide, 302, viec="xac-nhan", comment="")
    assert "xong đúng hạn" in page(Client(), at)
    assert "đã kết thúc" in page(officer, report, 400, words="nữa")


def test_more_time_is_asked_by_the_head_and_granted_by_the_standing_agency() -> None:
    task = given()
    extend = reverse("tasks:extend", args=[task.pk])
    assert signed_in("officer", COMMUNE).get(extend).status_code == 403
    head = signed_in("leader", COMMUNE)
    wanted = today() + timedelta(days=90)
    assert "phải sau hạn hiện tại" in page(head, extend, 400, wanted="1/1/2025", reason="chờ")
    page(head, extend, 302, wanted=wanted.isoformat(), reason="Chờ vốn")
    decide = reverse("tasks:decide-extension", args=[Extension.objects.get().pk])
    standing = signed_in("standing-agency", PROVINCE)
    assert "Chờ vốn" in page(standing, decide)
    page(standing, decide, 302, viec="cho", granted=wanted.isoformat(), comment="")
    assert TaskVersion.objects.latest("number").deadline == wanted
    assert "Đổi thời hạn từ" in page(Client(), reverse("tasks:task", args=[task.pk]))
    assert "đã được quyết định" in page(standing, decide, 400, viec="khong-cho", comment="x")


def test_an_agency_that_is_asked_answers_and_nobody_else() -> None:
    task = given()
    officer = signed_in("officer", COMMUNE)
    page(officer, reverse("tasks:ask", args=[task.pk]), 302, to=OTHER, words="Xin mẫu")
    answer = reverse("tasks:answer", args=[Ask.objects.get().pk])
    assert officer.get(answer).status_code == 403
    asked = signed_in("officer", OTHER, "ben-kia")
    assert "trả lời đề nghị phối hợp" in page(asked, reverse("tasks:mine"))
    page(asked, answer, 302, answer="Đã gửi mẫu")
    assert "Hôm nay không có việc nào" in page(asked, reverse("tasks:mine"))


def test_changing_keeps_what_was_typed_when_somebody_was_faster() -> None:
    task = given()
    standing = signed_in("standing-agency", PROVINCE)
    change = reverse("tasks:change", args=[task.pk])
    form = {
        "viec": "sua",
        "seen": "1",
        "title": "Tên mới",
        "lead": COMMUNE,
        "rhythm": "continuous",
        "reason": "Theo công văn",
    }
    page(standing, change, 302, **form)
    shown = page(standing, change, 400, **form | {"title": "Tên khác nữa"})
    assert "vừa sửa nhiệm vụ này" in shown
    assert "Tên khác nữa</textarea>" in shown
    assert 'name="seen" value="2"' in shown
    page(standing, change, 302, viec="huy", reason="Thôi")
    assert "đã hủy" in page(Client(), reverse("tasks:task", args=[task.pk]))


def test_my_agency_s_page_shows_what_is_mine_to_do() -> None:
    given(deadline=today() + timedelta(days=3))
    assert "sắp đến hạn" in page(signed_in("officer", COMMUNE), reverse("tasks:mine"))
    assert "sắp đến hạn" not in page(signed_in("officer", OTHER), reverse("tasks:mine"))
    assert Client().get(reverse("tasks:mine")).status_code == 302


def send(client: Client, path: Path) -> str:
    file = SimpleUploadedFile(path.name, path.read_bytes())
    answer = client.post(reverse("tasks:import"), {"file": file, "document": "KH 382"})
    assert answer.status_code == 302, answer.content.decode()[:2000]
    return str(answer.headers["Location"])


def test_an_annex_is_looked_at_corrected_and_saved_whole(tmp_path: Path) -> None:
    path = tmp_path / "unknown.docx"
    FILES["unknown.docx"](path)
    standing = signed_in("standing-agency", PROVINCE)
    preview = send(standing, path)
    shown = page(standing, preview)
    assert "đọc được 3 nhiệm vụ" in shown
    assert "Chưa nhận ra cơ quan chủ trì “Sở Y tế”" in shown
    assert "Chưa hiểu thời hạn “31/6/2025”" in shown
    assert not Task.objects.exists()
    form = {
        "document": "KH 382",
        "lay-1-2": "1",
        "chu-tri-1-2": "Sở Công Thương (a.BP-SCT)",
        "chu-ky-1-2": "once",
        "han-1-2": "2025-11-30",
        "lay-1-4": "1",
        "chu-tri-1-4": "",
        "chu-ky-1-4": "once",
        "han-1-4": "31/6/2025",
    }
    shown = page(standing, preview, 400, **form)
    assert "31/6/2025” không phải ngày" in shown
    assert "Sở Công Thương (a.BP-SCT)" in shown
    assert not Task.objects.exists()
    form |= {"han-1-4": "30/6/2025"}
    assert "Còn 1 dòng có chỗ chưa rõ" in page(standing, preview, 400, **form)
    page(standing, preview, 302, **form, **{"dong-y": "1"})
    saved = TaskVersion.objects.order_by("task__code")
    assert [(v.task.code, v.lead_id, v.deadline, v.lead_written) for v in saved] == [
        ("PL.1", "a.BP-SCT", date(2025, 11, 30), "Sở Y tế"),
        ("PL.3", None, date(2025, 6, 30), ""),
    ]
    assert {v.document for v in saved} == {"KH 382"}
    assert saved[0].deadline_written == "Khi có hướng dẫn"
    again = page(standing, preview)
    assert "Kế hoạch đã có nhiệm vụ cùng nội dung: PL.1." in again


def test_every_field_of_a_row_is_corrected_before_saving_and_told_in_its_place(
    tmp_path: Path,
) -> None:
    path = tmp_path / "plain.docx"
    FILES["plain.docx"](path)
    standing = signed_in("standing-agency", PROVINCE)
    preview = send(standing, path)
    shown = standing.get(preview)
    line = shown.context["lines"][0]
    key = line.read.key
    assert line.coordinating.count("\n") == 1  # two agencies, known
    wrong = {
        f"lay-{key}": "1",
        f"viec-{key}": " ",
        f"chu-tri-{key}": "Sở Không Có",
        f"phoi-hop-{key}": "Sở Nội vụ (a.BP-SNV)\nSở Chưa Có",
        f"san-pham-{key}": "x" * 5001,
        f"chu-ky-{key}": "once",
        f"han-{key}": "31/6/2025",
        f"chi-tieu-{key}": "CQS-3",
    }
    answer = standing.post(preview, wrong)
    assert answer.status_code == 400
    filled = answer.context["filled"]
    for field in ("viec", "chu-tri", "phoi-hop", "san-pham", "han", "chi-tieu"):
        assert filled.wrong(f"{field}-{key}"), field
    assert "Sở Chưa Có</textarea>" in answer.content.decode()
    assert not Task.objects.exists()
    right = wrong | {
        f"viec-{key}": "Ban hành kế hoạch 2025",
        f"chu-tri-{key}": "Sở Nội vụ (a.BP-SNV)",
        f"phoi-hop-{key}": "Sở Nội vụ (a.BP-SNV)\nSở Tài chính (a.BP-STC)",
        f"san-pham-{key}": "Kế hoạch",
        f"han-{key}": "30/6/2025",
        f"chi-tieu-{key}": "CQS-03, CQS-04",
    }
    page(standing, preview, 302, **right)
    saved = TaskVersion.objects.get()
    assert (saved.title, saved.lead_id, saved.product) == (
        "Ban hành kế hoạch 2025", "a.BP-SNV", "Kế hoạch",
    )  # fmt: skip
    assert [one.unit_id for one in saved.coordinating.all()] == ["a.BP-STC"]
    assert saved.targets == ["CQS-03", "CQS-04"]
    assert saved.coordinating_written == line.read.coordinating_written  # its own words stay


@pytest.mark.parametrize("name", ["merged.docx", "plain.xlsx"])
def test_an_annex_that_is_understood_is_saved_as_it_stands(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    FILES[name](path)
    standing = signed_in("standing-agency", PROVINCE)
    preview = send(standing, path)
    shown = standing.get(preview)
    form = {"dong-y": "1"}
    for line in shown.context["lines"]:
        for field in FIELDS:
            key = f"{field}-{line.read.key}"
            form[key] = shown.context["filled"].get(key)
    page(standing, preview, 302, **form)
    assert Task.objects.count() == len(shown.context["lines"])


def bomb() -> bytes:
    """A Word file of some kilobytes that unpacks to 20 MB."""
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", bytes(20 << 20))
    return out.getvalue()


def test_a_file_that_is_no_annex_is_told_so_and_not_kept() -> None:
    standing = signed_in("standing-agency", PROVINCE)
    address = reverse("tasks:import")
    assert "Chọn tệp phụ lục" in page(standing, address, 400, document="x")
    for file, says in (
        (SimpleUploadedFile("a.docx", b"PK\x03\x04"), "không phải một trong các loại"),
        (SimpleUploadedFile("a.csv", b"a,b\n1,2\n"), "không phải một trong các loại"),
        (SimpleUploadedFile("bom.docx", bomb()), "bung ra quá lớn"),
    ):
        assert says in page(standing, address, 400, file=file)
    assert not StoredFile.objects.exists()
    assert signed_in("leader", COMMUNE).get(address).status_code == 403


def test_a_report_of_what_recurs_names_its_period() -> None:
    task = given(rhythm=Rhythm.MONTHLY)
    shown = page(signed_in("officer", COMMUNE), reverse("tasks:report", args=[task.pk]))
    assert shown.count("<option") == len(progress.periods_of(task, task.versions.get())) + 1
    with pytest.raises(Exception, match="period"):
        progress.report(By.system(today()), task, Told("x"))


def test_a_part_goes_from_the_coordinating_agency_to_the_lead_and_no_further() -> None:
    task = given(coordinating=(OTHER,))
    at = reverse("tasks:task", args=[task.pk])
    sender, lead = signed_in("officer", OTHER), signed_in("officer", COMMUNE)
    shown = page(sender, at)
    form = reverse("tasks:report", args=[task.pk])
    assert "Báo cáo phần việc của" in shown
    assert "Báo cáo tiến độ</a>" not in shown
    assert "cơ quan phối hợp" in page(sender, form)
    said = {"words": "Đã xong phần của xã", "done": "1", "done_on": today().isoformat()}
    file = SimpleUploadedFile("so-lieu.csv", "Xã,Số\nA,1\n".encode())
    assert sender.post(form, said | {"files": file}).status_code == 302
    report = Report.objects.get()
    assert (report.part, report.unit_id) == (True, OTHER)
    part = reverse("tasks:decide-part", args=[report.pk])
    standing = signed_in("standing-agency", PROVINCE)
    page(standing, reverse("tasks:decide-report", args=[report.pk]), 404)
    page(sender, part, 403)
    assert part in page(lead, at)
    assert "báo cáo của cơ quan phối hợp" in page(lead, reverse("tasks:mine"))
    shown = page(lead, part)
    assert "báo phần việc của mình" in shown
    download = reverse("files:download", args=[report.evidence.get().file_id])
    assert download in shown
    assert lead.get(download).status_code == 200
    page(lead, part, 400, viec="tra-lai", comment="")
    assert lead.post(part, {"viec": "xac-nhan"}).status_code == 302
    told = page(sender, at)
    assert "phần việc của" in told
    assert "Xác nhận báo cáo số 1" in told
    assert "xong đúng hạn" not in told
