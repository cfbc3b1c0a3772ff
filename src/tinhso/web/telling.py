"""What all commands share: the language, saying things, problems, progress."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from tinhso.measure.text import InputError, Text
from tinhso.measure.troubles import telling_troubles
from tinhso.web import configuration

console = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)

#: Exit codes: 1 the input is wrong, 2 (click's own) the command is.
WRONG_INPUT = 1

NOT_PREPARED = Text(
    "Trang này chưa được chuẩn bị, hoặc phần mềm mới hơn cơ sở dữ liệu. Chạy: tinhso run --prepare-only",
    "This site has not been prepared, or the software is newer than its database. Run: tinhso run --prepare-only",
)


def language() -> str:
    context = click.get_current_context(silent=True)
    chosen = context.find_root().params.get("lang") if context else None
    return str(chosen or configuration.LANGUAGE.get())


def say(text: Text | str) -> None:
    console.print(text if isinstance(text, str) else text.to(language()), markup=False)


@contextmanager
def telling_problems() -> Iterator[None]:
    """Problems with an input, each on a line that says where and what; then exit code 1."""
    try:
        with telling_troubles():
            yield
    except InputError as error:
        for problem in error.problems:
            errors.print(problem.line(language()), markup=False)
        sys.exit(WRONG_INPUT)


def without_pandas() -> None:
    """Keep DuckDB from loading pandas, which it does where it finds it: half a second and 50 MB in every
    process. It is here for forecasts, which only `tinhso forecast` makes."""
    sys.modules.setdefault("pandas", None)  # type: ignore[arg-type]


def set_up() -> None:
    """Django, for commands that need the database."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tinhso.web.settings")
    import django  # noqa: PLC0415 (settings are read only when a command needs them)

    django.setup()


@contextmanager
def progress(text: str) -> Iterator[Callable[[float], None]]:
    """A bar from 0 to 1; silent where nobody watches."""
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        console=errors,
        transient=True,
        disable=not errors.is_terminal,
    ) as bar:
        task = bar.add_task(text, total=1.0)
        yield lambda share: bar.update(task, completed=share)
