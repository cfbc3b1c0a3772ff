"""The Official Account's access tokens: short-lived, renewed with a refresh token that holds once.

They lie in `TINHSO_HOME/secrets/zalo-tokens`, encrypted under the site's keys and readable to its own
user only. A lock lets one process renew at a time: a refresh token that is used twice is lost.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings

from tinhso.kernel.ledger.delivering import PermanentError, TemporaryError
from tinhso.kernel.outward import Outward
from tinhso.kernel.people import keyring
from tinhso.measure.text import InputError, Text

ADDRESS = "https://oauth.zaloapp.com/v4/oa/access_token"
OUTWARD = Outward()
#: Seconds before its end at which a token is renewed.
EARLY = 300
_CONTEXT = "zalo tokens"

NOT_SET = Text(
    "Chưa gửi được qua Zalo: người vận hành cần đặt TINHSO_ZALO_APP, TINHSO_ZALO_APP_SECRET và TINHSO_ZALO_REFRESH_TOKEN, chạy lại, rồi cho gửi lại.",
    "Not sent by Zalo: the operator has to set TINHSO_ZALO_APP, TINHSO_ZALO_APP_SECRET and TINHSO_ZALO_REFRESH_TOKEN, restart, then retry.",
)
NOT_RENEWED = Text(
    "Zalo không cấp mã truy cập mới. Nếu còn lặp lại, người vận hành cần lấy refresh token mới cho Official Account rồi đặt lại TINHSO_ZALO_REFRESH_TOKEN.",
    "Zalo gives no new access token. If it goes on, the operator has to get a new refresh token of the Official Account and set TINHSO_ZALO_REFRESH_TOKEN again.",
)


@dataclass(frozen=True)
class Tokens:
    """`first`: the refresh token of the settings that these come from; a new one there counts more."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    until: float
    first: str = field(repr=False)


def access_token(*, refused: str = "") -> str:
    """A token that holds; another one than `refused`. Raises PermanentError, TemporaryError."""
    secrets = settings.TINHSO_ZALO_SECRETS()
    if not (settings.TINHSO_ZALO and secrets.app and secrets.refresh_token):
        raise PermanentError(NOT_SET)
    with _alone():
        kept = _kept()
        if kept is None or kept.first != secrets.refresh_token:
            kept = Tokens("", secrets.refresh_token, 0, secrets.refresh_token)
        if kept.access and kept.access != refused and time.time() < kept.until - EARLY:
            return kept.access
        renewed = _renewed(kept, secrets.app)
        _keep(renewed)
        return renewed.access


def _renewed(kept: Tokens, app_secret: str) -> Tokens:
    body = urlencode(
        {
            "refresh_token": kept.refresh,
            "app_id": settings.TINHSO_ZALO,
            "grant_type": "refresh_token",
        }
    ).encode()
    headers = {"secret_key": app_secret, "Content-Type": "application/x-www-form-urlencoded"}
    try:
        answer = OUTWARD.call(ADDRESS, method="POST", body=body, headers=headers)
        told = json.loads(answer.content)
        return Tokens(
            str(told["access_token"]),
            str(told["refresh_token"]),
            time.time() + float(told.get("expires_in", 3600)),
            kept.first,
        )
    except (InputError, ValueError, KeyError, TypeError) as error:
        # What was answered may hold a token, so nothing of it is repeated.
        raise TemporaryError(NOT_RENEWED) from error


def _path() -> Path:
    return Path(settings.TINHSO_SECRETS) / "zalo-tokens"


@contextmanager
def _alone() -> Iterator[None]:
    _path().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(_path().with_name("zalo.lock"), os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _kept() -> Tokens | None:
    if not _path().exists():
        return None
    told = json.loads(_path().read_text(encoding="ascii"))
    sealed = base64.b64decode(told["sealed"])
    return Tokens(**json.loads(keyring.key(told["key"]).decrypt(sealed, _CONTEXT)))


def _keep(tokens: Tokens) -> None:
    """Whole or not at all, and on the disk before the token is used."""
    key = keyring.newest()
    sealed = key.encrypt(json.dumps(vars(tokens)), _CONTEXT)
    aside = _path().with_name("zalo-tokens.new")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        json.dump({"key": key.id, "sealed": base64.b64encode(sealed).decode()}, file)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(_path())
