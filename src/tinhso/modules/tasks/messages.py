"""Why an act on a task is not taken, in both languages."""

from __future__ import annotations

from tinhso.measure.text import message

TITLE_NEEDED = message("task-title-needed", vi="Ghi nội dung nhiệm vụ.", en="Say what the task is.")
CODE_WRONG = message(
    "task-code-wrong",
    vi="Mã “{code}” không dùng được: 1 đến 40 chữ, số, dấu chấm, gạch ngang, gạch chéo.",
    en="The code “{code}” cannot be used: 1 to 40 letters, digits, dots, dashes, slashes.",
)
CODE_TAKEN = message(
    "task-code-taken",
    vi="Kế hoạch đã có nhiệm vụ mã “{code}”. Chọn mã khác.",
    en="The plan has a task with the code “{code}” already. Choose another.",
)
DEADLINE_NEEDED = message(
    "task-deadline-needed",
    vi="Chu kỳ này cần ngày cuối cùng. Không rõ hạn thì chọn “chưa có trong nguồn”.",
    en="This rhythm needs a last day. Where the deadline is unknown, choose “not in the source”.",
)
DEADLINE_NOT_MEANT = message(
    "task-deadline-not-meant",
    vi="Việc thường xuyên hoặc chưa rõ hạn thì để trống ngày hạn.",
    en="What is continuous, or has no known deadline, takes no day.",
)
DATES_BACKWARDS = message(
    "task-dates-backwards",
    vi="Ngày bắt đầu ({start}) phải không sau hạn ({deadline}).",
    en="The first day ({start}) must not come after the deadline ({deadline}).",
)
TARGET_UNKNOWN = message(
    "task-target-unknown",
    vi="Kế hoạch không có chỉ tiêu “{code}”. Gần nhất: {near}.",
    en="The plan has no target “{code}”. The nearest: {near}.",
)
LEAD_COORDINATES = message(
    "task-lead-coordinates",
    vi="{unit} đã là cơ quan chủ trì; bỏ khỏi danh sách phối hợp.",
    en="{unit} leads already; take it off the coordinating ones.",
)
NEED_UNKNOWN = message(
    "task-need-unknown",
    vi="Kế hoạch không có nhiệm vụ mã “{code}”.",
    en="The plan has no task with the code “{code}”.",
)
CIRCLE = message(
    "task-circle",
    vi="Các nhiệm vụ chờ nhau vòng tròn: {path}. Bỏ một phụ thuộc.",
    en="The tasks wait for each other in a circle: {path}. Take one dependency away.",
)
REASON_NEEDED = message(
    "task-reason-needed",
    vi="Ghi lý do thay đổi; lý do được giữ cùng phiên bản.",
    en="Give the reason of the change; it is kept with the version.",
)
CHANGED_MEANWHILE = message(
    "task-changed-meanwhile",
    vi="Có người vừa sửa nhiệm vụ này (nay là phiên bản {number}). Những gì bạn gõ vẫn còn dưới đây: xem lại rồi lưu lần nữa.",
    en="Somebody has just changed this task (it is version {number} now). What you typed is kept below: look again, then save once more.",
)
NOTHING_CHANGED = message(
    "task-nothing-changed",
    vi="Không có gì khác phiên bản hiện tại.",
    en="Nothing differs from the version as it is.",
)
ENDED = message(
    "task-ended",
    vi="Nhiệm vụ đã kết thúc ({state}) nên không nhận thêm.",
    en="The task has ended ({state}) and takes nothing more.",
)
NOT_CANCELLED = message(
    "task-not-cancelled", vi="Nhiệm vụ không bị hủy.", en="The task is not cancelled."
)
NO_LEAD = message(
    "task-no-lead",
    vi="Nhiệm vụ chưa có cơ quan chủ trì nên chưa ai báo cáo được. Cơ quan thường trực cần giao trước.",
    en="Nobody leads the task yet, so nobody can report. The standing agency has to give it first.",
)
NOT_CONCERNED = message(
    "task-not-concerned",
    vi="{unit} không chủ trì, cũng không phối hợp nhiệm vụ này nên không báo cáo được.",
    en="{unit} neither leads nor coordinates this task, so it cannot report on it.",
)
SAY_SOMETHING = message(
    "report-empty",
    vi="Ghi tiến độ bằng lời hoặc phần trăm, hoặc đánh dấu đã hoàn thành.",
    en="Give the progress in words or per cent, or mark it as done.",
)
PERCENT_WRONG = message(
    "report-percent",
    vi="“{value}” không phải phần trăm: ghi số nguyên từ 0 đến 100.",
    en="“{value}” is no percentage: write a whole number from 0 to 100.",
)
DONE_LATER = message(
    "report-done-later",
    vi="Ngày hoàn thành ({done}) chưa đến.",
    en="The day of completion ({done}) is still to come.",
)
PERIOD_WRONG = message(
    "report-period",
    vi="Chọn kỳ mà báo cáo nói đến.",
    en="Choose the period that the report is about.",
)
LINK_WRONG = message(
    "report-link",
    vi="“{link}” không phải liên kết: phải bắt đầu bằng https:// hoặc http://.",
    en="“{link}” is no link: it has to begin with https:// or http://.",
)
DECIDED = message(
    "task-decided", vi="Việc này đã được quyết định.", en="This has been decided already."
)
OWN = message(
    "task-own-decision",
    vi="Người gửi không tự xác nhận hay quyết định; người khác của cơ quan có quyền quyết định phải làm việc này.",
    en="Whoever sent it does not decide on it; somebody else of the agency that decides has to.",
)
COMMENT_NEEDED = message(
    "task-comment-needed",
    vi="Ghi rõ vì sao, để người nhận biết phải làm gì.",
    en="Say why, so that whoever gets it knows what to do.",
)
EXTENSION_WAITS = message(
    "extension-waits",
    vi="Đã có đề nghị gia hạn đang chờ quyết định.",
    en="A request for more time waits for its decision already.",
)
EXTENSION_NOT_LATER = message(
    "extension-not-later",
    vi="Hạn mới ({wanted}) phải sau hạn hiện tại ({deadline}).",
    en="The new deadline ({wanted}) must come after the present one ({deadline}).",
)
NOT_EXTENDED = message(
    "extension-not-once",
    vi="Chỉ gia hạn được nhiệm vụ làm một lần có hạn rõ. Nhiệm vụ này: {rhythm}.",
    en="Only a task that is due once, on a known day, can be given more time. This one: {rhythm}.",
)
ASK_SELF = message(
    "ask-self",
    vi="Cơ quan được đề nghị phải khác cơ quan chủ trì.",
    en="The agency asked must be another than the one that leads.",
)
WORDS_NEEDED = message("task-words-needed", vi="Ghi nội dung.", en="Say what it is about.")
TOO_LONG = message(
    "task-text-too-long",
    vi="Dài quá: nhiều nhất {most} ký tự, đang có {has}.",
    en="Too long: at most {most} characters, there are {has}.",
)
MANY_FILES = message(
    "report-many-files",
    vi="Nhiều nhất {most} tệp một báo cáo.",
    en="At most {most} files in a report.",
)
