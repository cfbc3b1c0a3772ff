"""The command line: `tinhso …`. Every answer is in Vietnamese, or English with --lang en."""

from __future__ import annotations

import os
import shutil
import socket
import sys
import time
from contextlib import nullcontext
from pathlib import Path

import click

from tinhso.measure.engines import Engine
from tinhso.measure.text import InputError, Text
from tinhso.web import configuration
from tinhso.web.commands.account import account
from tinhso.web.commands.backup import COMMANDS as BACKUP
from tinhso.web.commands.cases import cases
from tinhso.web.commands.explain import explain
from tinhso.web.commands.forecast import forecast
from tinhso.web.commands.keys import keys
from tinhso.web.commands.lake import lake
from tinhso.web.commands.ledger import ledger
from tinhso.web.commands.packs import pack
from tinhso.web.commands.publications import publication, reproduce
from tinhso.web.commands.questions import questions
from tinhso.web.commands.status import status
from tinhso.web.commands.work import outbox, work
from tinhso.web.supervisor import worker_beside
from tinhso.web.telling import (
    NOT_PREPARED,
    WRONG_INPUT,
    errors,
    language,
    progress,
    say,
    set_up,
    telling_problems,
    without_pandas,
)


class _Commands(click.Group):
    """Says what is wrong with the settings, and so where the site's tables have not been made."""

    def invoke(self, ctx: click.Context) -> object:
        from django.db.utils import OperationalError, ProgrammingError  # noqa: PLC0415

        try:
            with telling_problems():
                return super().invoke(ctx)
        except (OperationalError, ProgrammingError):
            from tinhso.web.watch.readiness import pending_migrations  # noqa: PLC0415

            if not pending_migrations():
                raise
            errors.print(NOT_PREPARED.to(language()), markup=False)
            sys.exit(WRONG_INPUT)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--lang", type=click.Choice(["vi", "en"]), help="Ngôn ngữ · Language")
@click.version_option(package_name="tinhso")
def main(lang: str | None) -> None:  # noqa: ARG001 (`telling.language` asks for it)
    """Tỉnh Số: kế hoạch chuyển đổi số, đo từ bản ghi, con số nào cũng mở ra được.

    A province's digital-transformation plan, measured from records, each number openable.
    """
    # Engines elsewhere may need it too.
    if click.get_current_context().invoked_subcommand not in ("forecast", "measure"):
        without_pandas()


# -- running --------------------------------------------------------------------------------------


@main.command()
@click.option("--prepare-only", is_flag=True, help="Chuẩn bị rồi dừng · Prepare, then stop")
@click.option(
    "--no-worker",
    is_flag=True,
    help="Không mở tiến trình gửi (đã có `tinhso work` riêng) · No worker beside (it runs apart)",
)
def run(prepare_only: bool, no_worker: bool) -> None:
    """Chuẩn bị mọi thứ và mở trang · Prepare everything and serve the site."""
    began = time.perf_counter()
    with telling_problems():
        scale = configuration.number(configuration.SAMPLE_SCALE)
        set_up()
        from tinhso.web.prepare import prepare_figures, prepare_site  # noqa: PLC0415

        prepare_site(say)
        prepare_figures(say, scale=scale)
        _let_go()
    if prepare_only:
        return
    host, port = configuration.HOST.get(), int(configuration.number(configuration.PORT))
    if _is_taken(host, port):
        text = Text(
            f"Cổng {port} đang có chương trình khác dùng. Chọn cổng khác: TINHSO_PORT={port + 1} make run",
            f"Port {port} is in use. Choose another: TINHSO_PORT={port + 1} make run",
        )
        errors.print(text.to(language()), markup=False)
        sys.exit(WRONG_INPUT)
    _welcome(host, port, time.perf_counter() - began)
    with nullcontext() if no_worker else worker_beside():
        serve(host, port)


def _let_go() -> None:
    """The server's processes are forked from this one: what it left open, all of them would use at once,
    and each take the answers to another's questions for its own."""
    from django.db import connections  # noqa: PLC0415

    from tinhso.modules.plan.workspace import workspace  # noqa: PLC0415

    workspace().let_go()
    connections.close_all()


def _is_taken(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0


def _welcome(host: str, port: int, seconds: float) -> None:
    plan = configuration.DEFAULT_PLAN.get()
    root = f"http://{host}:{port}"
    say(
        Text(
            f"\nSẵn sàng sau {seconds:.1f} giây. Mở {root}/\n",
            f"\nReady after {seconds:.1f} s. Open {root}/en/\n",
        )
    )
    say(Text("Ba việc để thử:", "Three things to try:"))
    say(
        Text(
            f"  1. Mở một con số đến tận bản ghi: {root}/ke-hoach/{plan}/chi-tieu/CQS-03/mo/\n"
            f"  2. Tìm “dong phu”, xem huyện cũ và xã mới: {root}/ke-hoach/{plan}/don-vi/?tim=dong+phu\n"
            f"  3. Nạp tệp của bạn: .venv/bin/tinhso ingest --help",
            f"  1. Open a number down to its records: {root}/en/ke-hoach/{plan}/chi-tieu/CQS-03/mo/\n"
            f"  2. Search “dong phu”, see the old district and the new commune: {root}/en/ke-hoach/{plan}/don-vi/?tim=dong+phu\n"
            f"  3. Load a file of your own: .venv/bin/tinhso ingest --help",
        )
    )
    say(Text("\nDừng bằng Ctrl+C.", "\nStop with Ctrl+C."))


def serve(host: str, port: int) -> None:
    from granian import Granian  # noqa: PLC0415
    from granian.constants import Interfaces  # noqa: PLC0415

    # Before the processes start: each counts into files that it finds there.
    folder = configuration.home() / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    workers = max(1, int(configuration.number(configuration.WORKERS)))
    Granian(
        "tinhso.web.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        # One that is killed is replaced; the others serve meanwhile.
        respawn_failed_workers=True,
        blocking_threads=4,
        log_access=False,
        websockets=False,
    ).serve()


@main.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(arguments: tuple[str, ...]) -> None:
    """Lệnh quản trị của Django · Django's own commands."""
    set_up()
    from django.core.management import execute_from_command_line  # noqa: PLC0415

    execute_from_command_line(["tinhso manage", *arguments])


# -- records --------------------------------------------------------------------------------------


@main.command()
@click.argument("stream")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--accept-good",
    "mode",
    flag_value="accept-good",
    help="Nhận dòng đúng, trả dòng sai · Take good rows, return bad ones",
)
@click.option(
    "--all-or-nothing",
    "mode",
    flag_value="all-or-nothing",
    default=True,
    help="Có dòng sai thì không nhận gì (mặc định) · Take nothing if a row is bad (default)",
)
@click.option(
    "--returned",
    type=click.Path(path_type=Path),
    help="Thư mục để trả dòng sai (mặc định: cạnh tệp) · Where bad rows are returned",
)
@click.option(
    "--simulated",
    default="",
    help="Bản ghi mô phỏng, do gì sinh ra · Records are simulated, made by what",
)
@click.option("--note", default="", help="Ghi chú · A note")
@click.option("--no-measure", is_flag=True, help="Chưa tính lại số liệu · Do not measure yet")
def ingest(
    stream: str,
    files: tuple[Path, ...],
    mode: str,
    returned: Path | None,
    simulated: str,
    note: str,
    no_measure: bool,
) -> None:
    """Nạp tệp CSV, XLSX, JSON Lines hoặc Parquet vào một luồng · Load files into a stream."""
    set_up()
    from tinhso.kernel.ledger.actor import OPERATOR  # noqa: PLC0415
    from tinhso.measure.ingest import Mode, Status  # noqa: PLC0415
    from tinhso.modules.plan.batches import enter_batches  # noqa: PLC0415
    from tinhso.modules.plan.workspace import workspace  # noqa: PLC0415
    from tinhso.web.prepare import load_file, prepare_site  # noqa: PLC0415

    prepare_site(say)
    place = workspace()
    failed = False
    for path in files:
        try:
            with progress(path.name) as advance:
                receipt = load_file(
                    place,
                    stream,
                    path,
                    mode=Mode(mode),
                    simulated=simulated,
                    note=note,
                    returned_to=returned or path.parent,
                    language=language(),
                    on_progress=advance,
                )
        except InputError as error:
            failed = True
            for problem in error.problems:
                errors.print(f"{path}: {problem.line(language())}", markup=False)
            continue
        enter_batches(place, OPERATOR)
        say(receipt.to(language()))
        failed = failed or receipt.status is Status.REFUSED
    if not no_measure and place.is_stale():
        _measure_now(None)
    if failed:
        sys.exit(WRONG_INPUT)


@main.command()
@click.argument("batch", type=int)
@click.option("--reason", required=True, help="Lý do rút · Why")
def withdraw(batch: int, reason: str) -> None:
    """Rút một lô đã nạp · Withdraw a batch; what it had replaced comes back."""
    set_up()
    from tinhso.kernel.ledger.actor import OPERATOR  # noqa: PLC0415
    from tinhso.measure.ingest import withdraw as withdraw_batch  # noqa: PLC0415
    from tinhso.modules.plan.batches import enter_batches  # noqa: PLC0415
    from tinhso.modules.plan.workspace import workspace  # noqa: PLC0415

    with telling_problems():
        receipt = withdraw_batch(
            workspace().lake,
            batch,
            reason=reason,
            person_key=configuration.secret(configuration.PERSON_KEY).encode(),
        )
        enter_batches(workspace(), OPERATOR)
    say(receipt.to(language()))
    if workspace().is_stale():
        _measure_now(None)


@main.command()
@click.option(
    "--snapshot", type=int, help="Tính lại từ một bản chụp cũ · Measure an older snapshot"
)
@click.option(
    "--whole",
    is_flag=True,
    help="Tính lại tất cả, không chỉ phần đã đổi · Compute everything, not only what has changed",
)
@click.option(
    "--engine",
    type=click.Choice([one.value for one in Engine]),
    help="Bộ máy tính, thay cho TINHSO_ENGINE · What computes, instead of TINHSO_ENGINE",
)
def measure(snapshot: int | None, whole: bool, engine: str | None) -> None:
    """Tính mọi con số từ bản ghi · Compute all figures from the records."""
    set_up()
    _measure_now(snapshot, whole=whole, engine=Engine(engine) if engine else None)


def _measure_now(
    snapshot: int | None, *, whole: bool = False, engine: Engine | None = None
) -> None:
    from tinhso.modules.plan.workspace import workspace  # noqa: PLC0415

    with telling_problems():
        manifest = workspace().measure(snapshot, whole=whole, engine=engine).manifest
    say(
        Text(
            f"Đã tính {len(manifest.quantities)} phần từ bản chụp số {manifest.snapshot} trong {manifest.seconds} giây.",
            f"Computed {len(manifest.quantities)} parts of snapshot {manifest.snapshot} in {manifest.seconds} seconds.",
        )
    )


@main.command()
@click.option("--plan", default=configuration.DEFAULT_PLAN.get, help="Mã kế hoạch · Plan code")
@click.option("--seed", default=382, show_default=True)
@click.option(
    "--scale",
    default=0.05,
    show_default=True,
    help="1 = một triệu hồ sơ một năm · a million dossiers a year",
)
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    help="Thư mục ghi tệp · Folder for the files",
)
def simulate(plan: str, seed: int, scale: float, out: Path) -> None:
    """Sinh bản ghi mô phỏng một năm của một tỉnh · Simulate a province's year of records."""
    set_up()
    from tinhso.modules.plan.workspace import UnknownPlanError, workspace  # noqa: PLC0415
    from tinhso.modules.simulation import simulate as make  # noqa: PLC0415
    from tinhso.web.prepare import prepare_site, scenario_of  # noqa: PLC0415

    prepare_site(say)
    try:
        scenario = scenario_of(workspace(), plan, scale, seed)
    except UnknownPlanError:
        raise click.BadParameter(plan, param_hint="--plan") from None
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    with progress(str(out)) as advance:
        sample = make(scenario, out, lambda share, _file: advance(share))
    for file in sample.files:
        say(f"{file.stream:20} {file.rows:>10,} {file.path}")
    say(Text(f"Tất cả là mô phỏng: {sample.maker}", f"All of it is simulated: {sample.maker}"))


@main.command()
@click.argument("plan")
@click.argument("period")
@click.option("--view", default="then", show_default=True)
@click.option("--by", required=True, help="Ai công bố · Who publishes")
@click.option("--reason", default="", help="Lý do đính chính · Why it is revised")
def publish(plan: str, period: str, view: str, by: str, reason: str) -> None:
    """Công bố số liệu của một kỳ; lần sau là đính chính · Publish a period's figures."""
    set_up()
    from tinhso.kernel.ledger.actor import OPERATOR  # noqa: PLC0415
    from tinhso.measure.periods import Period  # noqa: PLC0415
    from tinhso.measure.places import View  # noqa: PLC0415
    from tinhso.modules.plan.actions import publish as publish_now  # noqa: PLC0415
    from tinhso.modules.plan.queries import PlanQueries  # noqa: PLC0415
    from tinhso.modules.plan.workspace import workspace  # noqa: PLC0415

    with telling_problems():
        queries = PlanQueries(workspace(), plan)
        when, how = Period.parse(period), View.parse(view)
        done = publish_now(OPERATOR, queries, when, how, by=by, reason=reason)
    say(
        Text(
            f"Đã công bố lần {done.publication.number} ({done.publication.name}): {done.figures} con số, {done.changed} khác lần trước.",
            f"Published, number {done.publication.number} ({done.publication.name}): {done.figures} figures, {done.changed} changed.",
        )
    )


for _command in (
    *(
        account,
        cases,
        explain,
        forecast,
        keys,
        lake,
        ledger,
        outbox,
        pack,
        publication,
        questions,
        reproduce,
        status,
        work,
    ),
    *BACKUP,
):
    main.add_command(_command)
