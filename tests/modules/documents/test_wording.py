"""Sentences are right for none, one, many, unknown and not applicable."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from tinhso.measure.boundaries import Level
from tinhso.measure.periods import Period
from tinhso.measure.targets import judge
from tinhso.measure.text import Text
from tinhso.modules.documents import wording
from tinhso.modules.documents.fields import day_in_words
from tinhso.modules.plan.frozen.cells import PublishedCell
from tinhso.modules.plan.frozen.reading import FrozenFigure, FrozenRow, FrozenUnit
from tinhso.modules.plan.pack import MeasuredIn, Operator, Target

QUARTER = Period.parse("2025-Q2")
UNIT = FrozenUnit("x", "x", Level.DISTRICT, Text("Huyện Thử", "Try district"), "p")


def row(
    numerator: int | None,
    denominator: int | None,
    *,
    operator: str = ">=",
    level: str = "75",
    before: tuple[int, int] | None = None,
    status: str = "measured",
    measure: MeasuredIn = MeasuredIn.PERCENT,
) -> FrozenRow:
    target = Target(
        "A-01",
        "A",
        "A-01",
        Text("Tỷ lệ thử", "Try"),
        Operator(operator),
        Decimal(level),
        measure,
        date(2025, 12, 31),
        Level.PROVINCE,
        (),
        (),
    )

    def figure(top: int | None, bottom: int | None, how: str) -> FrozenFigure:
        return FrozenFigure(1, PublishedCell("A-01", "x", how, top, bottom), QUARTER)

    now = figure(numerator, denominator, status)
    then = figure(*before, "measured") if before else None
    judged = judge(now, then, target.required, target.deadline)
    return FrozenRow(target, UNIT, now, then, target.required, judged)


MET, BEHIND = row(3, 4), row(1, 2, before=(1, 2))
UNKNOWN, NOT_APPLICABLE = row(None, None, status="unknown"), row(0, 0, status="not-applicable")


def test_targets_are_counted_in_a_sentence_that_names_only_what_there_is() -> None:
    assert wording.tally([]) == "Lần công bố không có con số nào của đơn vị này."
    assert wording.tally([MET]) == "Chỉ có 1 chỉ tiêu, đã đạt."
    assert wording.tally([UNKNOWN] * 3) == "Cả 3 chỉ tiêu chưa có số liệu."
    assert wording.tally([MET, BEHIND, BEHIND, UNKNOWN, NOT_APPLICABLE]) == (
        "Trong 5 chỉ tiêu có 1 chỉ tiêu đã đạt, 2 chỉ tiêu chậm, 1 chỉ tiêu chưa có số liệu và 1 chỉ tiêu không áp dụng."
    )


def test_unknown_not_applicable_and_zero_are_three_things() -> None:
    zero = row(0, 8)
    written = [wording.value(one, one.figure) for one in (UNKNOWN, NOT_APPLICABLE, zero)]
    assert written == ["chưa có số liệu", "không áp dụng", "0,0\xa0%"]
    assert [wording.parts(one) for one in (UNKNOWN, zero)] == ["–", "0/8"]
    assert wording.parts(row(None, 8, status="unknown")) == "–/8"


def test_a_miss_is_told_with_its_distance_and_the_period_before() -> None:
    assert wording.unmet(row(61, 100, before=(58, 100))) == (
        "Tỷ lệ thử (A-01): 61,0\xa0% (61/100), thấp hơn mức đạt\xa075\xa0% là 14,0 điểm phần trăm; "
        "kỳ trước 58,0\xa0% (+3,0 điểm phần trăm); đang tiến tới"
    )
    assert "bằng mức nhưng chỉ tiêu là trên\xa075\xa0%" in wording.unmet(row(3, 4, operator=">"))
    assert "dưới 0,1 điểm" in wording.unmet(row(74_999, 100_000))
    assert "cao hơn mức không quá" in wording.unmet(row(80, 100, operator="<="))
    assert "không đổi" in wording.unmet(BEHIND)
    rank = row(14, None, level="10", operator="<=", measure=MeasuredIn.RANK)
    assert wording.unmet(rank).startswith("Tỷ lệ thử (A-01): 14, chưa đạt mức hạng 10 trở lên")


@given(st.integers(0, 500), st.integers(1, 500), st.sampled_from([">", ">="]))
def test_what_is_short_is_exactly_what_reaches_the_level(
    top: int, bottom: int, operator: str
) -> None:
    one = row(top, bottom, operator=operator)
    met = one.threshold.is_met_by
    if one.short is None:
        assert met(Fraction(top, bottom))
        return
    assert met(Fraction(top + one.short, bottom))
    assert not met(Fraction(top + one.short - 1, bottom))


@given(st.lists(st.sampled_from(["a", "b", "c"]), max_size=6))
def test_lists_read_as_vietnamese(texts: list[str]) -> None:
    said = wording.listed(texts)
    assert said.count(" và ") == (len(texts) > 1)
    assert said.count(", ") == max(0, len(texts) - 2)


def test_days_are_written_as_the_decree_wants() -> None:
    """NĐ 30/2020/NĐ-CP, annex I: a nought before days to 9 and before months 1 and 2."""
    assert day_in_words(date(2026, 2, 5)) == "ngày 05 tháng 02 năm 2026"
    assert day_in_words(date(2026, 3, 15)) == "ngày 15 tháng 3 năm 2026"
