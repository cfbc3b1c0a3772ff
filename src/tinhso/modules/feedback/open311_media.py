"""Pictures that a report only names by their address, fetched by the worker (ảnh theo địa chỉ)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from tinhso.kernel.cases import actions
from tinhso.kernel.cases.actions import Doer
from tinhso.kernel.cases.kinds import Role
from tinhso.kernel.cases.models import Case
from tinhso.kernel.files.kinds import JPEG, MEGABYTE, PNG, kind_of
from tinhso.kernel.files.models import StoredFile
from tinhso.kernel.ledger.actor import SYSTEM
from tinhso.kernel.ledger.delivering import Parcel, TemporaryError, delivers
from tinhso.kernel.ledger.outbox import owe
from tinhso.kernel.outward import NO_ANSWER, Bounds, Outward
from tinhso.kernel.people.limits import TooManyError
from tinhso.kernel.people.models import Account
from tinhso.measure.text import InputError, Place, Text, message
from tinhso.modules.feedback.machine_doors import keep_picture

TOPIC = "open311-media"
OUTWARD = Outward(Bounds(seconds=30, size=15 * MEGABYTE, hops=3))
#: So long a server that does not answer is asked again.
PATIENCE = timedelta(days=1)

NO_PICTURE = message(
    "media-kind",
    vi="Địa chỉ ấy trả lời {status}, không phải ảnh PNG hay JPEG.",
    en="That address answers {status}, and no PNG or JPEG picture.",
)


def fetch_later(case: Case, addresses: Sequence[str], account: str) -> None:
    """Owe the fetching of a case's pictures, in an account's name, where the operator wants it."""
    for address in addresses if settings.TINHSO_FETCH_MEDIA else ():
        if address.startswith("https://"):
            owe(TOPIC, str(case.id), {"case": str(case.id), "address": address, "account": account})


@delivers(TOPIC, personal=True)
def fetch(parcel: Parcel) -> None:
    """Fetch one picture into its case. What cannot be had stays a link, and a note says why."""
    case = Case.objects.get(pk=parcel.payload["case"])
    if case.history.filter(key=_key(parcel)).exists():
        return
    try:
        file = _picture(parcel, case)
    except TooManyError as error:
        raise TemporaryError(
            Text("Nguồn này đang gửi quá nhiều tệp.", "This source sends too many files now.")
        ) from error
    except InputError as error:
        silent = any(one.code == NO_ANSWER.code for one in error.problems)
        if silent and timezone.now() - parcel.owed_at < PATIENCE:
            raise TemporaryError(
                Text("Máy giữ ảnh không trả lời.", "The pictures' server does not answer.")
            ) from error
        why = " ".join(one.to("vi") for one in error.problems)
        _note(parcel, case, f"Không lấy được ảnh theo địa chỉ người gửi cho. {why}", [])
        return
    _note(parcel, case, "Ảnh lấy theo địa chỉ người gửi cho.", [file])


def _picture(parcel: Parcel, case: Case) -> StoredFile:
    answer = OUTWARD.call(parcel.payload["address"], place=Place("media_url"))
    kind = kind_of(answer.content) if answer.status == 200 else None
    if kind not in (PNG, JPEG):
        raise InputError([NO_PICTURE(Place("media_url"), status=answer.status)])
    account = Account.objects.get(pk=parcel.payload["account"])
    name = f"anh{kind.extensions[0]}"
    return keep_picture(account, answer.content, name, case.home_id, Place("media_url"))


def _note(parcel: Parcel, case: Case, text: str, files: list[StoredFile]) -> None:
    doer = Doer(SYSTEM, Role.ROUTER)
    actions.act(doer, case, "note", {"text": text}, key=_key(parcel), files=files)


def _key(parcel: Parcel) -> str:
    return f"{TOPIC}:{parcel.uid}"
