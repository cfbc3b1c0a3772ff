"""The room's words in both languages."""

from __future__ import annotations

from tinhso.measure.text import Text
from tinhso.modules.tasks.facts import Decision, Rhythm
from tinhso.modules.tasks.models import Task
from tinhso.modules.tasks.states import State
from tinhso.modules.tasks.urging import Wanted

STATES = {
    State.OVERDUE: Text("quá hạn", "overdue"),
    State.AT_RISK: Text("có nguy cơ chậm", "at risk"),
    State.WAITING: Text("chờ cơ quan khác", "waiting on others"),
    State.NOT_STARTED: Text("chưa bắt đầu", "not started"),
    State.IN_PROGRESS: Text("đang làm", "in progress"),
    State.DONE_IN_TIME: Text("xong đúng hạn", "done in time"),
    State.DONE_LATE: Text("xong chậm hạn", "done late"),
    State.DONE_UNDATED: Text("xong, không rõ hạn", "done, no deadline known"),
    State.CANCELLED: Text("đã hủy", "cancelled"),
}

RHYTHMS = {
    Rhythm.ONCE: Text("một lần", "once"),
    Rhythm.MONTHLY: Text("hằng tháng", "monthly"),
    Rhythm.QUARTERLY: Text("hằng quý", "quarterly"),
    Rhythm.HALF_YEARLY: Text("sáu tháng một lần", "half-yearly"),
    Rhythm.YEARLY: Text("hằng năm", "yearly"),
    Rhythm.CONTINUOUS: Text("thường xuyên, không có ngày hạn", "continuous, with no deadline"),
    Rhythm.UNKNOWN: Text("chưa có trong nguồn", "not in the source"),
}

DECISIONS = {
    Decision.WAITING: Text("chờ xem xét", "waiting"),
    Decision.ACCEPTED: Text("đã xác nhận", "confirmed"),
    Decision.REFUSED: Text("đã trả lại", "returned"),
}

GRANTS = {
    Decision.WAITING: Text("chờ quyết định", "waiting"),
    Decision.ACCEPTED: Text("cho gia hạn", "granted"),
    Decision.REFUSED: Text("không cho gia hạn", "refused"),
}

ORIGINS = {
    Task.Origin.PACK: Text("nguồn công khai của kế hoạch", "the plan's public source"),
    Task.Origin.ANNEX: Text("phụ lục nhập vào", "an imported annex"),
    Task.Origin.ENTERED: Text("giao trực tiếp", "given here"),
    Task.Origin.DECISION: Text("kết luận cuộc họp, chỉ đạo", "a meeting's or leader's decision"),
}

WANTED = {
    Wanted.OVERDUE: Text("hoàn thành, hoặc đề nghị gia hạn", "finish it, or ask for more time"),
    Wanted.RETURNED: Text("sửa báo cáo bị trả lại", "mend the report that was returned"),
    Wanted.DUE_SOON: Text("sắp đến hạn", "due soon"),
    Wanted.ANSWER: Text("trả lời đề nghị phối hợp", "answer a request"),
    Wanted.CONFIRM: Text("xác nhận hoặc trả lại báo cáo", "confirm or return a report"),
    Wanted.DECIDE: Text("quyết định gia hạn", "decide on more time"),
    Wanted.ASSIGN: Text("giao cơ quan chủ trì", "give it to an agency"),
}

#: Which of the site's signs (`mark`) and colours stands for a state. Red is for what is behind only.
SIGNS = {
    State.OVERDUE: "behind",
    State.AT_RISK: "on-the-way",
    State.WAITING: "not-applicable",
    State.NOT_STARTED: "unknown",
    State.IN_PROGRESS: "going",
    State.DONE_IN_TIME: "met",
    State.DONE_LATE: "met-late",
    State.DONE_UNDATED: "met",
    State.CANCELLED: "off",
}
