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
    OwnPlan.State.SUBMITTED: Text("đã gửi, chờ duyệt", "handed in, waits for approval"),
    OwnPlan.State.APPROVED: Text("đã duyệt", "approved"),
    OwnPlan.State.RETURNED: Text("bị trả lại", "returned"),
}
