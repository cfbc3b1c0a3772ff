"""`tinhso pack`: checking packs and files of rules, and copying the product's rules to be changed."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from tinhso.measure.text import InputError, Problem, Text
from tinhso.web import configuration
from tinhso.web.telling import WRONG_INPUT, language, say


@click.group()
def pack() -> None:
    """Gói kế hoạch, tệp quy tắc · Packs, files of rules."""


@pack.command()
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path))
def check(folders: tuple[Path, ...]) -> None:
    """Nói mọi chỗ sai của gói, của tệp quy tắc, một lần · Say every mistake in packs and rules, at once."""
    failed = False
    for folder, problems in (one for top in folders for one in _checked(top)):
        for problem in problems:
            say(problem.line(language()))
        if problems:
            failed = True
            say(Text(f"{folder}: {len(problems)} chỗ sai", f"{folder}: {len(problems)} mistakes"))
        else:
            say(Text(f"{folder}: không có chỗ sai", f"{folder}: no mistakes"))
    if failed:
        sys.exit(WRONG_INPUT)


def _checked(top: Path) -> Iterator[tuple[Path, Sequence[Problem]]]:
    """Each pack of a folder, or the folder as one; and its files of rules, where it has some."""
    from tinhso.modules.plan.pack import check as check_pack  # noqa: PLC0415
    from tinhso.modules.plan.pack import discover  # noqa: PLC0415
    from tinhso.web import rules  # noqa: PLC0415

    packs = discover(top)
    are_rules = (
        rules.stands_for_some(top) or top.resolve() == configuration.rules_folder().resolve()
    )
    for one in packs if packs or are_rules else [top]:
        yield one, check_pack(one)
    if are_rules:
        try:
            rules.use(top, named=True)
        except InputError as error:
            yield top, error.problems
        else:
            yield top, ()


@pack.command()
@click.argument("names", nargs=-1, required=True)
def copy(names: tuple[str, ...]) -> None:
    """Chép tệp quy tắc của sản phẩm về thư mục của tỉnh để sửa, như routing/routing.yaml · Copy the product's rules to be changed."""
    from tinhso.web import rules  # noqa: PLC0415

    for name in names:
        path = rules.copy(name, configuration.rules_folder())
        say(
            Text(
                f"Đã chép {path}. Sửa xong: tinhso pack check {configuration.rules_folder()}, rồi chạy lại trang.",
                f"Copied {path}. When changed: tinhso pack check {configuration.rules_folder()}, then restart the site.",
            )
        )
