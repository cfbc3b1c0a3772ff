"""The register's answers, on a small country and as properties of the real one."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinhso.kernel.units.pack import Event, Version, check
from tinhso.kernel.units.register import UnitRegister, UnknownUnitError, register_from_files
from tinhso.kernel.units.words import Kind
from tinhso.measure.boundaries import Level
from tinhso.measure.text import Text

DAY = date(2025, 7, 1)
EARLIER, LATER = DAY - timedelta(days=1), DAY + timedelta(days=400)


def commune(uid: str, name: str, parent: str, since: date | None, until: date | None) -> Version:
    return Version(uid, Level.COMMUNE, uid, "xa", name, "", parent, since, until, 11.5, 106.9)


def small() -> tuple[list[Version], list[Event]]:
    """Two old communes merge, a third is divided, a fourth only changes its name."""
    versions = [
        Version("VN", Level.COUNTRY, "VN", "nuoc", "Việt Nam", "Viet Nam", None, None, None),
        Version("p1", Level.PROVINCE, "1", "tinh", "Một", "", "VN", None, None),
        commune("a", "An", "p1", None, DAY),
        commune("b", "Bình", "p1", None, DAY),
        commune("c", "Cường", "p1", None, DAY),
        commune("ab", "An Bình", "p1", DAY, None),
        commune("x", "Xuân", "p1", DAY, None),
        commune("d", "Dũng", "p1", None, DAY),
        commune("d", "Đức", "p1", DAY, None),
    ]
    events = [
        Event(DAY, Kind.MERGE, "a", "ab", True, "1/NQ", ""),
        Event(DAY, Kind.MERGE, "b", "ab", True, "1/NQ", ""),
        Event(DAY, Kind.PART_MERGE, "c", "ab", False, "1/NQ", ""),
        Event(DAY, Kind.SPLIT, "c", "x", False, "1/NQ", ""),
        Event(DAY, Kind.RENAME, "d", "d", True, "1/NQ", ""),
    ]
    return versions, events


def test_who_was_this_on_a_date() -> None:
    register = UnitRegister(*small())
    assert register.full_name("d", EARLIER) == Text("Xã Dũng", "Dũng commune")
    assert register.full_name("d", DAY).vi == "Xã Đức"
    assert register.version("ab", EARLIER) is None
    assert register.name("ab", EARLIER) == "An Bình"
    assert register.name("a", LATER) == "An"
    assert register.name("VN", DAY, "en") == "Viet Nam"


def test_a_renaming_is_one_span_for_measure() -> None:
    register = UnitRegister(*small())
    assert len(register.versions("d")) == 2
    assert len(register.boundaries.spans["d"]) == 1


def test_what_became_of_it_and_what_it_came_from() -> None:
    register = UnitRegister(*small())
    assert [event.target for event in register.became("a")] == ["ab"]
    assert [event.source for event in register.came_from("ab")] == ["a", "b", "c"]
    assert [event.whole for event in register.came_from("ab")] == [True, True, False]
    assert register.became("d") == ()
    assert [event.kind for event in register.changes("d")] == [Kind.RENAME]
    assert register.at("a", DAY).attributed
    assert not register.at("c", DAY).attributed


def test_ancestors_on_another_days_map() -> None:
    register = UnitRegister(*small())
    assert register.ancestors("a", EARLIER) == ("p1", "VN")
    assert register.ancestors("a", LATER) == ("ab", "p1", "VN")
    assert register.ancestors("c", LATER) == ("p1", "VN")


def test_descendants_as_of_another_days_map() -> None:
    register = UnitRegister(*small())
    assert register.descendants("ab", EARLIER, as_of=DAY) == ["a", "b"]
    assert register.descendants("ab", EARLIER) == []


def test_lineage_follows_heirs_and_origins() -> None:
    register = UnitRegister(*small())
    assert register.lineage("a") == {"a", "ab"}
    assert register.lineage("ab") == {"a", "b", "c", "ab", "x"}


def test_an_unknown_unit_is_an_error() -> None:
    register = UnitRegister(*small())
    for ask in (register.versions, register.became, register.lineage):
        with pytest.raises(UnknownUnitError):
            ask("nowhere")


def test_contradictions_in_the_files_are_found() -> None:
    versions, events = small()
    assert check(versions, events) == []
    broken = [
        *versions,
        commune("d", "Đức", "p1", LATER, None),
        commune("e", "Em", "p9", None, None),
        Version("f", Level.COMMUNE, "ab", "xa", "F", "", "p1", DAY, None),
    ]
    wrong = [
        Event(DAY, Kind.MERGE, "a", None, True, "", ""),
        Event(DAY, Kind.RENAME, "z", "z", True, "", ""),
    ]
    found = {problem.code for problem in check(broken, wrong)}
    assert found == {
        "units.overlap",
        "units.no-parent",
        "units.code-twice",
        "units.bad-event",
        "units.no-unit",
    }


# Properties of the whole country. The days are on both sides of every change.

COUNTRY = register_from_files()
CHANGES = COUNTRY.boundaries.change_days
DAYS = st.sampled_from(
    [date(2020, 1, 1), *(d - timedelta(days=1) for d in CHANGES), *CHANGES, date(2030, 1, 1)]
)
UIDS = st.sampled_from(sorted(COUNTRY.lives))
many = settings(max_examples=400, deadline=None)


@many
@given(UIDS, DAYS)
def test_carrying_is_total_and_idempotent(uid: str, day: date) -> None:
    carried = COUNTRY.at(uid, day)
    assert COUNTRY.version(carried.uid, day) is not None
    again = COUNTRY.at(carried.uid, day)
    assert (again.uid, again.attributed) == (carried.uid, True)


@many
@given(UIDS, DAYS)
def test_every_path_reaches_the_country(uid: str, day: date) -> None:
    path = (uid, *COUNTRY.ancestors(uid, day))
    assert path[-1] == "VN"
    if COUNTRY.version(uid, day):
        levels = [COUNTRY.level(one) for one in path if COUNTRY.level(one) is not Level.AGENCY]
        order = list(Level)
        assert levels == sorted(levels, key=order.index, reverse=True)


@settings(max_examples=60, deadline=None)
@given(UIDS, DAYS)
def test_descendants_and_ancestors_agree(uid: str, day: date) -> None:
    if COUNTRY.version(uid, day):
        for above in COUNTRY.ancestors(uid, day):
            assert uid in COUNTRY.descendants(above, day)
        for below in COUNTRY.descendants(uid, day)[:50]:
            assert uid in COUNTRY.ancestors(below, day)


@many
@given(UIDS, DAYS)
def test_a_unit_found_by_its_code_is_itself(uid: str, day: date) -> None:
    version = COUNTRY.version(uid, day)
    if version:
        assert COUNTRY.by_code(version.code, day) == uid


def test_spans_of_a_unit_never_overlap_or_leave_gaps() -> None:
    for own in COUNTRY.boundaries.spans.values():
        for one, following in pairwise(own):
            assert one.until is not None
            assert one.until == following.since


@pytest.mark.parametrize("day", [EARLIER, DAY, LATER])
def test_a_code_is_borne_by_at_most_one_unit_of_a_day(day: date) -> None:
    codes = [COUNTRY.nearest(uid, day).code for uid in COUNTRY.on(day)]
    assert len(codes) == len(set(codes))
