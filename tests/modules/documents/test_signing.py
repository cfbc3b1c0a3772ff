"""Signing with the office's key, and what the page for verifying says of a file."""

from __future__ import annotations

import datetime
import hashlib
import io
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import NameOID
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pyhanko.pdf_utils.generic import NameObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pytest_django import Settings

from tests.modules.documents.conftest import DISTRICT, Office
from tests.people import sign_in
from tinhso.kernel.files.models import StoredFile
from tinhso.kernel.ledger.actor import OPERATOR
from tinhso.kernel.ledger.models import Entry
from tinhso.measure.text import InputError
from tinhso.modules.documents import actions
from tinhso.modules.documents.signing import signed
from tinhso.modules.documents.verifying import verdict

pytestmark = pytest.mark.django_db
PASSWORD = "mật khẩu của khóa thử"  # noqa: S105 (of a key that the test makes)
NOW = datetime.datetime.now(datetime.UTC)


def key_file(path: Path, whose: str, *, until: datetime.datetime) -> Path:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, whose)])
    usage = x509.KeyUsage(True, True, *[False] * 7)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(until - datetime.timedelta(days=400))
        .not_valid_after(until)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    locked = BestAvailableEncryption(PASSWORD.encode())
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"x", key, certificate, None, locked))
    return path


def with_more(content: bytes) -> bytes:
    """The PDF with an update behind it, as editors write them."""
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    writer.root["/PageMode"] = NameObject("/UseOutlines")
    writer.update_root()
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.fixture
def key(tmp_path: Path, settings: Settings) -> Path:
    path = key_file(tmp_path / "co-quan.p12", "Cơ quan Thử", until=NOW + datetime.timedelta(days=9))
    settings.TINHSO_SIGNING_PKCS12 = str(path)
    settings.TINHSO_SIGNING_PASSWORD = lambda: PASSWORD
    return path


def test_a_signed_document_is_told_from_an_altered_one(
    office: Office, key: Path, tmp_path: Path, settings: Settings
) -> None:
    made = office.made("urging-letter", DISTRICT)
    client = Client()
    sign_in(client, office.leader)
    assert client.post(f"/van-ban/{made.pk}/ky/").status_code == 403  # wants a second factor
    sign_in(client, office.leader, strong=True)
    client.post(f"/van-ban/{made.pk}/ky/")
    kept = made.renderings.get(form="signed")
    content = bytes(kept.bytes)
    assert kept.signer == "Cơ quan Thử"
    assert content.startswith(bytes(made.renderings.get(form="pdf").bytes))  # signing only adds
    assert Entry.objects.filter(act="documents.document.sign", thing=str(made.pk)).count() == 1
    with pytest.raises(InputError, match="signed already"):
        actions.sign(OPERATOR, made)

    found = verdict(content)
    assert found.rendering == kept
    (signature,) = found.signatures
    assert (signature.intact, signature.whole, signature.ours) == (True, True, True)
    assert b"/ETSI.CAdES.detached" in content  # PAdES baseline (ETSI EN 319 142-1)

    # One byte of what was signed.
    place = content.index(b"/MediaBox")
    altered = content[:place] + b"/MediaBoy" + content[place + 9 :]
    told = verdict(altered)
    assert told.rendering is None
    assert not told.signatures[0].intact
    # Something after the signature.
    longer = verdict(with_more(content))
    assert longer.rendering is None
    assert longer.claimed == made
    assert not longer.signatures[0].whole

    # Somebody else's key, which calls itself the same.
    other = key_file(tmp_path / "gia.p12", "Cơ quan Thử", until=NOW + datetime.timedelta(days=9))
    settings.TINHSO_SIGNING_PKCS12 = str(other)
    false = verdict(signed(bytes(made.renderings.get(form="pdf").bytes), NOW).content)
    assert (false.rendering, false.claimed) == (None, made)
    assert (false.signatures[0].intact, false.signatures[0].ours) == (True, False)


def test_the_page_says_in_words_what_a_file_is_and_keeps_nothing(office: Office, key: Path) -> None:
    made = office.made("urging-letter", DISTRICT)
    actions.sign(OPERATOR, made)
    content = bytes(made.renderings.get(form="signed").bytes)
    place = content.index(b"/MediaBox")
    altered = content[:place] + b"/MediaBoy" + content[place + 9 :]
    for sent, words in (
        (content, ("còn nguyên từng byte", made.code, "Chữ ký số của Cơ quan Thử còn nguyên vẹn")),
        (bytes(made.renderings.get(form="pdf").bytes), (made.code, "không có chữ ký số")),
        (altered, ("KHÔNG còn giá trị",)),
    ):
        upload = SimpleUploadedFile("van-ban.pdf", sent)
        page = Client().post("/van-ban/kiem-tra/", {"file": upload})
        assert page.status_code == 200
        for one in (*words, hashlib.sha256(sent).hexdigest()):
            assert one in page.content.decode()
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"MZ\x90\x00",
        b"%PDF-1.7\nxin chao\n%%EOF\n",
        b"%PDF-1.7\ntrailer<</Root 1 0 R>>\n%%EOF",
    ],
)
def test_what_is_no_pdf_is_told_so(db: None, sent: bytes) -> None:
    upload = {"file": SimpleUploadedFile("x.pdf", sent)} if sent else {}
    answer = Client().post("/van-ban/kiem-tra/", upload)
    assert answer.status_code == 400
    assert 'class="bad"' in answer.content.decode() or 'role="alert"' in answer.content.decode()


def test_a_key_that_cannot_sign_leaves_the_document_unsigned(
    office: Office, key: Path, tmp_path: Path, settings: Settings
) -> None:
    made = office.made("urging-letter", DISTRICT)
    settings.TINHSO_SIGNING_PASSWORD = lambda: "sai"
    with pytest.raises(InputError, match="does not open"):
        actions.sign(OPERATOR, made)
    settings.TINHSO_SIGNING_PASSWORD = lambda: PASSWORD
    over = key_file(tmp_path / "het-han.p12", "Cũ", until=NOW - datetime.timedelta(days=1))
    settings.TINHSO_SIGNING_PKCS12 = str(over)
    with pytest.raises(InputError, match="holds only from"):
        actions.sign(OPERATOR, made)
    settings.TINHSO_SIGNING_PKCS12 = ""
    with pytest.raises(InputError, match="no signing key"):
        actions.sign(OPERATOR, made)
    assert not made.renderings.filter(form="signed").exists()
