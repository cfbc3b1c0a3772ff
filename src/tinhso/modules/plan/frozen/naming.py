"""Publications by their names: `plan/period/view/number`, or less where that says enough."""

from __future__ import annotations

from django.db.models import QuerySet

from tinhso.measure.text import NOWHERE, InputError, message, nearest
from tinhso.modules.plan.models import Publication
from tinhso.modules.plan.queries import PlanQueries
from tinhso.modules.plan.workspace import NotMeasuredError, UnknownPlanError, workspace

UNKNOWN = message(
    "publication-unknown",
    vi="Không có lần công bố “{name}”.{near} Xem tất cả: tinhso publication list.",
    en="There is no publication “{name}”.{near} See them all: tinhso publication list.",
)
WRONG_NAME = message(
    "publication-name",
    vi="Tên lần công bố có dạng KẾ_HOẠCH/KỲ/ĐỊA_GIỚI/LẦN, ví dụ binh-phuoc-2025/2025-Q2/then/1; bỏ LẦN là lần mới nhất, bỏ ĐỊA_GIỚI là then. “{name}” không đọc được.",
    en="A publication is named PLAN/PERIOD/VIEW/NUMBER, such as binh-phuoc-2025/2025-Q2/then/1; without NUMBER it is the newest, without VIEW it is then. “{name}” cannot be read.",
)
PLAN_GONE = message(
    "publication-plan-gone",
    vi="Kế hoạch của lần công bố “{name}” không còn được phục vụ, nên không có số liệu hôm nay để so.",
    en="The plan of publication “{name}” is served no more, so there are no figures of today to compare.",
)
NOT_MEASURED = message(
    "publication-not-measured",
    vi="Chưa tính số liệu lần nào. Chạy: tinhso measure.",
    en="Nothing has been measured yet. Run: tinhso measure.",
)


def find(name: str) -> Publication:
    """The publication called `name`. Raises InputError (`publication-name`, `publication-unknown`)."""
    parts = name.strip().strip("/").split("/")
    if not 2 <= len(parts) <= 4 or not all(parts):
        raise InputError([WRONG_NAME(NOWHERE, name=name)])
    plan, period, view = (*parts, "then")[:3]
    found = Publication.objects.filter(plan=plan, period=period, view=view)
    if len(parts) == 4:
        if not parts[3].isascii() or not parts[3].isdigit() or len(parts[3]) > 9:
            raise InputError([WRONG_NAME(NOWHERE, name=name)])
        found = found.filter(number=int(parts[3]))
    one = found.order_by("-number").first()
    if one is None:
        known = [one.name for one in Publication.objects.order_by("-id")[:500]]
        close = nearest("/".join((plan, period, view, *parts[3:4])), known)
        near = f" → {close}?" if close else ""
        raise InputError([UNKNOWN(NOWHERE, name=name, near=near)])
    return one


def publications(plan: str = "") -> QuerySet[Publication]:
    """Those of a plan, or all; newest first."""
    found = Publication.objects.order_by("-id")
    return found.filter(plan=plan) if plan else found


def queries_of(publication: Publication) -> PlanQueries:
    """Today's figures of the publication's plan. Raises InputError where there are none."""
    place = workspace()
    try:
        return PlanQueries(place, publication.plan)
    except UnknownPlanError:
        raise InputError([PLAN_GONE(NOWHERE, name=publication.name)]) from None
    except NotMeasuredError:
        raise InputError([NOT_MEASURED(NOWHERE)]) from None
