"""Small worlds to measure: three streams, maps told as stories, and a lake filled by hand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import duckdb

from tinhso.measure.boundaries import Boundaries, Level, Span, Succession
from tinhso.measure.cube import Cube, Workplace, compute
from tinhso.measure.definitions import (
    Aggregate,
    Better,
    HonestyCheck,
    Indicator,
    Kind,
    Part,
    Source,
    Window,
)
from tinhso.measure.figures import Figures
from tinhso.measure.lake import Lake, LakeSettings
from tinhso.measure.quantities import CompiledIndicator, compile_check, compile_indicator
from tinhso.measure.streams import Field, FieldType, Nature, Stream
from tinhso.measure.text import Text


def text(words: str) -> Text:
    return Text(words, words)


def _fields(**types: FieldType | tuple[str, ...]) -> tuple[Field, ...]:
    """Fields by name; a tuple of values makes an enum."""
    return tuple(
        Field(name, FieldType.ENUM, text(name), values=kind)
        if isinstance(kind, tuple)
        else Field(name, kind, text(name), future=name == "due")
        for name, kind in types.items()
    )


#: Dossiers, as few fields as the rules need.
DOSSIERS = Stream(
    code="dossiers",
    name=text("dossiers"),
    nature=Nature.FLOW,
    key=("ref",),
    unit="office",
    default_date="received",
    description=text(""),
    fields=_fields(
        ref=FieldType.CODE,
        office=FieldType.UNIT,
        received=FieldType.DATETIME,
        due=FieldType.DATE,
        closed=FieldType.DATETIME,
        paid_on=FieldType.DATE,
        citizen=FieldType.PERSON,
        fee=FieldType.MONEY,
        pages=FieldType.INTEGER,
        online=FieldType.BOOLEAN,
        channel=("portal", "counter", "post"),
        note=FieldType.TEXT,
    ),
)

#: A register keyed by the unit: what each office has told of each item.
FIGURES = Stream(
    code="reported",
    name=text("reported figures"),
    nature=Nature.REGISTER,
    key=("item", "office", "as_of"),
    unit="office",
    default_date="as_of",
    description=text(""),
    fields=_fields(
        item=FieldType.CODE,
        office=FieldType.UNIT,
        as_of=FieldType.DATE,
        amount=FieldType.INTEGER,
        met=FieldType.BOOLEAN,
    ),
)

#: A register of things that may move from office to office.
SITES = Stream(
    code="sites",
    name=text("websites"),
    nature=Nature.REGISTER,
    key=("site", "as_of"),
    unit="office",
    default_date="as_of",
    description=text(""),
    fields=_fields(
        site=FieldType.CODE,
        office=FieldType.UNIT,
        as_of=FieldType.DATE,
        visits=FieldType.INTEGER,
        works=FieldType.BOOLEAN,
    ),
)

STREAMS = {stream.code: stream for stream in (DOSSIERS, FIGURES, SITES)}

#: One row of a stream by field name; fields left out are empty. `_unit` may be left out too:
#: then it is the unit that bears the record's code on its date.
Record = Mapping[str, object]


@dataclass
class Story:
    """A map of units told from its beginning: who was there, and what happened on which day."""

    _living: dict[str, Span] = field(default_factory=dict)
    _past: list[Span] = field(default_factory=list)
    _successions: list[Succession] = field(default_factory=list)

    def begin(self, uid: str, level: Level, parent: str | None, on: date | None = None) -> None:
        self._living[uid] = Span(uid, level, uid, parent, on)

    def found(self, on: date, uid: str, like: str, code: str = "") -> None:
        """A new unit in the place where `like` stands (or stood until today)."""
        old = self._living[like]
        self._living[uid] = Span(uid, old.level, code or uid, old.parent, on)

    def end(self, on: date, uid: str) -> None:
        span = self._living.pop(uid)
        self._past.append(Span(uid, span.level, span.code, span.parent, span.since, on))

    def change(self, on: date, uid: str, *, code: str = "", parent: str = "") -> None:
        """The same unit goes on under another code or parent."""
        old = self._living[uid]
        self.end(on, uid)
        self._living[uid] = Span(uid, old.level, code or old.code, parent or old.parent, on)

    def pass_on(self, on: date, source: str, target: str, *, whole: bool = True) -> None:
        self._successions.append(Succession(on, source, target, whole))

    def merge(self, on: date, sources: Sequence[str], into: str, code: str = "") -> None:
        """Units end and become one, which is new or one that goes on."""
        if into not in self._living:
            self.found(on, into, sources[0], code)
        for source in sources:
            self.pass_on(on, source, into)
            self.end(on, source)

    def split(self, on: date, source: str, into: Sequence[str]) -> None:
        """A unit ends; parts of it go to each of `into`, new or going on."""
        for target in into:
            if target not in self._living:
                self.found(on, target, source)
            self.pass_on(on, source, target, whole=False)
        self.end(on, source)

    def abolish(self, on: date, uid: str) -> None:
        """A unit ends without an heir; the units below it go to the one above."""
        above = self._living[uid].parent
        assert above is not None
        for child in self.below(uid):
            self.change(on, child, parent=above)
        self.end(on, uid)

    def below(self, uid: str) -> list[str]:
        return [child for child, span in self._living.items() if span.parent == uid]

    def living(self, level: Level) -> list[str]:
        return [uid for uid, span in self._living.items() if span.level is level]

    @property
    def spans(self) -> list[Span]:
        return [*self._past, *self._living.values()]

    @property
    def successions(self) -> list[Succession]:
        return list(self._successions)

    def boundaries(self) -> Boundaries:
        return Boundaries(self.spans, self.successions)


def province(communes: Iterable[str] = ("A", "B", "C")) -> Story:
    """Country, province P, and communes straight below it."""
    story = Story()
    story.begin("VN", Level.COUNTRY, None)
    story.begin("P", Level.PROVINCE, "VN")
    for commune in communes:
        story.begin(commune, Level.COMMUNE, "P")
    return story


def count(where: str = "true", stream: str = "dossiers", **more: object) -> Part:
    return Part(stream, Aggregate.COUNT, where, text(where), **more)  # type: ignore[arg-type]


def total(of: str, where: str = "true", stream: str = "dossiers", **more: object) -> Part:
    return Part(stream, Aggregate.SUM, where, text(where), field=of, **more)  # type: ignore[arg-type]


def different(of: str, window: Window = Window.PERIOD, where: str = "true", **more: object) -> Part:
    stream = str(more.pop("stream", "dossiers"))
    return Part(stream, Aggregate.DISTINCT, where, text(where), field=of, window=window, **more)  # type: ignore[arg-type]


def indicator(
    numerator: Part,
    denominator: Part | None = None,
    known: Part | None = None,
    *,
    kind: Kind = Kind.RATIO,
    code: str = "I",
    reported_by: tuple[Level, ...] = (),
) -> Indicator:
    return Indicator(
        code=code,
        name=text(code),
        plain=text(code),
        kind=kind,
        numerator=numerator,
        denominator=denominator,
        known=known,
        better=Better.HIGHER,
        unit=text("one"),
        source=Source("test"),
        reported_by=reported_by,
    )


class QuickLake(Lake):
    """A stand-in in memory that knows one snapshot only: ten times as quick as a lake on disk."""

    def __init__(self, folder: Path) -> None:
        super().__init__(LakeSettings(folder, threads=1), list(STREAMS.values()))
        self.connection = duckdb.connect(config={"threads": 1})
        self.connection.execute("ATTACH ':memory:' AS lake")
        self._ensure_tables(_Quick(self.connection))  # type: ignore[arg-type]

    def reader(self) -> duckdb.DuckDBPyConnection:
        return _Quick(self.connection)  # type: ignore[return-value]

    @contextmanager
    def writer(self) -> Iterator[duckdb.DuckDBPyConnection]:
        yield self.connection

    def snapshot(self, connection: duckdb.DuckDBPyConnection) -> int:
        return 1


class _Quick:
    """A connection on which asking for a version is asking for what is there."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def execute(self, sql: str, *parameters: object) -> duckdb.DuckDBPyConnection:
        return self.connection.execute(_now(sql), *parameters)

    def sql(self, sql: str) -> duckdb.DuckDBPyRelation:
        return self.connection.sql(_now(sql))

    def close(self) -> None:
        pass

    def __getattr__(self, name: str) -> object:
        return getattr(self.connection, name)


def _now(sql: str) -> str:
    return re.sub(r"AT \(VERSION => \d+\)", "", sql)


class World:
    """A lake of its own, which can be emptied and filled again and again."""

    def __init__(self, lake: Lake) -> None:
        self.lake = lake

    @classmethod
    def on_disk(cls, folder: Path) -> World:
        return cls(Lake(LakeSettings(folder, threads=1), list(STREAMS.values())))

    def fill(self, boundaries: Boundaries, records: Mapping[str, Sequence[Record]]) -> None:
        """Put exactly these records into the lake, in one snapshot."""
        with self.lake.writer() as connection:
            connection.execute("BEGIN")
            for code, stream in STREAMS.items():
                connection.execute(f"DELETE FROM lake.{code}")
                rows = [
                    row_of(stream, boundaries, record, number)
                    for number, record in enumerate(records.get(code, ()))
                ]
                if rows:
                    marks = ", ".join(f"({', '.join('?' * len(rows[0]))})" for _ in rows)
                    connection.execute(
                        f"INSERT INTO lake.{code} VALUES {marks}", [v for row in rows for v in row]
                    )
            connection.execute("COMMIT")

    def cube(
        self,
        boundaries: Boundaries,
        indicators: Sequence[CompiledIndicator],
        checks: Sequence[HonestyCheck] = (),
        followed: Iterable[str] = (),
    ) -> Cube:
        compiled = [compile_check(check, STREAMS) for check in checks]
        workplace = Workplace(STREAMS, indicators, compiled, boundaries, followed)
        return compute(self.lake, workplace)

    def figures(
        self,
        boundaries: Boundaries,
        indicators: Sequence[Indicator],
        followed: Iterable[str] = (),
    ) -> Figures:
        compiled = [compile_indicator(one, STREAMS) for one in indicators]
        cube = self.cube(boundaries, compiled, followed=followed)
        return Figures(cube, boundaries, compiled, followed)


def row_of(stream: Stream, boundaries: Boundaries, record: Record, number: int) -> list[object]:
    """A record as the lake keeps it, with the unit that its code meant on its date."""
    values: dict[str, object] = {"ref": f"R{number}", **record}
    day = day_of(values[stream.default_date])
    uid = values.get("_unit") or boundaries.by_code(str(values[stream.unit]), day)
    assert isinstance(uid, str), f"no unit bears {values[stream.unit]} on {day}"
    span = boundaries.span(uid, day)
    assert span is not None, f"{uid} does not exist on {day}"
    values[stream.unit] = span.code
    return [values.get(one.name) for one in stream.fields] + [uid, span.level.value, 1, number]


def day_of(value: object) -> date:
    assert isinstance(value, date)
    return value.date() if isinstance(value, datetime) else value


def day(iso: str) -> date:
    return date.fromisoformat(iso)


def at(iso: str) -> datetime:
    return datetime.fromisoformat(iso)
