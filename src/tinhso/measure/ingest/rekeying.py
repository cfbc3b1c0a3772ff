"""The key of pseudonyms: that it is the lake's own, and changing it (đổi khóa bí danh).

The lake keeps a fingerprint of the key that its newest records went through, so that a wrong key is
refused instead of making strangers of everybody. Changing it takes all pseudonyms through one more
key, in one commit: who is the same stays the same, and no figure changes. Earlier snapshots stay as
they were, pseudonyms of the old key among them.
"""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from tinhso.measure.ingest import log
from tinhso.measure.ingest.pseudonyms import declare_pseudonym, fingerprint
from tinhso.measure.lake import Lake
from tinhso.measure.streams import FieldType, Stream
from tinhso.measure.text import InputError, message

WRONG_KEY = message(
    "person-key-wrong",
    vi="Khóa bí danh (TINHSO_PERSON_KEY) không phải khóa mà kho đang dùng, nên không ai được nhận ra. Chưa nạp gì. Đặt lại đúng khóa (có trong bản sao lưu khóa); nếu lần đổi khóa trước bị ngắt, chạy lại `tinhso keys rotate-persons`.",
    en="The pseudonyms' key (TINHSO_PERSON_KEY) is not the one that the lake goes by: nobody would be recognised. Nothing was loaded. Set the right key (the back-up of keys has it); if changing the key was cut off, run `tinhso keys rotate-persons` again.",
)
NEEDS_KEY = message(
    "person-key-needed",
    vi="Bản ghi cũ trở lại từ trước lần đổi khóa bí danh, nên cần khóa hiện hành.",
    en="Records come back from before the pseudonyms' key was changed: the key of now is needed.",
)


def persons_of(stream: Stream) -> list[str]:
    """The fields that hold pseudonyms."""
    return [field.name for field in stream.fields if field.type is FieldType.PERSON]


def check_key(connection: duckdb.DuckDBPyConnection, key: bytes) -> bool:
    """Whether the lake knows of a key yet. Raises InputError (`person-key-wrong`) for another one."""
    row = connection.execute(
        "SELECT fingerprint FROM lake._keys ORDER BY number DESC LIMIT 1"
    ).fetchone()
    if row is not None and row[0] != fingerprint(key):
        raise InputError([WRONG_KEY()])
    return row is not None


def remember_key(connection: duckdb.DuckDBPyConnection, key: bytes, before: int) -> None:
    """Note, in a transaction of the caller's, the key that records go by from now on."""
    number = key.count(b"\n") + 1
    connection.execute(
        "INSERT INTO lake._keys VALUES (?, ?, ?, ?)", [number, fingerprint(key), log.now(), before]
    )


def is_changed_to(lake: Lake, key: bytes) -> bool:
    """Whether the lake goes by `key` already."""
    connection = lake.reader()
    try:
        return check_key(connection, key)
    except InputError:
        return False
    finally:
        connection.close()


def rotate(lake: Lake, key: bytes) -> int:
    """Take all pseudonyms through the last line of `key`; answers how many records hold any.

    Raises InputError (`person-key-wrong`) where the lines before are not the lake's key.
    """
    old, _, _ = key.rpartition(b"\n")
    changed = 0
    with lake.writer() as connection:
        check_key(connection, old)
        declare_pseudonym(connection, key, known=old.count(b"\n") + 1)
        before = lake.snapshot(connection)
        with log.transaction(connection):
            for stream in lake.streams.values():
                fields = persons_of(stream)
                if not fields:
                    continue
                told = " OR ".join(f'"{name}" IS NOT NULL' for name in fields)
                again = ", ".join(f'"{name}" = pseudonym("{name}")' for name in fields)
                row = connection.execute(
                    f'UPDATE lake."{stream.code}" SET {again} WHERE {told}'
                ).fetchone()
                assert row is not None
                changed += int(row[0])
            remember_key(connection, key, before)
    return changed


def as_now(
    connection: duckdb.DuckDBPyConnection, stream: Stream, snapshot: int, key: bytes | None
) -> str:
    """What to select of records of an earlier snapshot, so that pseudonyms are those of now.

    Raises InputError (`person-key-needed`).
    """
    fields = persons_of(stream)
    known = connection.execute(
        "SELECT max(number) FILTER (WHERE before_snapshot < ?), max(number) FROM lake._keys",
        [snapshot],
    ).fetchone()
    assert known is not None
    then, now = known
    if not fields or now is None or (then or 1) == now:
        return "*"
    if key is None:
        raise InputError([NEEDS_KEY()])
    check_key(connection, key)
    declare_pseudonym(connection, key, known=then or 1)
    return f"* REPLACE ({_each(fields)})"


def _each(fields: Iterable[str]) -> str:
    return ", ".join(f'pseudonym("{name}") AS "{name}"' for name in fields)
