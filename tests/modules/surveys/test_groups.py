"""Whatever is added and subtracted of what is told, it tells of no small group."""

from __future__ import annotations

import itertools
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from tinhso.modules.surveys.groups import told_places

SMALLEST = 5
AGENCIES, PLACES = ("so", "xa-1", "xa-2"), ("xa-1", "xa-2", "xa-3")

People = dict[tuple[str, str], int]
#: How many answered, by who settled it and where it was, "" for what names no place.
TABLES: st.SearchStrategy[People] = st.dictionaries(
    st.sampled_from([*itertools.product(AGENCIES, (*PLACES, ""))]), st.integers(1, 9), min_size=2
)


def small_groups(people: People, places: set[str]) -> list[tuple[int, ...]]:
    """The ways of adding and subtracting the totals that are told which tell of too few: of each person
    it counts how often their answer is in."""
    by_agency = Counter[str]()
    for (agency, _), count in people.items():
        by_agency[agency] += count
    agencies = [one for one in AGENCIES if by_agency[one] >= SMALLEST]
    found = []
    for weights in itertools.product((-1, 0, 1), repeat=len(agencies) + len(places)):
        of_agency = dict(zip(agencies, weights, strict=False))
        of_place = dict(zip(sorted(places), weights[len(agencies) :], strict=True))
        left = sum(
            count
            for (agency, place), count in people.items()
            if of_agency.get(agency, 0) + of_place.get(place, 0)
        )
        if 0 < left < SMALLEST:
            found.append(weights)
    return found


@given(people=TABLES)
def test_nothing_that_can_be_reckoned_from_what_is_told_is_about_a_small_group(
    people: People,
) -> None:
    assert small_groups(people, told_places(people, SMALLEST)) == []


@given(people=TABLES)
def test_no_large_place_is_kept_back_that_could_be_told(people: People) -> None:
    told = told_places(people, SMALLEST)
    by_place = Counter[str]()
    for (_, place), count in people.items():
        by_place[place] += count
    for place in {one for one in PLACES if by_place[one] >= SMALLEST} - told:
        assert small_groups(people, told | {place})


def test_what_is_left_of_one_place_is_left_of_others_too() -> None:
    """Of the first commune two remain, less what its own office settled; of the second the same two, less
    what its office and the department settled."""
    left = {("xa-1", "xa-1"): 20, ("so", "xa-1"): 2, ("so", "xa-2"): 9, ("xa-2", "xa-2"): 30}
    assert told_places(left, SMALLEST) == set()
    assert told_places({**left, ("so", "xa-1"): 5}, SMALLEST) == {"xa-1", "xa-2"}


def test_what_several_agencies_settled_is_large_together() -> None:
    """Neither has a total of its own that is told."""
    several = {("xa-1", "xa-1"): 20, ("so", "xa-1"): 2, ("xa-2", "xa-1"): 3}
    assert told_places(several, SMALLEST) == {"xa-1"}
