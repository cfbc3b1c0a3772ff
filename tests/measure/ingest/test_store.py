"""A lake whose records lie in an S3-compatible store is the same lake, and says so when it is away."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from ingest_office import STREAMS, Office
from test_withdrawal_model import csv_of

from tests.object_store import SECRET, ObjectStore, object_store
from tinhso.measure.ingest import withdraw
from tinhso.measure.lake import Lake, LakeSettings
from tinhso.measure.store import Bucket
from tinhso.measure.troubles import LakeTroubleError, telling_troubles

ALL = "SELECT * FROM lake.payments AT (VERSION => {}) ORDER BY transaction_code"


@pytest.fixture(scope="module")
def store() -> Iterator[ObjectStore]:
    with object_store() as found:
        yield found


class FarOffice(Office):
    """An office whose records lie in a bucket."""

    def __init__(self, folder: Path, bucket: Bucket) -> None:
        super().__init__(folder)
        settings = LakeSettings(folder / "far", threads=1, memory_limit="400MB", bucket=bucket)
        self.lake = Lake(settings, list(STREAMS.values()))


def payments(first: int, last: int, amount: int) -> str:
    return csv_of([(f"K{n:03}", amount) for n in range(first, last)])


def work(office: Office) -> list[list[tuple[object, ...]]]:
    """What the lake holds after each act, read at the end, when all is over."""
    files = (payments(0, 60, 1), payments(30, 90, 2), payments(0, 3, 3))
    snapshots = [office.send(content, "payments").snapshot for content in files]
    withdraw(office.lake, 2, reason="thử")
    snapshots.append(office.snapshot())
    return [office.rows(ALL.format(snapshot)) for snapshot in snapshots]


def test_records_in_a_bucket_are_those_of_a_folder(store: ObjectStore, tmp_path: Path) -> None:
    near, far = Office(tmp_path / "near"), FarOffice(tmp_path / "far", store.bucket("tinh/75"))
    assert work(far) == work(near)
    assert not (tmp_path / "far" / "far" / "records").exists()


def test_a_lake_opens_from_another_machine_with_its_catalog(
    store: ObjectStore, tmp_path: Path
) -> None:
    bucket = store.bucket()
    office = FarOffice(tmp_path, bucket)
    office.send(payments(0, 60, 1), "payments")
    moved = (tmp_path / "far").rename(tmp_path / "elsewhere")
    settings = replace(office.lake.settings, folder=moved)
    connection = Lake(settings, list(STREAMS.values())).reader()
    assert connection.execute("SELECT count(*) FROM lake.payments").fetchone() == (60,)
    connection.close()


def test_a_store_that_does_not_answer_is_named_and_all_is_there_when_it_does(
    store: ObjectStore, tmp_path: Path
) -> None:
    office = FarOffice(tmp_path, store.bucket())
    before = office.send(payments(0, 60, 1), "payments").snapshot
    connection = office.lake.reader()
    connection.execute("SET http_timeout = 1")
    connection.execute("SET http_retries = 0")
    with store.silent(), pytest.raises(LakeTroubleError) as caught, telling_troubles():
        connection.execute("SELECT sum(amount) FROM lake.payments").fetchall()
    assert caught.value.problems[0].code == "lake-store-away"
    assert "TINHSO_LAKE_RECORDS" in caught.value.problems[0].to("vi")
    # The same connection, as a server keeps it.
    assert connection.execute("SELECT sum(amount) FROM lake.payments").fetchone() == (60,)
    connection.close()
    assert office.snapshot() == before


def test_a_load_into_a_store_that_is_away_changes_nothing(
    store: ObjectStore, tmp_path: Path
) -> None:
    office = FarOffice(tmp_path, store.bucket())
    before = office.send(payments(0, 60, 1), "payments").snapshot
    there = office.lake
    bucket = replace(there.settings.bucket, host="127.0.0.1:1")  # type: ignore[type-var]
    office.lake = Lake(replace(there.settings, bucket=bucket), list(STREAMS.values()))
    with pytest.raises(LakeTroubleError) as caught:
        office.send(payments(60, 120, 1), "payments")
    assert caught.value.problems[0].code == "lake-store-away"
    office.lake = there
    assert office.snapshot() == before
    assert office.send(payments(60, 120, 1), "payments").added == 60


def test_a_file_that_is_gone_is_named(store: ObjectStore, tmp_path: Path) -> None:
    bucket = store.bucket()
    office = FarOffice(tmp_path, bucket)
    office.send(payments(0, 60, 1), "payments")
    client = bucket.client()
    for found in client.list():
        client.delete([one["path"] for one in found])
    with pytest.raises(LakeTroubleError) as caught, telling_troubles():
        office.rows("SELECT sum(amount) FROM lake.payments")
    assert caught.value.problems[0].code == "lake-file-missing"


@contextmanager
def answering(status: int, body: bytes) -> Iterator[str]:
    """A server that gives one answer to everything."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_HEAD = do_PUT = do_POST = do_GET  # noqa: N815 (their names)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (its name)
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (403, b"<Error><Code>AccessDenied</Code></Error>", "lake-store-refuses"),
        (503, b"<Error><Code>SlowDown</Code></Error>", "lake-store-away"),
        (200, b"<html>a captive portal</html>" * 2000, "lake-store-wrong"),
    ],
)
def test_a_wrong_answer_is_never_taken_for_records(
    store: ObjectStore, tmp_path: Path, status: int, body: bytes, code: str
) -> None:
    office = FarOffice(tmp_path, store.bucket())
    office.send(payments(0, 60, 1), "payments")
    with answering(status, body) as host:
        settings = office.lake.settings
        assert settings.bucket is not None
        office.lake = Lake(
            replace(settings, bucket=replace(settings.bucket, host=host)), list(STREAMS.values())
        )
        connection = office.lake.reader()
        connection.execute("SET http_retries = 0")
        with pytest.raises(LakeTroubleError) as caught, telling_troubles():
            connection.execute("SELECT sum(amount) FROM lake.payments").fetchall()
        connection.close()
    assert caught.value.problems[0].code == code


@pytest.mark.parametrize(
    "url",
    [
        "s3://host/bucket",
        "s3://key:secret@host",
        "https://key:secret@host/bucket",
        "s3://key:secret@host/bucket?style=other",
        "s3://key:secret@host/bucket?tls",
        "s3://key:secret@host:port/bucket",
        "s3://key@host/bucket",
    ],
)
def test_an_address_that_is_not_right_is_refused_without_its_secret(url: str) -> None:
    with pytest.raises(ValueError, match="s3://KEY:SECRET@") as caught:
        Bucket.from_url(url)
    assert "secret@host" not in str(caught.value)


def test_keys_are_shown_nowhere(store: ObjectStore) -> None:
    bucket = store.bucket()
    assert bucket.secret == SECRET
    settings = LakeSettings(Path("kho"), bucket=bucket)
    assert SECRET not in repr(settings)
