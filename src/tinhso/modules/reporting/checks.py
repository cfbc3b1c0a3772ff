"""What is wrong with an answer, and what needs a word of explanation (kiểm tra số liệu).

Pure functions: an answer, what was known before, the neighbours, and the rule from the pack.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from statistics import median

from tinhso.measure import writing
from tinhso.measure.text import InputError, Place, Problem, Text, message
from tinhso.modules.plan.pack import Jumps
from tinhso.modules.reporting.numbers import read_count


class Kind(StrEnum):
    """What an answer says: a figure, that none is known, or that the question does not apply."""

    VALUE = "value"
    NO_DATA = "no-data"
    NOT_APPLICABLE = "not-applicable"


KINDS = {
    Kind.VALUE: Text("Có số liệu", "A figure"),
    Kind.NO_DATA: Text("Chưa có số liệu", "No data"),
    Kind.NOT_APPLICABLE: Text("Không áp dụng", "Not applicable"),
}

NUMERATOR_NEEDED = message("numerator-needed", vi="Ghi {what}.", en="Give {what}.")
DENOMINATOR_NEEDED = message("denominator-needed", vi="Ghi {what}.", en="Give {what}.")
ABOVE_WHOLE = message(
    "numerator-above",
    vi="{numerator} lớn hơn {denominator}: phần không thể lớn hơn tổng. Xem lại hai số.",
    en="{numerator} is above {denominator}: a part cannot exceed the whole. Look at both.",
)
REASON_NEEDED = message(
    "answer-reason",
    vi="Ghi lý do chưa có số liệu hoặc không áp dụng.",
    en="Say why there is no figure, or why it does not apply.",
)
NUMBERS_TOO = message(
    "answer-numbers-too",
    vi="Đã chọn “{kind}” mà vẫn có số. Xóa số, hoặc chọn “Có số liệu”.",
    en="“{kind}” is chosen, yet there are numbers. Clear them, or choose “A figure”.",
)
KIND_UNKNOWN = message(
    "answer-kind",
    vi="Không có lựa chọn “{kind}”. Các lựa chọn: {known}.",
    en="There is no choice “{kind}”. The choices: {known}.",
)
CORRECTION_NEEDED = message(
    "correction-needed",
    vi="Số này đã được duyệt. Muốn sửa, ghi lý do đính chính.",
    en="This figure is approved. To change it, give the reason of the correction.",
)
ZERO_WHOLE = message(
    "denominator-zero",
    vi="Mẫu số là 0 thì không tính được tỷ lệ. Nếu đúng là không có đối tượng, chọn “Không áp dụng”.",
    en="With a denominator of 0 there is no share. If there is truly nobody to count, choose “Not applicable”.",
)
JUMP_SHARE = message(
    "jump-share",
    vi="Tỷ lệ {now}, lần trước {before}: lệch quá {limit} điểm phần trăm. Ghi một câu giải thích.",
    en="The share is {now}, last time {before}: more than {limit} percentage points apart. Say why in a sentence.",
)
JUMP_WHOLE = message(
    "jump-whole",
    vi="Mẫu số {now}, lần trước {before}: đổi quá {limit} %. Ghi một câu giải thích.",
    en="The denominator is {now}, last time {before}: it moved by more than {limit} %. Say why in a sentence.",
)
JUMP_NEIGHBOURS = message(
    "jump-neighbours",
    vi="Tỷ lệ {now} khác hẳn các đơn vị cùng cấp (giữa là {middle}). Ghi một câu giải thích.",
    en="The share of {now} is far from units of the same level (their middle is {middle}). Say why in a sentence.",
)
JUMP_COUNT = message(
    "jump-count",
    vi="Số {now}, lần trước {before}: đổi quá {limit} %. Ghi một câu giải thích.",
    en="The number is {now}, last time {before}: it moved by more than {limit} %. Say why in a sentence.",
)
JUMP_COUNT_NEIGHBOURS = message(
    "jump-count-neighbours",
    vi="Số {now} khác hẳn các đơn vị cùng cấp (giữa là {middle}). Ghi một câu giải thích.",
    en="The number {now} is far from units of the same level (their middle is {middle}). Say why in a sentence.",
)


@dataclass(frozen=True)
class Parts:
    """A numerator and, where there is one, a denominator; None is unknown."""

    numerator: int | None
    denominator: int | None

    @property
    def share(self) -> Fraction | None:
        if self.numerator is None or not self.denominator:
            return None
        return Fraction(self.numerator, self.denominator)

    def compared(self, *, whole: bool) -> Fraction | None:
        """What units are compared by: the share; of a figure that has no `whole`, the number."""
        if whole or self.numerator is None:
            return self.share
        return Fraction(self.numerator)


@dataclass(frozen=True)
class Typed:
    """One figure as it was typed, word for word; `whole` is whether it has a denominator."""

    kind: str = Kind.VALUE.value
    numerator: str = ""
    denominator: str = ""
    reason: str = ""
    explanation: str = ""
    correction: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing has been answered: such a figure is still owed."""
        return self.kind == Kind.VALUE and not (self.numerator.strip() or self.denominator.strip())

    def as_meant(self, carried: str) -> Typed:
        """What was typed without what stood there before anybody typed: a denominator `carried` over
        from last time, with no numerator beside it, is nobody's answer."""
        if self.numerator.strip() or not carried or self.denominator.strip() != carried:
            return self
        return replace(self, denominator="")


@dataclass(frozen=True)
class Answered:
    """One figure, understood."""

    kind: Kind
    parts: Parts
    reason: str = ""
    explanation: str = ""
    correction: str = ""


@dataclass(frozen=True)
class Labels:
    """What the two parts of an indicator count; no denominator for a plain number or rank."""

    numerator: Text
    denominator: Text | None


def read(typed: Typed, labels: Labels, name: str, language: str = "vi") -> Answered:
    """The answer that was typed for the figure `name`. Raises InputError with every problem, each at
    the field (`<name>.numerator` and so on) that shows it."""
    known = ", ".join(KINDS[one].vi for one in Kind)
    if typed.kind not in Kind.__members__.values():
        raise InputError([KIND_UNKNOWN(Place(f"{name}.kind"), kind=typed.kind, known=known)])
    kind, problems = Kind(typed.kind), list[Problem]()
    said = (typed.reason.strip(), typed.explanation.strip(), typed.correction.strip())
    if kind is not Kind.VALUE:
        if typed.numerator.strip() or typed.denominator.strip():
            problems.append(NUMBERS_TOO(Place(f"{name}.kind"), kind=KINDS[kind]))
        if not said[0]:
            problems.append(REASON_NEEDED(Place(f"{name}.reason")))
        if problems:
            raise InputError(problems)
        # Zero of zero is "not applicable" to measure; nothing of nothing is "unknown". A rank that
        # does not apply is no rank 0.
        zero = 0 if kind is Kind.NOT_APPLICABLE and labels.denominator is not None else None
        return Answered(kind, Parts(zero, zero), *said)
    numerator = _part(typed.numerator, f"{name}.numerator", labels.numerator, language, problems)
    denominator = None
    if labels.denominator is not None:
        place = f"{name}.denominator"
        denominator = _part(typed.denominator, place, labels.denominator, language, problems)
        if denominator == 0 and not problems:
            problems.append(ZERO_WHOLE(Place(place)))
        elif numerator is not None and denominator is not None and numerator > denominator:
            problems.append(
                ABOVE_WHOLE(
                    Place(f"{name}.numerator"),
                    numerator=_count(numerator),
                    denominator=_count(denominator),
                )
            )
    if problems:
        raise InputError(problems)
    return Answered(kind, Parts(numerator, denominator), *said)


def _part(
    typed: str, place: str, label: Text, language: str, problems: list[Problem]
) -> int | None:
    if not typed.strip():
        needed = NUMERATOR_NEEDED if place.endswith(".numerator") else DENOMINATOR_NEEDED
        problems.append(needed(Place(place), what=label))
        return None
    try:
        return read_count(typed, language, Place(place))
    except InputError as error:
        problems.extend(error.problems)
        return None


def jumps(
    answered: Answered, last: Parts | None, neighbours: Sequence[Fraction], rule: Jumps, name: str
) -> list[Problem]:
    """Everything about an answer that asks for a word of explanation, at the field for it.

    `neighbours`: what the other units of its level are compared by: their shares, or their numbers
    where the figure has no denominator. Compared exactly, never rounded. The middle is the median;
    the distance that counts is `spread` median absolute deviations, or one percentage point (of
    numbers: one per cent of the middle, and one) where these are all but alike. What has neither
    a value before nor enough neighbours asks nothing.
    """
    place, now = Place(f"{name}.explanation"), answered.parts
    if answered.kind is not Kind.VALUE:
        return []
    if now.denominator is None:
        return _count_jumps(now, last, neighbours, rule, place)
    found = []
    before = None if last is None else last.share
    if now.share is not None and before is not None and abs(now.share - before) * 100 > rule.points:
        words = {"now": _share(now.share), "before": _share(before)}
        found.append(JUMP_SHARE(place, **words, limit=rule.points))
    if last is not None and now.denominator is not None and last.denominator:
        moved = Fraction(abs(now.denominator - last.denominator), last.denominator)
        if moved * 100 > rule.percent:
            counts = {"now": _count(now.denominator), "before": _count(last.denominator)}
            found.append(JUMP_WHOLE(place, **counts, limit=rule.percent))
    if now.share is not None and len(neighbours) >= rule.neighbours:
        middle = Fraction(median(neighbours))
        if _far(now.share, middle, neighbours, rule, Fraction(1, 100)):
            words = {"now": _share(now.share), "middle": _share(middle)}
            found.append(JUMP_NEIGHBOURS(place, **words))
    return found


def _count_jumps(
    now: Parts, last: Parts | None, neighbours: Sequence[Fraction], rule: Jumps, place: Place
) -> list[Problem]:
    """Of a number without a denominator. From zero any number is a jump: nothing is a share of it."""
    assert now.numerator is not None
    found = []
    if last is not None and last.numerator is not None:
        moved = abs(now.numerator - last.numerator)
        if moved * 100 > rule.count * last.numerator:
            counts = {"now": _count(now.numerator), "before": _count(last.numerator)}
            found.append(JUMP_COUNT(place, **counts, limit=rule.count))
    if len(neighbours) >= rule.neighbours:
        middle = Fraction(median(neighbours))
        least = max(middle / 100, Fraction(1))
        if _far(Fraction(now.numerator), middle, neighbours, rule, least):
            words = {"now": _count(now.numerator), "middle": _count(round(middle))}
            found.append(JUMP_COUNT_NEIGHBOURS(place, **words))
    return found


def _far(
    now: Fraction, middle: Fraction, neighbours: Sequence[Fraction], rule: Jumps, least: Fraction
) -> bool:
    spread = max(Fraction(median(abs(one - middle) for one in neighbours)), least)
    return abs(now - middle) > rule.spread * spread


def _share(value: Fraction) -> Text:
    return Text(writing.percent(value, "vi"), writing.percent(value, "en"))


def _count(value: int) -> Text:
    return Text(writing.number(value, "vi"), writing.number(value, "en"))
