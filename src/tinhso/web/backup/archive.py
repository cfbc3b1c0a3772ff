"""The archive: a tar inside age, written and read as a stream, with its manifest at the end.

header.json     format, software, when: readable before the rest
site.sqlite3    or site.dump (pg_dump, custom format)
catalog.sqlite  or catalog.dump
lake/…          Parquet files, as the catalog names them
ledger/…        the ledger's witness
files/…         uploaded files
rules/…         the province's own rules, wherever they lie
cubes/…         only where asked for
manifest.json   size and SHA-256 of every part; rows of every table; the snapshot
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

import pyrage

from tinhso.measure.text import InputError
from tinhso.web.backup.words import CANNOT_OPEN, DAMAGED

FORMAT = 1
MANIFEST, HEADER = "manifest.json", "header.json"

_BLOCK = 1 << 20


@dataclass(frozen=True)
class Part:
    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a back-up holds. `snapshot` is None and `catalog` "" where there was no lake."""

    format: int
    software: str
    at: str  # the moment that the copy shows, ISO 8601 in UTC
    together: bool
    site: str  # sqlite | postgresql
    site_tables: dict[str, int]
    catalog: str  # sqlite | postgresql | ""
    snapshot: int | None
    lake_tables: dict[str, int]
    cubes: bool
    parts: dict[str, Part] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return sum(part.size for part in self.parts.values())

    @classmethod
    def read(cls, text: bytes) -> Manifest:
        """Raises ValueError or TypeError for what is no manifest."""
        facts = json.loads(text)
        facts["parts"] = {name: Part(**one) for name, one in facts["parts"].items()}
        return cls(**facts)

    def written(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True).encode()


class Writer:
    """Adds parts to the stream and remembers what each was."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self.parts: dict[str, Part] = {}

    def add_bytes(self, name: str, content: bytes) -> None:
        self._add(name, io.BytesIO(content), len(content))

    def add_file(self, name: str, path: Path) -> None:
        """The file as long as it is now: one that is appended to meanwhile is cut there."""
        with path.open("rb") as source:
            self._add(name, source, os.fstat(source.fileno()).st_size)

    def _add(self, name: str, source: IO[bytes], size: int) -> None:
        info = tarfile.TarInfo(name)
        info.size, info.mode = size, 0o600
        hashed = _Hashing(source)
        self._tar.addfile(info, hashed)
        self.parts[name] = Part(size, hashed.digest.hexdigest())


class _Hashing:
    """A source that is hashed as it is read."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        block = self._source.read(size)
        self.digest.update(block)
        return block


@contextmanager
def writing(path: Path, recipients: Sequence[pyrage.x25519.Recipient]) -> Iterator[Writer]:
    """A new encrypted archive at `path`, on the disk when the `with` ends."""
    with path.open("xb") as out:

        def encrypt(source: IO[bytes]) -> None:
            pyrage.encrypt_io(source, out, list(recipients))

        with (
            _through(encrypt, write=True) as pipe,
            tarfile.open(fileobj=pipe, mode="w|", bufsize=_BLOCK) as tar,
        ):
            yield Writer(tar)
        out.flush()
        os.fsync(out.fileno())


#: Told each part's name and its content; must read all of it.
OnPart = Callable[[str, IO[bytes]], None]


def drain(_name: str, content: IO[bytes]) -> None:
    while content.read(_BLOCK):
        pass


def reading(
    path: Path, identities: Sequence[pyrage.x25519.Identity], on_part: OnPart = drain
) -> Manifest:
    """Read the archive to its end and hold each part to the manifest.

    Raises InputError (`backup-damaged`, `backup-cannot-open`).
    """
    parts: dict[str, Part] = {}
    manifest = None
    try:
        with path.open("rb") as source:

            def decrypt(target: IO[bytes]) -> None:
                pyrage.decrypt_io(source, target, list(identities))

            with _through(decrypt, write=False) as pipe:
                with tarfile.open(fileobj=pipe, mode="r|", bufsize=_BLOCK) as tar:
                    for info in tar:
                        content = tar.extractfile(info)
                        if content is None or manifest is not None:
                            raise InputError([DAMAGED(path=path, reason=info.name)])
                        if info.name == MANIFEST:
                            manifest = Manifest.read(content.read())
                            continue
                        hashed = _Hashing(content)
                        on_part(info.name, hashed)  # type: ignore[arg-type]
                        parts[info.name] = Part(info.size, hashed.digest.hexdigest())
                drain("", pipe)  # to the end of the encrypted stream: a cut one is found there
    except pyrage.DecryptError as error:
        raise InputError([CANNOT_OPEN(path=path, reason=error)]) from error
    except (tarfile.TarError, OSError, EOFError, ValueError, TypeError, KeyError) as error:
        raise InputError([DAMAGED(path=path, reason=error)]) from error
    if manifest is None:
        raise InputError([DAMAGED(path=path, reason="manifest.json")])
    _compare(path, manifest.parts, parts)
    return manifest


def _compare(path: Path, wanted: Mapping[str, Part], found: Mapping[str, Part]) -> None:
    wrong = sorted(name for name in {*wanted, *found} if wanted.get(name) != found.get(name))
    if wrong:
        raise InputError([DAMAGED(path=path, reason=", ".join(wrong[:5]))])


@contextmanager
def _through(work: Callable[[Any], None], *, write: bool) -> Iterator[IO[bytes]]:
    """A pipe to (`write`) or from `work`, which runs in a thread; its error is raised here."""
    read_end, write_end = (
        os.fdopen(end, mode) for end, mode in zip(os.pipe(), ("rb", "wb"), strict=True)
    )
    ours, theirs = (write_end, read_end) if write else (read_end, write_end)
    failed: list[BaseException] = []

    def run() -> None:
        try:
            work(theirs)
        except BaseException as error:  # noqa: BLE001 (raised again in the thread that waits)
            failed.append(error)
        finally:
            _close(theirs)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield ours
    except Exception:
        _close(ours)
        thread.join()
        if failed and not isinstance(failed[0], BrokenPipeError):
            raise failed[0] from None
        raise
    else:
        ours.close()
    finally:
        _close(ours)
        thread.join()
    if failed:
        raise failed[0]


def _close(end: IO[bytes]) -> None:
    """Closing writes what is buffered; that nobody reads it any more is told by the other side."""
    try:
        end.close()
    except BrokenPipeError:
        return
