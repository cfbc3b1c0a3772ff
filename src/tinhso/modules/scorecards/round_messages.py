"""What can be wrong with an act of a round, and what to do about it."""

from tinhso.measure.text import message

ROUND_TWICE = message(
    "round-twice",
    vi="Đã có đợt của bộ chỉ số này cho kỳ và nhóm này. Mở đợt ấy, hoặc hủy rồi mở lại.",
    en="There is a round of this scorecard for this period and group. Use it, or cancel it first.",
)
NO_UNITS = message(
    "round-no-units",
    vi="Nhóm này không có đơn vị nào trong kỳ đã chọn. Chọn kỳ hoặc nhóm khác.",
    en="The group has no unit in the chosen period. Choose another period or group.",
)
DAY_PAST = message(
    "round-day-past",
    vi="Hạn {day} đã qua. Chọn từ hôm nay trở đi.",
    en="The last day {day} is over. Choose today or later.",
)
WRONG_STATE = message(
    "round-wrong-state",
    vi="Đợt này đang ở bước khác nên không làm được việc này nữa. Tải lại trang.",
    en="The round is at another step, so this can no longer be done. Load the page again.",
)
TOO_LATE = message(
    "round-too-late",
    vi="Hạn là hết ngày {day}, đã qua.",
    en="The last day was {day}; it is over.",
)
EVIDENCE_NEEDED = message(
    "round-evidence",
    vi="Ghi căn cứ cho điểm của {component} (văn bản, đường dẫn), hoặc gửi kèm tệp.",
    en="Give the evidence for the points of {component} (document, link), or send a file.",
)
FINDING_NEEDED = message(
    "round-finding",
    vi="Điểm thẩm định của {component} khác điểm tự chấm: ghi lý do.",
    en="The verified points of {component} differ from those claimed: say why.",
)
OWN_CLAIM = message(
    "round-own-claim",
    vi="Bạn đã tự chấm {component}, nên người khác phải thẩm định.",
    en="You claimed the points of {component} yourself, so somebody else must verify them.",
)
STILL_OPEN = message(
    "round-still-open",
    vi="Còn {count} đơn vị chưa tự chấm và hạn là hết ngày {day}. Chờ đến hạn.",
    en="{count} units have not assessed themselves and may until {day}. Wait until then.",
)
NOT_VERIFIED = message(
    "round-not-verified",
    vi="Còn {count} tiêu chí đã tự chấm chưa thẩm định. Thẩm định xong rồi chuyển bước.",
    en="{count} claimed components are not verified. Verify them before moving on.",
)
APPEALS_OPEN = message(
    "round-appeals-open",
    vi="Còn {count} kiến nghị chưa quyết định. Quyết định xong rồi đóng.",
    en="{count} appeals are not decided. Decide them before closing.",
)
APPEALS_RUN = message(
    "round-appeals-run",
    vi="Còn trong hạn kiến nghị đến hết ngày {day}. Đóng sau ngày ấy.",
    en="Appeals may still come until {day}. Close after that day.",
)
TEXT_NEEDED = message("round-text", vi="Ghi lý do.", en="Give the reason.")
APPEALED = message(
    "round-appealed",
    vi="Tiêu chí này đã có kiến nghị; mỗi tiêu chí chỉ kiến nghị một lần.",
    en="This component has an appeal already; there is one a component.",
)
DECIDED = message(
    "round-decided", vi="Kiến nghị này đã có quyết định.", en="This appeal is decided already."
)
OTHER_VERSION = message(
    "round-other-version",
    vi="Bộ chỉ số nay là phiên bản {now}, còn đợt mở theo phiên bản {version}. Không xếp hạng điểm của quy tắc này bằng quy tắc khác: đưa phiên bản {version} trở lại gói rồi đóng, hoặc hủy đợt.",
    en="The scorecard is version {now} now; the round was opened under version {version}. Points given by one rule are not ranked by another: put version {version} back into the pack and close, or cancel the round.",
)
