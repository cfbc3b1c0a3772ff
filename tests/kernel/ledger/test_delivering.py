"""What is owed is delivered at least once and in order for each key; what cannot be is seen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils import timezone

from tinhso.kernel.ledger import deliveries, delivering, delivery_actions, duties
from tinhso.kernel.ledger.actor import OPERATOR
from tinhso.kernel.ledger.deliveries import Standing
from tinhso.kernel.ledger.delivering import (
    HANDLERS,
    Parcel,
    PermanentError,
    TemporaryError,
    delivers,
    delivers_together,
)
from tinhso.kernel.ledger.leases import PACE, Pace
from tinhso.kernel.ledger.models import Delivery, DeliveryState, Duty, Entry
from tinhso.kernel.ledger.outbox import owe
from tinhso.kernel.ledger.worker import Worker
from tinhso.measure.text import InputError, Text

pytestmark = pytest.mark.django_db

WHY = Text("bên nhận không nhận", "the receiver refuses")


class Receiver:
    """Somebody on the other side: remembers what came, and fails as told."""

    def __init__(self) -> None:
        self.came: list[tuple[str, object]] = []
        self.calls: list[int] = []
        self.fails: dict[object, list[Exception]] = {}

    def take(self, parcel: Parcel) -> None:
        number = parcel.payload["n"]
        if self.fails.get(number):
            raise self.fails[number].pop(0)
        self.came.append((parcel.key, number))

    def take_all(self, parcels: list[Parcel]) -> None:
        self.calls.append(len(parcels))
        for parcel in parcels:
            if self.fails.get(parcel.payload["n"]):
                raise self.fails[parcel.payload["n"]][0]
        self.came += [(parcel.key, parcel.payload["n"]) for parcel in parcels]

    def of(self, key: str) -> list[object]:
        return [number for one, number in self.came if one == key]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()
    delivers("shown")(found.take)
    delivers("hidden", personal=True)(found.take)
    delivers_together("together", most=10)(found.take_all)
    yield found
    for topic in ("shown", "hidden", "together"):
        del HANDLERS[topic]


@pytest.fixture(autouse=True)
def _no_duties() -> Iterator[None]:
    """The product's own duties rest."""
    kept = dict(duties.DUTIES)
    duties.DUTIES.clear()
    yield
    duties.DUTIES.clear()
    duties.DUTIES.update(kept)


def owing(key: str, *numbers: int, topic: str = "shown") -> list[Delivery]:
    with transaction.atomic():
        return [owe(topic, key, {"n": number}) for number in numbers]


def drain() -> int:
    return Worker().drain()


def time_passes() -> None:
    """Every pause is over, every lease has ended."""
    Delivery.objects.filter(next_try_at__isnull=False).update(next_try_at=Now())
    Delivery.objects.filter(lease__isnull=False).update(leased_until=Now())


def standing(delivery: Delivery) -> Standing:
    row = deliveries.find(delivery.uid)
    assert row is not None
    return row.standing


def test_nothing_is_owed_without_the_act_that_owes_it(receiver: Receiver) -> None:
    def act() -> None:
        with transaction.atomic():
            owe("shown", "a", {"n": 1})
            raise RuntimeError("undone")

    with pytest.raises(RuntimeError, match="undone"):
        act()
    assert drain() == 0


def test_one_key_comes_in_order_and_another_does_not_wait_for_it(receiver: Receiver) -> None:
    receiver.fails[1] = [TemporaryError(WHY)]
    owing("a", 1, 2, 3)
    owing("b", 11, 12)
    drain()
    assert (receiver.of("a"), receiver.of("b")) == ([], [11, 12])
    time_passes()
    drain()
    assert receiver.of("a") == [1, 2, 3]


def test_a_receiver_that_fails_a_few_times_gets_it_in_the_end(receiver: Receiver) -> None:
    receiver.fails[1] = [TemporaryError(WHY), RuntimeError("0912345678"), TemporaryError(WHY)]
    (one,) = owing("a", 1)
    for _ in range(3):
        drain()
        assert receiver.came == []
        assert standing(one) is Standing.FAILING
        time_passes()
    drain()
    one.refresh_from_db()
    assert (receiver.came, one.state, one.attempts) == ([("a", 1)], DeliveryState.DONE, 4)


def test_what_an_unforeseen_error_says_is_not_shown(receiver: Receiver) -> None:
    receiver.fails[1] = [RuntimeError("Nguyễn Văn A 079123456789")]
    (one,) = owing("a", 1)
    drain()
    one.refresh_from_db()
    assert "RuntimeError" in one.last_error
    assert "079123456789" not in one.last_error + one.last_error_en


def test_what_cannot_succeed_is_stuck_at_once_and_holds_up_its_key_only(receiver: Receiver) -> None:
    receiver.fails[1] = [PermanentError(WHY)]
    first, second = owing("a", 1, 2)
    owing("b", 3)
    drain()
    time_passes()
    drain()
    assert receiver.came == [("b", 3)]
    assert (standing(first), standing(second)) == (Standing.STUCK, Standing.BEHIND)
    row = deliveries.find(first.uid)
    assert row is not None
    assert row.error == WHY


@pytest.mark.parametrize("how", ["retried", "given up"])
def test_what_was_put_off_behind_something_stuck_goes_as_soon_as_the_way_is_free(
    receiver: Receiver, how: str
) -> None:
    receiver.fails[1] = [PermanentError(WHY)]
    first, *_ = owing("a", 1, 2, 3)
    owing("b", 4)
    drain()
    owing("b", 5)
    assert delivering.defer_blocked() == 2  # of its key only, and nothing twice
    assert delivering.defer_blocked() == 0
    assert delivering.mend_clock() == 0
    if how == "retried":
        delivery_actions.retry(first.uid, OPERATOR)
    else:
        delivery_actions.give_up(first.uid, OPERATOR, reason="Không cần nữa")
    drain()
    assert receiver.of("a") == ([1, 2, 3] if how == "retried" else [2, 3])
    assert receiver.of("b") == [4, 5]


def test_giving_up_needs_a_reason_is_on_record_and_lets_the_next_go(receiver: Receiver) -> None:
    receiver.fails[1] = [PermanentError(WHY)]
    first, _ = owing("a", 1, 2)
    drain()
    with pytest.raises(InputError, match="reason"):
        delivery_actions.give_up(first.uid, OPERATOR, reason="  ")
    delivery_actions.give_up(first.uid, OPERATOR, reason="Bên nhận đã có bản giấy")
    drain()
    assert receiver.came == [("a", 2)]
    entry = Entry.objects.get(thing=str(first.uid))
    assert (entry.act, entry.details["reason"]) == (
        "ledger.delivery.give-up",
        "Bên nhận đã có bản giấy",
    )
    with pytest.raises(InputError, match="done or given up"):
        delivery_actions.retry(first.uid, OPERATOR)


def test_what_is_stuck_goes_when_somebody_says_so(receiver: Receiver) -> None:
    receiver.fails[1] = [PermanentError(WHY)]
    (one,) = owing("a", 1)
    drain()
    delivery_actions.retry(one.uid, OPERATOR)
    drain()
    assert receiver.came == [("a", 1)]
    assert Entry.objects.filter(act="ledger.delivery.retry", thing=str(one.uid)).count() == 1


def test_what_is_in_hand_is_neither_retried_nor_given_up(receiver: Receiver) -> None:
    (one,) = owing("a", 1)
    delivering.take()
    for act in (
        lambda: delivery_actions.retry(one.uid, OPERATOR),
        lambda: delivery_actions.give_up(one.uid, OPERATOR, reason="x"),
    ):
        with pytest.raises(InputError, match="being delivered"):
            act()
    assert standing(one) is Standing.IN_HAND


def test_a_kind_that_this_version_does_not_know_is_stuck_not_lost() -> None:
    (one,) = owing("a", 1, topic="of-a-later-version")
    drain()
    assert standing(one) is Standing.STUCK
    row = deliveries.find(one.uid)
    assert row is not None
    assert row.payload is None


def test_two_handlers_for_one_topic_fail_when_declared(receiver: Receiver) -> None:
    with pytest.raises(ValueError, match="shown"):
        delivers("shown")(receiver.take)


# -- leases ----------------------------------------------------------------------------------------


def test_nobody_else_takes_what_is_in_hand_nor_what_waits_behind_it(receiver: Receiver) -> None:
    owing("a", 1, 2)
    assert [one.payload for one in delivering.take()] == [{"n": 1}]
    assert delivering.take() == []


def test_who_lost_the_lease_cannot_mark(receiver: Receiver) -> None:
    (one,) = owing("a", 1)
    slow = delivering.take()
    time_passes()
    quick = delivering.take()
    delivering.deliver(slow)
    one.refresh_from_db()
    assert one.state == DeliveryState.WAITING
    receiver.fails[1] = [PermanentError(WHY)]
    delivering.deliver(slow)  # neither as failed
    one.refresh_from_db()
    assert one.last_error == ""
    delivering.deliver(quick)
    one.refresh_from_db()
    assert (one.state, one.attempts) == (DeliveryState.DONE, 2)


def test_one_that_kills_its_worker_each_time_is_tried_less_and_less_often(
    receiver: Receiver,
) -> None:
    (one,) = owing("a", 1)
    waits = []
    for _ in range(6):
        assert delivering.take()
        one.refresh_from_db()
        assert one.next_try_at is not None
        waits.append(one.next_try_at - one.leased_until + timedelta(seconds=PACE.lease))  # type: ignore[operator]
        time_passes()
    assert waits == sorted(waits)
    assert waits[-1] > 16 * waits[0]
    row = deliveries.find(one.uid)
    assert row is not None
    assert "cut off" in row.error.en


def test_pauses_double_from_five_seconds_to_an_hour() -> None:
    assert all(5 <= delivering.pause(1) <= 6.25 for _ in range(100))
    assert all(40 <= delivering.pause(4) <= 50 for _ in range(100))
    assert all(2880 <= delivering.pause(many) <= 3600 for many in (11, 50, 10_000))


@pytest.mark.parametrize("back", [timedelta(hours=2), timedelta(days=400)])
def test_a_clock_that_went_back_holds_nothing_up(receiver: Receiver, back: timedelta) -> None:
    failing, dead = owing("a", 1)[0], owing("b", 2)[0]
    ahead = timezone.now() + back
    Delivery.objects.filter(pk=failing.pk).update(next_try_at=ahead)
    Delivery.objects.filter(pk=dead.pk).update(lease=dead.uid, leased_until=ahead)
    assert drain() == 0
    delivering.mend_clock()
    drain()
    assert sorted(receiver.came) == [("a", 1), ("b", 2)]


def test_mending_touches_no_honest_pause_and_no_honest_lease(receiver: Receiver) -> None:
    receiver.fails[1] = [TemporaryError(WHY)]
    owing("a", 1)
    drain()
    Delivery.objects.update(next_try_at=Now() + timedelta(seconds=3590))
    owing("b", 2)
    assert delivering.take()
    assert delivering.mend_clock() == 0


# -- together --------------------------------------------------------------------------------------


def test_many_of_one_family_go_together_without_one_passing_its_elder(receiver: Receiver) -> None:
    owing("s/a", 1, 2, topic="together")
    owing("s/b", 3, topic="together")
    owing("other/a", 4, topic="together")
    drain()
    assert receiver.of("s/a") == [1, 2]
    assert sorted(receiver.calls) == [1, 1, 2]


def test_after_a_short_bundle_more_of_its_family_is_let_come_and_others_do_not_wait(
    receiver: Receiver,
) -> None:
    worker = Worker(Pace(idle=0.01, gather=1000))
    owing("s/a", 1, topic="together")
    worker._step()
    owing("s/b", 2, topic="together")
    owing("s/c", 3, topic="together")
    owing("t/a", 4, topic="together")
    owing("k", 5)
    for _ in range(5):
        worker._step()
    assert sorted(receiver.came) == [("k", 5), ("s/a", 1), ("t/a", 4)]
    assert Worker().drain() == 2
    assert receiver.calls[-1] == 2


def test_after_a_full_bundle_the_next_goes_at_once(receiver: Receiver) -> None:
    worker = Worker(Pace(idle=0.01, gather=1000))
    for number in range(14):
        owing(f"s/{number}", number, topic="together")
    worker._step()
    worker._step()
    assert receiver.calls == [10, 4]


def test_of_several_together_only_the_one_at_fault_waits(receiver: Receiver) -> None:
    receiver.fails[2] = [PermanentError(WHY)]
    good, bad, more = (owing(f"s/{n}", n, topic="together")[0] for n in (1, 2, 3))
    drain()
    assert sorted(number for _, number in receiver.came) == [1, 3]
    assert [standing(one) for one in (good, bad, more)] == [
        Standing.DONE,
        Standing.STUCK,
        Standing.DONE,
    ]


def test_a_receiver_that_is_down_is_not_asked_again_for_each_of_several(
    receiver: Receiver,
) -> None:
    receiver.fails[2] = [TemporaryError(WHY)]
    several = [owing(f"s/{n}", n, topic="together")[0] for n in (1, 2, 3)]
    drain()
    assert receiver.calls == [3]
    assert {standing(one) for one in several} == {Standing.FAILING}


# -- what is kept ----------------------------------------------------------------------------------


def test_personal_contents_are_shown_to_nobody_and_erased_once_delivered(
    receiver: Receiver,
) -> None:
    (hidden,), (shown,) = owing("a", 1, topic="hidden"), owing("a", 2)
    rows = [deliveries.find(one.uid) for one in (hidden, shown)]
    assert [row and row.payload for row in rows] == [None, {"n": 2}]
    drain()
    hidden.refresh_from_db()
    shown.refresh_from_db()
    assert (hidden.payload, shown.payload) == ({}, {"n": 2})


def test_after_thirty_days_the_delivered_goes_and_the_given_up_keeps_only_its_reason(
    receiver: Receiver,
) -> None:
    done, given_up, fresh = owing("a", 1)[0], owing("b", 2)[0], owing("c", 3)[0]
    delivery_actions.give_up(given_up.uid, OPERATOR, reason="Không cần nữa")
    drain()
    old = timezone.now() - timedelta(days=31)
    Delivery.objects.filter(pk__in=[done.pk, given_up.pk]).update(ended_at=old)
    delivering.forget_old()
    assert set(Delivery.objects.values_list("pk", flat=True)) == {given_up.pk, fresh.pk}
    given_up.refresh_from_db()
    assert (given_up.payload, given_up.reason) == ({}, "Không cần nữa")


def test_the_database_itself_refuses_something_stuck_without_a_reason() -> None:
    (one,) = owing("a", 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.filter(pk=one.pk).update(next_try_at=None)


def test_counts_say_how_each_topic_stands(receiver: Receiver) -> None:
    receiver.fails = {1: [PermanentError(WHY)], 3: [TemporaryError(WHY)]}
    owing("a", 1, 2)
    owing("b", 3)
    owing("c", 4)
    drain()
    (count,) = deliveries.counts(timezone.now() - timedelta(days=1))
    assert (count.waiting, count.stuck, count.failing, count.done_lately) == (3, 1, 1, 1)


# -- duties ----------------------------------------------------------------------------------------


def test_a_duty_rests_for_its_time_and_a_failing_one_is_done_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    runs = []

    @duties.every(60, Text("thử", "try"))
    def trial() -> None:
        runs.append(1)
        if len(runs) == 1:
            raise RuntimeError("0912345678")

    duty = duties.DUTIES["trial"]
    assert duties.run_if_due(duty)
    (row,) = deliveries.duties()
    assert "RuntimeError" in row.error.en
    assert "0912345678" not in row.error.en
    assert not duties.run_if_due(duty)
    Duty.objects.update(started_at=timezone.now() - timedelta(seconds=61))
    assert duties.run_if_due(duty)
    assert (len(runs), deliveries.duties()[0].error.vi) == (2, "")
    with pytest.raises(ValueError, match="trial"):
        duties.every(1, Text("", ""))(trial)


def test_nobody_starts_a_duty_that_another_runs_unless_its_lease_has_ended() -> None:
    inside = []

    @duties.every(0, Text("thử", "try"))
    def trial() -> None:
        inside.append(duties.run_if_due(duties.DUTIES["trial"], Pace(lease=60)))

    assert duties.run_if_due(duties.DUTIES["trial"])
    assert inside == [False]
    Duty.objects.update(lease="0" * 32, leased_until=timezone.now() - timedelta(seconds=1))
    assert duties.run_if_due(duties.DUTIES["trial"])


def test_a_duty_started_in_the_future_is_due_because_the_clock_went_back() -> None:
    runs = []

    @duties.every(3600, Text("thử", "try"))
    def trial() -> None:
        runs.append(1)

    ahead = timezone.now() + timedelta(days=1)
    Duty.objects.create(name="trial", started_at=ahead, lease="0" * 32, leased_until=ahead)
    assert duties.run_if_due(duties.DUTIES["trial"])
