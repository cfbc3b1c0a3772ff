"""Who asks too often waits; who asks as people do never notices."""

from __future__ import annotations

import itertools
import json

import pytest
from django.test import Client, override_settings
from hypothesis import given
from hypothesis import strategies as st
from test_api import PLAN, measured

from tests.people import appoint, sign_in
from tinhso.kernel.people.limits import ANY, API, HEAVY, SIGN_IN, Bucket, Buckets, network
from tinhso.web import limits

__all__ = ["measured"]
FAR = "203.0.113.7"
PAGE = "/ke-hoach/binh-phuoc-2025/"
OPEN = f"{PAGE}chi-tieu/CQS-03/mo/"


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Empty buckets on a clock of the test's own."""
    clock = Clock()
    monkeypatch.setattr(limits, "BUCKETS", Buckets(clock))
    return clock


# -- buckets ---------------------------------------------------------------------------------------


@given(st.lists(st.floats(0, 5), min_size=1, max_size=60), st.floats(0.1, 20), st.integers(1, 10))
def test_no_stretch_of_time_lets_more_through_than_burst_and_rate(
    pauses: list[float], rate: float, burst: int
) -> None:
    clock = Clock()
    buckets, passed = Buckets(clock), []
    for pause in pauses:
        clock.now += pause
        if buckets.take("x", Bucket(rate, burst)) == 0:
            passed.append(clock.now)
    for i, first in enumerate(passed):
        for j, last in enumerate(passed[i:], start=1):
            assert j <= burst + rate * (last - first) + 1e-6


@given(st.floats(0.05, 20), st.integers(1, 10))
def test_who_waits_as_long_as_told_gets_through(rate: float, burst: int) -> None:
    clock = Clock()
    buckets, bucket = Buckets(clock), Bucket(rate, burst)
    for _ in range(burst):
        assert buckets.take("x", bucket) == 0
    wait = buckets.take("x", bucket)
    assert 0 < wait <= 1 / rate + 1e-9
    clock.now += wait + 1e-6
    assert buckets.take("x", bucket) == 0


def test_a_flood_of_addresses_does_not_fill_the_memory() -> None:
    buckets = Buckets(Clock(), most=100)
    for number in range(1000):
        buckets.take(str(number), ANY.address)
    assert len(buckets) == 100


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::"),
        ("::1", ""),
        ("127.0.0.1", ""),
        ("", ""),
        ("<script>", ""),
    ],
)
def test_what_counts_as_one_address(address: str, counted: str) -> None:
    assert network(address) == counted


def test_an_office_of_200_behind_one_address_is_not_hindered() -> None:
    """All 200 open a page each ten seconds, with one more request for a part of it, for an hour;
    in the first ten minutes each signs in, with a second factor; each opens a number a minute."""
    clock = Clock()
    buckets = Buckets(clock)
    for second in range(3600):
        clock.now += 1
        for _ in range(40):
            assert buckets.take("any", ANY.address) == 0
        for _ in range(4 if second % 3 == 0 else 3):
            assert buckets.take("heavy", HEAVY.address) == 0
        if second < 600 and second % 3 < 2:
            assert buckets.take("sign-in", SIGN_IN.address) == 0


# -- the site --------------------------------------------------------------------------------------


def asked_before(times: int, key: str, bucket: Bucket) -> None:
    """So many requests of the same sender, all let through, without a page for each."""
    for _ in range(times):
        assert limits.BUCKETS.take(key, bucket) == 0


@pytest.mark.django_db
@pytest.mark.usefixtures("measured")
class TestSite:
    def test_opening_numbers_without_pause_ends_in_a_page_that_says_when_to_return(
        self, client: Client, clock: Clock
    ) -> None:
        asked_before(HEAVY.address.burst - 3, f"heavy address {FAR}", HEAVY.address)
        for _ in range(3):
            assert client.get(OPEN, REMOTE_ADDR=FAR).status_code == 200
        answer = client.get(OPEN, REMOTE_ADDR=FAR)
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")
        text = answer.content.decode()
        assert "Hãy đợi 1 giây" in text
        assert "Wait 1 seconds" in text
        assert answer.headers["Cache-Control"] == "no-store"
        # What is not heavy stays open, and so it does for others.
        assert client.get(PAGE, REMOTE_ADDR=FAR).status_code == 200
        assert client.get(OPEN, REMOTE_ADDR="203.0.113.8").status_code == 200
        clock.now += 1
        assert client.get(OPEN, REMOTE_ADDR=FAR).status_code == 200

    @pytest.mark.parametrize(("language", "said"), [("vi", "Hãy đợi"), ("en", "Wait")])
    def test_the_api_says_so_as_a_problem(
        self, client: Client, clock: Clock, language: str, said: str
    ) -> None:
        headers = {"accept-language": language}
        asked_before(API.address.burst - 3, f"api address {FAR}", API.address)
        statuses = [
            client.get("/api/v1/plans?x=1", REMOTE_ADDR=FAR, headers=headers).status_code
            for _ in range(4)
        ]
        assert set(statuses[:-1]) == {400}
        assert statuses[-1] == 429
        answer = client.get(f"{PLAN}/overview", REMOTE_ADDR=FAR, headers=headers)
        assert answer.headers["Content-Type"] == "application/problem+json"
        body = json.loads(answer.content)
        assert (body["status"], body["problems"][0]["code"]) == (429, "too-many")
        assert said in body["detail"]

    def test_guessing_passwords_is_slow_for_one_address_and_open_to_the_next(
        self, client: Client, clock: Clock
    ) -> None:
        # Where secrets are tried or asked for; failed passwords are counted by the account besides.
        guesses = ({"email": f"ai-do-{n}@tinh.example"} for n in itertools.count())
        ask = "/dang-nhap/quen-mat-khau/"
        with override_settings(ACCOUNT_RATE_LIMITS=False):
            for _ in range(SIGN_IN.address.burst):
                answer = client.post(ask, next(guesses), REMOTE_ADDR=FAR)
                assert answer.status_code == 302
            assert client.post(ask, next(guesses), REMOTE_ADDR=FAR).status_code == 429
            assert client.get("/dang-nhap/", REMOTE_ADDR=FAR).status_code == 200
            elsewhere = client.post(ask, next(guesses), REMOTE_ADDR="203.0.113.8")
            assert elsewhere.status_code == 302

    def test_one_person_does_not_use_up_an_office(self, client: Client, clock: Clock) -> None:
        account = appoint("officer", "p70")
        sign_in(client, account)
        asked_before(HEAVY.person.burst - 3, f"heavy person {account.pk}", HEAVY.person)
        for _ in range(3):
            assert client.get(OPEN, REMOTE_ADDR=FAR).status_code == 200
        # Another address does not help: the person is counted.
        assert client.get(OPEN, REMOTE_ADDR="203.0.113.9").status_code == 429
        other = Client()
        sign_in(other, appoint("leader", "p70"))
        assert other.get(OPEN, REMOTE_ADDR=FAR).status_code == 200

    def test_a_header_that_a_client_writes_itself_opens_no_new_bucket(
        self, client: Client, clock: Clock
    ) -> None:
        """A client may put anything before what our own proxy adds."""
        limits.BUCKETS.take(f"any address {FAR}", Bucket(ANY.address.rate, 1))
        with override_settings(TINHSO_PROXIES=1):
            for number in range(3):
                chain = f"198.51.100.{number}, {FAR}"
                answer = client.get(
                    PAGE, REMOTE_ADDR="10.0.0.1", headers={"x-forwarded-for": chain}
                )
                assert answer.status_code == 429
                clock.now += 0.0001
        # Without a proxy of ours the header counts for nothing.
        answer = client.get(PAGE, REMOTE_ADDR=FAR, headers={"x-forwarded-for": "198.51.100.1"})
        assert answer.status_code == 429

    def test_a_wrong_token_is_counted_by_its_address(self, client: Client, clock: Clock) -> None:
        asked_before(API.address.burst - 3, f"api address {FAR}", API.address)
        for number in range(3):
            headers = {"authorization": f"Bearer tinhso_{number}"}
            client.get("/api/v1/khong-co", REMOTE_ADDR=FAR, headers=headers)
        answer = client.get("/api/v1/plans", REMOTE_ADDR=FAR)
        assert answer.status_code == 429

    def test_the_machine_itself_is_not_counted_by_address(
        self, client: Client, clock: Clock
    ) -> None:
        for _ in range(HEAVY.address.burst + 50):
            assert client.get(OPEN).status_code == 200
