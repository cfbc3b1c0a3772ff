"""Which places may be told beside the agencies, so that no small group follows (nhóm nhỏ).

Everybody counts with the agency that settled their case and again with its place. Twelve answers on what a
commune's office settled and thirteen about the commune leave one that another agency settled: told both,
everybody reads that one off. So not only each total must be large, but whatever can be reckoned from all.

Take agencies and places that are told as points, everything else as one point, OUTSIDE, and the people of
an agency and a place as lines between the two. Whoever adds and subtracts totals, with whatever weights,
gives each point a number (OUTSIDE 0; a place's with the other sign) and counts a line by the difference of
its ends. Between the points above some number and the rest that difference is nowhere 0: what was reckoned
tells of all lines that cross there at least. So no small group can be reckoned exactly if no way to part the
points has fewer lines across than the smallest group, but none. An agency alone is such a part, and large.
Every further place keeps it so if from it as many ways that share no line lead to OUTSIDE, or none (Menger).
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Collection, Mapping
from itertools import pairwise

#: An agency, a place, or all that is not told.
_Point = tuple[str, str]
OUTSIDE: _Point = ("", "")


def told_places(people: Mapping[tuple[str, str], int], smallest: int) -> set[str]:
    """The places that may be told; larger ones are preferred. `people`: how many answered by agency and
    place, "" for no place. Agencies are told wherever they have as many as the smallest group.

    >>> own = {("xa-1", "xa-1"): 12}
    >>> told_places(own, 5), told_places(own | {("so", "xa-1"): 1}, 5)
    ({'xa-1'}, set())
    >>> told_places(own | {("so", "xa-1"): 5}, 5)
    {'xa-1'}
    """
    by_agency, by_place = Counter[str](), Counter[str]()
    for (agency, place), count in people.items():
        by_agency[agency] += count
        by_place[place] += count
    agencies = {agency for agency, count in by_agency.items() if count >= smallest}
    found = set[str]()
    for place, count in sorted(by_place.items(), key=lambda one: (-one[1], one[0])):
        if place and count >= smallest:
            ways = _ways_out(people, agencies, {*found, place}, place, smallest)
            found |= {place} if ways in (0, smallest) else set()
    return found


def _ways_out(
    people: Mapping[tuple[str, str], int],
    agencies: Collection[str],
    places: Collection[str],
    place: str,
    most: int,
) -> int:
    """How many ways lead from a place to OUTSIDE, each line used once; `most` for as many or more."""
    room: dict[_Point, Counter[_Point]] = {}
    for (agency, at), count in people.items():
        one = ("agency", agency) if agency in agencies else OUTSIDE
        other = ("place", at) if at in places else OUTSIDE
        if one != other:
            room.setdefault(one, Counter())[other] += count
            room.setdefault(other, Counter())[one] += count
    start = ("place", place)
    for found in range(most):
        way = _way(room, start)
        if not way:
            return found
        for here, there in pairwise(way):
            room[here][there] -= 1
            room[there][here] += 1
    return most


def _way(room: Mapping[_Point, Counter[_Point]], start: _Point) -> list[_Point]:
    """A shortest way from `start` to OUTSIDE along lines that are left; nothing where there is none."""
    came = {start: start}
    todo = deque([start])
    while todo:
        here = todo.popleft()
        if here == OUTSIDE:
            way = [here]
            while way[-1] != start:
                way.append(came[way[-1]])
            return way[::-1]
        for there, left in room.get(here, {}).items():
            if left > 0 and there not in came:
                came[there] = here
                todo.append(there)
    return []
