"""The words that pages, downloads and the API use for rules, certainty, states and reasons."""

from __future__ import annotations

from fractions import Fraction

from tinhso.measure import writing
from tinhso.measure.scorecards.definitions import (
    ByRank,
    Certainty,
    Component,
    Counted,
    Penalty,
    Proportional,
    Scorecard,
    Steps,
    Unknown,
    YesNo,
)
from tinhso.measure.scorecards.ranking import NotRanked, Ranked
from tinhso.measure.scorecards.reaching import Gain
from tinhso.measure.targets import Threshold
from tinhso.measure.text import LANGUAGES, Language, Text
from tinhso.modules.scorecards.models import RoundState

CERTAINTIES = {
    Certainty.CONFIRMED: Text("đã đọc văn bản", "read in the document"),
    Certainty.SECONDARY: Text("theo nguồn thứ cấp", "by a secondary source"),
    Certainty.MEMORY: Text("chưa kiểm chứng", "not confirmed"),
    Certainty.CHOICE: Text("sản phẩm tự chọn", "the product's choice"),
}
UNKNOWNS = {
    Unknown.LEFT_OUT: Text(
        "Tiêu chí chưa có số liệu không tính vào cả hai phía.",
        "Components without figures count on neither side.",
    ),
    Unknown.NOTHING: Text(
        "Tiêu chí chưa có số liệu vẫn nằm trong điểm có thể đạt, nhưng chưa có điểm.",
        "Components without figures stay reachable, and have no points yet.",
    ),
}
NOT_RANKED = {
    NotRanked.NOTHING_KNOWN: Text("chưa có số liệu nào", "no figures at all"),
    NotRanked.NOTHING_APPLIES: Text("không tiêu chí nào áp dụng", "no component applies"),
    NotRanked.TOO_LITTLE_KNOWN: Text(
        "chưa đủ số liệu để xếp hạng", "too little is known for a rank"
    ),
}
STATES = {
    RoundState.OPEN: Text("đang tự chấm", "self-assessment"),
    RoundState.VERIFYING: Text("đang thẩm định", "verification"),
    RoundState.APPEALS: Text("đang nhận kiến nghị", "appeals"),
    RoundState.CLOSED: Text("đã đóng", "closed"),
    RoundState.CANCELLED: Text("đã hủy", "cancelled"),
}
_ABOVE: dict[str, Text] = {
    ">": Text("trên", "above"),
    ">=": Text("từ", "from"),
    "<": Text("dưới", "below"),
    "<=": Text("không quá", "at most"),
}


def both(write: object) -> Text:
    """A text written once for each language."""
    return Text(*(write(one) for one in LANGUAGES))  # type: ignore[operator]


def decimals(card: Scorecard) -> int:
    return 4 if card.counted is Counted.WEIGHT else 2


def points(value: Fraction, language: str, places: int = 2) -> str:
    """Points without needless zeros: `12,5`, `100`, `0,8002`."""
    text = writing.number(value, language, places)
    mark = "," if language == "vi" else "."
    return text.rstrip("0").rstrip(mark) if mark in text else text


def threshold(component: Component, one: Threshold, language: Language) -> str:
    word = _ABOVE[one.operator].to(language)
    if component.column:
        return f"{word} {points(one.amount, language, 4)}"
    places = 0 if (one.amount * 100).denominator == 1 else 1
    return f"{word} {writing.percent(one.amount, language, decimals=places)}"


def rule(component: Component) -> Text:
    """How a leaf is scored, in a sentence."""

    def sentence(language: Language) -> str:
        vi = language == "vi"
        match component.rule:
            case Proportional(level, start):
                said = threshold(component, level, language)
                rest = "" if start == 0 else f" ({writing.percent(start, language, decimals=0)})"
                if vi:
                    return f"{said} thì đủ điểm, chưa tới thì theo tỷ lệ{rest and ' kể từ' + rest}"
                return f"full {said}, in proportion before{rest and ' from' + rest}"
            case YesNo(level):
                said = threshold(component, level, language)
                return (
                    f"{said} thì đủ điểm, không thì không có" if vi else f"all or nothing: {said}"
                )
            case Steps(steps):
                return "; ".join(
                    f"{threshold(component, one.threshold, language)}: {points(one.points, language)}"
                    for one in steps
                )
            case ByRank():
                return (
                    "theo hạng trong nhóm, hạng nhất đủ điểm"
                    if vi
                    else "by rank in the group, the first has all"
                )
            case Penalty(each, most):
                one, top = points(each, language), points(most, language)
                return (
                    f"trừ {one} điểm mỗi trường hợp, nhiều nhất {top}"
                    if vi
                    else f"{one} less for each case, at most {top}"
                )
        return ""

    return both(sentence)


def not_ranked(row: Ranked) -> Text:
    return why_not_ranked(row.why, row.denominator, row.smallest)


def why_not_ranked(why: NotRanked | None, denominator: int, smallest: int) -> Text:
    if why is NotRanked.TOO_SMALL:
        return Text(
            f"mẫu số {denominator}, nhỏ hơn mức {smallest} để xếp hạng",
            f"a denominator of {denominator}, below the {smallest} needed for a rank",
        )
    return Text("", "") if why is None else NOT_RANKED[why]


def gain(one: Gain, unit: Text) -> Text:
    """What it takes to get the points: how many more of the numerator."""

    def sentence(language: Language) -> str:
        vi = language == "vi"
        if one.unknown:
            return "cần có số liệu" if vi else "figures are needed"
        if one.more is None:
            if one.reaches is None:
                return "–"
            said = threshold(one.component, one.reaches, language)
            return f"đạt {said}" if vi else f"reach {said}"
        count = writing.number(abs(one.more), language)
        if one.more < 0:
            return f"bớt {count} {unit.vi}" if vi else f"{count} fewer {unit.en}"
        return f"thêm {count} {unit.vi}" if vi else f"{count} more {unit.en}"

    return both(sentence)
