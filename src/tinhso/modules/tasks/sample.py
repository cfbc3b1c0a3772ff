"""A few simulated tasks, so that a trial site shows every state: marked as such, made by the room's
own acts. None of them is a task of the plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from tinhso.measure.boundaries import Level
from tinhso.modules.plan.workspace import workspace
from tinhso.modules.tasks import actions, progress
from tinhso.modules.tasks.drafts import By, Draft
from tinhso.modules.tasks.facts import Rhythm
from tinhso.modules.tasks.models import Task
from tinhso.modules.tasks.progress import Told


@dataclass(frozen=True)
class _Made:
    """A simulated task: `lead` counts communes; days are counted from today."""

    title: str
    title_en: str
    lead: int
    given: int = -120
    due: int | None = 60
    rhythm: Rhythm = Rhythm.ONCE
    group: str = "GP1"
    targets: tuple[str, ...] = ()
    product: str = ""


_TASKS = (
    _Made("Ra quân hướng dẫn người dân nộp hồ sơ trực tuyến", "A campaign that helps people file online", 0, due=45, group="GP5", targets=("CQS-03",), product="Báo cáo kết quả ra quân"),
    _Made("Mở lớp kỹ năng số tại nhà văn hóa ấp", "Classes of digital skills in village halls", 1, due=90, targets=("XHS-05",), product="12 lớp"),
    _Made("Số hóa hồ sơ lưu trữ của xã", "Digitising the commune's archive", 2, due=-20, group="GP5", targets=("CQS-04",), product="Hồ sơ số hóa"),
    _Made("Lắp điểm truy cập Wi-Fi miễn phí tại bộ phận một cửa", "Free Wi-Fi at the one-stop shop", 3, due=-60, group="GP3", product="Biên bản nghiệm thu"),
    _Made("Kiện toàn tổ công nghệ số cộng đồng", "Renewing the community digital-technology groups", 4, due=-50, product="Quyết định kiện toàn"),
    _Made("Rà soát thủ tục có nghĩa vụ tài chính", "Review of procedures that cost a fee", 5, due=10, group="GP2", targets=("CQS-06",), product="Danh mục"),
    _Made("Cập nhật trang thông tin điện tử của xã hằng tháng", "Monthly renewal of the commune's website", 6, given=-100, due=80, rhythm=Rhythm.MONTHLY, targets=("CQS-10",), product="Tin, bài"),
    _Made("Tuyên truyền thanh toán không dùng tiền mặt", "Telling people of payment without cash", 7, due=None, rhythm=Rhythm.CONTINUOUS, targets=("XHS-10",)),
    _Made("Chuẩn bị đường truyền cho họp trực tuyến", "Lines for meetings online", 8, due=40, group="GP3", product="Đường truyền"),
    _Made("Họp trực tuyến với các ấp", "Meetings online with the villages", 8, due=75, group="GP3", product="Biên bản"),
    _Made("Cấp chữ ký số cho cán bộ xã", "Digital signatures for the commune's officers", 9, due=30, group="GP4", targets=("XHS-08",), product="Danh sách đã cấp"),
    _Made("Khảo sát hài lòng tại bộ phận một cửa", "A survey of satisfaction at the one-stop shop", 10, due=100, group="GP5", product="Báo cáo khảo sát"),
    _Made("In tờ rơi giới thiệu ứng dụng cũ", "Leaflets on an app that is gone", 11, due=20, product="Tờ rơi"),
    _Made("Tập huấn an toàn thông tin cho cán bộ", "Training of officers in information security", 12, due=5, group="GP4", product="Lớp tập huấn"),
)  # fmt: skip


def make_sample(plan: str, today: date) -> int:
    """Simulated tasks with their history up to `today`; how many. Nothing where there are any."""
    if Task.objects.filter(plan=plan, simulated=True).exists():
        return 0
    root = workspace().plan(plan).plan.unit
    units = workspace().units
    communes = sorted(units.descendants(units.at(root, today).uid, today, Level.COMMUNE)) or sorted(
        units.descendants(root, date(workspace().plan(plan).plan.year, 1, 1))
    )

    def on(days: int) -> By:
        return By.system(today + timedelta(days=days))

    made: list[Task] = []
    for number, one in enumerate(_TASKS, start=1):
        draft = Draft(
            title=one.title,
            title_en=one.title_en,
            group=one.group,
            lead=communes[one.lead % len(communes)],
            product=one.product,
            rhythm=one.rhythm,
            start=today + timedelta(days=one.given) if one.due is not None else None,
            deadline=None if one.due is None else today + timedelta(days=one.due),
            targets=one.targets,
            needs=(made[8].pk,) if number == 10 else (),
            note="Nhiệm vụ mô phỏng, không thuộc kế hoạch.",
        )
        task = actions.create(on(one.given), plan, f"MP-{number:02}", draft, simulated=True)
        made.append(task)
    _history(made, communes, today)
    return len(made)


def _history(made: list[Task], communes: list[str], today: date) -> None:
    """What became of the tasks: each ends up in another state."""

    def on(days: int) -> By:
        return By.system(today + timedelta(days=days))

    def day(days: int) -> date:
        return today + timedelta(days=days)

    progress.report(on(-15), made[0], Told("Đã ra quân 2 đợt, 310 hồ sơ nộp trực tuyến.", 65))
    progress.report(on(-25), made[1], Told("Mở 5 lớp, chờ lịch nhà văn hóa.", 55))
    returned = progress.report(on(-40), made[2], Told("Đang quét hồ sơ.", 40))
    progress.decide_report(
        on(-37), returned, confirmed=False, comment="Nêu số hồ sơ đã quét trên tổng số."
    )
    progress.report(on(-30), made[2], Told("Đã quét 4.100 trên 9.800 hồ sơ.", 42, "4.100 / 9.800"))
    done = progress.report(on(-66), made[3], Told("Đã lắp, nghiệm thu.", 100, done_on=day(-68)))
    progress.decide_report(on(-64), done, confirmed=True, comment="")
    late = progress.report(on(-38), made[4], Told("Đã kiện toàn.", 100, done_on=day(-39)))
    progress.decide_report(on(-36), late, confirmed=True, comment="Chậm 11 ngày do chờ nhân sự.")
    progress.report(on(-45), made[5], Told("Đã rà soát 40 thủ tục.", 50))
    for due in progress.periods_of(made[6], made[6].versions.get()):
        if due < day(-3):
            told = Told("Đã đăng đủ tin, bài trong tháng.", done_on=due, period=due)
            report = progress.report(By.system(due), made[6], told)
            progress.decide_report(
                By.system(due + timedelta(days=2)), report, confirmed=True, comment=""
            )
    progress.report(on(-10), made[7], Told("Phát thanh 3 lần mỗi tuần.", figures="12 buổi"))
    progress.report(on(-12), made[8], Told("Đã khảo sát tuyến.", 30))
    progress.ask(on(-8), made[10], communes[13 % len(communes)], "Xin mẫu danh sách đã làm.")
    wanted = progress.ask_extension(on(-50), made[11], day(130), "Chờ phiếu khảo sát mới.")
    progress.decide_extension(on(-45), wanted, granted=day(115), comment="Cho thêm 15 ngày.")
    actions.cancel(on(-30), made[12], "Ứng dụng cũ đã thay bằng ứng dụng mới.")
    progress.report(on(-3), made[13], Told("Đã mở lớp.", 100, done_on=day(-4)))
    progress.ask_extension(on(-2), made[5], day(40), "Chờ bộ công bố lại danh mục thủ tục.")
