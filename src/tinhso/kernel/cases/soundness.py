"""Whether a kind's file is sound, and no case of it can get stuck.

What has happened to cases follows from their events by what acts do, so a province's file keeps the
product's states and what acts lead to; it may change terms, names, from which states and by whom.

Whether one gets stuck is an exhaustive search over everything that can happen: what matters of a case is
its state, how often it was extended, whether agencies are still asked, whether somebody waits for
something to be hidden and whether the window of reopening is still open; that is a small graph, and all of it is looked at.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tinhso.kernel.cases.kinds import OFFICE, RECEIVE, ActRule, Guard, Kind, Role, read_kind
from tinhso.kernel.clock.terms import Span
from tinhso.kernel.rule_problems import UNKNOWN, at, each, known, once
from tinhso.measure.definition_files import did_you_mean
from tinhso.measure.text import Problem, Text, message
from tinhso.measure.yamltree import Route, Tree

LACKS = message(
    "kind-lacks",
    vi="Thiếu {what} “{code}”, mà phần mềm và các vụ việc đã có dựa vào. Chép lại từ tệp của sản phẩm.",
    en='The {what} "{code}" is missing; the software and the cases that there are rely on it. Copy it from the product\'s file.',
)
STRANGE = message(
    "kind-strange",
    vi="Phần mềm không có {what} “{code}”.{hint} Bỏ đi, hoặc sửa mã.",
    en='The software has no {what} "{code}".{hint} Remove it, or correct the code.',
)
FIXED = message(
    "kind-fixed",
    vi="“{key}” ở đây phải như tệp của sản phẩm ({wanted}): đổi là đổi cả những gì đã xảy ra với vụ việc cũ.",
    en='"{key}" must be here as in the product\'s file ({wanted}): to change it is to change what has happened to earlier cases.',
)
NO_TERM = message(
    "kind-no-term",
    vi="Phiên bản này thiếu thời hạn của đồng hồ “{clock}”. Thêm vào terms.",
    en='This version has no term of the clock "{clock}". Add it to terms.',
)
NO_REASON = message(
    "kind-no-reason",
    vi="Thiếu tên của lý do tạm dừng “{code}”. Thêm vào reasons.",
    en='The reason "{code}" of pauses has no name. Add it to reasons.',
)
NO_AMOUNT = message(
    "kind-no-amount",
    vi="Thời hạn 0 chỉ viết được với working-days (trong chính ngày làm việc ấy).",
    en="A term of 0 can only be in working-days (within the same working day).",
)
TWO_SPANS = message(
    "kind-two-spans",
    vi="“whole” và “agency” của {of} được đếm khác nhau; gia hạn cho cả hai nên phải cùng span.",
    en='"whole" and "agency" of {of} are counted in two ways; an extension gives to both, so their span must be the same.',
)
TRAP = message(
    "kind-trap",
    vi="Vụ việc ở “{state}” có thể kẹt mãi: không ai trong cơ quan đưa được nó tới kết thúc. Xem from, by của các việc.",
    en='A case in "{state}" can be stuck for ever: nobody of the office can bring it to an end. See from and by of the acts.',
)
STATE, ACT, CLOCK = Text("trạng thái", "state"), Text("việc", "act"), Text("đồng hồ", "clock")
CATEGORY = Text("lĩnh vực", "category")

#: What of each state and act stays as in the product's file, with what it is where it is left out.
_KEPT: dict[str, dict[str, Any]] = {
    "states": {"open": True, "waits": None},
    "acts": {"to": None, "needs": None, "guard": None, "clocks": None},
}


@dataclass(frozen=True)
class Node:
    """A case as far as it decides what can happen next."""

    state: str
    extended: int = 0
    asked: int = 0  # agencies whose opinion is waited for; two stand for many
    hiding: bool = False  # a request to hide personal data waits


def reachable(kind: Kind) -> dict[Node, set[Node]]:
    """Every node that any sequence of acts leads to, with what follows from it by officers alone."""
    begin = kind.acts[RECEIVE].to
    assert begin
    todo, found = deque([Node(begin)]), dict[Node, set[Node]]()
    while todo:
        node = todo.popleft()
        if node in found:
            continue
        found[node] = {after for _, after in _steps(kind, node, OFFICE)}
        todo += [after for _, after in _steps(kind, node, frozenset(Role))]
    return found


def traps(kind: Kind) -> list[Node]:
    """Nodes from which officers alone cannot bring a case to an end, sorted by state."""
    graph = reachable(kind)
    good = {node for node in graph if not kind.states[node.state].open}
    while True:
        more = {node for node, following in graph.items() if following & good} - good
        if not more:
            break
        good |= more
    return sorted(set(graph) - good, key=lambda node: (node.state, node.extended, node.asked))


def unused(kind: Kind) -> list[str]:
    """States that nothing leads into, and acts that are never possible though somebody may do them."""
    graph = reachable(kind)
    states = set(kind.states) - {node.state for node in graph}
    done = {act.code for node in graph for act, _ in _steps(kind, node, frozenset(Role))}
    allowed = {code for code, act in kind.acts.items() if act.by}
    return sorted(states) + sorted(allowed - done - {RECEIVE})


def _steps(kind: Kind, node: Node, roles: Iterable[Role]) -> Iterator[tuple[ActRule, Node]]:
    extensions = max(version.extensions for version in kind.versions)
    for act in kind.acts.values():
        if act.code == RECEIVE or node.state not in act.sources or not act.by & set(roles):
            continue
        if act.guard is Guard.EXTENSION and node.extended >= extensions:
            continue
        if act.guard is Guard.INVOLVED and not node.asked:
            continue
        if act.guard is (Guard.HIDING_NOT_ASKED if node.hiding else Guard.HIDING_ASKED):
            continue
        asked = {"consult": 2, "opinion": node.asked - 1, "proceed": 0, "return": 0}.get(
            act.code, 0 if act.code in ("route", "hand_over") else node.asked
        )
        stays = act.to is None or (act.code == "opinion" and asked > 0)
        state = node.state if stays else act.to
        assert state
        asked = asked if kind.states[state].open else 0
        hiding = {"ask_hiding": True, "settle_hiding": False}.get(act.code, node.hiding)
        yield act, Node(state, node.extended + (act.code == "extend"), asked, hiding)


def wrong(
    source: Tree, product: Tree, categories: Collection[str], where: str
) -> Iterator[Problem]:
    """What a file of the right shape says that cannot hold. `product`: the product's file of the kind;
    `categories`: those that `where` lists."""
    found = [*_unlike(source, product), *_versions(source, categories, where)]
    for act in source.data["acts"]:
        routes = each(source, "acts", act, "from")
        found += known(source, routes, source.data["states"], STATE, "states")
    found += [
        NO_REASON(source.place(("reasons",)), code=code)
        for code in product.data["reasons"]
        if code not in source.data["reasons"]
    ]
    yield from found
    if not found:
        kind = read_kind(source)
        for code in sorted({one.state for one in traps(kind)}):
            yield TRAP(source.key_place(("states", code)), state=kind.states[code].name)


def _unlike(source: Tree, product: Tree) -> Iterator[Problem]:
    """Where it departs from the product's in what others rely on."""
    if source.data["code"] != product.data["code"]:
        yield FIXED(source.place(("code",)), key="code", wanted=product.data["code"])
    for part, what in (("states", STATE), ("acts", ACT)):
        theirs, ours = source.data[part], product.data[part]
        for code in ours:
            if code not in theirs:
                yield LACKS(source.key_place((part,)), what=what, code=code)
        for code, one in theirs.items():
            if code not in ours:
                hint = did_you_mean(code, set(ours) - set(theirs))
                yield STRANGE(source.key_place((part, code)), what=what, code=code, hint=hint)
                continue
            for key, default in _KEPT[part].items():
                if one.get(key, default) != (wanted := ours[code].get(key, default)):
                    place = source.place((part, code, key))
                    yield FIXED(place, key=key, wanted=_written(wanted))


def _written(value: object) -> object:
    if value is None:
        return Text("không có khóa này", "no such key")
    return json.dumps(value, ensure_ascii=False)


def _versions(source: Tree, categories: Collection[str], where: str) -> Iterator[Problem]:
    versions = range(len(source.data["versions"]))
    yield from once(source, (("versions", n, "since") for n in versions))
    needed = {
        clock
        for act in source.data["acts"].values()
        for part in act.get("clocks", {}).values()
        for clock in part
    }
    for n in versions:
        route: Route = ("versions", n)
        terms = at(source, (*route, "terms"))
        for clock in sorted(needed - set(terms)):
            yield NO_TERM(source.key_place((*route, "terms")), clock=clock)
        yield from _terms(source, (*route, "terms"), terms)
        for category in at(source, (*route, "categories")) or ():
            below = (*route, "categories", category)
            if category not in categories:
                hint = did_you_mean(category, categories)
                place = source.key_place(below)
                yield UNKNOWN(place, what=CATEGORY, value=category, where=where, hint=hint)
            for clock in at(source, below):
                if clock not in terms:
                    hint = did_you_mean(clock, terms)
                    place = source.key_place((*below, clock))
                    yield STRANGE(place, what=CLOCK, code=clock, hint=hint)
            yield from _terms(source, below, terms)


def _terms(source: Tree, route: Route, terms: Mapping[str, Any]) -> Iterator[Problem]:
    """What is wrong with the terms at `route`; those that it does not name are in `terms`."""
    own = at(source, route)
    for clock, term in own.items():
        if term["amount"] == 0 and term["span"] != Span.WORKING_DAYS:
            yield NO_AMOUNT(source.place((*route, clock, "amount")))
    spans = {one["span"] for clock, one in {**terms, **own}.items() if clock in ("whole", "agency")}
    if len(spans) > 1:
        yield TWO_SPANS(source.key_place(route), of=route[-1])
