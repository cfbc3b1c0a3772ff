"""`tinhso questions`: the index of searching, made anew."""

from __future__ import annotations

import click

from tinhso.measure.text import Text
from tinhso.web.telling import say, set_up


@click.group()
def questions() -> None:
    """Hỏi đáp · Questions and answers."""


@questions.command()
def reindex() -> None:
    """Dựng lại chỉ mục tìm kiếm, như sau khi đổi từ đồng nghĩa · Make the index anew."""
    set_up()
    from tinhso.kernel.ledger.actor import OPERATOR  # noqa: PLC0415
    from tinhso.modules.questions.answers import rebuild_index  # noqa: PLC0415

    count = rebuild_index(OPERATOR)
    say(Text(f"Chỉ mục có {count} câu trả lời.", f"The index holds {count} answers."))
