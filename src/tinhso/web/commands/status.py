"""`tinhso status`: the status page at the command line."""

from __future__ import annotations

import sys

import click

from tinhso.measure.text import Text
from tinhso.web.telling import WRONG_INPUT, say, set_up


@click.command()
def status() -> None:
    """Nói điều gì sai và cần làm gì; mã kết thúc 1 khi có việc · What is wrong and what to do."""
    set_up()
    from tinhso.web.watch.status import findings  # noqa: PLC0415

    found = findings()
    for one in found:
        mark = "  " if one.fine else "! "
        say(Text(f"{mark}{one.name.vi}: {one.found.vi}", f"{mark}{one.name.en}: {one.found.en}"))
        if one.todo is not None:
            say(Text(f"    → {one.todo.vi}", f"    → {one.todo.en}"))
    if not all(one.fine for one in found):
        sys.exit(WRONG_INPUT)
