"""From definition files to streams and indicators (đọc tệp định nghĩa); `check_files` reads checks.

The shape of a file (which keys, of which types) is the business of the published JSON Schemas;
here an item whose shape is right is read for its meaning: do the stream and its fields exist, do
types fit, is there a denominator where the kind needs one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tinhso.measure.boundaries import Level
from tinhso.measure.definitions import (
    Aggregate,
    Better,
    Indicator,
    Kind,
    Part,
    Source,
    Window,
)
from tinhso.measure.expressions import parse
from tinhso.measure.streams import Field, FieldType, Nature, Sensitivity, Stream
from tinhso.measure.text import InputError, Place, Problem, Text, message, nearest
from tinhso.measure.yamltree import Route, Tree

UNKNOWN_STREAM = message(
    "unknown-stream",
    vi="Không có luồng bản ghi “{code}”.{hint}",
    en='There is no stream "{code}".{hint}',
)
UNKNOWN_FIELD = message(
    "unknown-field",
    vi="Luồng “{stream}” không có trường “{name}”.{hint}",
    en='Stream "{stream}" has no field "{name}".{hint}',
)
WRONG_FIELD_TYPE = message(
    "wrong-field-type",
    vi="Trường “{name}” thuộc kiểu {type}; chỗ này cần trường kiểu {wanted}.",
    en='Field "{name}" is of type {type}; this place needs a field of type {wanted}.',
)
NO_STREAM = message(
    "no-stream",
    vi="Chưa nêu luồng bản ghi. Thêm khóa “stream”.",
    en='No stream is named. Add the key "stream".',
)
NO_DENOMINATOR = message(
    "no-denominator",
    vi="Chỉ số loại “{kind}” phải có mẫu số. Thêm khóa “denominator”{or_else}.",
    en='An indicator of kind "{kind}" needs a denominator. Add the key "denominator"{or_else}.',
)
NO_NUMERATOR = message(
    "no-numerator",
    vi="Chỉ số phải có tử số. Thêm khóa “numerator”{or_else}.",
    en='An indicator needs a numerator. Add the key "numerator"{or_else}.',
)
NOT_FOR_KIND = message(
    "not-for-kind",
    vi="Chỉ số loại “{kind}” không dùng khóa “{key}”. Bỏ khóa này, hoặc đổi loại chỉ số.",
    en='An indicator of kind "{kind}" does not use the key "{key}". Remove it, or change the kind.',
)
SHORTHAND_AND_PART = message(
    "shorthand-and-part",
    vi="Đã khai “{shorthand}” thì tử số và mẫu số có sẵn. Bỏ khóa “{key}”.",
    en='With "{shorthand}" the numerator and the denominator are given. Remove the key "{key}".',
)
PEOPLE_NOT_DISTINCT = message(
    "people-not-distinct",
    vi="Chỉ số loại “people” đếm từng người một lần. Tử số phải là “distinct: <trường người>”.",
    en='An indicator of kind "people" counts each person once. Its numerator must be "distinct: <person field>".',
)
NO_KNOWN = message(
    "no-known",
    vi="Chỉ số loại “units” phải có khóa “known” đếm đơn vị đã biết tình trạng, hoặc dùng “aspect”.",
    en='An indicator of kind "units" needs the key "known", which counts units whose state is known, or "aspect".',
)
ONLY_DISTINCT_HAS_WINDOW = message(
    "window-without-distinct",
    vi="Khóa “window” chỉ dùng với “distinct”. Bỏ khóa này.",
    en='The key "window" goes with "distinct" only. Remove it.',
)
REGISTER_HAS_NODATES = message(
    "dates-of-register",
    vi="Luồng “{stream}” là sổ tình trạng: luôn lấy tình trạng cuối kỳ. Bỏ khóa “{key}”.",
    en='Stream "{stream}" is a register: its state at the period\'s end counts. Remove the key "{key}".',
)
UNKNOWN_ASPECT = message(
    "unknown-aspect",
    vi="Sổ tình trạng đơn vị không có nội dung “{name}”.{hint}",
    en='The register of unit states has no aspect "{name}".{hint}',
)
_NOTHING = Text("", "")
_OR_FIGURE = Text(" hoặc “figure”", ' or "figure"')
_OR_ASPECT = Text(" hoặc “aspect”", ' or "aspect"')

NUMBERS = (FieldType.INTEGER, FieldType.MONEY)
DATES = (FieldType.DATE, FieldType.DATETIME)
TEXTS = (FieldType.TEXT, FieldType.CODE)
_KNOWN_LABEL = Text("đối tượng đã biết tình trạng", "subjects whose state is known")


def did_you_mean(wrong: str, right: Iterable[str]) -> Text:
    """A sentence with the nearest right name, or with all of them where they are few."""
    names = sorted(set(right))
    if near := nearest(wrong, names):
        return Text(f" Có phải “{near}”?", f' Did you mean "{near}"?')
    if names and len(names) <= 8:
        listed = ", ".join(names)
        return Text(f" Có thể dùng: {listed}.", f" Use one of: {listed}.")
    return _NOTHING


def text_of(data: Mapping[str, Any]) -> Text:
    """The bilingual text in `{vi: ..., en: ...}`."""
    return Text(str(data["vi"]), str(data["en"]))


def read_stream(tree: Tree) -> Stream:
    """The stream that the file declares; whether it is well made is asked by `pack check`."""
    data = tree.data
    return Stream(
        code=data["code"],
        name=text_of(data["name"]),
        nature=Nature(data["nature"]),
        key=tuple(data["key"]),
        unit=data["unit"],
        default_date=data["default_date"],
        fields=tuple(_field(field) for field in data["fields"]),
        description=text_of(data["description"]),
        successor_unit=data.get("successor_unit", ""),
        state_when=data.get("state_when", ""),
    )


def _field(data: Mapping[str, Any]) -> Field:
    return Field(
        name=data["name"],
        type=FieldType(data["type"]),
        label=text_of(data["label"]),
        required=data.get("required", False),
        sensitivity=Sensitivity(data["sensitivity"]),
        values=tuple(data.get("values", ())),
        value_names=tuple(
            (value, text_of(name)) for value, name in data.get("value_names", {}).items()
        ),
        minimum=data.get("minimum"),
        maximum=data.get("maximum"),
        future=data.get("future", False),
        pattern=data.get("pattern", ""),
    )


def field_problems(
    stream: Stream, name: str, place: Place, types: tuple[FieldType, ...]
) -> Iterable[Problem]:
    """What is wrong with naming `name` where a field of one of `types` is needed."""
    field = stream.field(name)
    if field is None:
        right = (f.name for f in stream.fields if f.type in types)
        yield UNKNOWN_FIELD(place, stream=stream.code, name=name, hint=did_you_mean(name, right))
    elif field.type not in types:
        wanted = ", ".join(types)
        yield WRONG_FIELD_TYPE(place, name=name, type=field.type, wanted=wanted)


def read_indicator(tree: Tree, route: Route, streams: Mapping[str, Stream]) -> Indicator:
    """The indicator at `route`. Raises InputError with every problem of it."""
    reader = Reader(tree, route, streams)
    data = reader.data
    kind = Kind(data["kind"])
    numerator, denominator, known = reader.parts_of(kind)
    if reader.problems:
        raise InputError(reader.problems)
    assert numerator is not None
    source = data["source"]
    return Indicator(
        code=data["code"],
        name=text_of(data["name"]),
        plain=text_of(data["plain"]),
        kind=kind,
        numerator=numerator,
        denominator=denominator,
        known=known,
        better=Better(data["better"]),
        unit=text_of(data["unit"]),
        source=Source(source["document"], text_of(source["item"]) if "item" in source else None),
        gaps=tuple(text_of(gap) for gap in data.get("gaps", ())),
        reported_by=tuple(Level(level) for level in data.get("reported_by", ())),
        version=data.get("version", "1"),
        checked_by=data.get("checked_by", ""),
        next_review=data.get("next_review", ""),
        place=tree.place((*route, "code")),
    )


Parts = tuple[Part | None, Part | None, Part | None]


class Reader:
    """Reads the parts of one definition and collects what is wrong with them."""

    def __init__(self, tree: Tree, route: Route, streams: Mapping[str, Stream]) -> None:
        self.tree = tree
        self.route = route
        self.streams = streams
        self.problems: list[Problem] = []
        data: Any = tree.data
        for step in route:
            data = data[step]
        self.data: Mapping[str, Any] = data

    def place(self, *steps: str) -> Place:
        return self.tree.place((*self.route, *steps))

    def key_place(self, *steps: str) -> Place:
        return self.tree.key_place((*self.route, *steps))

    def parts_of(self, kind: Kind) -> Parts:
        """Numerator, denominator and known part: written out, or from a shorthand."""
        shorthand = "aspect" if kind is Kind.UNITS else "figure"
        takes_shorthand = kind in (Kind.UNITS, Kind.REPORTED, Kind.MEASURE)
        for key in ("aspect", "figure"):
            if key in self.data and not (takes_shorthand and key == shorthand):
                self.problems.append(NOT_FOR_KIND(self.key_place(key), kind=kind, key=key))
        if takes_shorthand and shorthand in self.data:
            for key in ("numerator", "denominator", "known"):
                if key in self.data:
                    self.problems.append(
                        SHORTHAND_AND_PART(self.key_place(key), shorthand=shorthand, key=key)
                    )
            return self.from_shorthand(kind)
        return self.written_out(kind)

    def written_out(self, kind: Kind) -> Parts:
        or_else = {Kind.UNITS: _OR_ASPECT, Kind.REPORTED: _OR_FIGURE, Kind.MEASURE: _OR_FIGURE}
        hint = or_else.get(kind, _NOTHING)
        if "numerator" not in self.data:
            self.problems.append(NO_NUMERATOR(self.place("code"), or_else=hint))
        if kind is Kind.MEASURE and "denominator" in self.data:
            key = "denominator"
            self.problems.append(NOT_FOR_KIND(self.key_place(key), kind=kind, key=key))
        if kind is not Kind.MEASURE and "denominator" not in self.data:
            self.problems.append(NO_DENOMINATOR(self.place("code"), kind=kind, or_else=hint))
        if kind is Kind.UNITS and "known" not in self.data:
            self.problems.append(NO_KNOWN(self.place("code")))
        if kind is not Kind.UNITS and "known" in self.data:
            self.problems.append(NOT_FOR_KIND(self.key_place("known"), kind=kind, key="known"))
        if kind is Kind.PEOPLE and "distinct" not in self.data.get("numerator", {"distinct": ""}):
            self.problems.append(PEOPLE_NOT_DISTINCT(self.place("numerator")))
        numerator, denominator, known = (
            self.part(key) if key in self.data else None
            for key in ("numerator", "denominator", "known")
        )
        return numerator, denominator, known

    def from_shorthand(self, kind: Kind) -> Parts:
        labels = {key: text_of(label) for key, label in self.data.get("labels", {}).items()}
        name = text_of(self.data["name"])
        above = labels.get("numerator", name)
        below = labels.get("denominator", name)
        if kind is Kind.UNITS:
            return self.from_aspect(above, below)
        place, code = self.place("figure"), self.data["figure"]
        if kind is Kind.MEASURE:
            return self.figure_part(code, "value", above, place), None, None
        both = " and numerator is not null and denominator is not null"
        return (
            self.figure_part(code, "numerator", above, place, both),
            self.figure_part(code, "denominator", below, place, both),
            None,
        )

    def from_aspect(self, met: Text, applies: Text) -> Parts:
        """Parts over the register of unit states, for one of its aspects."""
        stream = self.stream("unit_status", self.place("aspect"))
        if stream is None:
            return None, None, None
        aspect, place = self.data["aspect"], self.place("aspect")
        field = stream.field("aspect")
        known = field.values if field else ()
        if aspect not in known:
            hint = did_you_mean(aspect, known)
            self.problems.append(UNKNOWN_ASPECT(place, name=aspect, hint=hint))
            return None, None, None
        where = f"aspect = '{aspect}' and applies"

        def counted(more: str, label: Text) -> Part:
            told = f"aspect = '{aspect}'"  # nobody has told of this aspect: not known, not none
            return Part(stream.code, Aggregate.COUNT, where + more, label, told=told, place=place)

        return (
            counted(" and met", met),
            counted("", applies),
            counted(" and met is not null", _KNOWN_LABEL),
        )

    def figure_part(
        self, code: str, field: str, label: Text, place: Place, more: str | None = None
    ) -> Part | None:
        """The sum of one column of an approved reported figure."""
        stream = self.stream("reported_figures", place)
        if stream is None:
            return None
        filled = f" and {field} is not null" if more is None else more
        where = f"figure_code = '{code}'{filled} and approved_on is not null"
        return Part(stream.code, Aggregate.SUM, where, label, field=field, place=place)

    def part(self, key: str) -> Part | None:
        """The part written under `key`; None when something is wrong with it."""
        data = self.data[key]
        label = text_of(data["label"])
        if "figure" in data:
            return self.figure_part(data["figure"], "numerator", label, self.place(key, "figure"))
        if "stream" in data:
            stream = self.stream(data["stream"], self.place(key, "stream"))
        elif "stream" in self.data:
            stream = self.stream(self.data["stream"], self.place("stream"))
        else:
            self.problems.append(NO_STREAM(self.place(key)))
            return None
        if stream is None:
            return None
        before = len(self.problems)
        where_key = "count" if "count" in data else "where"
        where = data.get(where_key, "true")
        where_place = self.place(key, where_key)
        try:
            parse(where, stream, where_place)
        except InputError as error:
            self.problems.extend(error.problems)
        if "window" in data and "distinct" not in data:
            self.problems.append(ONLY_DISTINCT_HAS_WINDOW(self.key_place(key, "window")))
        part = Part(
            stream=stream.code,
            aggregate=next(a for a in Aggregate if a in data),
            where=where,
            label=label,
            field=self.aggregated_field(key, stream),
            date=self.date(key, "date", stream),
            until=self.date(key, "until", stream),
            window=Window(data.get("window", "period")),
            place=where_place,
        )
        return part if len(self.problems) == before else None

    def stream(self, code: str, place: Place) -> Stream | None:
        stream = self.streams.get(code)
        if stream is None:
            problem = UNKNOWN_STREAM(place, code=code, hint=did_you_mean(code, self.streams))
            if problem not in self.problems:
                self.problems.append(problem)
        return stream

    def aggregated_field(self, key: str, stream: Stream) -> str:
        data = self.data[key]
        if "sum" in data:
            place = self.place(key, "sum")
            self.problems.extend(field_problems(stream, data["sum"], place, NUMBERS))
            return str(data["sum"])
        if "distinct" in data:
            place = self.place(key, "distinct")
            countable = (*TEXTS, FieldType.PERSON, FieldType.UNIT, FieldType.ENUM)
            self.problems.extend(field_problems(stream, data["distinct"], place, countable))
            return str(data["distinct"])
        return ""

    def date(self, key: str, which: str, stream: Stream) -> str:
        """The name of the part's date field: its own, the definition's, or the stream's default."""
        steps: tuple[str, ...] = (key, which)
        name = self.data[key].get(which, "")
        if not name and which in self.data and self.data.get("stream") == stream.code:
            steps, name = (which,), self.data[which]
        if not name:
            is_flow_date = which == "date" and stream.nature is Nature.FLOW
            return stream.default_date if is_flow_date else ""
        if stream.nature is Nature.REGISTER:
            self.note(REGISTER_HAS_NODATES(self.key_place(*steps), stream=stream.code, key=which))
            return ""
        for problem in field_problems(stream, name, self.place(*steps), DATES):
            self.note(problem)
        return str(name)

    def note(self, problem: Problem) -> None:
        """Keep a problem once, though two parts share the key that it is about."""
        if problem not in self.problems:
            self.problems.append(problem)
