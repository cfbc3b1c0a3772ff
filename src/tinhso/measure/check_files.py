"""From definition files to honesty checks and their alarm rules (đọc tệp phép kiểm)."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from tinhso.measure.definition_files import TEXTS, Reader, field_problems, text_of
from tinhso.measure.definitions import Alarm, CheckKind, HonestyCheck
from tinhso.measure.streams import FieldType, Stream
from tinhso.measure.text import InputError, message
from tinhso.measure.yamltree import Route, Tree

NEEDS_BY = message(
    "concentration-needs-by",
    vi="Phép kiểm loại “concentration” phải có “by” (trường phân biệt nguồn) và “at_least” (từ bao nhiêu bản ghi).",
    en='A check of kind "concentration" needs "by" (the field that tells sources apart) and "at_least" (from how many records on).',
)
NOT_FOR_SHARE = message(
    "share-has-no-by",
    vi="Phép kiểm loại “share” không dùng khóa “{key}”. Bỏ khóa này, hoặc đổi loại thành “concentration”.",
    en='A check of kind "share" does not use the key "{key}". Remove it, or make the kind "concentration".',
)
NO_SHARE = message(
    "alarm-no-share",
    vi="“{value}” không phải một tỷ lệ lớn hơn 0 và nhỏ hơn 1. Viết dạng phân số, ví dụ 1/100.",
    en='"{value}" is no share above 0 and below 1. Write it as a fraction, such as 1/100.',
)


def read_check(tree: Tree, route: Route, streams: Mapping[str, Stream]) -> HonestyCheck:
    """The honesty check at `route`. Raises InputError with every problem of it."""
    reader = Reader(tree, route, streams)
    data = reader.data
    kind = CheckKind(data["kind"])
    records, over = reader.part("records"), reader.part("over")
    _look_at_sources(reader, kind)
    alarm = _alarm(reader)
    if reader.problems:
        raise InputError(reader.problems)
    assert records is not None
    assert over is not None
    return HonestyCheck(
        code=data["code"],
        name=text_of(data["name"]),
        plain=text_of(data["plain"]),
        kind=kind,
        records=records,
        over=over,
        basis=text_of(data["basis"]),
        indicators=tuple(data["indicators"]),
        by=data.get("by", ""),
        at_least=data.get("at_least", 0),
        alarm=alarm,
        place=tree.place((*route, "code")),
    )


def _alarm(reader: Reader) -> Alarm | None:
    if "alarm" not in reader.data:
        return None
    data, shares = reader.data["alarm"], {}
    for key in ("false_alarms", "expected"):
        if key in data:
            top, bottom = (int(number) for number in data[key].split("/"))
            if top >= bottom:
                reader.note(NO_SHARE(reader.place("alarm", key), value=data[key]))
            else:
                shares[key] = Fraction(top, bottom)
    if reader.problems:
        return None
    return Alarm(shares["false_alarms"], data["at_least"], shares.get("expected"))


def _look_at_sources(reader: Reader, kind: CheckKind) -> None:
    """`by` and `at_least` belong to a concentration, and to nothing else."""
    given = [key for key in ("by", "at_least") if key in reader.data]
    if kind is CheckKind.SHARE:
        reader.problems += [NOT_FOR_SHARE(reader.key_place(key), key=key) for key in given]
        return
    if len(given) < 2:
        reader.problems.append(NEEDS_BY(reader.place("code")))
    stream = reader.streams.get(reader.data["stream"])
    if stream is not None and "by" in reader.data:
        fields = (*TEXTS, FieldType.PERSON, FieldType.UNIT)
        by = reader.data["by"]
        reader.problems.extend(field_problems(stream, by, reader.place("by"), fields))
