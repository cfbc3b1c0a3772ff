"""Making a back-up; see the package for why in this order."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import pyrage

from tinhso.measure.cube_store import CubeStore
from tinhso.measure.lake import Lake
from tinhso.measure.text import InputError, Text
from tinhso.web.backup.archive import FORMAT, HEADER, MANIFEST, Manifest, Writer, reading, writing
from tinhso.web.backup.cut import Cut, count_lake, cut, lake_files, snapshot_of
from tinhso.web.backup.place import Place
from tinhso.web.backup.records import record_file
from tinhso.web.backup.words import EXISTS, RUNNING

Say = Callable[[Text], None]

#: How many past back-ups the note names.
REMEMBERED = 50


def back_up(
    place: Place,
    path: Path,
    recipient: pyrage.x25519.Recipient,
    *,
    cubes: bool = False,
    wait_seconds: float = 60.0,
    say: Say = lambda _: None,
) -> Manifest:
    """Write and verify a back-up at `path`, which exists only when it is whole and right.

    Raises InputError (`backup-running`, `backup-exists`, `backup-program-failed`, …).
    """
    if path.exists():
        raise InputError([EXISTS(path=path)])
    # Who encrypts for a public key cannot read what was written. So it is also for a key that lives
    # only in this process, long enough to read it back.
    own = pyrage.x25519.Identity.generate()
    aside = path.with_name(f".{path.name}.unfinished")
    with _staging(place) as staging:
        aside.unlink(missing_ok=True)
        try:
            with writing(aside, [recipient, own.to_public()]) as writer:
                written = _write(place, staging, writer, cubes, wait_seconds, say)
            say(Text("Đang đọc lại để kiểm tra", "Reading it back"))
            found = reading(aside, [own])
            assert found == written
            aside.rename(path)
        finally:
            aside.unlink(missing_ok=True)
        _sync_folder(path.parent)
    _remember(place, path, found)
    return found


def _write(
    place: Place, staging: Path, writer: Writer, cubes: bool, wait_seconds: float, say: Say
) -> Manifest:
    header = {"format": FORMAT, "software": version("tinhso")}
    writer.add_bytes(HEADER, json.dumps(header).encode())
    with ExitStack() as unsigned, ExitStack() as pinned:
        # No head is signed between reading the witness and pinning the site that it witnesses.
        unsigned.enter_context(_witness_held(place.home / "ledger"))
        witness = _whole_lines(place.home / "ledger")
        moment = pinned.enter_context(cut(place, wait_seconds=wait_seconds))
        unsigned.close()
        if not moment.together:
            say(
                Text(
                    "Kho đang được ghi lâu: chụp cơ sở dữ liệu trước, kho ngay sau đó.",
                    "A long load keeps the lake: the database is pinned first, the lake right after.",
                )
            )
        say(Text("Đang chép cơ sở dữ liệu của trang", "Copying the site's database"))
        suffix = "sqlite3" if moment.site.engine == "sqlite" else "dump"
        _copied(moment.site.copy, staging / f"site.{suffix}", writer, f"site.{suffix}")
        facts = _facts(place, moment, cubes)
        if moment.catalog is not None:
            say(Text("Đang chép kho bản ghi", "Copying the lake"))
            suffix = "sqlite" if moment.catalog.engine == "sqlite" else "dump"
            _copied(moment.catalog.copy, staging / f"catalog.{suffix}", writer, f"catalog.{suffix}")
            for name in lake_files(moment.catalog):
                with record_file(place.lake, name, staging) as path:
                    writer.add_file(f"lake/{name}", path)
    for name, content in witness.items():
        writer.add_bytes(f"ledger/{name}", content)
    say(Text("Đang chép tệp tải lên", "Copying uploaded files"))
    _folder(place.home / "files", "files", writer)
    _folder(place.rules, "rules", writer)
    if cubes:
        store = CubeStore(place.home / "cubes")
        name = store.current_name()
        if name:
            writer.add_bytes("cubes/current", name.encode())
            _folder(store.folder / name, f"cubes/{name}", writer)
    manifest = replace(facts, parts=dict(writer.parts))
    writer.add_bytes(MANIFEST, manifest.written())
    return manifest


def _facts(place: Place, moment: Cut, cubes: bool) -> Manifest:
    catalog = moment.catalog
    snapshot = snapshot_of(catalog) if catalog else None
    return Manifest(
        format=FORMAT,
        software=version("tinhso"),
        at=moment.at.isoformat(),
        together=moment.together,
        site=moment.site.engine,
        site_tables=moment.site.tables(),
        catalog=catalog.engine if catalog else "",
        snapshot=snapshot,
        lake_tables=count_lake(Lake(place.lake, []), snapshot) if snapshot is not None else {},
        cubes=cubes,
    )


def _copied(copy: Callable[[Path], None], path: Path, writer: Writer, name: str) -> None:
    copy(path)
    writer.add_file(name, path)
    path.unlink()


def _folder(folder: Path, name: str, writer: Writer) -> None:
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        inside = path.relative_to(folder)
        if path.is_file() and not any(part.startswith(".") for part in inside.parts):
            writer.add_file(f"{name}/{inside}", path)


def _whole_lines(folder: Path) -> dict[str, bytes]:
    """The witness's files, each to its last whole line: one may be being written."""
    files = sorted(folder.glob("*.jsonl")) if folder.is_dir() else []
    contents = {path.name: path.read_bytes() for path in files}
    return {name: text[: text.rfind(b"\n") + 1] for name, text in contents.items()}


@contextmanager
def _witness_held(folder: Path) -> Iterator[None]:
    """The lock of whoever signs a head (`kernel.ledger.heads.witness_lock`): Django is not up here."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _staging(place: Place) -> Iterator[Path]:
    """A folder for copies, readable to its owner only. One back-up at a time; what a killed one left
    is cleared by the next. Raises InputError (`backup-running`)."""
    folder = place.home / "backup"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputError([RUNNING()]) from None
        for old in folder.glob("copy-*"):
            shutil.rmtree(old)
        with tempfile.TemporaryDirectory(prefix="copy-", dir=folder) as staging:
            yield Path(staging)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remember(place: Place, path: Path, manifest: Manifest) -> None:
    """The note that the status page reads."""
    note = place.home / "backups.json"
    past = json.loads(note.read_text(encoding="utf-8")) if note.exists() else []
    done = {
        "file": str(path.absolute()),
        "at": manifest.at,
        "finished": datetime.now(UTC).isoformat(),
        "bytes": path.stat().st_size,
        "snapshot": manifest.snapshot,
    }
    aside = note.with_suffix(".unfinished")
    aside.write_text(json.dumps([*past, done][-REMEMBERED:], indent=1), encoding="utf-8")
    aside.replace(note)
