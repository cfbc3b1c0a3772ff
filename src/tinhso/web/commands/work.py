"""`tinhso work` and `tinhso outbox …`: delivering what is owed, and looking at it."""

from __future__ import annotations

import os
import uuid

import click

from tinhso.measure.text import Text
from tinhso.web.telling import language, say, set_up, telling_problems

#: How far a worker beside a server stands back from it for the processors: people's answers come
#: first, and what is owed goes out in larger bundles meanwhile.
STANDS_BACK = 15


@click.command()
@click.option(
    "--once", is_flag=True, help="Làm hết việc đến hạn rồi dừng · Do what is due, then stop"
)
@click.option("--parent", type=int, hidden=True)
def work(once: bool, parent: int | None) -> None:
    """Gửi những việc phải gửi, làm việc định kỳ · Deliver what is owed, do periodic duties.

    SIGTERM: xong việc đang gửi thì dừng · finishes the delivery in hand, then stops.
    """
    set_up()
    from tinhso.kernel.ledger.worker import Worker  # noqa: PLC0415
    from tinhso.web.rules_in_use import refuse_lost  # noqa: PLC0415

    refuse_lost()
    if parent is not None:
        os.nice(STANDS_BACK)
    worker = Worker(parent=parent)
    worker.stop_on_signals()
    if once:
        tried = worker.drain()
        say(Text(f"Đã gửi thử {tried} việc", f"{tried} deliveries tried"))
    else:
        worker.run()


@click.group()
def outbox() -> None:
    """Việc phải gửi · What is owed to others."""


@outbox.command("list")
@click.option("--topic", default="", help="Chỉ loại này · Only this topic")
@click.option("--stuck", is_flag=True, help="Chỉ việc bị kẹt · Only what is stuck")
@click.option(
    "--most", default=50, show_default=True, help="Nhiều nhất bao nhiêu dòng · Lines at most"
)
def list_them(topic: str, stuck: bool, most: int) -> None:
    """Việc đang chờ, cũ nhất trước · What waits, oldest first."""
    set_up()
    from django.utils import timezone  # noqa: PLC0415

    from tinhso.kernel.ledger import deliveries  # noqa: PLC0415

    found = deliveries.rows(topic, deliveries.Standing.STUCK if stuck else None)
    for one in found[:most]:
        row = deliveries.row(one)
        since = timezone.localtime(one.created_at)
        words = row.words.to(language())
        error = row.error.to(language())
        said = f"{one.uid}  {since:%Y-%m-%d %H:%M}  {one.topic:10} {one.key}  {words}"
        say(f"{said}: {error}" if error else said)
    left = found.count() - most
    if left > 0:
        say(Text(f"… và {left} việc nữa (--most)", f"… and {left} more (--most)"))
    if not found.exists():
        say(Text("Không có việc nào chờ gửi", "Nothing waits"))


@outbox.command()
@click.argument("uid", type=click.UUID)
def show(uid: uuid.UUID) -> None:
    """Một việc phải gửi · One delivery."""
    set_up()
    from django.utils import timezone  # noqa: PLC0415

    from tinhso.kernel.ledger import deliveries, delivery_actions  # noqa: PLC0415
    from tinhso.measure.text import InputError  # noqa: PLC0415

    with telling_problems():
        row = deliveries.find(uid)
        if row is None:
            raise InputError([delivery_actions.UNKNOWN_DELIVERY(uid=uid)])
    one = row.delivery
    times = [
        (Text("tạo lúc", "owed at"), one.created_at),
        (Text("lần gửi tới", "next try"), one.next_try_at),
        (Text("kết thúc", "ended"), one.ended_at),
    ]
    say(f"{one.uid}  {one.topic} {one.key}")
    say(
        Text(
            f"{row.words.vi}, đã thử {one.attempts} lần",
            f"{row.words.en}, tried {one.attempts} times",
        )
    )
    for name, at in times:
        if at is not None:
            say(f"{name.to(language())}: {timezone.localtime(at):%Y-%m-%d %H:%M:%S}")
    for said in (row.error.to(language()), one.reason):
        if said:
            say(said)


@outbox.command()
@click.argument("uids", nargs=-1, type=click.UUID)
@click.option(
    "--topic", default="", help="Mọi việc bị kẹt của loại này · All that is stuck of a topic"
)
def retry(uids: tuple[uuid.UUID, ...], topic: str) -> None:
    """Cho gửi lại ngay · Try again now."""
    set_up()
    from tinhso.kernel.ledger import deliveries, delivery_actions  # noqa: PLC0415
    from tinhso.kernel.ledger.actor import OPERATOR  # noqa: PLC0415

    if bool(uids) == bool(topic):
        raise click.UsageError("UID… | --topic")
    wanted = list(uids)
    if topic:
        stuck = deliveries.rows(topic, deliveries.Standing.STUCK)
        wanted = list(stuck.values_list("uid", flat=True))
    with telling_problems():
        for uid in wanted:
            delivery_actions.retry(uid, OPERATOR)
    say(Text(f"Sẽ gửi lại {len(wanted)} việc", f"{len(wanted)} will be tried again"))


@outbox.command("give-up")
@click.argument("uid", type=click.UUID)
@click.option("--reason", required=True, help="Lý do bỏ · Why")
def give_up(uid: uuid.UUID, reason: str) -> None:
    """Bỏ một việc; việc sau nó đi tiếp · Never deliver it; what waits behind it goes on."""
    set_up()
    from tinhso.kernel.ledger import delivery_actions  # noqa: PLC0415
    from tinhso.kernel.ledger.actor import OPERATOR  # noqa: PLC0415

    with telling_problems():
        delivery_actions.give_up(uid, OPERATOR, reason=reason)
    say(Text(f"Đã bỏ {uid}", f"Given up: {uid}"))
