"""Whether a kind of case can get stuck: an exhaustive search over everything that can happen to one.

What matters of a case is its state, how often it was extended, whether agencies are still asked and
whether the window of reopening is still open; that is a small graph, and all of it is looked at.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tinhso.kernel.cases.kinds import OFFICE, RECEIVE, ActRule, Guard, Kind, Role


@dataclass(frozen=True)
class Node:
    """A case as far as it decides what can happen next."""

    state: str
    extended: int = 0
    asked: int = 0  # agencies whose opinion is waited for; two stand for many


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
    """States that nothing leads into, and acts that are never possible."""
    graph = reachable(kind)
    states = set(kind.states) - {node.state for node in graph}
    done = {act.code for node in graph for act, _ in _steps(kind, node, frozenset(Role))}
    return sorted(states) + sorted(set(kind.acts) - done - {RECEIVE})


def _steps(kind: Kind, node: Node, roles: Iterable[Role]) -> Iterator[tuple[ActRule, Node]]:
    extensions = max(version.extensions for version in kind.versions)
    for act in kind.acts.values():
        if act.code == RECEIVE or node.state not in act.sources or not act.by & set(roles):
            continue
        if act.guard is Guard.EXTENSION and node.extended >= extensions:
            continue
        if act.guard is Guard.INVOLVED and not node.asked:
            continue
        asked = {"consult": 2, "opinion": node.asked - 1, "proceed": 0, "return": 0}.get(
            act.code, 0 if act.code in ("route", "hand_over") else node.asked
        )
        stays = act.to is None or (act.code == "opinion" and asked > 0)
        state = node.state if stays else act.to
        assert state
        asked = asked if kind.states[state].open else 0
        yield act, Node(state, node.extended + (act.code == "extend"), asked)
