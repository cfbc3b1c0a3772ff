"""Sentences of documents, in administrative Vietnamese: right for none, one, many, unknown, not applicable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from tinhso.measure import writing
from tinhso.measure.figures import Status
from tinhso.measure.targets import Standing
from tinhso.modules.documents.fields import DOTS, Fields, day_in_words, lines, lower
from tinhso.modules.documents.kinds import Kind
from tinhso.modules.plan.frozen.reading import (
    FrozenFigure,
    FrozenPublication,
    FrozenRow,
    FrozenUnit,
)
from tinhso.modules.plan.pack import MeasuredIn, Target
from tinhso.modules.plan.words import OPERATORS, STANDINGS

NO_DATA, NOT_APPLICABLE = "chưa có số liệu", "không áp dụng"

#: How many units are named that pull a figure down the most.
NAMED = 3

#: How many targets a report tells in sentences; its table has all.
TOLD = 8

#: Points of a document, in the order of the Vietnamese alphabet (NĐ 30/2020/NĐ-CP, annex I).
LETTERS = tuple("abcdđeghiklmnopqrstuvxy")

#: A part of the body: heading, paragraphs, points.
Part = tuple[str, tuple[str, ...], tuple[str, ...]]


def count(amount: int | None) -> str:
    """A dash for what nobody told: it is no zero."""
    return "–" if amount is None else writing.number(amount, "vi")


def value(row: FrozenRow, figure: FrozenFigure) -> str:
    """`75,3 %`, `12`, or in words why there is none."""
    if figure.value is None:
        return NO_DATA if figure.status is Status.UNKNOWN else NOT_APPLICABLE
    if not row.is_share:
        return writing.number(figure.value, "vi")
    return writing.percent(figure.value, "vi", apart_from=row.threshold.amount)


def parts(row: FrozenRow) -> str:
    """`123/201`: numerator and denominator as published; a dash where there is nothing to show."""
    cell = row.figure.cell
    if not row.is_share or (cell.numerator is None and cell.denominator is None):
        return "–"
    return f"{count(cell.numerator)}/{count(cell.denominator)}"


def level(target: Target) -> str:
    """`đạt 75 %`, `trên 80 %`, `hạng 10 trở lên`."""
    wanted = Fraction(target.threshold)
    places = 0 if wanted.denominator == 1 else 2
    written = writing.number(wanted, "vi", places)
    if target.measure is MeasuredIn.RANK:
        return f"hạng {written} trở lên"
    unit = f"{writing.NO_BREAK}%" if target.measure is MeasuredIn.PERCENT else ""
    return f"{OPERATORS[target.operator].vi}{writing.NO_BREAK}{written}{unit}"


def standing(row: FrozenRow) -> str:
    return STANDINGS[row.standing].vi


def listed(texts: Sequence[str]) -> str:
    """`a`, `a và b`, `a, b và c`."""
    if len(texts) < 2:
        return "".join(texts)
    return f"{', '.join(texts[:-1])} và {texts[-1]}"


def lettered(points: Sequence[str]) -> tuple[str, ...]:
    """`a) …`, `b) …`; after the last letter the alphabet begins again, doubled: `aa) …`."""
    again = len(LETTERS)
    return tuple(
        f"{LETTERS[place % again] * (place // again + 1)}) {point}"
        for place, point in enumerate(points)
    )


def attached(fields: Fields) -> str:
    """The line below an annex's name: `(Kèm theo văn bản số 12/BC-UBND, ngày … của …)`."""
    numbering = fields.numbering[0].lower() + fields.numbering[1:]
    when = fields.place_and_date.rsplit(", ", 1)[-1]
    return f"(Kèm theo văn bản {numbering}, {when} của {fields.issuer})"


def tally(rows: Sequence[FrozenRow]) -> str:
    """How many targets stand where, naming only what there is."""
    counted = Counter(row.standing for row in rows)
    if not rows:
        return "Lần công bố không có con số nào của đơn vị này."
    if len(counted) == 1:
        (only,) = counted
        if len(rows) == 1:
            return f"Chỉ có 1 chỉ tiêu, {STANDINGS[only].vi}."
        return f"Cả {len(rows)} chỉ tiêu {STANDINGS[only].vi}."
    found = [f"{counted[one]} chỉ tiêu {STANDINGS[one].vi}" for one in Standing if counted[one]]
    return f"Trong {len(rows)} chỉ tiêu có {listed(found)}."


def change(row: FrozenRow) -> str:
    """`; kỳ trước 58,0 % (+3,2 điểm phần trăm)`, or that the period before has no figure."""
    if row.before is None:
        return ""
    if row.before.value is None:
        return f"; kỳ trước {value(row, row.before)}"
    said = f"; kỳ trước {value(row, row.before)}"
    moved = row.judgement.change
    if moved is None or not row.is_share:
        return said
    if moved == 0:
        return f"{said}, không đổi"
    return f"{said} ({writing.points(moved, 'vi')} điểm phần trăm)"


def unmet(row: FrozenRow) -> str:
    """One target that is not met, in a sentence."""
    said = f"{row.target.name.vi} ({row.target.code}): {value(row, row.figure)}"
    if row.is_share:
        said += f" ({parts(row)})"
        gap = row.gap or Fraction(0)
        side = "cao hơn" if row.threshold.operator in ("<", "<=") else "thấp hơn"
        away = writing.number(gap * 100, "vi", 1)
        if gap == 0:
            said += f", bằng mức nhưng chỉ tiêu là {level(row.target)}"
        else:
            away = away if away != "0,0" else "dưới 0,1"
            said += f", {side} mức {level(row.target)} là {away} điểm phần trăm"
    else:
        said += f", chưa đạt mức {level(row.target)}"
    return f"{said}{change(row)}; {standing(row)}"


@dataclass(frozen=True)
class Story:
    """The body of a document of `kind` about `unit`, whose figures are `rows`. `points` writes the part
    on points and rank with its number, where the document has one."""

    kind: Kind
    published: FrozenPublication
    unit: FrozenUnit
    rows: Sequence[FrozenRow]
    fields: Fields
    has_annexes: bool
    points: Callable[[int], Part] | None = None

    def sections(self) -> list[Part]:
        return list(self._letter() if self.kind.is_letter else self._report())

    # -- what the parts have in common ---------------------------------------------------------------

    @property
    def when(self) -> str:
        period = self.published.card.period
        return f"{period.label.vi} ({period.dates.replace(' – ', ' đến ')})"

    @property
    def plan(self) -> str:
        return f"Kế hoạch số {self.published.plan.document}"

    @property
    def who(self) -> str:
        return lower(self.unit.name.vi)

    @property
    def missed(self) -> list[FrozenRow]:
        """Not met, farthest from its level first; shares before ranks, which have no common measure."""
        found = [row for row in self.rows if row.gap is not None]
        return sorted(found, key=lambda row: (not row.is_share, -(row.gap or 0)))

    @property
    def untold(self) -> list[FrozenRow]:
        return [row for row in self.rows if row.standing is Standing.UNKNOWN]

    def _untold_items(self) -> tuple[str, ...]:
        return tuple(
            f"{row.target.name.vi} ({row.target.code}): {_why(row)}" for row in self.untold
        )

    def _comparison(self) -> str:
        if self.published.earlier is None:
            return "Kỳ trước chưa được công bố nên văn bản này không so sánh với kỳ trước."
        earlier = self.published.earlier
        return f"Kỳ trước là {earlier.period.label.vi}, theo lần công bố số {earlier.number}."

    # -- kinds ---------------------------------------------------------------------------------------

    def _report(self) -> Iterator[Part]:
        opening = f"Thực hiện {self.plan}, kết quả của {self.who} trong {self.when} như sau:"
        yield "", (opening,), ()
        yield "1. Kết quả chung", (tally(self.rows), self._comparison()), ()
        if self.missed:
            yield (
                "2. Chỉ tiêu chưa đạt",
                self._rest(),
                tuple(map(self._missed_item, self.missed[:TOLD])),
            )
        else:
            yield "2. Chỉ tiêu chưa đạt", (self._none_missed(),), ()
        if self.untold:
            said = "Chưa có số liệu không có nghĩa là bằng 0. Các chỉ tiêu sau chưa tính được:"
            yield "3. Chỉ tiêu chưa có số liệu", (said,), self._untold_items()
        else:
            said = "Mọi chỉ tiêu áp dụng đều có số liệu."
            yield "3. Chỉ tiêu chưa có số liệu", (said,), ()
        if self.points:
            yield self.points(4)
        if self.fields.remarks:
            number = 5 if self.points else 4
            yield f"{number}. Nhận xét, kiến nghị", tuple(lines(self.fields.remarks)), ()
        if self.has_annexes:
            said = "Số liệu từng chỉ tiêu theo đơn vị ở phụ lục kèm theo."
            yield "", (said,), ()

    def _rest(self) -> tuple[str, ...]:
        if len(self.missed) <= TOLD:
            return ()
        many = f"Có {len(self.missed)} chỉ tiêu chưa đạt mức."
        told = f"{TOLD} chỉ tiêu còn cách mức xa nhất nêu dưới đây; các chỉ tiêu còn lại ở bảng kèm theo."
        return (f"{many} {told}",)

    def _none_missed(self) -> str:
        met = sum(row.standing is Standing.MET for row in self.rows)
        if not met:
            return "Chưa chỉ tiêu nào có số liệu để so với mức."
        return "Không có chỉ tiêu nào đã có số liệu mà chưa đạt mức."

    def _missed_item(self, row: FrozenRow) -> str:
        said = unmet(row)
        found = [
            one
            for below in self.published.below(self.unit.uid)
            if (one := self.published.row(row.target, below.uid)) is not None and one.short
        ]
        found.sort(key=lambda one: -(one.short or 0))
        if not found or row.short is None:
            return f"{said}."
        named = [f"{lower(one.unit.name.vi)} ({count(one.short)})" for one in found[:NAMED]]
        return (
            f"{said}. Để đạt mức còn thiếu {count(row.short)}; thiếu nhiều nhất: {listed(named)}."
        )

    def _letter(self) -> Iterator[Part]:
        seen = f"Qua theo dõi số liệu {self.when}, {self.who}"
        if self.missed and self.untold:
            first = f"{seen} còn {len(self.missed)} chỉ tiêu chưa đạt và {len(self.untold)} chỉ tiêu chưa có số liệu."
        elif self.missed:
            first = f"{seen} còn {len(self.missed)} chỉ tiêu chưa đạt."
        else:
            first = f"{seen} còn {len(self.untold)} chỉ tiêu chưa có số liệu."
        yield "", (f"Thực hiện {self.plan}. {first}",), ()
        if self.missed:
            items = tuple(f"{unmet(row)}{self._short(row)}." for row in self.missed)
            yield "1. Chỉ tiêu chưa đạt", (), items
        if self.untold:
            title = "2. Chỉ tiêu chưa có số liệu" if self.missed else "1. Chỉ tiêu chưa có số liệu"
            yield title, (), self._untold_items()
        by = self.fields.answer_by
        until = (
            day_in_words(date.fromisoformat(by)) if by else f"ngày {DOTS} tháng {DOTS} năm {DOTS}"
        )
        asked = (
            "Đề nghị đơn vị rà soát nguyên nhân, nêu biện pháp và thời hạn khắc phục từng chỉ tiêu, "
            f"bổ sung số liệu còn thiếu, và trả lời bằng văn bản trước {until}."
        )
        yield "", (*lines(self.fields.remarks), asked), ()

    def _short(self, row: FrozenRow) -> str:
        return f"; để đạt mức còn thiếu {count(row.short)}" if row.short else ""


def _why(row: FrozenRow) -> str:
    why = row.figure.why
    return (why.vi[0].lower() + why.vi[1:]) if why else NO_DATA
