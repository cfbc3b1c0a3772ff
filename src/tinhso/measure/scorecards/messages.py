"""What can be wrong with a scorecard's file, beyond its shape."""

from __future__ import annotations

from tinhso.measure.text import message

SUM_DIFFERS = message(
    "points-do-not-add-up",
    vi="Các phần của “{code}” cộng lại là {sum}, còn ở đây ghi {points}. Sửa một trong hai.",
    en='The parts of "{code}" add up to {sum}, while {points} is written here. Correct one of the two.',
)
TWO_WORDS = message(
    "points-and-weights",
    vi="Bộ chỉ số này tính bằng “{counted}”, nên ở đây ghi “{counted}”, không ghi “{found}”.",
    en='This scorecard counts in "{counted}": write "{counted}" here, not "{found}".',
)
TWICE = message(
    "component-twice",
    vi="Mã “{code}” đã có ở dòng {first} của bộ chỉ số này. Đổi mã.",
    en='The code "{code}" is already on line {first} of this scorecard. Change it.',
)
PARTS_OR_RULE = message(
    "parts-or-rule",
    vi="“{code}” phải có đúng một trong “parts” (nhánh) và “rule” (tiêu chí chấm điểm).",
    en='"{code}" needs exactly one of "parts" (a branch) and "rule" (a leaf that is scored).',
)
READS_ONE = message(
    "leaf-reads-one",
    vi="Tiêu chí “{code}” phải nêu đúng một nguồn: “indicator”, “column” hoặc “no_source” (kèm lý do chưa có).",
    en='The leaf "{code}" needs exactly one source: "indicator", "column", or "no_source" (with the reason why there is none).',
)
NOT_FOR_BRANCH = message(
    "not-for-branch",
    vi="“{code}” là nhánh nên không dùng khóa “{key}”. Chuyển khóa này xuống tiêu chí bên dưới.",
    en='"{code}" is a branch and does not use the key "{key}". Move it to a leaf below.',
)
RULE_NEEDS = message(
    "rule-needs-key",
    vi="Cách chấm “{kind}” cần khóa “{key}”. Thêm khóa này.",
    en='The rule "{kind}" needs the key "{key}". Add it.',
)
NOT_FOR_RULE = message(
    "not-for-rule",
    vi="Cách chấm “{kind}” không dùng khóa “{key}”. Bỏ khóa này.",
    en='The rule "{kind}" does not use the key "{key}". Remove it.',
)
AGAINST_INDICATOR = message(
    "rule-wrong-way",
    vi="Phép so sánh “{operator}” ngược chiều với chỉ số “{indicator}” (better: {better}). Sửa phép so sánh.",
    en='The operator "{operator}" runs against the indicator "{indicator}" (better: {better}). Correct the operator.',
)
STEPS_FALL = message(
    "steps-must-fall",
    vi="Các mức phải xếp từ tốt nhất: mức này phải kém mức trước cả về ngưỡng lẫn điểm.",
    en="Steps go from the best: this one must be below the one before, in threshold and in points.",
)
STEP_TOO_HIGH = message(
    "step-above-points",
    vi="Mức này cho {points} điểm, nhiều hơn {most} điểm của tiêu chí.",
    en="This step gives {points} points, more than the leaf's {most}.",
)
FIRST_STEP = message(
    "first-step-not-full",
    vi="Mức tốt nhất cho {points} điểm, còn tiêu chí có {most} điểm nên không bao giờ đạt đủ. Sửa một trong hai.",
    en="The best step gives {points} of the leaf's {most} points, so it can never be full. Correct one of the two.",
)
PENALTY_HAS_POINTS = message(
    "penalty-with-points",
    vi="Tiêu chí trừ điểm không có điểm của chính nó. Ghi 0.",
    en="A penalty has no points of its own. Write 0.",
)
NO_POINTS = message(
    "no-points",
    vi="Tiêu chí phải có điểm lớn hơn 0 (chỉ tiêu chí trừ điểm mới ghi 0).",
    en="A component needs points above 0 (only a penalty has 0).",
)
START_AT_THRESHOLD = message(
    "start-not-before-threshold",
    vi="Bắt đầu tính điểm ở {start} là không trước ngưỡng {threshold}. Sửa khóa “start”.",
    en='Points would start at {start}, which is not before the threshold {threshold}. Correct "start".',
)
PERCENT_BEYOND = message(
    "card-threshold-beyond",
    vi="Ngưỡng {value} % nằm ngoài 0–100 %, hoặc không bao giờ đạt được với “{operator}”. Sửa ngưỡng.",
    en='A threshold of {value} % is outside 0–100 %, or can never be met with "{operator}". Correct it.',
)
UNKNOWN_COMPONENT = message(
    "component-unknown",
    vi="Bộ chỉ số này không có tiêu chí “{code}”.{hint}",
    en='This scorecard has no leaf "{code}".{hint}',
)
UNKNOWN_COLUMN = message(
    "column-unknown",
    vi="Không tiêu chí nào của bộ chỉ số đọc cột “{code}”.{hint}",
    en='No leaf of the scorecard reads a column "{code}".{hint}',
)
NOT_WITHOUT_DENOMINATOR = message(
    "larger-needs-denominator",
    vi="“larger_denominator” cần chỉ số có mẫu số; “{code}” không có.",
    en='"larger_denominator" needs an indicator with a denominator; "{code}" has none.',
)
