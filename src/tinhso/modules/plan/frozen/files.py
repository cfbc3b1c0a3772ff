"""Files of publications in the site's database: kept once by their digest, never changed."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from hashlib import sha256

from tinhso.measure.text import NOWHERE, InputError, message
from tinhso.modules.plan.models import FrozenFile, Publication, PublicationFile

NOT_FROZEN = message(
    "publication-not-frozen",
    vi="Lần công bố “{name}” có từ phiên bản trước, chỉ giữ các con số, chưa giữ định nghĩa và câu lệnh. Không xuất, không tính lại được; công bố lại kỳ này thì được.",
    en="Publication “{name}” is from an earlier version, which kept the figures only, without definitions and statements. It cannot be exported or reproduced; publish the period again for that.",
)
ALTERED = message(
    "publication-altered",
    vi="Tệp “{path}” của lần công bố “{name}” không còn khớp với mã băm lúc công bố: cơ sở dữ liệu đã bị sửa. Khôi phục từ bản sao lưu.",
    en="File “{path}” of publication “{name}” no longer has the digest that it was published with: the database was altered. Restore it from a backup.",
)


def digest_of(content: bytes) -> str:
    return sha256(content).hexdigest()


def keep(publication: Publication, files: Mapping[str, bytes]) -> None:
    """Store the files of a publication, for the transaction that makes it."""
    by_digest = {digest_of(content): content for content in files.values()}
    known = set(FrozenFile.objects.filter(pk__in=by_digest).values_list("pk", flat=True))
    FrozenFile.objects.bulk_create(
        [
            FrozenFile(digest=digest, packed=zlib.compress(content))
            for digest, content in sorted(by_digest.items())
            if digest not in known
        ],
        ignore_conflicts=True,  # another publication of this moment may bring the same
    )
    PublicationFile.objects.bulk_create(
        PublicationFile(publication=publication, path=path, file_id=digest_of(content))
        for path, content in files.items()
    )


def files_of(publication: Publication) -> dict[str, bytes]:
    """The files as they were published, by path.

    Raises InputError for a publication from before files were kept (`publication-not-frozen`), and
    where a file does not have its digest (`publication-altered`).
    """
    if not publication.content:
        raise InputError([NOT_FROZEN(NOWHERE, name=publication.name)])
    rows = publication.files.select_related("file").order_by("path")
    files: dict[str, bytes] = {}
    for row in rows:
        try:
            content = zlib.decompress(bytes(row.file.packed))
        except zlib.error:
            content = b""
        if digest_of(content) != row.file_id:
            raise InputError([ALTERED(NOWHERE, path=row.path, name=publication.name)])
        files[row.path] = content
    if digest_of(files.get("publication.json", b"")) != publication.content:
        raise InputError([ALTERED(NOWHERE, path="publication.json", name=publication.name)])
    return files
