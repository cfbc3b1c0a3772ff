"""One version of a unit's own plan to take away: XLSX, with everything that tells what it is."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext

from tinhso.kernel.files.tables import As, Cell, Column, Form, Table, answer, language, tables
from tinhso.kernel.people.access import asks
from tinhso.kernel.people.limits import HEAVY, limited
from tinhso.kernel.units.queries import card
from tinhso.measure import writing
from tinhso.modules.plan.pack import Operator
from tinhso.modules.plan.queries import Lens
from tinhso.modules.plan.words import OPERATORS
from tinhso.modules.shares import own_plan_words as words
from tinhso.modules.shares.models import OwnPlan
from tinhso.modules.shares.own_plan_queries import Contents, ItemView, contents, version_of
from tinhso.modules.shares.own_plan_views import own_unit
from tinhso.modules.shares.pages import room_page
from tinhso.modules.shares.policies import OWN_PLAN
from tinhso.modules.shares.promises import Kind
from tinhso.modules.shares.queries import ShareQueries


@asks(OWN_PLAN, "view", unit=own_unit)
@limited(HEAVY)
@room_page
def download(
    _request: HttpRequest, queries: ShareQueries, _lens: Lens, uid: str, version: int
) -> HttpResponse:
    one = version_of(queries.who, queries.plan, uid, version)
    if one is None:
        raise Http404(str(version))
    shown = contents(queries, uid, one)
    content = tables(gettext("Kế hoạch riêng"), [_table(queries, one, shown)])
    return answer(content, f"ke-hoach-{queries.plan.pack.code}-{uid}-{version}.xlsx")


def _about(queries: ShareQueries, one: OwnPlan, shown: Contents) -> list[tuple[str, str]]:
    lang, none = language(), gettext("chưa có")
    state = words.state(one)
    lines = [
        (gettext("Đơn vị"), card(one.unit_id).name.to(lang)),
        (gettext("Để thực hiện"), str(queries.plan.plan.document)),
        (gettext("Phiên bản"), str(one.version)),
        (gettext("Trạng thái"), state.to(lang) if state else ""),
        (gettext("Số, ký hiệu"), one.number or none),
        (gettext("Ngày ban hành"), writing.day(one.issued, lang) if one.issued else none),
        (gettext("Địa chỉ nơi đăng"), one.link or none),
    ]
    for label, at, by in (
        (gettext("Gửi:"), one.submitted_at, one.submitted_by),
        (gettext("Quyết định:"), one.decided_at, one.decided_by),
    ):
        if at is not None:
            moment = writing.moment(timezone.localtime(at), lang)
            lines.append((label.rstrip(":"), f"{moment}, {by}"))
    if one.simulated or shown.simulated:
        lines.insert(0, (gettext("MÔ PHỎNG"), gettext("Kế hoạch hoặc phần được giao là mô phỏng.")))
    return lines


def _table(queries: ShareQueries, one: OwnPlan, shown: Contents) -> Table:
    columns = [
        Column(gettext("Mã"), 12),
        Column(gettext("Loại"), 11),
        Column(gettext("Nội dung"), 42),
        Column(gettext("Nguồn"), 18),
        Column(gettext("Sản phẩm"), 26),
        Column(gettext("Yêu cầu"), 10),
        Column(gettext("Mức được giao"), 10, Form.PERCENT),
        Column(gettext("Mốc quý"), 22),
        Column(gettext("Hạn được giao"), 13, Form.DAY),
        Column(gettext("Mức đơn vị đặt"), 10, Form.NUMBER),
        Column(gettext("Đơn vị tính"), 9),
        Column(gettext("Hạn đơn vị đặt"), 12, Form.DAY),
        Column(gettext("Người chịu trách nhiệm"), 24),
        Column(gettext("Ghi chú"), 24),
        Column(gettext("So với phần được giao nay"), 26),
    ]
    rows = [_line(view) for view in shown.items]
    return Table(gettext("Kế hoạch riêng"), _about(queries, one, shown), columns, rows)


def _line(view: ItemView) -> list[Cell]:
    lang, item, assigned = language(), view.item, view.assigned
    source = gettext("đơn vị thêm")
    if assigned is not None:
        part = gettext("phiên bản %(n)s") % {"n": assigned.version}
        source = f"{words.role(assigned, lang) or gettext('được giao')}, {part}"
    told = [
        f"{name}: {before} → {after}"
        for name, before, after in (words.changed(one, lang) for one in view.changes)
    ]
    return [
        item.code,
        words.KINDS[Kind(item.kind)].to(lang),
        item.text.to(lang),
        source,
        item.product,
        OPERATORS[Operator(assigned.operator)].to(lang) if assigned and assigned.operator else "",
        assigned.value if assigned else None,
        words.steps(assigned.milestones, lang) if assigned else "",
        words.due(assigned, lang) if assigned else "",
        As(item.own_value, Form.PERCENT) if assigned else item.own_value,
        item.measure,
        item.deadline,
        item.answers,
        item.note,
        gettext("không còn được giao") if view.withdrawn else "; ".join(told),
    ]
