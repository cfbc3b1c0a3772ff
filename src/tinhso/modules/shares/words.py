"""The words of this room's pages and API, in both languages."""

from __future__ import annotations

from tinhso.measure.boundaries import Level
from tinhso.measure.text import Text
from tinhso.modules.shares.models import OwnPlan
from tinhso.modules.shares.rules import Rule

RULES = {
    Rule.SAME: Text("một mức cho mọi đơn vị", "one level for all"),
    Rule.BY_LEVEL: Text("mỗi cấp một mức", "one level for each tier of units"),
    Rule.BY_GAP: Text(
        "theo khoảng cách từ số liệu gốc đến chỉ tiêu", "by the gap from the baseline to the target"
    ),
    Rule.BY_HAND: Text("ghi tay trong bảng", "by hand in a table"),
    Rule.WORKBOOK: Text("từ tệp Excel", "from an Excel file"),
}

LEVELS = {
    Level.AGENCY: Text("sở, ngành, cơ quan cấp tỉnh", "provincial departments and agencies"),
    Level.DISTRICT: Text("cấp huyện", "districts"),
    Level.COMMUNE: Text("cấp xã", "communes"),
}

STATES = {
    OwnPlan.State.DRAFT: Text("đang soạn", "draft"),
    OwnPlan.State.SUBMITTED: Text("đã gửi, chờ duyệt", "handed in, waits for approval"),
    OwnPlan.State.APPROVED: Text("đã duyệt", "approved"),
    OwnPlan.State.RETURNED: Text("bị trả lại", "returned"),
}

ROLES = {
    "lead": Text("chủ trì", "leads"),
    "coordinate": Text("phối hợp", "coordinates"),
}

#: The fields of what was assigned, as a change of them is told.
FIELDS = {
    "name": Text("Nội dung", "What"),
    "role": Text("Vai trò", "Role"),
    "operator": Text("Cách so", "Comparison"),
    "value": Text("Mức", "Level"),
    "milestones": Text("Mốc quý", "Milestones"),
    "product": Text("Sản phẩm", "Product"),
    "rhythm": Text("Chu kỳ", "Rhythm"),
    "deadline": Text("Hạn", "Deadline"),
}
