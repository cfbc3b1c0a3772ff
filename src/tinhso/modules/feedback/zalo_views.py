"""The door of Zalo Official Account: each event is checked, stored and answered at once.

The signature is a plain SHA-256 over application id, raw body, timestamp and secret, as Zalo makes it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.http.request import UnreadablePostError
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from tinhso.kernel.ledger.outbox import owe
from tinhso.kernel.people.access import public
from tinhso.kernel.people.limits import API, limited
from tinhso.modules.feedback.zalo_out import EVENTS, sender_key

logger = logging.getLogger(__name__)

#: Bytes of an event.
MOST = 256 * 1024
#: Zalo tries again for 12 hours; its clock and ours may differ by 5 minutes.
RETRIES, CLOCKS_DIFFER = timedelta(hours=12), timedelta(minutes=5)
#: Characters of a message that are kept.
MOST_TEXT = 4000

#: Whatever a person sends but stickers and moving pictures, which tell a mood. A text with an address
#: of a page in it comes as a link.
HEARD = frozenset(
    f"user_send_{kind}"
    for kind in ("text", "image", "location", "link", "file", "audio", "video", "business_card")
)
PICTURES = (".jpg", ".jpeg", ".png")


class RefusalError(Exception):
    """Why an event is not taken. `word` is for the log and the answer; it holds no secret."""

    def __init__(self, status: int, word: str) -> None:
        self.status, self.word = status, word
        super().__init__(word)


@dataclass(frozen=True)
class Message:
    """What somebody sent. `point`: degrees, WGS 84. `left_out`: something that is not taken here."""

    id: str
    sender: str
    text: str = ""
    pictures: list[str] = field(default_factory=list)
    point: tuple[float, float] | None = None
    left_out: bool = False


def _webhook(request: HttpRequest) -> JsonResponse:
    """Store an event; 200 where it is stored or of no interest, else why it is not taken."""
    try:
        event = checked(_body(request), request.headers.get("X-ZEvent-Signature", ""))
        message = heard(event)
    except RefusalError as refusal:
        logger.warning("zalo webhook refused: %s", refusal.word)
        response = JsonResponse({"error": refusal.word}, status=refusal.status)
        if refusal.status == 405:
            response.headers["Allow"] = "POST"
        return response
    if message is not None:
        payload = {
            "id": message.id, "sender": message.sender, "text": message.text,
            "pictures": message.pictures, "point": message.point, "left_out": message.left_out,
        }  # fmt: skip
        with transaction.atomic():
            owe(EVENTS, sender_key(message.sender), payload)
    return JsonResponse({"error": 0})


webhook = csrf_exempt(public(limited(API)(_webhook)))
webhook.answers_itself = True  # type: ignore[attr-defined]


def _body(request: HttpRequest) -> bytes:
    """What was posted, as it came: the signature is of these very bytes."""
    if request.method != "POST":
        raise RefusalError(405, "method")
    try:
        length = int(request.headers.get("Content-Length") or 0)
        body = request.body if length <= MOST else b""
    except (RequestDataTooBig, UnreadablePostError, ValueError) as error:
        raise RefusalError(413, "too-big") from error
    if length > MOST or len(body) > MOST:
        raise RefusalError(413, "too-big")
    return body


def checked(body: bytes, signature: str) -> dict[str, Any]:
    """The event, surely from Zalo and not too old. Raises RefusalError; without a secret always."""
    app, secret = settings.TINHSO_ZALO, settings.TINHSO_ZALO_SECRETS().oa
    if not (app and secret):
        raise RefusalError(403, "not-configured")
    try:
        event = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise RefusalError(400, "no-json") from error
    if not isinstance(event, dict):
        raise RefusalError(400, "no-event")
    stamp = str(event.get("timestamp", ""))
    mac = mac_of(app, body, stamp, secret)
    if not hmac.compare_digest(signature.encode(), f"mac={mac}".encode()):
        raise RefusalError(403, "signature")
    if str(event.get("app_id", "")) != app:
        raise RefusalError(403, "app")
    if not re.fullmatch(r"\d{10,14}", stamp):
        raise RefusalError(400, "timestamp")
    at = datetime.fromtimestamp(int(stamp) / 1000, UTC)
    now = timezone.now()
    if not now - RETRIES - CLOCKS_DIFFER <= at <= now + CLOCKS_DIFFER:
        raise RefusalError(403, "stale")
    return event


def mac_of(app: str, body: bytes, stamp: str, secret: str) -> str:
    return hashlib.sha256(app.encode() + body + stamp.encode() + secret.encode()).hexdigest()


def heard(event: dict[str, Any]) -> Message | None:
    """What somebody said, or None for an event that is nobody's message.

    One of Zalo's own that cannot be read is logged and left, not refused: Zalo would send it for 12
    hours, then take the webhook away.
    """
    if event.get("event_name") not in HEARD:
        return None
    told, sender = event.get("message"), event.get("sender")
    if not (isinstance(told, dict) and isinstance(sender, dict)):
        logger.warning("zalo webhook: an event without message or sender is left")
        return None
    ident, who = str(told.get("msg_id", "")), str(sender.get("id", ""))
    if not (0 < len(ident) <= 200 and 0 < len(who) <= 100):
        logger.warning("zalo webhook: a message without id or sender is left")
        return None
    text = str(told.get("text") or "")
    pictures, point, left_out = [], None, False
    attached = told.get("attachments")
    for one in attached[:20] if isinstance(attached, list) else []:
        payload = one.get("payload") if isinstance(one, dict) else None
        if not isinstance(payload, dict):
            continue
        kind, address = one.get("type"), str(payload.get("url") or "")[:1000]
        file = str(payload.get("name") or "").lower()
        if address and (kind == "image" or (kind == "file" and file.endswith(PICTURES))):
            pictures.append(address)
        elif kind == "location":
            point = _point(payload.get("coordinates")) or point
        elif kind == "link" and event["event_name"] != "user_send_business_card":
            text += f"\n{address}" if address not in text else ""
        else:
            left_out = True
    text = text.replace("\0", "").strip()[:MOST_TEXT]
    return Message(ident, who, text, pictures[:10], point, left_out)


def _point(told: Any) -> tuple[float, float] | None:
    try:
        found = float(told["latitude"]), float(told["longitude"])
    except (TypeError, KeyError, ValueError):
        return None
    return found if -90 <= found[0] <= 90 and -180 <= found[1] <= 180 else None
