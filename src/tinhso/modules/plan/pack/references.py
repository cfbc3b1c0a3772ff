"""Codes in a pack: which files declare them, where others name them (mã và tham chiếu).

Works on the raw trees, so that a mistake elsewhere in an item hides none of these.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tinhso.measure.definition_files import did_you_mean
from tinhso.measure.text import Place, Problem, Text, message
from tinhso.measure.yamltree import Route, Tree
from tinhso.modules.plan.pack.layout import Folder

UNKNOWN_CODE = message(
    "unknown-code",
    vi="Không có {what} “{code}”.{hint}",
    en='There is no {what} "{code}".{hint}',
)
DUPLICATE_CODE = message(
    "duplicate-code",
    vi="Mã {what} “{code}” đã có ở {first}. Đổi mã hoặc bỏ một trong hai.",
    en='The {what} code "{code}" is already at {first}. Change the code or remove one of the two.',
)

EACH = "*"  # every item of a list
Pattern = tuple[str, ...]


@dataclass(frozen=True)
class Namespace:
    """Codes of one sort: what they are called, and where they are declared."""

    name: Text
    declared: tuple[tuple[str, Pattern], ...]  # (kind of file, route)


NAMESPACES: dict[str, Namespace] = {
    "document": Namespace(Text("văn bản", "document"), (("documents", (EACH, "code")),)),
    "stream": Namespace(Text("luồng bản ghi", "stream"), (("streams", ("code",)),)),
    "indicator": Namespace(Text("chỉ số", "indicator"), (("indicators", (EACH, "code")),)),
    "check": Namespace(Text("phép kiểm", "check"), (("checks", (EACH, "code")),)),
    "scorecard": Namespace(Text("bộ chỉ số", "scorecard"), (("scorecards", ("code",)),)),
    "pillar": Namespace(Text("trụ cột", "pillar"), (("plan", ("pillars", EACH, "code")),)),
    "agency": Namespace(Text("cơ quan", "agency"), (("agencies", (EACH, "code")),)),
    "target": Namespace(Text("chỉ tiêu", "target"), (("targets", (EACH, "code")),)),
    "group": Namespace(Text("nhóm giải pháp", "solution group"), (("tasks", (EACH, "code")),)),
    "task": Namespace(Text("nhiệm vụ", "task"), (("tasks", (EACH, "tasks", EACH, "code")),)),
    "duty": Namespace(Text("trách nhiệm", "duty"), (("duties", (EACH, "code")),)),
    "baseline": Namespace(Text("điểm xuất phát", "baseline"), (("baselines", (EACH, "code")),)),
    "contradiction": Namespace(
        Text("mâu thuẫn", "contradiction"), (("contradictions", (EACH, "code")),)
    ),
    "gap": Namespace(Text("khoảng trống", "gap"), (("gaps", (EACH, "code")),)),
    "change": Namespace(Text("biến động", "change"), (("changes", (EACH, "code")),)),
    "reporting": Namespace(
        Text("nghĩa vụ báo cáo", "reporting duty"), (("reporting", (EACH, "code")),)
    ),
}

#: How deep the parts of a scorecard's parts are looked into for references.
CARD_DEPTH = 6
_CARD_PARTS: tuple[Pattern, ...] = tuple(("parts", EACH) * depth for depth in range(CARD_DEPTH + 1))

#: (kind of file, route to the reference, namespace it must be declared in)
REFERENCES: tuple[tuple[str, Pattern, str], ...] = (
    ("plan", ("document",), "document"),
    ("plan", ("standing_agency",), "agency"),
    ("plan", ("carries_on", EACH), "document"),
    ("plan", ("source", "document"), "document"),
    ("plan", ("tasks_total", "source", "document"), "document"),
    ("indicators", (EACH, "source", "document"), "document"),
    ("checks", (EACH, "indicators", EACH), "indicator"),
    ("targets", (EACH, "pillar"), "pillar"),
    ("targets", (EACH, "indicator"), "indicator"),
    ("targets", (EACH, "references", EACH, "document"), "document"),
    ("tasks", (EACH, "references", EACH, "document"), "document"),
    ("tasks", (EACH, "tasks", EACH, "owner"), "agency"),
    ("tasks", (EACH, "tasks", EACH, "references", EACH, "document"), "document"),
    ("duties", (EACH, "agency"), "agency"),
    ("duties", (EACH, "references", EACH, "document"), "document"),
    ("baselines", (EACH, "source", "document"), "document"),
    ("baselines", (EACH, "targets", EACH), "target"),
    ("contradictions", (EACH, "document"), "document"),
    ("contradictions", (EACH, "claims", EACH, "source", "document"), "document"),
    ("gaps", (EACH, "targets", EACH), "target"),
    ("changes", (EACH, "agencies", EACH), "agency"),
    ("changes", (EACH, "source", "document"), "document"),
    *(("scorecards", (*parts, "source", "document"), "document") for parts in _CARD_PARTS),
    *(("scorecards", (*parts, "indicator"), "indicator") for parts in _CARD_PARTS),
    *(("scorecards", (*parts, "larger_denominator"), "indicator") for parts in _CARD_PARTS),
    ("scorecards", ("groups", EACH, "has"), "indicator"),
    ("scorecards", ("groups", EACH, "lacks"), "indicator"),
    ("results", (EACH, "card"), "scorecard"),
    ("results", (EACH, "source", "document"), "document"),
    ("reporting", (EACH, "indicators", EACH), "indicator"),
    ("reporting", (EACH, "department"), "agency"),
    ("reporting", (EACH, "source", "document"), "document"),
)


@dataclass
class Codes:
    """The codes of every namespace in a pack and those it uses, each with its first place."""

    places: dict[str, dict[str, Place]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def known(self, namespace: str) -> dict[str, Place]:
        return self.places.get(namespace, {})


def matches(data: Any, pattern: Sequence[str], route: Route = ()) -> Iterator[tuple[Route, Any]]:
    """Every value in `data` whose route fits the pattern, with its route.

    >>> list(matches([{"code": "A"}, {}], ("*", "code")))
    [((0, 'code'), 'A')]
    """
    if not pattern:
        yield route, data
        return
    step, rest = pattern[0], pattern[1:]
    if step == EACH:
        for index, item in enumerate(data if isinstance(data, list) else ()):
            yield from matches(item, rest, (*route, index))
    elif isinstance(data, dict) and step in data:
        yield from matches(data[step], rest, (*route, step))


def texts_in(trees: Iterable[Tree], pattern: Pattern) -> Iterator[tuple[str, Place]]:
    """Every text that the pattern finds in the trees, with its place."""
    for tree in trees:
        for route, value in matches(tree.data, pattern):
            if isinstance(value, str):
                yield value, tree.place(route)


def declared_codes(folders: Sequence[Folder]) -> Codes:
    """All codes that the folders declare, and a problem for each that is declared twice."""
    codes = Codes()
    for name, namespace in NAMESPACES.items():
        first = codes.places.setdefault(name, {})
        for folder in folders:
            for kind, pattern in namespace.declared:
                for code, place in texts_in(folder.of(kind), pattern):
                    if code in first:
                        codes.problems.append(
                            DUPLICATE_CODE(place, what=namespace.name, code=code, first=first[code])
                        )
                    else:
                        first[code] = place
    return codes


def reference_problems(folders: Sequence[Folder], codes: Codes) -> Iterator[Problem]:
    """A problem for each code that is named but nowhere declared.

    Codes whose declaring file could not be read are not asked for: they may well be in it.
    """
    unread = {kind for folder in folders for kind in folder.unread}
    for kind, pattern, name in REFERENCES:
        if unread & {declaring for declaring, _ in NAMESPACES[name].declared}:
            continue
        known = codes.known(name)
        for folder in folders:
            for code, place in texts_in(folder.of(kind), pattern):
                if code not in known:
                    what, hint = NAMESPACES[name].name, did_you_mean(code, known)
                    yield UNKNOWN_CODE(place, what=what, code=code, hint=hint)
