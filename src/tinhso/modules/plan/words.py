"""The words that pages use for statuses and kinds, in both languages."""

from __future__ import annotations

from tinhso.measure.boundaries import Level
from tinhso.measure.definitions import Kind
from tinhso.measure.figures import Reason
from tinhso.measure.forecast import NoForecast
from tinhso.measure.periods import PeriodKind
from tinhso.measure.targets import Because, Standing
from tinhso.measure.text import Text
from tinhso.modules.plan.outlook import Likelihood, Missing
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

LIKELIHOODS = {
    Likelihood.CERTAIN: Text("gần như chắc chắn đạt", "virtually certain to be met"),
    Likelihood.VERY_LIKELY: Text("rất có khả năng đạt", "very likely to be met"),
    Likelihood.LIKELY: Text("có khả năng đạt", "likely to be met"),
    Likelihood.EVEN: Text(
        "khả năng đạt và không đạt gần như ngang nhau", "about as likely to be met as not"
    ),
    Likelihood.UNLIKELY: Text("ít khả năng đạt", "unlikely to be met"),
    Likelihood.VERY_UNLIKELY: Text("rất ít khả năng đạt", "very unlikely to be met"),
    Likelihood.EXCLUDED: Text("gần như không thể đạt", "exceptionally unlikely to be met"),
}

NO_FORECAST = {
    NoForecast.DATE_REACHED: Text(
        "Đã đến hạn nên không còn gì để dự báo.",
        "The target's date has come: there is nothing left to forecast.",
    ),
    NoForecast.NO_LONGER: Text(
        "Đơn vị không còn đến ngày hạn, theo cách nhìn địa giới đã chọn.",
        "The unit ends before the target's date, in the chosen boundary view.",
    ),
    NoForecast.NO_VALUE: Text(
        "Chưa đủ số liệu: chưa tháng nào có con số để dựa vào.",
        "Not enough data: no month has a figure to go by.",
    ),
    NoForecast.FEW_MONTHS: Text(
        "Chưa đủ số liệu: cần ít nhất ba tháng có số liệu mới.",
        "Not enough data: at least three months with new figures are needed.",
    ),
    NoForecast.FEW_CASES: Text(
        "Chưa đủ số liệu: có dưới mười trường hợp, quá ít để dự báo một tỷ lệ.",
        "Not enough data: fewer than ten cases are too few to forecast a share.",
    ),
    NoForecast.KIND: Text(
        "Không dự báo cho thứ hạng và số đo không có mẫu số.",
        "Ranks and numbers without a denominator are not forecast.",
    ),
    NoForecast.NOT_A_SHARE: Text(
        "Không dự báo được: có tháng tử số lớn hơn mẫu số. Hãy kiểm tra số liệu đã báo cáo.",
        "No forecast: in some month the numerator exceeds the denominator. Check what was reported.",
    ),
}

MISSING = {
    Missing.DATE_REACHED: NO_FORECAST[NoForecast.DATE_REACHED],
    Missing.NOT_MADE: Text(
        "Đang được tính từ số liệu mới; hãy mở lại trang sau ít phút.",
        "Being made from the new figures; open the page again in a few minutes.",
    ),
    Missing.OTHER_VIEW: Text(
        "Chỉ tính với địa giới “như tại thời điểm đó” và địa giới mới nhất; hãy đổi địa giới ở trên.",
        "Made for the boundaries “as they were” and the newest ones only; change the boundaries above.",
    ),
    Missing.TOO_EARLY: Text(
        "Chưa có: tính đến hết từng quý của năm kế hoạch và hết tháng mới nhất; hãy chọn kỳ muộn hơn.",
        "None yet: made as of the ends of the plan year's quarters and of the newest month; choose a later period.",
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
