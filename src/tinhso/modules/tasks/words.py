"""The room's words in both languages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from tinhso.measure import writing
from tinhso.measure.text import Text
from tinhso.modules.tasks.facts import Decision, Rhythm
from tinhso.modules.tasks.models import Task
from tinhso.modules.tasks.states import Because, State, Status, rules
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
    Wanted.CONFIRM_PART: Text(
        "xác nhận hoặc trả lại báo cáo của cơ quan phối hợp",
        "confirm or return a coordinating agency's report",
    ),
    Wanted.CONFIRM: Text("xác nhận hoặc trả lại báo cáo", "confirm or return a report"),
    Wanted.DECIDE: Text("quyết định gia hạn", "decide on more time"),
    Wanted.ASSIGN: Text("giao cơ quan chủ trì", "give it to an agency"),
}


def why(
    status: Status,
    day: date,
    *,
    reason: str,
    told: date | None,
    needs: Sequence[str],
    asked: Text | None,
) -> Text:
    """A state's reason as a sentence. `told` is the newest report's day, `needs` codes of tasks."""
    due, done = _both(status.due), _both(status.done_on)
    match status.because:
        case Because.CANCELLED:
            return _made("Đã hủy: {reason}", "Cancelled: {reason}", reason=reason)
        case Because.DONE if status.state is State.DONE_UNDATED:
            return _made(
                "Hoàn thành ngày {done}; không có hạn nên không nói được đúng hay chậm.",
                "Done on {done}; there is no deadline, so nobody can say whether in time.",
                done=done,
            )
        case Because.DONE if status.state is State.DONE_LATE:
            return _made(
                "Hoàn thành ngày {done}; có phần sau hạn.", "Done on {done}, late.", done=done
            )
        case Because.DONE:
            return _made(
                "Hoàn thành ngày {done}, hạn {due}, đã được xác nhận.",
                "Done on {done}, due {due}, confirmed.",
                done=done,
                due=due,
            )
        case Because.SAID_DONE:
            return _made(
                "Cơ quan chủ trì báo đã hoàn thành ngày {done}; chờ xác nhận.",
                "Its lead says that it was done on {done}; this waits to be confirmed.",
                done=done,
            )
        case Because.PAST_DUE:
            days = (day - status.due).days if status.due else 0
            return _made(
                "Đã qua hạn {due} {days} ngày mà chưa hoàn thành.",
                "{days} days past its deadline, {due}, and not done.",
                due=due,
                days=days,
            )
        case Because.NEEDS:
            return _made(
                "Chờ nhiệm vụ {codes} hoàn thành trước.",
                "Waits for {codes} to be finished first.",
                codes=", ".join(needs),
            )
        case Because.ASKED:
            return _made(
                "Chờ {unit} trả lời đề nghị phối hợp.",
                "Waits for an answer of {unit}.",
                unit=asked or Text("", ""),
            )
        case Because.RULE:
            return next(one.text for one in rules().rules if one.code == status.rule)
        case Because.REPORTED:
            return _made("Báo cáo gần nhất ngày {told}.", "Last report: {told}.", told=_both(told))
    return Text("Chưa có báo cáo nào.", "Nothing has been reported.")


def _both(day: date | None) -> Text:
    return Text("–", "–") if day is None else Text(writing.day(day, "vi"), writing.day(day, "en"))


def _made(vi: str, en: str, **values: object) -> Text:
    def to(language: str) -> dict[str, object]:
        return {
            name: value.to(language) if isinstance(value, Text) else value
            for name, value in values.items()
        }

    return Text(vi.format(**to("vi")), en.format(**to("en")))
