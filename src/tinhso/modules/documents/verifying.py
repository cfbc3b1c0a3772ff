"""What a file that somebody holds is: ours or not, signed by whom, intact or altered (kiểm tra văn bản)."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import EmbeddedPdfSignature, validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from tinhso.measure.text import InputError, Place, message
from tinhso.modules.documents.codes import read
from tinhso.modules.documents.models import Document, Rendering
from tinhso.modules.documents.signing import apart, whose_is

NO_PDF = message(
    "verify-no-pdf",
    vi="Không đọc được tệp như một PDF: tệp hỏng hoặc chưa tải xong. Tải lại bản gốc rồi gửi.",
    en="The file does not read as a PDF: it is damaged or incomplete. Fetch the original again and send that.",
)


@dataclass(frozen=True)
class Signature:
    """One signature in a PDF.

    `intact`: what was signed is as it was. `whole`: nothing was added to the file afterwards. `ours`:
    made with a certificate that this site has signed with. `at`: the time that the signer's own machine
    gave, or None.
    """

    signer: str
    issuer: str
    intact: bool
    whole: bool
    ours: bool
    at: datetime | None


@dataclass(frozen=True)
class Verdict:
    """`rendering`: the file of ours that it equals, byte for byte. `claimed`: the document whose code it
    carries without being it. `signatures` is empty where nobody has signed."""

    digest: str
    is_pdf: bool
    rendering: Rendering | None
    claimed: Document | None
    signatures: tuple[Signature, ...]

    @property
    def altered(self) -> bool:
        return any(not (one.intact and one.whole) for one in self.signatures)


def verdict(content: bytes) -> Verdict:
    """What a file is. Raises InputError for a PDF that cannot be read."""
    digest = hashlib.sha256(content).hexdigest()
    found = (
        Rendering.objects.filter(digest=digest).select_related("document").defer("bytes").first()
    )
    if not content.startswith(b"%PDF"):
        return Verdict(digest, False, found, None, ())
    try:
        reader = PdfFileReader(io.BytesIO(content), strict=False)
        embedded = tuple(reader.embedded_signatures)
        code = _code_in(reader)
        signatures = tuple(_signature(one) for one in embedded)
    except (PdfError, ValueError, KeyError, IndexError, TypeError, RecursionError) as error:
        # What people send is any bytes; the reader has no one family of errors for them.
        raise InputError([NO_PDF(Place("file"))]) from error
    claimed = None
    if found is None and code:
        claimed = Document.objects.filter(code=code).exclude(made_at=None).first()
    return Verdict(digest, True, found, claimed, signatures)


def _code_in(reader: PdfFileReader) -> str:
    """The document code that the PDF's own metadata carries, "" for none."""
    if "/Info" not in reader.trailer:
        return ""
    info = reader.trailer["/Info"]
    return read(str(info["/Keywords"])).document if "/Keywords" in info else ""


def _signature(one: EmbeddedPdfSignature) -> Signature:
    certificate: x509.Certificate = one.signer_cert
    fingerprint = hashlib.sha256(certificate.dump()).hexdigest()
    ours = Rendering.objects.filter(certificate=fingerprint).exists()
    roots = [certificate] if ours else []
    # Nothing is fetched: whoever sends a file must not make this machine ask others.
    context = ValidationContext(trust_roots=roots, allow_fetching=False)
    try:
        status = apart(lambda: validate_pdf_signature(one, signer_validation_context=context))
        intact = bool(status.intact and status.valid)
        whole = status.coverage is SignatureCoverageLevel.ENTIRE_FILE
        at = status.signer_reported_dt
    except (SignatureValidationError, SigningError):
        intact, whole, at = False, False, None
    return Signature(
        whose_is(certificate.subject),
        whose_is(certificate.issuer),
        intact,
        whole,
        ours and intact,
        at,
    )
