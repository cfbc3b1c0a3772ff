"""Bringing everything up: assets, database, units, sample records, figures. Each step is done
once and skipped quickly when nothing has changed."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from tinhso.kernel.ledger.actor import SYSTEM
from tinhso.kernel.ledger.entries import Thing, record
from tinhso.kernel.units.load import load_units
from tinhso.kernel.units.models import LoadedPack
from tinhso.kernel.units.queries import standing
from tinhso.measure.ingest import Mode, OnProgress, Receipt, ingest
from tinhso.measure.periods import Period
from tinhso.measure.places import View
from tinhso.measure.text import Text
from tinhso.modules.documents.samples import make_samples
from tinhso.modules.feedback.sample import simulate_reports
from tinhso.modules.plan.actions import has_ended, publish
from tinhso.modules.plan.batches import enter_batches
from tinhso.modules.plan.queries import PlanQueries
from tinhso.modules.plan.workspace import Workspace, workspace
from tinhso.modules.questions.sample import make_sample as make_answers
from tinhso.modules.questions.sample_records import simulate_records
from tinhso.modules.reporting.sample import seed_reports
from tinhso.modules.scorecards.sample import simulate_rounds
from tinhso.modules.shares.sample import simulate_allocations, simulate_own_plans
from tinhso.modules.simulation import Sample, Scenario, simulate
from tinhso.modules.surveys.sample import simulate_sheets
from tinhso.modules.tasks.actions import take_over
from tinhso.modules.tasks.sample import make_sample
from tinhso.web import configuration
from tinhso.web.assets import build_fonts, compile_translations
from tinhso.web.rules_in_use import refuse_lost
from tinhso.web.watch.readiness import pending_migrations

#: Told what is being done, in both languages.
Say = Callable[[Text], None]

SAMPLE_SEED = 382


def prepare_site(say: Say) -> None:
    """Assets, database tables, units: what pages need before any figure. Raises InputError where the
    rules have lost what the site holds."""
    home = configuration.home()
    home.mkdir(parents=True, exist_ok=True)
    if build_fonts(home / "fonts"):
        say(Text("Đã tạo phông chữ", "Fonts made"))
    compile_translations(settings.LOCALE_PATHS[0])
    if _collect_static():
        say(Text("Đã gom tệp tĩnh", "Static files collected"))
    if _migrate():
        say(Text("Đã tạo bảng dữ liệu", "Database tables made"))
    if _load_units():
        say(Text("Đã nạp đơn vị hành chính", "Administrative units loaded"))
    refuse_lost()


def _load_units() -> bool:
    with transaction.atomic():
        if not load_units():
            return False
        digest = LoadedPack.objects.values_list("digest", flat=True)[0]
        thing = Thing("units.register", "country")
        record(SYSTEM, "units.register.load", thing, after={"digest": digest})
    return True


def _migrate() -> bool:
    if not pending_migrations():
        return False
    call_command("migrate", verbosity=0, interactive=False)
    return True


def _collect_static() -> bool:
    """Collect static files when they are not those of the last collection, whatever their dates:
    packages carry old ones."""
    stamp = Path(settings.STATIC_ROOT) / "made-from"
    made = hashlib.sha256()
    for finder in get_finders():
        for path, storage in sorted(finder.list([]), key=lambda one: str(one[0])):
            made.update(path.encode())
            made.update(Path(storage.path(path)).read_bytes())
    if stamp.exists() and stamp.read_text(encoding="ascii") == made.hexdigest():
        return False
    call_command("collectstatic", verbosity=0, interactive=False, clear=True, stdout=io.StringIO())
    stamp.write_text(made.hexdigest(), encoding="ascii")
    return True


def prepare_figures(say: Say, *, scale: float) -> None:
    """Sample records into an empty lake (scale 0: none), and the cube when it is not current."""
    place = workspace()
    enter_batches(place, SYSTEM)  # what a kill after an ingest left out
    plan = configuration.DEFAULT_PLAN.get()
    if taken := sum(take_over(code) for code in place.plans):
        say(Text(f"Đã lấy {taken} nhiệm vụ từ kế hoạch", f"{taken} tasks taken from plans"))
    is_first = bool(scale) and not _has_records(place)
    if is_first:
        load_sample(place, plan, scale, say, lambda: publish_quarter(place, plan, say))
        load_reports(place, plan, say)
        load_questions(place, plan, say)
        say(Text("Đang lập số liệu báo cáo mẫu", "Making sample reports"))
        seed_reports(place, plan)
        enter_batches(place, SYSTEM)
    if place.is_stale():
        say(Text("Đang tính số liệu", "Measuring"))
        cube = place.measure()
        seconds = cube.manifest.seconds
        say(Text(f"Đã tính số liệu trong {seconds} giây", f"Measured in {seconds} seconds"))
    if is_first:
        simulate_work(place, plan, say)


def simulate_work(place: Workspace, plan: str, say: Say) -> None:
    """What people would have done with the sample's figures, by the rooms' own actions."""
    queries = PlanQueries(place, plan)
    with transaction.atomic():
        tasks = make_sample(plan, timezone.localdate())
    say(Text(f"Đã tạo {tasks} nhiệm vụ mô phỏng", f"{tasks} simulated tasks made"))
    shares = simulate_allocations(queries)
    say(Text(f"Đã giao chỉ tiêu mô phỏng: {shares}", f"Simulated allocations: {shares}"))
    own = simulate_own_plans(queries)
    say(Text(f"Đã lập kế hoạch riêng mô phỏng: {own}", f"Simulated own plans: {own}"))
    simulate_rounds(queries)
    answers = make_answers()
    say(Text(f"Đã nạp {answers} câu trả lời mẫu", f"{answers} sample answers loaded"))
    write_documents(place, plan, say)


def _has_records(place: Workspace) -> bool:
    row = place.connection().execute("SELECT count(*) FROM lake._batches").fetchone()
    return bool(row and row[0])


def scenario_of(place: Workspace, plan_code: str, scale: float, seed: int) -> Scenario:
    """A scenario that starts from the plan's own published starting points."""
    plan = place.plan(plan_code).plan
    return Scenario(
        boundaries=place.units.boundaries,
        streams=place.streams,
        root=plan.unit,
        year=plan.year,
        seed=seed,
        scale=scale,
    )


def load_sample(
    place: Workspace,
    plan_code: str,
    scale: float,
    say: Say,
    before_corrections: Callable[[], None] = lambda: None,
) -> Sample:
    """Simulate a province's year and load it, corrections last."""
    folder = configuration.home() / "sample"
    say(Text(f"Đang sinh dữ liệu mô phỏng cỡ {scale:g}", f"Simulating records at scale {scale:g}"))
    sample = simulate(scenario_of(place, plan_code, scale, SAMPLE_SEED), folder)
    say(Text(f"Đang nạp {sample.rows} dòng", f"Loading {sample.rows} rows"))
    with place.lake.writer():
        corrections = []
        for file in sample.files:
            if file.corrects:
                corrections.append(file)
            else:
                load_file(place, file.stream, file.path, simulated=sample.maker)
    before_corrections()
    for file in corrections:
        load_file(place, file.stream, file.path, simulated=sample.maker)
    return sample


def load_reports(place: Workspace, plan_code: str, say: Say) -> None:
    """Residents' simulated reports to 1022, and their records."""
    plan = place.plan(plan_code).plan
    for stream, rows in simulate_reports(plan.unit, plan.year).items():
        _load_rows(place, stream, rows, "feedback.sample", say)


def load_questions(place: Workspace, plan_code: str, say: Say) -> None:
    """Simulated questions as records, and what anonymous surveys would have found."""
    plan = place.plan(plan_code).plan
    for stream, rows in simulate_records(plan.unit, plan.year).items():
        _load_rows(place, stream, rows, "questions.sample_records", say)
    for stream, rows in simulate_sheets(plan.unit, plan.year).items():
        _load_rows(place, stream, rows, "surveys.sample", say)


def _load_rows(
    place: Workspace, stream: str, rows: Sequence[Mapping[str, Any]], maker: str, say: Say
) -> None:
    path = configuration.home() / "sample" / f"{maker}.{stream}.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    load_file(place, stream, path, simulated=f"tinhso.modules.{maker}")
    name = place.streams[stream].name
    say(Text(f"Đã tạo bản ghi mô phỏng: {name.vi}, {len(rows)}", f"Simulated records: {name.en}, {len(rows)}"))  # fmt: skip


def publish_quarter(place: Workspace, plan_code: str, say: Say) -> None:
    """Publish the second quarter, so that the corrections that come later show as a revision."""
    place.measure()
    queries = PlanQueries(place, plan_code)
    period = Period.parse(f"{queries.plan.year}-Q2")
    if not has_ended(period):
        return
    by = Text("Tỉnh Số (mô phỏng)", "Tỉnh Số (simulated)").vi
    done = publish(SYSTEM, queries, period, View(), by=by, reason="", all_levels=False)
    say(Text(f"Đã công bố {done.figures} con số quý II", f"Published {done.figures} figures of Q2"))


def write_documents(place: Workspace, plan_code: str, say: Say) -> None:
    """Publish two reporting quarters of the sample, and make documents of the later one."""
    queries = PlanQueries(place, plan_code)
    by = Text("Tỉnh Số (mô phỏng)", "Tỉnh Số (simulated)").vi
    for code in (f"{queries.plan.year}-Q1r", f"{queries.plan.year}-Q2r"):
        period = Period.parse(code)
        if not has_ended(period):
            return
        last = publish(SYSTEM, queries, period, View(), by=by, reason="", all_levels=False)
    heir = standing(queries.root)
    issuer = heir.card.uid if heir.attributed else queries.root
    base = f"http://{configuration.HOST.get()}:{configuration.PORT.get()}"
    made = make_samples(last.publication.name, issuer, base)
    say(Text(f"Đã lập {made} văn bản mô phỏng", f"Made {made} simulated documents"))


def load_file(
    place: Workspace,
    stream: str,
    path: Path,
    *,
    mode: Mode = Mode.ACCEPT_GOOD,
    simulated: str = "",
    note: str = "",
    returned_to: Path | None = None,
    language: str = "vi",
    on_progress: OnProgress | None = None,
) -> Receipt:
    """One file into the lake, with the site's own units and key."""
    return ingest(
        place.lake,
        stream,
        path,
        boundaries=place.units.boundaries,
        mode=mode,
        today=timezone.localdate(),
        person_key=configuration.secret(configuration.PERSON_KEY).encode(),
        simulated=simulated,
        note=note,
        returned_to=returned_to,
        language=language,
        on_progress=on_progress,
    )
