"""`tinhso explain`: a figure opened at the command line, down to its records."""

from __future__ import annotations

import csv
import sys
from typing import TYPE_CHECKING

import click

from tinhso.measure import writing
from tinhso.measure.definitions import Kind
from tinhso.measure.spreadsheets import safe_cell
from tinhso.measure.streams import Sensitivity
from tinhso.measure.text import InputError, Text, message
from tinhso.web.telling import language, say, set_up, telling_problems

if TYPE_CHECKING:
    from tinhso.measure.explain import Rows
    from tinhso.modules.plan.opening import Opened
    from tinhso.modules.plan.queries import Lens, PlanQueries

PARTS = ("numerator", "denominator", "known")

#: Whoever runs commands here can read the files anyway; personal fields stay closed all the same.
SEEN = (Sensitivity.PUBLIC, Sensitivity.INTERNAL)

UNKNOWN = message(
    "explain-unknown",
    vi="Không có kế hoạch, chỉ tiêu hay chỉ số nào tên “{code}”. Gần nhất: {near}.",
    en="There is no plan, target or indicator “{code}”. Nearest: {near}.",
)
UNKNOWN_UNIT = message(
    "explain-unit",
    vi="Không có đơn vị “{unit}”. Dùng mã lâu dài của đơn vị như trên trang của đơn vị (ví dụ p70, c25363).",
    en="There is no unit “{unit}”. Use the unit's lasting id as its page shows it (such as p70, c25363).",
)
NO_PART = message(
    "explain-part",
    vi="Con số này không có phần “{part}”. Các phần: {known}.",
    en="This figure has no part “{part}”. Its parts: {known}.",
)


@click.command()
@click.argument("plan")
@click.argument("code")
@click.option("--unit", default="", help="Đơn vị (uid); mặc định là tỉnh · The unit's uid")
@click.option("--period", default="", help="Kỳ, ví dụ 2025-06, 2025-Q2r · Period")
@click.option("--view", default="", help="then, hoặc một ngày · then, or a day")
@click.option(
    "--records", type=click.Choice(PARTS), help="Chỉ in bản ghi, dạng CSV · Records as CSV"
)
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True)
@click.option("--offset", type=click.IntRange(0), default=0, show_default=True)
def explain(
    plan: str,
    code: str,
    unit: str,
    period: str,
    view: str,
    records: str | None,
    limit: int,
    offset: int,
) -> None:
    """Mở một con số tới từng bản ghi · Open a figure, down to its records.

    Trường cá nhân không bao giờ hiện · Personal fields are never shown.
    """
    set_up()
    from tinhso.kernel.units.api import NotFoundError  # noqa: PLC0415
    from tinhso.kernel.units.register import UnknownUnitError  # noqa: PLC0415
    from tinhso.measure.explain import explain as open_figure  # noqa: PLC0415
    from tinhso.measure.explain import rows  # noqa: PLC0415
    from tinhso.modules.plan import api_asked as asked  # noqa: PLC0415
    from tinhso.modules.plan.opening import open_lake, open_value  # noqa: PLC0415

    with telling_problems():
        try:
            queries = asked.queries_of(plan)
            indicator = asked.indicator_of(queries, code)
            figure = asked.FigureAsked.model_validate(
                {"unit": unit or None, "period": period or None, "view": view or None}
            )
            lens, uid = asked.lens_of(queries, figure), asked.unit_of(queries, figure)
        except NotFoundError as error:
            told = error.problem.params  # the API's own words name its addresses
            raise InputError([UNKNOWN(code=told["code"], near=told["near"])]) from error
        except UnknownUnitError as error:
            raise InputError([UNKNOWN_UNIT(unit=unit)]) from error
        if records is None:
            _say(queries, open_value(queries, indicator, uid, lens, SEEN), lens)
            return
        value = queries.figures.value(indicator, uid, lens.period, lens.view)
        opened = open_figure(queries.figures, queries.workspace.streams, value, SEEN)
        part = getattr(opened, records)
        if part is None:
            known = ", ".join(one for one in PARTS if getattr(opened, one)) or "–"
            raise InputError([NO_PART(part=records, known=known)])
        found = rows(open_lake(queries), part, limit=limit, offset=offset)
        if queries.manifest.simulated:
            made = ", ".join(queries.manifest.simulated)
            click.echo(Text(f"Mô phỏng: {made}", f"Simulated: {made}").to(language()), err=True)
    _write(found, offset)


def _write(found: Rows, offset: int) -> None:
    """The records alone on the standard output, so that they can be kept as a file."""
    lines = csv.writer(sys.stdout, lineterminator="\n")
    lines.writerow(found.fields)
    lines.writerows(
        ["" if value is None else safe_cell(str(value)) for value in row] for row in found.rows
    )
    shown = f"{offset + 1}–{offset + len(found.rows)}" if found.rows else "0"
    of = Text(f"Bản ghi {shown} trong {found.total}.", f"Records {shown} of {found.total}.")
    click.echo(of.to(language()), err=True)


def _say(queries: PlanQueries, opened: Opened, lens: Lens) -> None:
    from tinhso.modules.plan.words import REASONS  # noqa: PLC0415

    lang, value, manifest = language(), opened.value, queries.manifest
    day = lens.view.day or lens.period.last_day
    name = queries.units.full_name(value.unit, day).to(lang)
    view = "then" if lens.view.day is None else writing.day(lens.view.day, lang)
    say(f"{value.indicator.code}  {value.indicator.name.to(lang)}")
    say(f"{name}, {lens.period.label.to(lang)} ({lens.period.dates}), {view}")
    if manifest.simulated:
        made = ", ".join(manifest.simulated)
        say(Text(f"SỐ LIỆU MÔ PHỎNG: {made}", f"SIMULATED: {made}"))
    if value.reason:
        say(REASONS[value.reason])
    elif value.value is not None:
        own = value.indicator.kind is Kind.MEASURE
        shown = writing.number(value.value, lang) if own else writing.percent(value.value, lang)
        say(Text(f"Giá trị: {shown}", f"Value: {shown}"))
    say(
        Text(
            f"Bản chụp {value.snapshot}, định nghĩa {manifest.definitions}, tính lúc {manifest.computed_at}",
            f"Snapshot {value.snapshot}, definitions {manifest.definitions}, computed at {manifest.computed_at}",
        )
    )
    for part in opened.parts:
        amount = part.part.cell.amount
        counted = "–" if part.recounted is None else writing.number(part.recounted, lang)
        agrees = Text("khớp", "agrees") if part.agrees else Text("KHÔNG KHỚP", "DIFFERS")
        told = "–" if amount is None else writing.number(amount, lang)
        say("")
        say(f"{part.role.to(lang)}: {told}  ({part.part.measured.part.label.to(lang)})")
        say(
            Text(
                f"Đếm lại từ bản ghi: {counted}, {agrees.vi}. Chưa gán được đơn vị: {part.part.cell.unattributed}.",
                f"Counted again from the records: {counted}, {agrees.en}. Not attributed: {part.part.cell.unattributed}.",
            )
        )
        say(part.part.sql)
