"""What a document says, before it is a Word file or a PDF: sentences, tables, codes (nội dung văn bản).

Made of published figures, and in assignment tables of the shares in force. Both forms are drawn from the same `Content`, so they say the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from django.utils import timezone

from tinhso.measure import writing
from tinhso.measure.targets import Standing
from tinhso.modules.documents import wording
from tinhso.modules.documents.assignment import Assignment, ShareTable
from tinhso.modules.documents.codes import figure_code
from tinhso.modules.documents.fields import Fields, lines
from tinhso.modules.documents.kinds import Kind
from tinhso.modules.documents.points import PointLine, UnitPoints
from tinhso.modules.plan.frozen.reading import FrozenFigure, FrozenPublication, FrozenRow
from tinhso.modules.plan.words import KNOWN_BY, LEVELS
from tinhso.modules.shares.queries import GivenTarget

number = partial(writing.number, language="vi")
NOTICE = "SỐ LIỆU MÔ PHỎNG – không phải văn bản, không phải số liệu thật của cơ quan nào"


@dataclass(frozen=True)
class Section:
    """A part of the body: its heading ("" for none), paragraphs, then points with their letters."""

    title: str
    paragraphs: tuple[str, ...] = ()
    items: tuple[str, ...] = ()


@dataclass(frozen=True)
class TargetLine:
    """A target as a line of the main table; every value is written as it is printed.

    `given`: of an assignment table, whether and to how many the target is given; "" in others.
    `standing_code` and the numbers (per cent; None where there is none) are for drawings.
    """

    number: str
    code: str
    name: str
    level: str
    deadline: str
    tier: str
    known_by: str
    value: str
    parts: str
    before: str
    standing: str
    short: str
    lookup: str
    given: str
    standing_code: str
    drawn: float | None
    drawn_target: float | None


@dataclass(frozen=True)
class UnitLine:
    """A unit as a line of an annex."""

    number: str
    name: str
    numerator: str
    denominator: str
    value: str
    standing: str
    lookup: str


@dataclass(frozen=True)
class Annex:
    """One target by unit; the first line is the unit above, the rest those directly below it."""

    number: str
    title: str
    about: str
    lines: tuple[UnitLine, ...]


@dataclass(frozen=True)
class Content:
    """Everything that a template may print; see `placeholders`."""

    kind: str
    superior: str
    issuer: str
    numbering: str
    place_and_date: str
    heading: str
    abstract: str
    addressee: tuple[str, ...]
    sections: tuple[Section, ...]
    targets: tuple[TargetLine, ...]
    annexes: tuple[Annex, ...]
    shares: tuple[ShareTable, ...]
    points_about: str
    points: tuple[PointLine, ...]
    recipients: tuple[str, ...]
    authority: str
    title: str
    signer: str
    simulated: str
    source: str
    attached: str
    document_code: str
    address: str
    unit: str
    period: str
    lookups: str  # where codes are opened: an address to which one is added
    whole: bool  # about all units, not one
    cited: tuple[int, ...] = ()
    taken: str = ""  # versions of allocations that it took

    def printed(self) -> dict[str, Any]:
        """As plain data, for templates."""
        return asdict(self)


def content_of(
    kind: Kind,
    fields: Fields,
    published: FrozenPublication,
    about: str,
    *,
    code: str,
    base: str,
    given: Sequence[GivenTarget] = (),
) -> Content:
    """The content of a document about `about` (a uid of the publication; "" where the kind is about
    the plan, or about all units). `base` is the site's address without a last slash; `given` the
    shares in force, which only assignment tables print."""
    unit = published.units[about] if about else published.root
    rows = published.rows(unit.uid)
    writer = _Writer(published)
    assignment = points = None
    annexes: tuple[Annex, ...] = ()
    shares: tuple[ShareTable, ...] = ()
    if kind.code == "assignment":
        assignment = Assignment.of(published, given, unit if about else None, timezone.now())
        shares = assignment.tables(writer.lookup)
    elif kind.annexes:
        annexes = tuple(
            writer.annex(place, row) for place, row in enumerate(rows, 1) if writer.has_below(row)
        )
    if kind.code == "unit-sheet":
        points = UnitPoints.of(published, unit)
    told = points.part if points else None
    story = wording.Story(kind, published, unit, rows, fields, bool(annexes), told)
    parts = assignment.parts(fields, story.when, story.who) if assignment else story.sections()
    targets: tuple[TargetLine, ...] = ()
    if not (assignment and about):  # a unit's own assignment has its table of shares instead
        targets = tuple(writer.target(n, row, assignment) for n, row in enumerate(rows, 1))
    simulated = published.card.simulated or (assignment is not None and assignment.simulated)
    return Content(
        kind=kind.code,
        superior=fields.superior,
        issuer=fields.issuer_lines,
        numbering=fields.numbering,
        place_and_date=fields.place_and_date,
        heading=kind.heading,
        abstract=fields.abstract,
        addressee=tuple(lines(fields.addressee)),
        sections=tuple(
            Section(title, paragraphs, wording.lettered(items))
            for title, paragraphs, items in parts
        ),
        targets=targets,
        annexes=annexes,
        shares=shares,
        points_about=points.about if points else "",
        points=points.lines() if points else (),
        recipients=tuple(lines(fields.recipients)),
        authority=fields.authority,
        title=fields.title,
        signer=fields.signer,
        simulated=NOTICE if simulated else "",
        source=_source(published, base),
        attached=wording.attached(fields),
        document_code=code,
        address=f"{base}/so/{code}/",
        unit=unit.name.vi,
        period=published.card.period.label.vi,
        lookups=f"{base}/so/",
        whole=not about,
        cited=tuple(sorted(writer.cited)),
        taken=assignment.versions if assignment else "",
    )


def _source(published: FrozenPublication, base: str) -> str:
    card = published.card
    when = writing.moment(timezone.localtime(card.published_at), "vi")
    again = f", lần {card.number} (đính chính)" if card.number > 1 else ""
    return (
        f"Số liệu công bố lúc {when}{again}, bản chụp số {card.snapshot}, mã băm {card.content[:16]}…, "
        f"giữ nguyên sau khi công bố. Tra từng con số theo mã tại {base}/so/"
    )


class _Writer:
    """Writes rows as lines, and keeps which figures they cite."""

    def __init__(self, published: FrozenPublication) -> None:
        self.published = published
        self.cited: set[int] = set()

    def lookup(self, figure: FrozenFigure) -> str:
        self.cited.add(figure.id)
        content = self.published.card.content
        return figure_code(figure.id, content, figure.cell.indicator, figure.cell.unit)

    def target(self, place: int, row: FrozenRow, given: Assignment | None) -> TargetLine:
        value, target = row.figure.value, row.target
        percent = 100 if row.is_share else 0
        return TargetLine(
            number=str(place),
            code=target.code,
            name=target.name.vi,
            level=wording.level(target),
            deadline=writing.day(target.deadline, "vi"),
            tier=LEVELS[target.level].vi,
            known_by=", ".join(KNOWN_BY[one].vi for one in target.known_by),
            value=wording.value(row, row.figure),
            parts=wording.parts(row),
            before=wording.value(row, row.before) if row.before else "–",
            standing=wording.standing(row),
            short=number(row.short) if row.short is not None else "–",
            lookup=self.lookup(row.figure),
            given=given.state(target) if given else "",
            standing_code=row.standing.value,
            drawn=float(value * percent) if value is not None and percent else None,
            drawn_target=float(row.threshold.amount * percent) if percent else None,
        )

    def has_below(self, row: FrozenRow) -> bool:
        """Whether any unit below has anything to do with the target."""
        return any(one.standing is not Standing.NOT_APPLICABLE for one in self._below(row))

    def _below(self, row: FrozenRow) -> Sequence[FrozenRow]:
        found = (
            self.published.row(row.target, one.uid) for one in self.published.below(row.unit.uid)
        )
        return [one for one in found if one is not None]

    def annex(self, place: int, row: FrozenRow) -> Annex:
        target = row.target
        own = [row, *self._below(row)]
        return Annex(
            number=str(place),
            title=f"{target.code}. {target.name.vi}",
            about=f"Mức chỉ tiêu: {wording.level(target)}; thời hạn: {writing.day(target.deadline, 'vi')}.",
            lines=tuple(
                UnitLine(
                    number=str(n) if n else "",
                    name=one.unit.name.vi,
                    numerator=wording.count(one.figure.cell.numerator),
                    denominator=wording.count(one.figure.cell.denominator) if one.is_share else "–",
                    value="–" if one.figure.value is None else wording.value(one, one.figure),
                    standing=wording.standing(one),
                    lookup=self.lookup(one.figure),
                )
                for n, one in enumerate(own)
            ),
        )
