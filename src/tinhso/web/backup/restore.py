"""Restoring (phục hồi): everything is read, decrypted and verified aside; only then put in place."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import psycopg
import pyrage

from tinhso.measure.lake import FORM, MARKER, Lake
from tinhso.measure.text import InputError, Text
from tinhso.web.backup.archive import HEADER, Manifest, reading
from tinhso.web.backup.cut import count_lake, count_postgres, count_sqlite
from tinhso.web.backup.keys import SECRETS, restore_site_keys
from tinhso.web.backup.make import Say
from tinhso.web.backup.place import Place, run_program
from tinhso.web.backup.records import put_records
from tinhso.web.backup.words import DAMAGED, DIFFERS, NO_KEYS, NOT_EMPTY, OTHER_DATABASE

#: What restoring puts into the home folder, besides the site's database and the lake.
FOLDERS = ("ledger", "files", "rules", "cubes")


def restore(
    path: Path,
    place: Place,
    identity: pyrage.x25519.Identity,
    *,
    keys: Mapping[str, str] | None = None,
    without_keys: bool = False,
    replace: bool = False,
    say: Say = lambda _: None,
) -> Manifest:
    """Bring `place` to the moment of the back-up at `path`.

    Nothing of what is there is touched before the whole back-up has been verified; with `replace`
    it is moved into `before-restore-…` (and a schema of that name) and deleted by nobody. Raises
    InputError (`restore-not-empty`, `restore-no-keys`, `backup-damaged`, …).
    """
    if keys is None and not without_keys and not _has_keys(place):
        raise InputError([NO_KEYS(folder=place.secrets)])
    old = _present(place)
    if old and not replace:
        raise InputError([NOT_EMPTY(where=old[0])])
    place.home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="restore-", dir=place.home) as folder:
        staging = Path(folder)
        say(Text("1. Giải mã và kiểm tra cả bản sao lưu", "1. Decrypting and verifying all of it"))
        manifest = reading(path, [identity], lambda name, content: _extract(staging, name, content))
        _refuse_other_databases(manifest, place)
        name = f"before_restore_{datetime.now(UTC):%Y%m%d_%H%M%S}"
        _move_aside(place, old, name, say)
        if keys is not None:
            say(Text("2. Đặt lại khóa bí mật", "2. Putting the keys back"))
            restore_site_keys(place, dict(keys))
        say(Text("3. Phục hồi cơ sở dữ liệu của trang", "3. Restoring the site's database"))
        _database(staging, "site", "sqlite3", place.site, place.site_file)
        say(Text("4. Phục hồi kho bản ghi", "4. Restoring the lake"))
        if manifest.catalog:
            _restore_lake(staging, place)
        say(Text("5. Phục hồi tệp và nhân chứng nhật ký", "5. Restoring files and the witness"))
        for part in FOLDERS:
            if (staging / part).is_dir():
                (staging / part).rename(place.home / part)
        if place.kept_rules and (place.home / "rules").is_dir():
            kept, brought = place.kept_rules, place.home / "rules"
            say(
                Text(
                    f"   TINHSO_RULES là {kept}, giữ nguyên; quy tắc trong bản sao lưu ở {brought}",
                    f"   TINHSO_RULES is {kept}, left as it is; the back-up's rules are in {brought}",
                )
            )
    say(Text("6. Đếm lại từng bảng", "6. Counting every table again"))
    compare(manifest, place)
    return manifest


def _has_keys(place: Place) -> bool:
    return all(one.get() or (place.secrets / one.name.lower()).exists() for one in SECRETS)


def _extract(staging: Path, name: str, content: IO[bytes]) -> None:
    target = (staging / name).resolve()
    if not target.is_relative_to(staging.resolve()) or name == HEADER:
        if name != HEADER:
            raise InputError([DAMAGED(path=name, reason="..")])
        while content.read(1 << 20):
            pass
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("xb") as out:
        shutil.copyfileobj(content, out, 1 << 20)


# -- what is there already -------------------------------------------------------------------------


def _present(place: Place) -> list[str]:
    """What restoring would write over: paths, and databases by the setting that names them."""
    found = [
        str(path)
        for path in (*_sqlite_files(place.site_file), *(place.home / one for one in FOLDERS))
        if path.exists() and not _is_empty(path)
    ]
    if (place.lake.folder / MARKER).exists():
        found.append(str(place.lake.folder))
    for setting, conninfo in _databases(place):
        if _count(conninfo):
            found.append(setting)
    return found


def _is_empty(path: Path) -> bool:
    return path.is_dir() and not any(path.iterdir())


def _sqlite_files(path: Path) -> tuple[Path, ...]:
    return tuple(path.with_name(path.name + end) for end in ("", "-wal", "-shm"))


def _databases(place: Place) -> Iterable[tuple[str, str]]:
    pairs = (("TINHSO_DATABASE_URL", place.site), ("TINHSO_LAKE_CATALOG", place.lake.catalog))
    return [(setting, conninfo) for setting, conninfo in pairs if conninfo]


def _count(conninfo: str) -> dict[str, int]:
    with psycopg.connect(conninfo) as connection:
        return count_postgres(connection)


def _move_aside(place: Place, old: list[str], name: str, say: Say) -> None:
    if not old:
        return
    say(Text(f"   Dời dữ liệu cũ sang {name}", f"   Moving what was there into {name}"))
    aside = place.home / name
    aside.mkdir()
    for one in old:
        if one.startswith("/") or Path(one).exists():
            shutil.move(one, aside / Path(one).name)
    for setting, conninfo in _databases(place):
        if setting in old:
            with psycopg.connect(conninfo) as connection:
                connection.execute(f"ALTER SCHEMA public RENAME TO {name}".encode())
                connection.execute("CREATE SCHEMA public")


def _refuse_other_databases(manifest: Manifest, place: Place) -> None:
    for setting, conninfo, found, what in (
        ("TINHSO_DATABASE_URL", place.site, manifest.site, Text("trang", "the site")),
        (
            "TINHSO_LAKE_CATALOG",
            place.lake.catalog,
            manifest.catalog,
            Text("danh mục kho", "the catalog"),
        ),
    ):
        if found and (found == "postgresql") != bool(conninfo):
            raise InputError([OTHER_DATABASE(setting=setting, found=found, what=what)])


# -- putting in place ------------------------------------------------------------------------------


def _database(staging: Path, name: str, suffix: str, conninfo: str, path: Path) -> None:
    if conninfo:
        arguments = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
        _pg_restore(conninfo, [*arguments, str(staging / f"{name}.dump")])
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        source = staging / f"{name}.{suffix}"
        connection = sqlite3.connect(source)
        connection.execute("PRAGMA journal_mode=WAL")  # readers cannot switch it on themselves
        connection.close()
        source.rename(path)


def _pg_restore(conninfo: str, arguments: list[str]) -> None:
    # A dump of one schema begins with CREATE SCHEMA; the empty one that is there makes room.
    with psycopg.connect(conninfo) as connection:
        connection.execute("DROP SCHEMA public")
    run_program("pg_restore", conninfo, arguments)


def _restore_lake(staging: Path, place: Place) -> None:
    folder = place.lake.folder
    folder.mkdir(parents=True, exist_ok=True)
    records = staging / "lake"
    records.mkdir(exist_ok=True)
    put_records(records, place.lake)
    _database(staging, "catalog", "sqlite", place.lake.catalog, place.catalog_file)
    (folder / MARKER).write_text(f"{FORM}\n", encoding="ascii")


# -- counting --------------------------------------------------------------------------------------


def compare(manifest: Manifest, place: Place) -> None:
    """Hold what is in place to what the manifest counted. Raises InputError (`restore-differs`)."""
    found = _count(place.site) if place.site else _count_file(place.site_file)
    pairs = [(manifest.site_tables, found, "")]
    if manifest.snapshot is not None:
        counted = count_lake(Lake(place.lake, []), manifest.snapshot)
        pairs.append((manifest.lake_tables, counted, "lake."))
    problems = [
        DIFFERS(what=f"{prefix}{table}", found=there.get(table), wanted=wanted.get(table))
        for wanted, there, prefix in pairs
        for table in sorted({*wanted, *there})
        if wanted.get(table) != there.get(table)
    ]
    if problems:
        raise InputError(problems)


def _count_file(path: Path) -> dict[str, int]:
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        return count_sqlite(connection)
    finally:
        connection.close()
