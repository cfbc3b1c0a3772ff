"""What is wrong with a lake is said in words, and the last good state stays readable."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from dataclasses import replace

import pytest
from ingest_office import STREAMS, Office
from test_crash import HERE
from test_withdrawal_model import csv_of

from tests.nursery import Nursery, nursery
from tinhso.measure.lake import Lake
from tinhso.measure.streams import Field, FieldType, Stream
from tinhso.measure.text import Text
from tinhso.measure.troubles import LakeTroubleError, telling_troubles

PAYMENTS = STREAMS["payments"]


def payments(first: int, last: int) -> str:
    return csv_of([(f"K{n:05}", 1) for n in range(first, last)])


def trouble(office: Office) -> str:
    with pytest.raises(LakeTroubleError) as caught, telling_troubles():
        office.rows("SELECT sum(amount) FROM lake.payments")
    assert all(one.to("vi") and one.to("en") for one in caught.value.problems)
    return caught.value.problems[0].code


def with_streams(office: Office, *streams: Stream) -> None:
    office.lake = Lake(office.lake.settings, [*(STREAMS | {s.code: s for s in streams}).values()])


def test_a_lake_of_a_newer_form_is_not_touched(office: Office) -> None:
    office.send(payments(0, 60), "payments")
    marker = office.lake.settings.folder / "created"
    marker.write_text("2\n")
    assert trouble(office) == "lake-newer"
    marker.write_text("1\n")
    assert office.rows("SELECT count(*) FROM lake.payments") == [(60,)]


def test_a_catalog_of_a_newer_form_is_not_touched(office: Office) -> None:
    catalog = sqlite3.connect(office.lake.settings.folder / "catalog.sqlite")
    with catalog:
        catalog.execute("UPDATE ducklake_metadata SET value = '2.0' WHERE key = 'version'")
    catalog.close()
    assert trouble(office) == "lake-newer"


@pytest.mark.parametrize(
    ("left", "code"),
    [(None, "lake-file-missing"), (0, "lake-file-damaged"), (900, "lake-file-damaged")],
)
def test_a_file_that_is_not_as_it_was_is_named(office: Office, left: int | None, code: str) -> None:
    office.send(payments(0, 600), "payments")
    folder = office.lake.settings.folder / "records"
    file = next(path for path in folder.rglob("*.parquet") if "payments" in str(path))
    if left is None:
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[:left])
    assert trouble(office) == code


def test_a_catalog_that_is_no_database_is_told(office: Office) -> None:
    (office.lake.settings.folder / "catalog.sqlite").write_bytes(b"khong phai" * 999)
    assert trouble(office) == "lake-catalog-unreadable"


def test_a_new_field_is_empty_in_what_was_there(office: Office) -> None:
    office.send(payments(0, 60), "payments")
    before = office.snapshot()
    more = Field("counter", FieldType.CODE, Text("quầy", "counter"))
    with_streams(office, replace(PAYMENTS, fields=(*PAYMENTS.fields, more)))
    assert office.rows("SELECT DISTINCT counter FROM lake.payments") == [(None,)]
    then = f"SELECT count(*) FROM lake.payments AT (VERSION => {before})"
    assert office.rows(then) == [(60,)]


def test_a_field_that_is_gone_is_kept_for_those_who_knew_it(office: Office) -> None:
    office.send(payments(0, 60), "payments")
    fewer = tuple(one for one in PAYMENTS.fields if one.name != "channel")
    with_streams(office, replace(PAYMENTS, fields=fewer))
    body = payments(60, 120).replace(",cash", "").replace(",channel", "")
    assert office.send(body, "payments").added == 60
    with_streams(office, PAYMENTS)
    told = office.rows("SELECT channel, count(*) FROM lake.payments GROUP BY 1 ORDER BY 1")
    assert told == [("cash", 60), (None, 60)]


def test_a_field_of_another_type_is_refused_and_the_old_declaration_reads_on(
    office: Office,
) -> None:
    office.send(payments(0, 60), "payments")
    fields = tuple(
        replace(one, type=FieldType.TEXT) if one.name == "amount" else one
        for one in PAYMENTS.fields
    )
    with_streams(office, replace(PAYMENTS, fields=fields))
    assert trouble(office) == "lake-retyped"
    with_streams(office, PAYMENTS)
    assert office.rows("SELECT sum(amount) FROM lake.payments") == [(60,)]


@pytest.fixture(scope="module")
def children(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    source = os.pathsep.join([str(HERE.parents[2] / "src"), str(HERE), str(HERE.parents[2])])
    begin = """
import resource, signal, sys
from pathlib import Path
from ingest_office import Office
from tinhso.measure.text import InputError
"""
    environment = {**os.environ, "PYTHONPATH": source}
    with nursery(begin, environment, tmp_path_factory.mktemp("children")) as made:
        yield made


#: A file may grow to so many bytes and no further, as on a disk that is full.
FULL = """
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
office = Office(Path(sys.argv[1]))
try:
    office.send(office.folder / "more.csv", "payments")
except InputError as error:
    print(error.problems[0].code)
else:
    print("in")
"""


def test_a_disk_that_fills_up_at_any_step_changes_nothing(
    office: Office, children: Nursery
) -> None:
    office.send(payments(0, 60), "payments")
    before = office.snapshot()
    (office.folder / "more.csv").write_text(payments(60, 30_000))
    said = []
    for size in (1_000, 4_000, 30_000, 60_000, 100_000, 140_000, 200_000, 300_000):
        out = office.folder / f"{size}.out"
        child = children.start(FULL, out, str(office.folder), str(size))
        assert child.wait() == 0, out.with_suffix(".err").read_text()
        said.append(out.read_text().strip())
        if said[-1] == "in":
            break
        assert office.snapshot() == before
        assert office.rows("SELECT count(*) FROM lake.payments") == [(60,)]
    assert set(said) <= {"lake-disk-full", "in"}, said
    assert "lake-disk-full" in said
    assert office.send(office.folder / "more.csv", "payments").added in {0, 29_940}
    assert office.rows("SELECT count(*) FROM lake.payments") == [(30_000,)]
