"""The lake's record files on their way out and in: of a folder, or of an object store."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tinhso.measure.lake import LakeSettings
from tinhso.measure.store import Bucket
from tinhso.measure.troubles import AWAY, MISSING, LakeTroubleError


@contextmanager
def record_file(lake: LakeSettings, name: str, staging: Path) -> Iterator[Path]:
    """A record file to read, fetched into `staging` for as long as the `with` lasts if need be.

    Raises LakeTroubleError (`lake-file-missing`, `lake-store-away`).
    """
    if lake.bucket is None:
        yield Path(lake.records) / name
        return
    fetched = staging / "record.parquet"
    try:
        _fetch(lake.bucket, name, fetched)
        yield fetched
    finally:
        fetched.unlink(missing_ok=True)


def _fetch(bucket: Bucket, name: str, to: Path) -> None:
    from obstore.exceptions import BaseError  # noqa: PLC0415

    try:
        with to.open("wb") as file:
            for chunk in bucket.client().get(name).stream():
                file.write(chunk)
    except FileNotFoundError as error:
        raise LakeTroubleError([MISSING(file=name)]) from error
    except BaseError as error:
        raise LakeTroubleError([AWAY(reason=type(error).__name__)]) from error


def put_records(folder: Path, lake: LakeSettings) -> None:
    """Move all record files of `folder` to where the lake's lie.

    A store keeps what is there already: files bear names that are never given twice, so the catalog
    that was there before still finds its own. Raises LakeTroubleError (`lake-store-away`).
    """
    if lake.bucket is None:
        target = Path(lake.records)
        if target.exists():
            target.rmdir()
        shutil.move(folder, target)
        return
    from obstore.exceptions import BaseError  # noqa: PLC0415

    client = lake.bucket.client()
    try:
        for path in sorted(folder.rglob("*.parquet")):
            client.put(str(path.relative_to(folder)), path)
    except BaseError as error:
        raise LakeTroubleError([AWAY(reason=type(error).__name__)]) from error
