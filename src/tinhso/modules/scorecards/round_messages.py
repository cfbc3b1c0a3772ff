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
SHEET_NOT_OURS = message(
    "round-sheet-not-ours",
    vi="Tệp này không phải bảng tải về từ trang này. Tải bảng của đợt, điền, rồi gửi lại.",
    en="This file is no table from this page. Download the round’s table, fill it in, then send it.",
)
SHEET_ANOTHER = message(
    "round-sheet-another",
    vi="Bảng này của đợt hoặc bước khác. Mở đúng trang, hoặc tải đúng bảng.",
    en="This table is of another round or step. Open the right page, or download the right table.",
)
ROW_CHANGED = message(
    "round-sheet-row",
    vi="Ô {cell}: mã của dòng đã bị đổi hoặc chép từ chỗ khác, nên không biết điểm thuộc về ai. Chép số vào bảng mới tải.",
    en="Cell {cell}: the row’s codes were changed or copied, so nobody knows whose points these are. Copy them into a table freshly downloaded.",
)
ROW_OUT_OF_REACH = message(
    "round-sheet-reach",
    vi="Ô {cell}: {unit} không thuộc các đơn vị bạn được điền ở bước này.",
    en="Cell {cell}: {unit} is none of the units that you can fill in at this step.",
)
ROW_TWICE = message(
    "round-sheet-twice",
    vi="Ô {cell}: tiêu chí này của đơn vị đã có ở dòng {row}. Bỏ một trong hai dòng.",
    en="Cell {cell}: this unit’s component is in row {row} already. Remove one of the two.",
)
ROW_STALE = message(
    "round-sheet-stale",
    vi="Ô {cell}: từ khi tải bảng, người khác đã ghi {now} vào đây. Tải bảng mới rồi điền lại dòng này.",
    en="Cell {cell}: since the table was downloaded somebody else has written {now} here. Download it again and fill in this row anew.",
)
CELL_WRONG = message("round-sheet-cell", vi="Ô {cell}: {said}", en="Cell {cell}: {said}")
NOTHING_NEW = message(
    "round-sheet-nothing",
    vi="Bảng không đổi điểm hay lời nào so với trang. Điền vào các ô màu vàng rồi gửi lại.",
    en="The table changes no points and no words of the page. Fill in the yellow cells, then send it.",
)
SEEN_OTHERWISE = message(
    "round-sheet-seen",
    vi="Từ lúc xem trước, điểm của đợt đã đổi. Xem lại các thay đổi dưới đây rồi ghi.",
    en="The round’s points have changed since the preview. Look at the changes below again, then save.",
)
OTHER_VERSION = message(
    "round-other-version",
    vi="Bộ chỉ số nay là phiên bản {now}, còn đợt mở theo phiên bản {version}. Không xếp hạng điểm của quy tắc này bằng quy tắc khác: đưa phiên bản {version} trở lại gói rồi đóng, hoặc hủy đợt.",
    en="The scorecard is version {now} now; the round was opened under version {version}. Points given by one rule are not ranked by another: put version {version} back into the pack and close, or cancel the round.",
)
