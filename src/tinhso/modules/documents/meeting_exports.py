"""What a meeting looks at, to take away as Excel: every target, what is not met and who answers, the work
that was decided or is overdue."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext

from tinhso.kernel.files.tables import (
    As,
    Cell,
    Column,
    Form,
    Formula,
    Table,
    answer,
    in_words,
    language,
    tables,
)
from tinhso.kernel.people.access import public
from tinhso.kernel.people.accounts import who_is
from tinhso.kernel.people.limits import HEAVY, limited
from tinhso.measure import writing
from tinhso.measure.targets import Standing
from tinhso.measure.text import InputError, Text
from tinhso.modules.documents.decisions import Followed, followed
from tinhso.modules.documents.meeting import Meeting, MeetingRow, meeting_of
from tinhso.modules.documents.meeting_views import asked_for, given_to
from tinhso.modules.plan.frozen.reading import FrozenPublication, FrozenRow
from tinhso.modules.plan.pack import Operator
from tinhso.modules.plan.words import OPERATORS, STANDINGS
from tinhso.modules.plan.workspace import UnknownPlanError
from tinhso.modules.tasks.queries import TaskRow
from tinhso.modules.tasks.words import STATES

#: The column of the sheet of targets, from 0, that the overview counts.
STANDING = 2


@public
@limited(HEAVY)
def download(request: HttpRequest) -> HttpResponse:
    """Of the publication in the address, as the page shows it; the page says what is wrong with one."""
    asked = asked_for(request)
    try:
        published = FrozenPublication(asked)
    except (InputError, UnknownPlanError):
        return redirect(f"{reverse('documents:meeting')}?{urlencode({'cong-bo': asked})}")
    today = timezone.localdate()
    tasks = followed(published.card.plan, today)
    found = meeting_of(published, given_to(who_is(request), published), tasks, today)
    return answer(workbook(published, found, tasks), f"hop-{asked.replace('/', '-')}.xlsx")


def workbook(published: FrozenPublication, found: Meeting, tasks: Followed) -> bytes:
    about = _about(published, found)
    targets = _targets(about, published.rows(published.root.uid))
    sheets = [_tally(about, found, targets), targets, _unmet(about, found), _work(about, tasks)]
    return tables(gettext("Phục vụ họp ban chỉ đạo"), sheets)


def _about(published: FrozenPublication, found: Meeting) -> list[tuple[str, str]]:
    card, lang = found.card, language()
    none = gettext("kỳ trước chưa được công bố")
    lines = [
        (gettext("Kế hoạch"), f"{published.plan.document}, {in_words(found.unit)}"),
        (gettext("Kỳ số liệu"), f"{in_words(card.period.label)} ({card.period.dates})"),
        (gettext("So với"), in_words(found.earlier.period.label) if found.earlier else none),
        (gettext("Số liệu đã công bố"), card.name),
        (gettext("Bản chụp"), str(card.snapshot)),
        (gettext("Việc tính đến ngày"), writing.day(timezone.localdate(), lang)),
    ]
    if card.simulated:
        text = gettext("Con số ở đây do phần mềm tạo ra để minh họa.")
        lines.insert(0, (gettext("SỐ LIỆU MÔ PHỎNG"), text))
    return lines


def _tally(about: list[tuple[str, str]], found: Meeting, targets: Table) -> Table:
    """Targets by standing: counted by Excel in the sheet of targets; before as it was published then."""
    cells, rows = targets.range(STANDING), list[list[Cell]]()
    for one in Standing:
        now, before = found.tally[one], found.before[one] if found.before else None
        count = Formula(f"=COUNTIF({cells},$A{{row}})", now)
        change = None if before is None else Formula("=B{row}-C{row}", now - before)
        rows.append([in_words(STANDINGS[one]), count, before, change])
    columns = [
        Column(gettext("Trạng thái"), 30),
        Column(gettext("Nay"), 12, Form.COUNT, total=True),
        Column(gettext("Kỳ trước"), 12, Form.COUNT, total=found.before is not None),
        Column(gettext("Thay đổi"), 12, Form.COUNT),
    ]
    return Table(gettext("Tổng quan"), about, columns, rows)


def _targets(about: list[tuple[str, str]], rows: Iterable[FrozenRow]) -> Table:
    columns = [
        Column(gettext("Mã"), 11),
        Column(gettext("Chỉ tiêu"), 46),
        Column(gettext("Trạng thái"), 16),
        Column(gettext("Nay"), 11, Form.SHARE),
        Column(gettext("Tử số"), 11, Form.COUNT),
        Column(gettext("Mẫu số"), 11, Form.COUNT),
        Column(gettext("Yêu cầu"), 11),
        Column(gettext("Mức"), 10, Form.SHARE),
        Column(gettext("Kỳ trước"), 11, Form.SHARE),
        Column(gettext("Thay đổi (điểm %)"), 11, Form.CHANGE),
        Column(gettext("Đổi gì"), 22),
        Column(gettext("Vì sao chưa có số liệu"), 34),
    ]
    return Table(gettext("Mọi chỉ tiêu"), about, columns, [_target(row) for row in rows])


def _target(row: FrozenRow) -> list[Cell]:
    figure, before = row.figure, row.before
    change = row.judgement.change if row.is_share else None
    points = None if change is None else Formula("=(D{row}-I{row})*100", float(change * 100))
    return [
        row.target.code,
        in_words(row.target.name),
        in_words(STANDINGS[row.standing]),
        _value(row, figure.value),
        figure.cell.numerator,
        figure.cell.denominator,
        in_words(OPERATORS[Operator(row.threshold.operator)]),
        _value(row, row.threshold.amount),
        _value(row, before.value if before else None),
        points,
        in_words(_turn(row)),
        in_words(figure.why) if figure.why else "",
    ]


def _value(row: FrozenRow, value: Fraction | None) -> Cell:
    return value if row.is_share else As(value, Form.NUMBER)


def _turn(row: FrozenRow) -> Text:
    """What has become of a target since the period before."""
    if row.crossed:
        if row.threshold.is_met_by(row.figure.value or Fraction(0)):
            return Text("vừa đạt mức", "met now")
        return Text("không còn đạt mức", "no longer met")
    if not row.judgement.change:
        return Text("", "")
    return Text("tiến lên", "better") if row.gain > 0 else Text("lùi lại", "worse")


def _unmet(about: list[tuple[str, str]], found: Meeting) -> Table:
    """What is behind first, then what is farthest from its level, as on the page."""
    columns = [
        Column(gettext("Thứ tự"), 7, Form.COUNT),
        Column(gettext("Mã"), 11),
        Column(gettext("Chỉ tiêu"), 40),
        Column(gettext("Trạng thái"), 15),
        Column(gettext("Nay"), 10, Form.SHARE),
        Column(gettext("Mức"), 10, Form.SHARE),
        Column(gettext("Cách mức (điểm %)"), 10, Form.POINTS),
        Column(gettext("Còn thiếu"), 10, Form.COUNT),
        Column(gettext("Thiếu nhiều nhất"), 40),
        Column(gettext("Trả lời hôm nay"), 34),
        Column(gettext("Đã giao (đơn vị)"), 10, Form.COUNT),
        Column(gettext("Có người trả lời (đơn vị)"), 12, Form.COUNT),
        Column(gettext("Nhiệm vụ"), 28),
    ]
    lines = [
        [number, *_red(one)] for number, one in enumerate((*found.largest, *found.further), start=1)
    ]
    return Table(gettext("Chưa đạt"), about, columns, lines)


def _red(one: MeetingRow) -> list[Cell]:
    row, lang = one.row, language()
    times = 100 if row.is_share else 1
    pullers = [
        f"{in_words(p.name)} ({'; '.join([writing.number(p.short, lang), *p.answers])})"
        for p in one.pullers
    ]
    return [
        row.target.code,
        in_words(row.target.name),
        in_words(STANDINGS[row.standing]),
        _value(row, row.figure.value),
        _value(row, row.threshold.amount),
        Formula(f"=ABS(F{{row}}-E{{row}})*{times}", float((row.gap or 0) * times)),
        row.short,
        "\n".join(pullers),
        "\n".join(one.answers),
        one.giving.units if one.giving else None,
        one.giving.named if one.giving else None,
        "\n".join(f"{task.code}: {in_words(STATES[task.state])}" for task in one.tasks),
    ]


def _work(about: list[tuple[str, str]], tasks: Followed) -> Table:
    columns = [
        Column(gettext("Loại"), 24),
        Column(gettext("Mã"), 16),
        Column(gettext("Nhiệm vụ"), 50),
        Column(gettext("Chủ trì"), 30),
        Column(gettext("Hạn"), 11, Form.DAY),
        Column(gettext("Trạng thái"), 18),
        Column(gettext("Chỉ tiêu"), 16),
        Column(gettext("Ghi chú"), 10),
    ]
    kinds: list[tuple[str, Sequence[TaskRow]]] = [
        (gettext("kết luận hôm nay"), tasks.today),
        (gettext("kết luận trước, đang làm"), tasks.open),
        (gettext("nhiệm vụ quá hạn"), tasks.overdue),
    ]
    lines: list[list[Cell]] = [
        [
            kind,
            one.code,
            in_words(one.title),
            in_words(one.lead.name) if one.lead else gettext("chưa rõ cơ quan chủ trì"),
            one.status.due or one.deadline,
            in_words(STATES[one.state]),
            ", ".join(one.targets),
            gettext("mô phỏng") if one.simulated else "",
        ]
        for kind, rows in kinds
        for one in rows
    ]
    return Table(gettext("Kết luận, quá hạn"), about, columns, lines)
