"""What an assignment table says of shares: one row per unit and target that was given one (bảng giao chỉ tiêu).

Taken from the allocations in force when the document is made, each with its version, and printed as
they are then: a later version is another document. Units are those of the map that the publication
names; what was given on a later map is shown on that one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction

from django.utils import timezone

from tinhso.kernel.units.register import register
from tinhso.measure import writing
from tinhso.modules.documents import wording
from tinhso.modules.documents.fields import Fields, lines, lower
from tinhso.modules.documents.wording import Part
from tinhso.modules.plan.frozen.reading import FrozenFigure, FrozenPublication, FrozenUnit
from tinhso.modules.plan.pack import Target
from tinhso.modules.shares.inheritance import Held, Lost
from tinhso.modules.shares.models import Allocation
from tinhso.modules.shares.queries import GivenTarget
from tinhso.modules.shares.typed import write_percent

NOBODY_NAMED = "chưa ghi"

#: Gives a figure's code, and notes that the document cites it.
Lookup = Callable[[FrozenFigure], str]


@dataclass(frozen=True)
class ShareLine:
    """One share: `name` is the unit's, or the target's in a unit's own table. Percentages of
    milestones come without their sign; a dash where none is set or the publication has no figure."""

    number: str
    name: str
    level: str
    quarter_1: str
    quarter_2: str
    quarter_3: str
    quarter_4: str
    answers: str
    value: str
    lookup: str


@dataclass(frozen=True)
class ShareTable:
    """The shares of one target, or (`title` "") of one unit. `of` heads the names."""

    title: str
    about: str
    of: str
    lines: tuple[ShareLine, ...]


@dataclass(frozen=True)
class Assignment:
    """Shares as they are at the moment `at`, for a document about `unit` (None: about all units)."""

    published: FrozenPublication
    given: Sequence[GivenTarget]
    unit: FrozenUnit | None
    at: datetime

    @classmethod
    def of(
        cls,
        published: FrozenPublication,
        given: Sequence[GivenTarget],
        unit: FrozenUnit | None,
        at: datetime,
    ) -> Assignment:
        if unit is not None:
            own = (
                replace(one, held=tuple(held for held in one.held if held.uid == unit.uid))
                for one in given
            )
            given = [one for one in own if one.held]
        return cls(published, given, unit, at)

    @property
    def simulated(self) -> bool:
        return any(one.allocation.simulated for one in self.given)

    @property
    def versions(self) -> str:
        """`CQS-03 lần 2, CQS-04 lần 1`: which versions were taken."""
        return ", ".join(f"{one.target.code} lần {one.allocation.number}" for one in self.given)

    def state(self, target: Target) -> str:
        """Whether and to how many a target is given, for the table of targets."""
        found = next((one for one in self.given if one.target.code == target.code), None)
        if found is None:
            return "chưa giao"
        return f"lần {found.allocation.number}, {len(found.held)} đơn vị"

    # -- tables ------------------------------------------------------------------------------------

    def tables(self, lookup: Lookup) -> tuple[ShareTable, ...]:
        if self.unit is None:
            return tuple(self._of_target(one, lookup) for one in self.given)
        if not self.given:
            return ()
        own = tuple(
            self._line(place, one, one.held[0], _own_name(one), lookup)
            for place, one in enumerate(self.given, 1)
        )
        return (ShareTable("", "", "Chỉ tiêu", own),)

    def _of_target(self, one: GivenTarget, lookup: Lookup) -> ShareTable:
        day = writing.day(one.day, "vi")
        due = writing.day(one.target.deadline, "vi")
        said = (
            f"Mức của tỉnh: {wording.level(one.target)}, hạn {due}. "
            f"Đợt giao {source(one.allocation)}. Đơn vị theo địa giới ngày {day}."
        )
        if not any(self.published.row(one.target, held.uid) for held in one.held):
            said += " Lần công bố này không có con số của từng đơn vị ấy."
        if one.lost:
            said += f" Không đơn vị nào nhận trọn phần giao của {_lost(one)}: cần giao lại."
        return ShareTable(
            f"{one.target.code}. {one.target.name.vi}",
            said,
            "Đơn vị",
            tuple(
                self._line(place, one, held, _unit_name(one, held), lookup)
                for place, held in enumerate(one.held, 1)
            ),
        )

    def _line(
        self, place: int, one: GivenTarget, held: Held, name: str, lookup: Lookup
    ) -> ShareLine:
        row = self.published.row(one.target, held.uid)
        first, second, third, fourth = (_milestone(amount, held) for amount in held.milestones)
        answers = dict.fromkeys(part.answers for part in held.parts if part.answers)
        return ShareLine(
            number=str(place),
            name=name,
            level=_amount(held),
            quarter_1=first,
            quarter_2=second,
            quarter_3=third,
            quarter_4=fourth,
            answers="; ".join(answers) or NOBODY_NAMED,
            value=wording.value(row, row.figure) if row is not None else "–",
            lookup=lookup(row.figure) if row is not None else "",
        )

    # -- sentences ---------------------------------------------------------------------------------

    def parts(self, fields: Fields, when: str, who: str) -> Iterator[Part]:
        """The body. `when` is the publication's period, `who` whom the figures are of."""
        plan = f"Kế hoạch số {self.published.plan.document}"
        said = list(self._of_one(plan) if self.unit else self._of_all(plan))
        if self.given:
            at = writing.moment(timezone.localtime(self.at), "vi")
            said.append(
                f"Mức giao, mốc từng quý và người trả lời lấy từ các đợt giao có hiệu lực lúc {at}; "
                "đợt giao sau đó không làm đổi văn bản này."
            )
            unnamed = sum(
                not any(part.answers for part in held.parts)
                for one in self.given
                for held in one.held
            )
            if unnamed:
                said.append(f"Có {unnamed} phần giao chưa ghi người trả lời.")
        said.append(f"Kết quả {when} của {who} là mốc để theo dõi.")
        if self.unit and self.given:
            said.append("Các đợt giao đã lấy:")
        taken = [f"{one.target.code}: {source(one.allocation)}." for one in self.given]
        yield "", tuple(said), tuple(taken) if self.unit else ()
        if fields.remarks:
            yield "", tuple(lines(fields.remarks)), ()

    def _of_all(self, plan: str) -> Iterator[str]:
        yield f"Căn cứ {plan}, các chỉ tiêu được giao theo bảng dưới đây."
        if not self.given:
            yield (
                "Chưa có đợt giao nào, nên bảng chỉ nêu mức, thời hạn của kế hoạch; "
                "mức và người trả lời của từng đơn vị chưa có."
            )
            return
        yield (
            f"Đã giao đến từng đơn vị {len(self.given)} chỉ tiêu ({self.versions}); mức, mốc từng "
            "quý và người trả lời của mỗi đơn vị ở phụ lục kèm theo."
        )
        rest = len(self.published.plan.targets) - len(self.given)
        if rest:
            yield f"Còn {rest} chỉ tiêu chưa giao đến đơn vị nào, ghi “chưa giao” trong bảng."

    def _of_one(self, plan: str) -> Iterator[str]:
        assert self.unit is not None
        who = lower(self.unit.name.vi)
        rest = len(self.published.plan.targets) - len(self.given)
        if not self.given:
            yield f"Căn cứ {plan}, chưa có chỉ tiêu nào được giao cho {who}."
            return
        yield f"Căn cứ {plan}, {who} được giao {len(self.given)} chỉ tiêu theo bảng dưới đây."
        if rest:
            yield f"Còn {rest} chỉ tiêu của kế hoạch chưa có mức giao cho đơn vị này."


def source(allocation: Allocation) -> str:
    """`lần 2, theo văn bản số 01/QĐ-UBND ngày 15/7/2025 của …`; what is not known is said to be so."""
    said = f"lần {allocation.number}"
    if allocation.document:
        said += f", theo văn bản số {allocation.document}"
        if allocation.document_day:
            said += f" ngày {writing.day(allocation.document_day, 'vi')}"
        if allocation.issuer:
            said += f" của {allocation.issuer}"
    else:
        said += ", văn bản giao chưa có trong nguồn"
    return f"{said}; mô phỏng" if allocation.simulated else said


def _own_name(one: GivenTarget) -> str:
    due = writing.day(one.target.deadline, "vi")
    return f"{one.target.code} {one.target.name.vi} (hạn {due})"


def _unit_name(one: GivenTarget, held: Held) -> str:
    units = register()
    name = units.full_name(held.uid, one.day).vi
    if not held.inherited:
        return name
    of = (units.full_name(part.uid, one.allocation.map_day).vi for part in held.parts)
    return f"{name} (nhận từ {wording.listed(list(of))})"


def _lost(one: GivenTarget) -> str:
    units, day = register(), one.allocation.map_day
    gone: Sequence[Lost] = one.lost
    return wording.listed([units.full_name(lost.given.uid, day).vi for lost in gone])


def _amount(held: Held) -> str:
    """As it was given, exactly; weighed ones to a tenth of a point."""
    if held.amount is None:
        return "cần giao lại"
    if held.differs:
        return writing.percent(held.amount, "vi")
    return f"{write_percent(held.amount)}{writing.NO_BREAK}%"


def _milestone(amount: Fraction | None, held: Held) -> str:
    if amount is None:
        return "–"
    return writing.number(amount * 100, "vi", 1) if len(held.parts) > 1 else write_percent(amount)
