"""The words that pages use for statuses and kinds, in both languages."""

from __future__ import annotations

from tinhso.measure.boundaries import Level
from tinhso.measure.definitions import Kind
from tinhso.measure.figures import Reason
from tinhso.measure.periods import PeriodKind
from tinhso.measure.targets import Because, Standing
from tinhso.measure.text import Text
from tinhso.modules.plan.pack import KnownBy, Operator

STANDINGS = {
    Standing.MET: Text("đã đạt", "met"),
    Standing.ON_THE_WAY: Text("đang tiến tới", "on the way"),
    Standing.BEHIND: Text("chậm", "behind"),
    Standing.UNKNOWN: Text("chưa có số liệu", "no data yet"),
    Standing.NOT_APPLICABLE: Text("không áp dụng", "not applicable"),
}

BECAUSE = {
    Because.VALUE: Text("Giá trị đã đạt mức chỉ tiêu.", "The value meets the target."),
    Because.DEADLINE: Text(
        "Đã đến hạn mà giá trị chưa đạt mức chỉ tiêu.",
        "The deadline has come and the value does not meet the target.",
    ),
    Because.NEARER: Text(
        "Chưa đạt, nhưng gần mức chỉ tiêu hơn kỳ trước.",
        "Not met, but nearer to the target than in the period before.",
    ),
    Because.NOT_NEARER: Text(
        "Chưa đạt, và không gần mức chỉ tiêu hơn kỳ trước.",
        "Not met, and no nearer to the target than in the period before.",
    ),
    Because.FIRST: Text(
        "Chưa đạt; kỳ trước không có số liệu để so sánh.",
        "Not met; the period before has no figure to compare with.",
    ),
    Because.NO_VALUE: Text("", ""),
}

REASONS = {
    Reason.NO_RECORDS: Text(
        "Chưa đơn vị nào gửi bản ghi cho kỳ này.", "No unit has sent records for this period."
    ),
    Reason.NO_NUMERATOR: Text(
        "Có mẫu số nhưng chưa ai báo tử số.",
        "The denominator is known, but nobody has told the numerator.",
    ),
    Reason.ZERO_DENOMINATOR: Text(
        "Mẫu số bằng 0: không có gì thuộc diện tính.",
        "The denominator is 0: nothing falls under this figure.",
    ),
    Reason.NO_DENOMINATOR: Text(
        "Chưa có mẫu số nên không tính được tỷ lệ.",
        "There is no denominator, so there is no share to compute.",
    ),
    Reason.NOT_IN_EXISTENCE: Text(
        "Đơn vị không tồn tại trong kỳ này theo cách nhìn địa giới đã chọn.",
        "The unit did not exist in this period in the chosen boundary view.",
    ),
    Reason.OUT_OF_RANGE: Text(
        "Kỳ này nằm ngoài thời gian có bản ghi.",
        "The period lies outside the time that records cover.",
    ),
}

KINDS = {
    Kind.RATIO: Text("tỷ lệ, tính từ bản ghi", "a ratio, computed from records"),
    Kind.PEOPLE: Text(
        "số người khác nhau trên dân số được báo cáo", "different persons over reported population"
    ),
    Kind.UNITS: Text("tỷ lệ đơn vị đạt điều kiện", "units that meet a condition"),
    Kind.REPORTED: Text(
        "số liệu báo cáo, có tử số và mẫu số", "reported, numerator and denominator"
    ),
    Kind.MEASURE: Text("số đo hoặc thứ hạng được báo cáo", "a reported number or rank"),
}

KNOWN_BY = {
    KnownBy.RECORDS: Text("từ bản ghi", "from records"),
    KnownBy.REPORTED: Text("báo cáo", "reported"),
    KnownBy.UNITS: Text("từ sổ tình trạng", "from the register"),
    KnownBy.SURVEY: Text("khảo sát", "survey"),
}

OPERATORS = {
    Operator.ABOVE: Text("trên", "above"),
    Operator.AT_LEAST: Text("đạt", "at least"),
    Operator.BELOW: Text("dưới", "below"),
    Operator.AT_MOST: Text("không quá", "at most"),
}

PERIOD_KINDS = {
    PeriodKind.HALF_MONTH: Text("Nửa tháng", "Half-months"),
    PeriodKind.MONTH: Text("Tháng", "Months"),
    PeriodKind.QUARTER: Text("Quý", "Quarters"),
    PeriodKind.HALF_YEAR: Text("Sáu tháng", "Half-years"),
    PeriodKind.YEAR: Text("Năm", "Year"),
    PeriodKind.YEAR_TO_DATE: Text("Từ đầu năm", "Year to date"),
}

LEVELS = {
    Level.COUNTRY: Text("cả nước", "country"),
    Level.PROVINCE: Text("cấp tỉnh", "province"),
    Level.DISTRICT: Text("cấp huyện", "district"),
    Level.COMMUNE: Text("cấp xã", "commune"),
    Level.AGENCY: Text("cơ quan cấp tỉnh", "provincial agency"),
}
