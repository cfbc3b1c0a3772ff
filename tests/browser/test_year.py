"""A year of the sample province, from giving a target to the annual report, through the pages alone.

Every act is a form that stands on a page, sent to the served product; a phone's part is played in a
real browser. The server's clock is the machine's: the year is told from its end, when all periods of
2025 are over, and the days that pages let people choose (map, documents, deadlines) lie in 2025. Two
things are not pages: accounts come from `account_people` (the operator's part), and `tinhso measure`
does at once what the worker does every five minutes. A round's closing waits for the day after the
last one for appeals: it is closed on a copy of the site that lives a day later (`tests/next_day.py`).

PICTURES=folder keeps pictures of what people saw: see tools/pictures.py.
"""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import docx
import pypdfium2
import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from tests.browser.conftest import start
from tests.browser.showing import picture
from tests.browser.test_account_pages import TOO_WIDE, make
from tests.browser.test_reporting_journey import measure
from tests.browser.visitor import Page, Visitor
from tests.modules.tasks.annexes import HEAD, word
from tools.pictures import keep

PLAN, TARGET = "binh-phuoc-2025", "HTS-02"
WARD, PROVINCE = "c25210.2025", "p75.2025"
TASK = "Kéo cáp quang đến các hộ còn lại của phường"
FORM = f"/bao-cao-so-lieu/{PLAN}/XA-THANG/2025-12r/{WARD}/"
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c020000000b4944415478da6364f80f00010501012718e3660000000049454e44ae426082"
)
PEOPLE = {
    "agency": f"nam.thuong-truc.2:standing-agency:{PROVINCE}",
    "leader": f"nam.chu-tich-tinh.2:leader:{PROVINCE}",
    "officer": f"nam.can-bo:officer:{WARD}",
    "head": f"nam.chu-tich-phuong.2:leader:{WARD}",
}


class Office:
    """The four people of the year, each signed in; and the pictures of what they see."""

    def __init__(self, chromium: Browser, site: str) -> None:
        self.chromium, self.site = chromium, site
        self.secrets = [one.replace("-", "") for one in make(*PEOPLE.values())]
        self.agency, self.leader, self.officer, self.head = self.signed_in(site)

    def signed_in(self, site: str) -> Iterator[Visitor]:
        """Everybody anew, at a site's door."""
        names = [one.partition(":")[0] for one in PEOPLE.values()]
        return (
            Visitor(site, name, secret) for name, secret in zip(names, self.secrets, strict=True)
        )

    def picture(self, who: Visitor, path: str, name: str, width: int = 1280, at: str = "") -> None:
        """What somebody sees at an address, kept where pictures are asked for."""
        if not os.environ.get("PICTURES"):
            return
        size = {"width": width, "height": 740 if width < 600 else 900}
        context = self.chromium.new_context(viewport=size, locale="vi-VN")  # type: ignore[arg-type]
        context.add_cookies(who.cookies())  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(f"{self.site}{path}")
        picture(page, name, at)
        context.close()


@pytest.fixture
def office(chromium: Browser, server: str) -> Office:
    return Office(chromium, server)


@pytest.fixture
def tomorrow() -> Iterator[Callable[[], str]]:
    """The served site as it then is, copied and served again, a day later: its address."""
    served = []

    def begin() -> str:
        here = Path(os.environ["TINHSO_HOME"]) / "served"
        home = here.with_name("served-tomorrow")
        left = shutil.ignore_patterns("*.sqlite3*", "server.*", "*.lock", "*.sock")
        shutil.copytree(here, home, ignore=left)
        with (
            closing(sqlite3.connect(here / "site.sqlite3")) as site,
            closing(sqlite3.connect(home / "site.sqlite3")) as copy,
        ):
            site.backup(copy)
        root = str(Path(__file__).parents[2])
        paths = os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])])
        served.append(start(home, DJANGO_SETTINGS_MODULE="tests.next_day", PYTHONPATH=paths))
        return str(served[0]["address"])

    yield begin
    for one in served:
        os.killpg(int(str(one["pid"])), signal.SIGTERM)


def test_a_year_is_played_from_assignment_to_annual_report(
    office: Office, tomorrow: Callable[[], str]
) -> None:
    assert office.officer.landed.address.endswith("/viec-hom-nay/")
    a_target_is_given_by_rule(office)
    the_ward_has_its_own_plan(office)
    task = an_annex_becomes_tasks(office)
    the_digest_tells_what_is_due(office, task)
    numerator = a_months_figure_is_reported_on_a_phone(office)
    a_task_is_reported_and_confirmed(office, task)
    round_page = a_round_is_assessed_verified_and_appealed(office)
    the_year_is_published(office, numerator)
    made = the_annual_report_is_made(office)
    its_figures_are_those_of_the_pages(office, made)
    the_round_is_closed_the_day_after(office, round_page, tomorrow)


def a_target_is_given_by_rule(office: Office) -> None:
    """The standing agency: each commune closes its own gap, as a document of 2025 says."""
    agency, home = office.agency, f"/giao-chi-tieu/{PLAN}/chi-tieu/{TARGET}/"
    form = agency.open(f"{home}giao/")
    office.picture(agency, f"{home}giao/", "shares-rule")
    table = form.press(
        "Xem trước",
        {
            "cach": "by-gap",
            "phan-khoang-cach": "100",
            "ngay": "2025-07-15",
            "ky-goc": "2025-Q3",
            "tra-loi": "Chủ tịch UBND xã",
            "so-van-ban": "01/QĐ-THU",
            "ngay-van-ban": "2025-07-15",
            "co-quan": "Cơ quan thường trực (thử)",
        },
        ticked={"cap": ["commune"], "moc-deu": ["1"]},
    )
    assert "Bước 2 trong 2" in table.text
    given = table.press("Lưu đợt giao")
    assert "Đã giao, phiên bản 1." in given.text
    assert "01/QĐ-THU" in given.text
    own = office.officer.open(f"/giao-chi-tieu/{PLAN}/don-vi/{WARD}/")
    assert "Hộ gia đình tiếp cận được cáp quang" in own.text
    assert "Chủ tịch UBND xã" in own.text
    office.picture(agency, home, "shares-given")
    office.picture(office.officer, f"/giao-chi-tieu/{PLAN}/don-vi/{WARD}/", "shares-own", 360)
    told = office.officer.open(given.link("Lịch sử thay đổi"))
    assert "Lập đợt giao chỉ tiêu" in told.text


def the_ward_has_its_own_plan(office: Office) -> None:
    where = f"/giao-chi-tieu/{PLAN}/ke-hoach-rieng/{WARD}/"
    # The sample has left a plan of this ward waiting: it knows nothing of the target just given.
    returned = office.agency.open(where).press(
        "Trả lại", {"ly-do": "Bổ sung chỉ tiêu mới giao."}, near="Ý kiến"
    )
    assert "Bổ sung chỉ tiêu mới giao." in returned.text
    taken = office.officer.open(where).press("Nhận lại cho khớp")
    assert "Hộ gia đình tiếp cận được cáp quang" in taken.text
    assert "Kế hoạch không khớp" not in taken.text
    sent = taken.press(
        *("Gửi", {"so": "07/KH-UBND", "ngay": "2025-07-20", "dia-chi": "https://phuong.example/"}),
        near="Số, ký hiệu",
    )
    assert "chờ cơ quan thường trực duyệt" in sent.text
    done = office.agency.open(where).press("Duyệt", near="Ý kiến")
    assert "Đã duyệt kế hoạch." in done.text
    history = office.officer.open(office.officer.open(where).link("Lịch sử thay đổi"))
    assert re.search("chờ duyệt.{0,20}đã duyệt", history.text)  # from what to what


def an_annex_becomes_tasks(office: Office) -> str:
    """From Word, previewed; the task of the ward is answered with its address."""
    folder = Path(os.environ["TINHSO_HOME"])
    word(
        folder / "phu-luc-nam.docx",
        [
            [*HEAD],
            ["1", TASK, "Phường Đồng Xoài", "", "Biên bản", "31/10/2025"],
            ["2", "Tổ chức ngày hội số của phường", "Phường Đồng Xoài", "", "Báo cáo", "Quý IV/2025"],
        ],
    )  # fmt: skip
    content = (folder / "phu-luc-nam.docx").read_bytes()
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    shown = office.agency.open("/nhiem-vu/nhap/").press(
        "Gửi và xem trước", document="01/QĐ-THU", files={"file": ("phu-luc.docx", content, kind)}
    )
    assert "đọc được 2 nhiệm vụ" in shown.text
    path = shown.address.removeprefix(office.site)
    office.picture(office.agency, path, "tasks-preview")
    saved = shown.press("Lưu các dòng đã chọn")
    assert "Đã lưu 2 nhiệm vụ từ phụ lục." in saved.text
    return saved.visitor.open("/nhiem-vu/?tim=keo+cap+quang").link(TASK).removeprefix(office.site)


def the_digest_tells_what_is_due(office: Office, task: str) -> None:
    """It goes out by the standing agency's hand: the worker's hour may be over, or a Sunday. To somebody
    who came after the task: on a working morning the worker has sent the others their mail of the day."""
    name = "nam.duoc-nhac"
    make(f"{name}:officer:{WARD}")
    newcomer = Visitor(office.site, name)
    before = newcomer.open("/viec-hom-nay/")
    assert TASK in before.text
    assert "Quá hạn" in before.text
    reminded = office.agency.open("/don-doc/").press("Nhắc ngay")
    assert re.search(r"Đã nhắc \d+ người\.|Không còn ai cần nhắc hôm nay", reminded.text)
    after = newcomer.open("/viec-hom-nay/")
    said = after.at("//h2[.='Đã nhắc bạn']/following::details[1]")
    assert TASK in said[0]
    office.picture(newcomer, "/viec-hom-nay/", "today", 360)
    assert task


def a_months_figure_is_reported_on_a_phone(office: Office) -> int:
    """By the officer, in a browser; a figure that jumps asks for a word. Then upward."""
    context = office.chromium.new_context(viewport={"width": 360, "height": 740})
    context.add_cookies(office.officer.cookies())  # type: ignore[arg-type]
    phone = context.new_page()
    phone.goto(office.site + FORM)
    assert not phone.evaluate(TOO_WIDE)
    before = phone.locator("text=/Lần trước/").first.inner_text()
    last = re.search(r": ([\d.]+) / ([\d.]+)", before)
    assert last is not None
    denominator = int(last[2].replace(".", ""))
    numerator = denominator * 3 // 4  # far below what it was
    first = phone.locator("fieldset.figure").first
    first.get_by_label("Hộ có thể lắp cáp quang").fill(str(numerator))
    first.get_by_label("Số hộ gia đình").fill(str(denominator))
    phone.locator("#o-evidence").fill("21/BC-UBND")
    phone.click("text=Gửi đi duyệt")
    asked = first.get_by_label("Giải thích")
    expect(asked).to_be_visible()
    picture(phone, "figures-phone", "fieldset.figure")
    asked.fill("Kiểm đếm lại: loại các hộ đã chuyển đi.")
    phone.click("text=Gửi đi duyệt")
    expect(phone.locator("main [role=status]").first).to_contain_text("Đã gửi 1 số liệu")
    context.close()

    history = f"{FORM}lich-su/{TARGET}/"
    for who in (office.head, office.agency):
        ruling = who.open("/bao-cao-so-lieu/duyet/")
        row = "//tr[contains(., '21/BC-UBND') and contains(., 'Đồng Xoài')]//input[@name='chosen']"
        assert ruling.tree is not None
        (box,) = ruling.tree.xpath(row)
        assert "Kiểm đếm lại" in ruling.text  # the word is in sight of whoever approves
        if who is office.agency:
            office.picture(who, "/bao-cao-so-lieu/duyet/", "figures-approve")
        done = ruling.press("Duyệt số đã chọn", ticked={"chosen": [box.get("value")]})
        assert "Đã duyệt 1 số liệu." in done.text
    told = office.head.open(office.head.open(history).link("Lịch sử thay đổi"))
    assert "Duyệt ở cơ quan thường trực số liệu báo cáo" in told.text
    return numerator


def a_task_is_reported_and_confirmed(office: Office, task: str) -> None:
    office.picture(office.officer, task, "tasks-one")
    sent = office.officer.open(f"{task}bao-cao/").press(
        "Gửi báo cáo",
        {"words": "Đã kéo đến 214 hộ.", "percent": "100", "done_on": "2025-12-20"},
        ticked={"done": ["1"]},
        files={"files": ("nghiem-thu.png", PIXEL, "image/png")},
    )
    assert "cơ quan thường trực sẽ xác nhận" in sent.text
    page = office.agency.open(task)
    confirmed = office.agency.open(page.link("Xác nhận hoặc trả lại")).press("Xác nhận")
    assert "Đã xác nhận báo cáo." in confirmed.text
    assert "hoàn thành" in confirmed.text.lower()
    owed = office.officer.open("/viec-hom-nay/").at("//ul[@class='owed']")
    assert not any(TASK in one for one in owed)
    stranger = Visitor(office.site).open(page.link("Lịch sử thay đổi"))
    assert "Báo cáo tiến độ nhiệm vụ" in stranger.text
    assert "214 hộ" not in stranger.text
    assert "214 hộ" in office.officer.open(page.link("Lịch sử thay đổi")).text


def a_round_is_assessed_verified_and_appealed(office: Office) -> str:
    """The agencies' points of the year. Their province's head acts for agencies that are no more.

    Where the round is."""
    today = timezone.localdate().isoformat()
    rounds = office.agency.open(f"/bo-chi-so/{PLAN}/XH-382/dot/")
    opened = rounds.press("Mở đợt", period="2025", group="co-quan-tthc", assess_by=today)
    where = opened.address.removeprefix(office.site)
    units = re.findall(rf'href="{where}([^"/]+)/"', opened.content.decode())
    assert len(units) == 7
    waiting = office.leader.open("/viec-hom-nay/").at("//ul[@class='owed']/li")
    assert sum("tự chấm điểm trong đợt" in one.lower() for one in waiting) >= 7
    for uid in units:
        page = office.leader.open(f"{where}{uid}/")
        assert page.tree is not None
        codes = [one.get("name") for one in page.tree.xpath("//input[starts-with(@name,'diem-')]")]
        claims = dict.fromkeys(codes, "5") | {
            one.replace("diem-", "can-cu-"): "Báo cáo năm" for one in codes
        }
        assert "Đã ghi điểm tự chấm." in page.press("Ghi điểm tự chấm", claims).text
    office.picture(office.leader, f"{where}{units[0]}/", "round-unit")
    step = office.agency.open(where).press("Bắt đầu thẩm định")
    assert "Đã chuyển sang thẩm định." in step.text
    for uid in units:
        page = office.agency.open(f"{where}{uid}/")
        findings = {}
        if uid == units[0]:  # one point is not granted
            findings = {"diem-XH-TOAN-TRINH": "4", "nhan-xet-XH-TOAN-TRINH": "Thiếu minh chứng."}
        assert "Đã ghi điểm thẩm định." in page.press("Ghi điểm thẩm định", findings).text
    office.agency.open(where).press("Báo kết quả, nhận kiến nghị", appeal_by=today)
    appealed = office.leader.open(f"{where}{units[0]}/").press(
        "Gửi kiến nghị", component="XH-TOAN-TRINH", points="5", text="Minh chứng gửi kèm."
    )
    assert "Đã gửi kiến nghị." in appealed.text
    decided = office.agency.open(f"{where}{units[0]}/").press(
        "Ghi quyết định", points="4,5", decision="Chấp nhận một phần."
    )
    assert "từ 4 thành 4,5 điểm" in decided.text
    history = office.agency.open(decided.link("Lịch sử thay đổi"))
    assert "Chấp nhận một phần." in history.text
    office.picture(office.agency, history.address.removeprefix(office.site), "history")
    office.picture(office.agency, where, "round")
    ranking = f"/bo-chi-so/{PLAN}/XH-382/xep-hang/co-quan-tthc/?ky=2025"
    office.picture(office.agency, ranking, "ranking")
    early = office.agency.open(where).press("Đóng đợt", refused=True)
    assert "Còn trong hạn kiến nghị" in early.text
    return where


def the_year_is_published(office: Office, numerator: int) -> None:
    path = f"/ke-hoach/{PLAN}/chi-tieu/{TARGET}/?ky=2025&don-vi={WARD}"
    wanted = re.compile(rf"\b{numerator:,} /".replace(",", "[.]"))
    for _ in range(20):  # the worker brings what was approved into the lake within seconds
        measure()
        if wanted.search(office.agency.open(path).text):
            break
    assert wanted.search(office.agency.open(path).text)
    form = office.agency.open(f"/ke-hoach/{PLAN}/cong-bo/")
    for period in ("2025-Q4", "2025"):
        done = form.press("Công bố", near="Kỳ số liệu", period=period)
        assert "Đã công bố, lần 1." in done.text
    told = office.agency.open(f"/ke-hoach/{PLAN}/da-cong-bo/2025/then/1/")
    assert "bản chụp" in Visitor(office.site).open(told.link("Lịch sử thay đổi")).text


def the_annual_report_is_made(office: Office) -> Page:
    compose = office.agency.open(
        f"/van-ban/soan/?kind=report&publication={PLAN}/2025/then/1&unit={PROVINCE}"
    )
    draft = compose.press(
        "Lưu bản nháp", number="99", signer="Nguyễn Thị Bình Minh", remarks="Đề nghị tiếp tục."
    )
    assert "Đã lưu bản nháp." in draft.text
    office.picture(office.agency, draft.address.removeprefix(office.site), "document-draft")
    made = draft.press("Hoàn thành văn bản")
    assert "Đã hoàn thành văn bản." in made.text
    office.picture(office.agency, made.address.removeprefix(office.site), "document-made")
    office.picture(office.agency, f"/hop/?cong-bo={PLAN}/2025/then/1", "meeting")
    return made


def its_figures_are_those_of_the_pages(office: Office, made: Page) -> None:
    """In Word, in PDF, at its codes: what the plan's pages say of the year."""
    files = {
        form: office.agency.session.get(f"{made.address}tep/{form}/") for form in ("docx", "pdf")
    }
    stranger = Visitor(office.site)
    for name, answer in files.items():
        sent = {"file": (f"bao-cao.{name}", answer.content, answer.headers["content-type"])}
        verdict = stranger.open("/van-ban/kiem-tra/").press("Kiểm tra", files=sent)
        assert "Đúng là văn bản lập ở đây, còn nguyên từng byte." in verdict.text
    (code,) = set(re.findall(r"VB-[0-9A-Z]{8}", made.text))
    assert "Kết quả thực hiện Kế hoạch" in stranger.open(f"/so/{code}/").text

    of_pages = _page_figures(stranger.open(f"/ke-hoach/{PLAN}/?ky=2025"))
    of_report, codes = _report_figures(files["docx"].content)
    assert len(of_pages) > 30
    assert of_report == of_pages
    drawn = pypdfium2.PdfDocument(files["pdf"].content)
    words = " ".join(one.get_textpage().get_text_bounded() for one in drawn)
    plain = re.sub(r"\s+", "", words)
    assert [one for one, (_, parts) in of_pages.items() if parts not in plain] == []
    if folder := os.environ.get("PICTURES"):
        for number, name in ((0, "report-pdf-1"), (2, "report-pdf-3")):
            image = drawn[number].render(scale=1.25).to_pil()
            kept = io.BytesIO()
            image.save(kept, "PNG")
            keep(kept.getvalue(), Path(folder) / f"{name}.png")
    drawn.close()
    looked = stranger.open(f"/so/{codes[TARGET]}/")
    assert of_pages[TARGET][0] in looked.text.replace("\xa0", " ")
    own = office.agency.open(made.link("Lịch sử thay đổi"))
    assert "Lập bản nháp văn bản" in own.text


def the_round_is_closed_the_day_after(
    office: Office, where: str, tomorrow: Callable[[], str]
) -> None:
    """The verified points stand and rank the units; the file names the round and its snapshot."""
    agency, *_ = office.signed_in(tomorrow())
    assert any("đóng đợt" in one.lower() for one in agency.open("/viec-hom-nay/").at("//main//li"))
    page = agency.open(where).press("Đóng đợt")
    assert "Đã đóng đợt." in page.text
    assert "Xếp hạng sau thẩm định" in page.text
    table = agency.session.get(page.link("Tải về CSV")).content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(table)))
    about = {row[0]: row[1] for row in rows[: rows.index([])]}
    assert about["Đợt"] in where
    head, *lines = rows[rows.index([]) + 1 :]
    points = head.index("Điểm thẩm định")
    ranked = [(int(line[0]), float(line[points])) for line in lines if line[0]]
    assert len(lines) == 7
    # One agency was given half a point less: the others share the first place, if they have a rank.
    assert all((rank == 1) == (given == max(one for _, one in ranked)) for rank, given in ranked)
    assert len({given for _, given in ranked}) == 2
    lines_page = agency.open(page.link(agency.open(where).at("//table//th[@scope='row']")[0]))
    assert f"theo bản chụp {about['Bản chụp khi đóng']}" in lines_page.text


def _page_figures(page: Page) -> dict[str, tuple[str, str]]:
    """By target: value, and its parts as `numerator/denominator`."""
    assert page.tree is not None
    found = {}
    for row in page.tree.xpath("//li[contains(@class, 'row')]"):
        code = row.xpath(".//span[contains(@class, 'code')]")[0].text_content().split()[0]
        links = row.xpath(".//div[contains(@class, 'value')]/a")
        parts = re.search(
            r"[\d.]+ / [\d.]+", row.xpath(".//div[contains(@class,'value')]")[0].text_content()
        )
        if links and parts:
            value = links[0].text_content().replace("\xa0", " ").strip()
            found[code] = (value, parts[0].replace(" ", ""))
    return found


def _report_figures(content: bytes) -> tuple[dict[str, tuple[str, str]], dict[str, str]]:
    """The same from the report's annex of targets, and each target's code to look it up."""
    tables = docx.Document(io.BytesIO(content)).tables
    (annex,) = [one for one in tables if one.rows[0].cells[1].text == "Chỉ tiêu"]
    found, codes = {}, {}
    for row in annex.rows[1:]:
        cells = [cell.text.replace("\xa0", " ").strip() for cell in row.cells]
        named = re.match(r"[A-Z]+-\d+[a-z]?", cells[1])
        assert named is not None, cells[1]
        target = named[0]
        codes[target] = cells[7]
        if "/" in cells[4]:
            found[target] = (cells[3], cells[4])
    return found, codes
