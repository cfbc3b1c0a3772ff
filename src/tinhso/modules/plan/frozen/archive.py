"""A publication as an archive that anybody can verify without this software (gói tệp).

The same publication gives the same bytes: files in order, one fixed date, nothing packed (packers
differ). `ledger.json` alone changes once, from "waiting" to the proof under the first signed head
that covers the entry.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from tinhso.kernel.ledger import heads
from tinhso.kernel.ledger.entries import fixed_fields
from tinhso.kernel.ledger.models import Entry
from tinhso.kernel.ledger.queries import first_proof_of
from tinhso.modules.plan.frozen.files import digest_of, files_of
from tinhso.modules.plan.models import Publication

#: The date that a ZIP cannot be without.
DATE = (1980, 1, 1, 0, 0, 0)


def file_name(publication: Publication) -> str:
    """Of the archive, without an ending; it is also the folder inside."""
    return publication.name.replace("/", "-")


def archive(publication: Publication) -> bytes:
    """The ZIP. Raises InputError as `files_of` does."""
    files = files_of(publication)
    files["ledger.json"] = ledger_json(publication)
    files["SHA256SUMS"] = sums(files)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as packed:
        for path in sorted(files):
            info = zipfile.ZipInfo(f"{file_name(publication)}/{path}", DATE)
            info.create_system = 3  # Unix, whatever this runs on
            info.external_attr = 0o100644 << 16
            packed.writestr(info, files[path])
    return out.getvalue()


def sums(files: Mapping[str, bytes]) -> bytes:
    """As `sha256sum` writes them."""
    return "".join(f"{digest_of(files[path])}  {path}\n" for path in sorted(files)).encode()


def ledger_json(publication: Publication) -> bytes:
    """The entry that names the digest of `publication.json`, with its proof or "waiting"."""
    entry = Entry.objects.filter(uid=publication.sealed).first() if publication.sealed else None
    found: dict[str, Any] = {"act": str(publication.entry), "entry": None, "waiting": True}
    if entry is not None:
        found["entry"] = fixed_fields(entry)
        if (proof := first_proof_of(entry)) is not None:
            keys = list(heads.known_keys().values())
            ids = [key.key for key in keys]
            until = ids.index(proof.head.key) + 1 if proof.head.key in ids else 0
            found |= {
                "waiting": False,
                "index": proof.index,
                "path": proof.path,
                "head": asdict(proof.head),
                "keys": [asdict(key) for key in keys[:until]],
            }
    return (json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
