"""Signing a PDF with the office's own key: PAdES baseline B-B (ký số).

The key lies in a PKCS#12 file that the operator names. No time stamp is asked of anybody: the time in
the signature is this machine's own, and the page that verifies says so.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from asn1crypto import x509
from django.conf import settings
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import SimpleSigner
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner

from tinhso.measure.text import NOWHERE, InputError, message

T = TypeVar("T")

NO_KEY = message(
    "signing-no-key",
    vi="Chưa có khóa ký. Người vận hành đặt TINHSO_SIGNING_PKCS12 và TINHSO_SIGNING_PASSWORD_FILE.",
    en="There is no signing key. The operator sets TINHSO_SIGNING_PKCS12 and TINHSO_SIGNING_PASSWORD_FILE.",
)
KEY_UNREADABLE = message(
    "signing-key-unreadable",
    vi="Không mở được tệp khóa ký: tệp không còn, hỏng hoặc sai mật khẩu. Báo người vận hành.",
    en="The signing key does not open: its file is gone or damaged, or the password is wrong. Tell the operator.",
)
NOT_VALID_NOW = message(
    "signing-certificate-over",
    vi="Chứng thư số của {whose} chỉ có giá trị từ {since} đến {until}. Thay chứng thư rồi ký lại.",
    en="The certificate of {whose} holds only from {since} until {until}. Replace it, then sign.",
)


@dataclass(frozen=True)
class Signed:
    """A signed PDF; `certificate` is the SHA-256 of the certificate, `signer` whose it is."""

    content: bytes
    certificate: str
    signer: str


def signed(pdf: bytes, now: datetime) -> Signed:
    """The PDF with an invisible signature. Raises InputError without a key that opens and holds."""
    signer = _signer()
    certificate = signer.signing_cert
    assert certificate is not None
    whose = whose_is(certificate.subject)
    validity = certificate["tbs_certificate"]["validity"]
    since, until = validity["not_before"].native, validity["not_after"].native
    if not since <= now <= until:
        params = {"since": f"{since:%d/%m/%Y}", "until": f"{until:%d/%m/%Y}"}
        raise InputError([NOT_VALID_NOW(NOWHERE, whose=whose, **params)])
    about = PdfSignatureMetadata(
        field_name="Signature1", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES
    )
    signing = PdfSigner(about, signer)
    out = apart(lambda: signing.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf))))
    fingerprint = hashlib.sha256(certificate.dump()).hexdigest()
    return Signed(out.getvalue(), fingerprint, whose[:300])


def apart(work: Callable[[], T]) -> T:
    """Done on a thread of its own: pyHanko starts an event loop, of which a thread has one at most."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


def whose_is(name: x509.Name) -> str:
    """Whom a certificate names: its common name and organisation, else all that it says."""
    said = name.native
    found = [said.get("common_name"), said.get("organization_name")]
    named = [one for one in dict.fromkeys(found) if isinstance(one, str) and one]
    return ", ".join(named) or str(name.human_friendly)


def _signer() -> SimpleSigner:
    if not settings.TINHSO_SIGNING_PKCS12:
        raise InputError([NO_KEY(NOWHERE)])
    path = Path(settings.TINHSO_SIGNING_PKCS12)
    try:
        password = settings.TINHSO_SIGNING_PASSWORD().encode()
        found: SimpleSigner | None = SimpleSigner.load_pkcs12(  # type: ignore[no-untyped-call]
            str(path), passphrase=password or None
        )
    except (SigningError, OSError, ValueError) as error:
        raise InputError([KEY_UNREADABLE(NOWHERE)]) from error
    if found is None:
        raise InputError([KEY_UNREADABLE(NOWHERE)])
    return found
