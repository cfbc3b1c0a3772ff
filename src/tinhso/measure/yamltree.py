"""YAML files as plain data, with the place of every key and value (cây YAML có vị trí).

What is read is a small, dull YAML: mappings, lists, texts, whole and decimal numbers, true, false
and null. Refused, each with its place: anchors and aliases (they can blow up), tags, several
documents in one file, duplicate keys, tabs as indentation, bytes that are not UTF-8. Dates stay
texts, `yes` and `no` stay texts, decimals are exact.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from tinhso.measure.text import InputError, Place, Problem, Text, message

Route = tuple[str | int, ...]

MAX_BYTES = 4_000_000
MAX_DEPTH = 40

UNREADABLE = message(
    "file-unreadable",
    vi="Không đọc được tệp: {reason}. Kiểm tra tệp còn đó và được phép đọc.",
    en="The file cannot be read: {reason}. See that it is there and that you may read it.",
)
TOO_BIG = message(
    "file-too-big",
    vi="Tệp lớn hơn {limit} byte. Chia thành nhiều tệp nhỏ.",
    en="The file is larger than {limit} bytes. Split it into smaller files.",
)
NOT_UTF8 = message(
    "not-utf8",
    vi="Ký tự này không phải UTF-8. Lưu lại tệp với bảng mã UTF-8.",
    en="This character is not UTF-8. Save the file again as UTF-8.",
)
NOT_NFC = message(
    "not-nfc",
    vi="Dấu tiếng Việt ở dòng này viết ở dạng tổ hợp. Lưu lại ở dạng dựng sẵn (Unicode NFC).",
    en="The diacritics on this line are written as combining marks. Save it as composed letters (Unicode NFC).",
)
TAB = message(
    "yaml-tab",
    vi="Dòng này thụt vào bằng dấu tab. Thay bằng dấu cách.",
    en="This line is indented with a tab. Use spaces.",
)
SYNTAX = message(
    "yaml-syntax",
    vi="Sai cú pháp YAML: {detail}. Xem lại thụt dòng, dấu hai chấm và dấu nháy ở chỗ này.",
    en="YAML syntax: {detail}. Look at the indentation, colons and quotes here.",
)
DUPLICATE_KEY = message(
    "yaml-duplicate-key",
    vi="Khóa “{key}” đã có ở dòng {first}. Giữ một trong hai.",
    en='The key "{key}" is already on line {first}. Keep one of the two.',
)
BAD_KEY = message(
    "yaml-bad-key",
    vi="Khóa phải là một từ, không phải một danh sách hay bảng.",
    en="A key must be a word, not a list or a mapping.",
)
ALIAS = message(
    "yaml-alias",
    vi="Tệp không được dùng neo (&) và tham chiếu (*). Viết hẳn giá trị ra.",
    en="Anchors (&) and aliases (*) are not allowed. Write the value out.",
)
TAG = message(
    "yaml-tag",
    vi="Tệp không được dùng thẻ kiểu “{tag}”. Bỏ thẻ đi.",
    en='Type tags such as "{tag}" are not allowed. Remove it.',
)
SECOND_DOCUMENT = message(
    "yaml-second-document",
    vi="Mỗi tệp chỉ chứa một tài liệu YAML. Chuyển phần từ đây sang tệp khác.",
    en="A file holds one YAML document. Move what follows to another file.",
)
TOO_DEEP = message(
    "yaml-too-deep",
    vi="Lồng nhau quá {limit} tầng. Viết gọn lại.",
    en="Nested more than {limit} levels deep. Flatten it.",
)
UNPRINTABLE = message(
    "unprintable-character",
    vi="Văn bản này có ký tự không in được (mã U+{code}). Xóa ký tự đó.",
    en="This text holds a character that cannot be printed (code U+{code}). Delete it.",
)
EMPTY = message(
    "yaml-empty",
    vi="Tệp trống. Điền nội dung hoặc xóa tệp.",
    en="The file is empty. Fill it in, or delete it.",
)

#: The parser's most frequent complaints, in the words of somebody who writes packs.
_DETAILS = {
    "mapping values are not allowed": Text(
        "dấu hai chấm thừa, hoặc văn bản có dấu hai chấm mà không đặt trong nháy",
        "a stray colon, or a text with a colon that is not in quotes",
    ),
    "could not find expected ':'": Text("thiếu dấu hai chấm sau khóa", "no colon after the key"),
    "expected <block end>": Text(
        "dòng này thụt vào không khớp với các dòng trên", "this line's indentation fits none above"
    ),
    "end of stream": Text("dấu nháy chưa đóng", "a quote is not closed"),
    "document separator": Text("dấu nháy chưa đóng", "a quote is not closed"),
    "cannot start any token": Text(
        "văn bản bắt đầu bằng ký hiệu đặc biệt phải đặt trong nháy",
        "a text that begins with a special sign must be in quotes",
    ),
    "expected ',' or": Text(
        "thiếu dấu phẩy hoặc dấu đóng ngoặc", "a comma or a closing bracket is missing"
    ),
}
_OTHER_DETAIL = Text("cấu trúc không hợp lệ", "the structure is not valid")

_UNPRINTABLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_NULL = re.compile(r"~|null|")
_BOOLEAN = re.compile(r"true|false")
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,30})")
_DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9]{0,30})\.[0-9]{1,30}")


@dataclass(frozen=True, eq=False)
class Tree:
    """A file's data with the places of its parts. A route is the keys and indexes on the way.

    Equal only to itself: files read again unchanged give the same tree (`parse_yaml`).
    """

    file: str
    data: Any
    values: Mapping[Route, Place]
    keys: Mapping[Route, Place]
    text: str = field(default="", repr=False)

    def place(self, route: Route = ()) -> Place:
        """Where the value at `route` begins, or the nearest value above it that exists."""
        while route and route not in self.values:
            route = route[:-1]
        return self.values.get(route, Place(self.file, 1, 1))

    def key_place(self, route: Route) -> Place:
        """Where the key that ends `route` stands; for an item of a list, where the item begins."""
        return self.keys.get(route) or self.place(route)


def read_yaml(path: Path) -> Tree:
    """Read the file. Raises InputError with every problem that can be told apart."""
    file = str(path)
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InputError([UNREADABLE(Place(file), reason=error.strerror)]) from error
    if len(raw) > MAX_BYTES:
        raise InputError([TOO_BIG(Place(file), limit=MAX_BYTES)])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8", "replace")
        raise InputError([NOT_UTF8(_place_after(file, before))]) from error
    return parse_yaml(text, file)


@lru_cache(maxsize=512)
def parse_yaml(text: str, file: str) -> Tree:
    """The tree of `text`; it is shared between callers, so leave its data as it is.

    >>> tree = parse_yaml("a: 1\\nb:\\n  - 'x'\\n", "f.yaml")
    >>> tree.data, str(tree.place(("b", 0)))
    ({'a': 1, 'b': ['x']}, 'f.yaml:3:6')
    """
    problems = list(_look_at_lines(text, file))
    if problems:
        raise InputError(problems)
    return _read_fast(text, file) or _read(text, file)


def _read_fast(text: str, file: str) -> Tree | None:
    """The tree of a file with nothing wrong, by libyaml: a fifth of the time. None where something is
    wrong: what, and where, is told by the reader in Python, whose words and marks are known here."""
    if not yaml.__with_libyaml__:
        return None
    builder = _Builder(text, file, yaml.CSafeLoader)
    try:
        data = builder.build()
    except (yaml.YAMLError, ValueError, OverflowError):
        return None
    return None if builder.problems else Tree(file, data, builder.values, builder.keys, text)


def _read(text: str, file: str) -> Tree:
    builder = _Builder(text, file, yaml.SafeLoader)
    try:
        data = builder.build()
    except yaml.MarkedYAMLError as error:
        in_quotes = (error.context or "").endswith("quoted scalar")
        mark = error.context_mark if in_quotes else error.problem_mark or error.context_mark
        place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file, 1, 1)
        raise InputError(
            [*builder.problems, SYNTAX(place, detail=_detail(error.problem))]
        ) from error
    except (ValueError, OverflowError) as error:  # an escape beyond all of Unicode: "\\UFFFFFFFF"
        place = builder.last_place
        raise InputError([*builder.problems, SYNTAX(place, detail=_OTHER_DETAIL)]) from error
    except yaml.reader.ReaderError as error:
        place = _place_after(file, text[: error.position])
        raise InputError([SYNTAX(place, detail=_OTHER_DETAIL)]) from error
    if builder.problems:
        raise InputError(builder.problems)
    return Tree(file, data, builder.values, builder.keys, text)


def _look_at_lines(text: str, file: str) -> Iterator[Problem]:
    for number, line in enumerate(text.split("\n"), start=1):
        indent = line[: len(line) - len(line.lstrip(" \t"))]
        if "\t" in indent and line.strip():
            yield TAB(Place(file, number, indent.index("\t") + 1))
        if not unicodedata.is_normalized("NFC", line):
            first = next((n for n, c in enumerate(line) if unicodedata.combining(c)), 1)
            yield NOT_NFC(Place(file, number, max(first, 1)))


def _place_after(file: str, before: str) -> Place:
    return Place(file, before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)


def _detail(problem: str | None) -> Text:
    found = (text for sign, text in _DETAILS.items() if sign in (problem or ""))
    return next(found, _OTHER_DETAIL)


class _TooDeepError(Exception):
    pass


class _Builder:
    """Builds data and places from the parser's events."""

    def __init__(
        self, text: str, file: str, loader: type[yaml.SafeLoader | yaml.CSafeLoader]
    ) -> None:
        self.file = file
        self.lines = text.split("\n")
        self.values: dict[Route, Place] = {}
        self.keys: dict[Route, Place] = {}
        self.problems: list[Problem] = []
        self.last_place = Place(file, 1, 1)
        self.events = yaml.parse(text, Loader=loader)

    def build(self) -> Any:
        data: Any = None
        documents = 0
        try:
            for event in self.events:
                if isinstance(event, yaml.DocumentStartEvent):
                    documents += 1
                    if documents > 1:
                        self.problems.append(SECOND_DOCUMENT(self._at(event)))
                        break
                elif isinstance(event, yaml.NodeEvent):
                    data = self._node(event, ())
        except _TooDeepError:
            return None
        if documents == 0:
            self.problems.append(EMPTY(Place(self.file, 1, 1)))
        return data

    def _at(self, event: yaml.Event) -> Place:
        mark = event.start_mark
        assert mark is not None
        self.last_place = Place(self.file, mark.line + 1, mark.column + 1)
        return self.last_place

    def _node(self, event: yaml.Event, route: Route) -> Any:
        if len(route) > MAX_DEPTH:
            self.problems.append(TOO_DEEP(self._at(event), limit=MAX_DEPTH))
            raise _TooDeepError
        self._refuse_tricks(event)
        self.values[route] = self._at(event)
        if isinstance(event, yaml.ScalarEvent):
            place = self.values[route] = self._text_place(event)
            if bad := _UNPRINTABLE.search(event.value):
                self.problems.append(UNPRINTABLE(place, code=f"{ord(bad.group()):04X}"))
            return _scalar(event)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(route)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(route)
        return None  # an alias, already refused

    def _refuse_tricks(self, event: yaml.Event) -> None:
        if getattr(event, "anchor", None):
            self.problems.append(ALIAS(self._at(event)))
        if tag := getattr(event, "tag", None):
            self.problems.append(TAG(self._at(event), tag=tag.replace("tag:yaml.org,2002:", "!!")))

    def _sequence(self, route: Route) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self._node(event, (*route, len(items))))
        return items

    def _mapping(self, route: Route) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            place = self._at(event)
            if isinstance(event, yaml.ScalarEvent):
                self._refuse_tricks(event)
                key = str(event.value)
            else:
                self.problems.append(BAD_KEY(place))
                self._node(event, (*route, "?"))
                key = "?"
            below = (*route, key)
            if key in found:
                self.problems.append(DUPLICATE_KEY(place, key=key, first=self.keys[below].line))
                self._node(next(self.events), (*below, "?"))
                continue
            self.keys[below] = place
            found[key] = self._node(next(self.events), below)
        return found

    def _text_place(self, event: yaml.ScalarEvent) -> Place:
        """Where the scalar's own text begins: behind the quote, or on the line after `|`."""
        place = self._at(event)
        assert place.line is not None
        assert place.column is not None
        if event.style in ("'", '"'):
            return Place(self.file, place.line, place.column + 1)
        if event.style in ("|", ">"):
            for number in range(place.line, len(self.lines)):
                line = self.lines[number]
                if line.strip():
                    return Place(self.file, number + 1, len(line) - len(line.lstrip()) + 1)
        return place


def _scalar(event: yaml.ScalarEvent) -> str | int | bool | Decimal | None:
    text = str(event.value)
    if event.style:
        return text
    if _NULL.fullmatch(text):
        return None
    if _BOOLEAN.fullmatch(text):
        return text == "true"
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return Decimal(text)
    return text
