"""Notices on somebody's own device (thông báo đẩy): RFC 8030, encrypted to the device (RFC 8291), signed by
the site (RFC 8292). Owed with the act, sent by the worker.

The site's key comes from SECRET_KEY: with another one devices have to be asked again, as their services
then refuse us. Services want to know whom to write to, so there are no notices without TINHSO_MAIL_FROM.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import asdict, dataclass
from email.utils import parseaddr
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.urls import reverse
from django.utils import translation

from tinhso.kernel.cases.contacts import digest
from tinhso.kernel.cases.models import Case, Contact, Device
from tinhso.kernel.ledger.deliveries import TOPICS
from tinhso.kernel.ledger.delivering import Parcel, PermanentError, TemporaryError, delivers
from tinhso.kernel.ledger.outbox import owe
from tinhso.kernel.outward import Outward
from tinhso.kernel.people import identity, keyring
from tinhso.measure.text import InputError, Language, Place, Text, message

if TYPE_CHECKING:
    from webpush import WebPush

TOPIC = "push"
TOPICS |= {TOPIC: Text("Báo trên thiết bị của người gửi", "Notices on senders' devices")}

OUTWARD = Outward()
#: Devices of one contact, and characters of a device's address.
MOST_DEVICES, MOST_ADDRESS = 5, 1000
#: Seconds for which a service keeps a notice for a device that is off.
KEPT_FOR = 3 * 24 * 3600
#: The device is no more, or knows another key of ours.
GONE = frozenset({401, 403, 404, 410})
#: Order of the group of P-256 (SP 800-186, 3.2.1.3): private keys lie below it.
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

WRONG = message(
    "push-wrong",
    vi="Trình duyệt này không cho biết cách báo tin. Hãy thử lại, hoặc để lại thư điện tử.",
    en="This browser does not say how to be told. Try again, or leave an e-mail address.",
)
TOO_MANY = message(
    "push-too-many",
    vi="Đã có {most} thiết bị nhận tin của phản ánh này.",
    en="{most} devices are told of this report already.",
)
NOT_TAKEN = Text(
    "Máy chủ báo tin của trình duyệt không nhận (mã {status}).",
    "The browser's service of notices does not take it (status {status}).",
)

NOT_SET = Text(
    "Chưa báo được trên thiết bị: người vận hành cần đặt TINHSO_SITE (https) và TINHSO_MAIL_URL, TINHSO_MAIL_FROM, chạy lại, rồi cho gửi lại.",
    "Not told on the device: the operator has to set TINHSO_SITE (https) and TINHSO_MAIL_URL, TINHSO_MAIL_FROM, restart, then retry.",
)


@dataclass(frozen=True)
class Subscription:
    """What a browser's PushSubscription says of itself."""

    endpoint: str
    p256dh: str
    auth: str


def is_on() -> bool:
    return bool(settings.TINHSO_SITE.startswith("https://") and _writer())


def public_key() -> str:
    """What a browser must know of us to be told by us alone (applicationServerKey)."""
    from webpush.vapid import VAPID  # noqa: PLC0415 (every process would wait for it)

    return str(VAPID.get_application_server_key(_key().public_key()))


def read(text: str) -> Subscription:
    """A PushSubscription as its toJSON() gives it. Raises InputError (`push-wrong`)."""
    try:
        told: Any = json.loads(text[:4000])
        found = Subscription(
            str(told["endpoint"]), str(told["keys"]["p256dh"]), str(told["keys"]["auth"])
        )
        point, auth = _bytes(found.p256dh), _bytes(found.auth)
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except (ValueError, KeyError, TypeError, binascii.Error) as error:
        raise InputError([WRONG(Place("subscription"))]) from error
    fits = found.endpoint.startswith("https://") and len(found.endpoint) <= MOST_ADDRESS
    if (len(point), len(auth)) != (65, 16) or not fits:
        raise InputError([WRONG(Place("subscription"))])
    return found


def add(contact: Contact, subscription: Subscription) -> Device:
    """Tell this device too (báo trên máy này). Raises InputError beyond MOST_DEVICES."""
    address = digest(subscription.endpoint)
    known = contact.devices.filter(address=address).first()
    if known is None and contact.devices.count() >= MOST_DEVICES:
        raise InputError([TOO_MANY(Place("subscription"), most=MOST_DEVICES)])
    device = known or Device(contact=contact, address=address)
    keyring.seal(device, keyring.newest(), asdict(subscription))
    device.save()
    return device


def drop(contact: Contact, subscription: Subscription) -> None:
    contact.devices.filter(address=digest(subscription.endpoint)).delete()


def owe_notice(contact: Contact, language: Language, case: Case, words: Text, title: str) -> None:
    """Owe each of somebody's devices a notice, in the act's transaction. Of a private report a locked
    screen shows the code alone."""
    if not is_on():
        return
    with translation.override(language):
        enter = reverse("feedback:follow-enter")
    told = {
        "title": words.to(language),
        "body": "" if case.private else title,
        "code": case.code,
        "path": enter,
        "language": language,
    }
    for device in contact.devices.all():
        owe(TOPIC, str(device.id), {"device": str(device.id), "told": told})


@delivers(TOPIC, personal=True)
def send(parcel: Parcel) -> None:
    """One notice. A device that is gone is forgotten, and nobody is at fault."""
    device = Device.objects.filter(pk=parcel.payload["device"]).first()
    if device is None:
        return
    if not is_on():
        raise PermanentError(NOT_SET)
    from webpush import WebPushSubscription  # noqa: PLC0415 (every process would wait for it)

    to = opened(device)
    keys = {"p256dh": to.p256dh, "auth": to.auth}
    made = _pusher().get(
        json.dumps(parcel.payload["told"], ensure_ascii=False),
        WebPushSubscription.model_validate({"endpoint": to.endpoint, "keys": keys}),
    )
    headers = dict(made.headers) | {"topic": _topic(parcel), "urgency": "normal"}
    try:
        answer = OUTWARD.call(to.endpoint, method="POST", body=made.encrypted, headers=headers)
    except InputError as error:
        reason = error.problems[0]
        raise TemporaryError(Text(reason.to("vi"), reason.to("en"))) from error
    if answer.status in GONE:
        device.delete()
    elif not 200 <= answer.status < 300:
        words = Text(*(one.format(status=answer.status) for one in (NOT_TAKEN.vi, NOT_TAKEN.en)))
        late = answer.status == 429 or answer.status >= 500
        raise (TemporaryError if late else PermanentError)(words)


def opened(device: Device) -> Subscription:
    return Subscription(**keyring.unsealed(device))


def _topic(parcel: Parcel) -> str:
    """The same delivery sent again takes the place of the first where that still waits."""
    return base64.urlsafe_b64encode(parcel.uid.bytes).decode().rstrip("=")


def _writer() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1] if settings.EMAIL_HOST else ""


def _pusher() -> WebPush:
    from webpush import WebPush  # noqa: PLC0415 (every process would wait for it)

    key = _key()
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return WebPush(private, public, subscriber=_writer(), ttl=KEPT_FOR)


def _key() -> ec.EllipticCurvePrivateKey:
    return _key_of(settings.SECRET_KEY)


@lru_cache(maxsize=2)
def _key_of(secret: str) -> ec.EllipticCurvePrivateKey:
    drawn = HKDF(hashes.SHA256(), 48, salt=None, info=b"tinhso push").derive(secret.encode())
    return ec.derive_private_key(1 + int.from_bytes(drawn) % (_ORDER - 1), ec.SECP256R1())


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _reseal(row: Device, key: keyring.Key) -> None:
    keyring.seal(row, key, asdict(opened(row)))


identity.SEALED.append(identity.Sealed(Device.objects.all, _reseal))
