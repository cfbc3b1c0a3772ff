"""How often a password may be tried: guessing is hopeless, and nobody is locked out by others."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from tinhso.kernel.people.models import SignInTally
from tinhso.kernel.people.signin import throttle
from tinhso.kernel.people.signin.throttle import DEVICE, NAME, NETWORK, Rule, Tally, WaitError

START = datetime(2025, 6, 2, 8, tzinfo=UTC)
RULES = st.sampled_from([NAME, DEVICE, NETWORK])
#: Seconds between tries: from hammering to leaving it for days.
GAPS = st.lists(st.integers(0, 3 * 86400), max_size=60)


def moments(gaps: list[int]) -> list[datetime]:
    at, found = START, []
    for gap in gaps:
        at += timedelta(seconds=gap)
        found.append(at)
    return found


@given(RULES, st.integers(0, 10_000))
def test_waits_grow_with_failures_and_never_pass_the_longest(rule: Rule, count: int) -> None:
    assert throttle.NO_WAIT <= rule.wait(count) <= rule.wait(count + 1) <= rule.longest_wait


@given(RULES, GAPS)
def test_whoever_waits_as_told_may_try_again(rule: Rule, gaps: list[int]) -> None:
    tally = throttle.tallied(rule, moments(gaps))
    if tally.until:
        assert not tally.left(tally.until)


@given(RULES, GAPS)
def test_a_longer_pause_never_makes_the_next_wait_longer(rule: Rule, gaps: list[int]) -> None:
    tally = throttle.tallied(rule, moments(gaps))
    soon = max(tally.until or START, tally.last_at or START)
    waits = [
        tally.after_failure(rule, soon + timedelta(hours=hours)).left(soon + timedelta(hours=hours))
        for hours in (0, 1, 12, 240)
    ]
    assert waits == sorted(waits, reverse=True)


@given(GAPS)
def test_a_clock_that_jumps_back_forgives_nothing(gaps: list[int]) -> None:
    tally = throttle.tallied(NAME, moments(gaps))
    assert tally.after_failure(NAME, START - timedelta(days=1)).count == tally.count + 1


def test_an_attacker_who_never_rests_gets_fewer_than_forty_guesses_on_the_first_day() -> None:
    at, tally, guesses = START, Tally(), 0
    while at < START + timedelta(days=1):
        tally = tally.after_failure(NAME, at)
        guesses += 1
        at += max(tally.left(at), timedelta(seconds=1))
    assert guesses < 40


def test_after_a_quiet_week_the_free_tries_are_back() -> None:
    hammered = throttle.tallied(NAME, [START + timedelta(hours=hour) for hour in range(20)])
    assert hammered.left(hammered.last_at)  # type: ignore[arg-type]
    later = START + timedelta(days=8)
    assert not hammered.after_failure(NAME, later).left(later)


# -- in the database -----------------------------------------------------------------------------------


def failures(name: str, address: str, device: str = "", most: int = 50) -> int:
    """How many wrong tries are let through one after the other."""
    for number in range(most):
        try:
            throttle.begin(name, address, device).failed()
        except WaitError:
            return number
    return most


@pytest.mark.django_db
def test_many_addresses_do_not_give_an_attacker_more_tries_at_one_name() -> None:
    let_through = sum(failures("an", f"203.0.113.{number}", most=1) for number in range(40))
    assert let_through == NAME.free


@pytest.mark.django_db
def test_the_owner_s_device_is_let_through_while_an_attacker_hammers() -> None:
    failures("an", "203.0.113.1")
    with pytest.raises(WaitError):
        throttle.begin("an", "198.51.100.7")
    throttle.begin("an", "198.51.100.7", "the owner's own").succeeded()
    # Even from the very address that the attacker uses.
    throttle.begin("an", "203.0.113.1", "the owner's own").succeeded()


@pytest.mark.django_db
def test_the_owner_signing_in_gives_an_attacker_no_new_tries() -> None:
    failures("an", "203.0.113.1")
    throttle.begin("an", "198.51.100.7", "the owner's own").succeeded()
    throttle.signed_in(["an"], "the owner's own")
    with pytest.raises(WaitError):
        throttle.begin("an", "198.51.100.8")


@pytest.mark.django_db
def test_a_stolen_device_is_held_up_too() -> None:
    assert failures("an", "198.51.100.7", "stolen") == DEVICE.free


@pytest.mark.django_db
def test_right_passwords_cost_an_office_s_address_nothing() -> None:
    for number in range(3 * NETWORK.free):
        throttle.begin(f"officer {number}", "198.51.100.7").succeeded()
    throttle.begin("one more", "198.51.100.7")


@pytest.mark.django_db
def test_one_address_cannot_try_one_password_at_many_names() -> None:
    let_through = sum(failures(f"name {number}", "203.0.113.1", most=1) for number in range(60))
    assert let_through == NETWORK.free


def test_whoever_has_a_whole_ipv6_network_counts_as_one() -> None:
    key = throttle.network_key("2001:db8:1:2::1")
    assert throttle.network_key("2001:db8:1:2:ffff::9") == key
    assert throttle.network_key("2001:db8:1:3::1") != key


def test_a_name_is_the_same_however_it_is_typed_and_is_not_kept() -> None:
    assert throttle.name_key(" Nguyen.An ") == throttle.name_key("nguyen.an")
    assert "nguyen" not in throttle.name_key("nguyen.an")


@pytest.mark.django_db
def test_a_refused_try_is_not_counted() -> None:
    failures("an", "203.0.113.1")
    before = SignInTally.objects.get(key=throttle.name_key("an"))
    for _ in range(5):
        with pytest.raises(WaitError):
            throttle.begin("an", "203.0.113.1")
    after = SignInTally.objects.get(key=throttle.name_key("an"))
    assert (after.count, after.until) == (before.count, before.until)


@pytest.mark.django_db
def test_the_owner_is_told_once_how_many_failed_and_from_when() -> None:
    failures("an", "203.0.113.1", most=2)
    failures("an@example.vn", "203.0.113.2", most=1)
    told = throttle.signed_in(["an", "an@example.vn"], "the owner's own")
    assert told.failures == 3
    assert told.since is not None
    assert throttle.signed_in(["an", "an@example.vn"], "the owner's own") == throttle.Told()


@pytest.mark.django_db
def test_counts_that_no_longer_weigh_are_deleted() -> None:
    failures("long ago", "203.0.113.1", most=1)
    SignInTally.objects.update(last_at=START)
    throttle.begin("today", "203.0.113.2")
    assert set(SignInTally.objects.values_list("key", flat=True)) == {
        throttle.name_key("today"),
        throttle.network_key("203.0.113.2"),
    }


#: Each of several processes tries at the same time; what it prints is how many were let through.
TRIES = """
import sys, django
django.setup()
from django.db import transaction
from tinhso.kernel.people.signin import throttle
passed = 0
sys.stdin.readline()
for _ in range(25):
    try:
        throttle.begin("an", "203.0.113.1")
        passed += 1
    except throttle.WaitError:
        pass
print(passed)
"""


def test_processes_that_try_at_once_are_let_through_as_often_as_one(
    tmp_path: Path, place_apart: str
) -> None:
    env = dict(os.environ, TINHSO_HOME=str(tmp_path), DJANGO_SETTINGS_MODULE="tinhso.web.settings")
    env |= {"TINHSO_SECRET_KEY": settings.SECRET_KEY, "TINHSO_DATABASE_URL": place_apart}
    python = [sys.executable, "-c"]
    pipe = subprocess.PIPE
    started = [
        subprocess.Popen([*python, TRIES], env=env, stdin=pipe, stdout=pipe, text=True)
        for _ in range(3)
    ]
    for one in started:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    passed = [int(one.communicate()[0]) for one in started]
    assert sum(passed) == NAME.free
