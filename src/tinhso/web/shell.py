"""What every page's frame shows: the plan in hand, navigation, the other language's address, and
for those who have signed in the doors that are theirs."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language

from tinhso.kernel.cases.policies import CASE
from tinhso.kernel.people.accounts import BadTokenError, who_is
from tinhso.kernel.people.policies import ACCOUNT, DELIVERY, ENTRY, STATUS, TOKEN
from tinhso.kernel.people.policy import Policy
from tinhso.kernel.people.who import Who
from tinhso.kernel.units.policies import AGENCY
from tinhso.measure.text import Text
from tinhso.modules.documents.policies import DOCUMENT
from tinhso.modules.plan.policies import PUBLICATION
from tinhso.modules.reporting.policies import FIGURE
from tinhso.modules.scorecards.policies import ROUND
from tinhso.modules.shares.policies import OWN_PLAN
from tinhso.modules.tasks.policies import TASK
from tinhso.modules.urging.policies import REMINDER


@dataclass(frozen=True)
class Door:
    """A page of the office: its route, and the right that opens it (none: being signed in).

    One `of_plan` leads to the plan that the front page opens.
    """

    route: str
    label: Text
    policy: Policy | None = None
    verb: str = ""
    of_plan: bool = False

    @property
    def address(self) -> str:
        return reverse(self.route, args=[settings.TINHSO_DEFAULT_PLAN] if self.of_plan else [])

    def opens_for(self, who: Who) -> bool:
        if self.policy is None:
            return who.signed_in
        return self.policy.anywhere(who, self.verb)


@dataclass(frozen=True)
class ShownDoor:
    label: Text
    address: str
    here: bool


#: The office's pages, in the order of the menu.
DOORS: tuple[Door, ...] = (
    Door("urging:today", Text("Việc hôm nay", "Today's work")),
    Door("desk:queue", Text("Phản ánh 1022", "Reports to 1022"), CASE, "view"),
    Door("shares:mine", Text("Chỉ tiêu của đơn vị", "Our targets")),
    Door("tasks:mine", Text("Việc của cơ quan tôi", "My agency's tasks"), TASK, "open"),
    Door("questions:desk", Text("Câu hỏi chờ trả lời", "Questions to answer"), CASE, "view"),
    Door("reporting:desk", Text("Số liệu phải báo cáo", "Figures to report"), FIGURE, "enter"),
    Door(
        "reporting:overview",
        Text("Tình hình báo cáo số liệu", "How reporting stands"),
        FIGURE,
        "view",
    ),
    Door(
        "scorecards:all-rounds",
        Text("Tự chấm, thẩm định", "Self-assessment, verification"),
        ROUND,
        "view",
        of_plan=True,
    ),
    Door(
        "shares:own-plans",
        Text("Kế hoạch riêng của đơn vị", "Units' own plans"),
        OWN_PLAN,
        "view",
        of_plan=True,
    ),
    Door(
        "plan:publishing",
        Text("Công bố số liệu", "Publish figures"),
        PUBLICATION,
        "publish",
        of_plan=True,
    ),
    Door("documents:index", Text("Văn bản", "Documents"), DOCUMENT, "view"),
    Door("urging:sent", Text("Đôn đốc", "Reminders"), REMINDER, "view"),
    Door("feedback:mine", Text("Phản ánh của tôi", "My reports")),
    Door("my_account", Text("Tài khoản của tôi", "My account")),
    Door("people:people", Text("Người và vị trí", "People and positions"), ACCOUNT, "view"),
    Door("units:agencies", Text("Danh mục cơ quan", "Register of agencies"), AGENCY, "manage"),
    Door("people:machines", Text("Hệ thống kết nối", "Connected systems"), TOKEN, "view"),
    Door("people:roles", Text("Vai trò", "Roles")),
    Door("ledger:entries", Text("Nhật ký", "Ledger"), ENTRY, "view"),
    Door("deliveries", Text("Việc phải gửi", "Deliveries"), DELIVERY, "view"),
    Door("status", Text("Tình trạng hệ thống", "System status"), STATUS, "view"),
)


def shell(request: HttpRequest) -> dict[str, object]:
    """Context of `shell/base.html` and `shell/office.html`."""
    english = get_language() == "en"
    path = request.get_full_path()
    other = path.removeprefix("/en") if english else f"/en{path}"
    doors = _doors(request)
    return {
        "other_language": "vi" if english else "en",
        "other_address": other,
        "default_plan": settings.TINHSO_DEFAULT_PLAN,
        "doors": doors,
    }


def _doors(request: HttpRequest) -> list[ShownDoor]:
    try:
        who = who_is(request)
    except BadTokenError:
        return []
    addresses = [(door.label, door.address) for door in DOORS if door.opens_for(who)]
    # Of doors that lie one within the other, the inner one is where one is.
    here = max((at for _, at in addresses if request.path.startswith(at)), key=len, default="")
    return [ShownDoor(label, at, at == here) for label, at in addresses]
