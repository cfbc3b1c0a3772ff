"""A conversation by Zalo (hội thoại): asks what and where, then makes a case.

Each sender has one conversation. While a case of theirs is open, what they write goes on to it, unless
they say that it is another matter. Every message counts once, by Zalo's own id for it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from tinhso.kernel.cases import actions, contacts, conversations
from tinhso.kernel.cases.actions import Doer, Received
from tinhso.kernel.cases.contacts import Person
from tinhso.kernel.cases.kinds import Role
from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.standing import refusal
from tinhso.kernel.cases.tidy import MOST_LETTERS, MOST_ON_A_LINE, in_parts, tidy
from tinhso.kernel.cases.waiting import going_on
from tinhso.kernel.ledger.actor import SYSTEM
from tinhso.kernel.ledger.delivering import Parcel, delivers
from tinhso.kernel.ledger.duties import every
from tinhso.kernel.ledger.entries import Thing, record
from tinhso.kernel.ledger.words import ACTS
from tinhso.kernel.units.register import register
from tinhso.measure.boundaries import Level
from tinhso.measure.text import Text, fold
from tinhso.modules.feedback.machine_doors import (
    KIND,
    door_account,
    key_of,
    take_in,
    tell_more,
    title_of,
)
from tinhso.modules.feedback.machine_places import commune_at, province
from tinhso.modules.feedback.open311_media import fetch_later
from tinhso.modules.feedback.zalo_out import EVENTS, say, secret_of

DOER = Doer(SYSTEM, Role.REQUESTER)
ACTS |= {"cases.conversation.hear": Text("nghe tin nhắn Zalo", "hear a Zalo message")}

#: Seconds for which a message's id is remembered: longer than Zalo tries again.
REMEMBERED = 26 * 3600
#: Seconds after which a report that was begun is not gone on with; the product's choice.
STALE = 24 * 3600
#: Days after which a conversation is forgotten; its cases stay. The product's choice.
FORGOTTEN = 60
SHORT = 8  # letters: less tells neither what nor where

ASK_WORDS = "Chào anh/chị, đây là kênh phản ánh 1022. Việc gì đang xảy ra? Nhắn vài dòng, gửi kèm ảnh nếu có. Nhắn HỦY để thôi."
ASK_PLACE = (
    "Việc này ở đâu? Nhắn số nhà, đường, thôn ấp, xã phường, hoặc gửi vị trí. Nhắn HỦY để thôi."
)
OUTSIDE = "Vị trí ấy nằm ngoài {province}. Gửi lại vị trí, hoặc nhắn địa chỉ."
TOO_LONG = "Phản ánh đã dài {most} chữ cái, tin vừa nhắn chưa được ghi. Nhắn ngắn hơn; có mã rồi, cứ nhắn tiếp tại đây."
NOT_HERE = (
    "Kênh này chưa nhận tệp, video, ghi âm, danh thiếp. Hãy nhắn bằng chữ, gửi ảnh hoặc gửi vị trí."
)
DROPPED = "Đã bỏ phần vừa nhắn. Khi cần, cứ nhắn lại tại đây."
ADDED = "Đã thêm vào {code}. Có việc khác thì nhắn MỚI."
NOTHING_OPEN = "Không mở lại được {code}. Nhắn MỚI để gửi phản ánh mới."

_DROP = re.compile(r"(huy|thoi|cancel|stop)[.! ]*")
_NEW = re.compile(r"(moi|new)\b[:.,! ]*")
_AGAIN = re.compile(r"(mo lai|reopen)\b.*", re.DOTALL)
_THANKS = re.compile(r"((xin )?cam on|thanks?|thank you|ok(ay|e)?|da|vang|duoc|tot)\b.{0,20}")


@dataclass(frozen=True)
class Heard:
    """One message, as the door stored it."""

    id: str
    sender: str
    text: str
    pictures: list[str]
    point: tuple[float, float] | None
    left_out: bool = False


@delivers(EVENTS, personal=True)
def hear(parcel: Parcel) -> None:
    told = parcel.payload
    point = tuple(told["point"]) if told["point"] else None
    said = (told["id"], told["sender"], told["text"], told["pictures"], point)
    hear_one(Heard(*said, told.get("left_out", False)))


@transaction.atomic
def hear_one(message: Heard) -> None:
    """Take one message in; the same id again changes nothing."""
    conversation, said = conversations.held(Case.Channel.ZALO, message.sender)
    now = time.time()
    heard = {one: at for one, at in said.get("heard", {}).items() if at > now - REMEMBERED}
    if message.id in heard:
        return
    said["heard"] = {**heard, message.id: now}
    draft = said.pop("draft", None)
    if draft is not None and draft["at"] < now - STALE:
        draft = None
    cases = _cases(said)
    draft = _step(message, draft, cases, said)
    if draft is not None:
        said["draft"] = {**draft, "at": now}
    conversations.keep(conversation, message.sender, said)
    record(SYSTEM, "cases.conversation.hear", Thing("cases.conversation", str(conversation.id)))


def _step(
    message: Heard, draft: dict[str, Any] | None, cases: list[Case], said: dict[str, Any]
) -> dict[str, Any] | None:
    """What a message does; answers the report that is begun and not whole yet, or None."""
    if message.left_out:
        say(message.sender, NOT_HERE)
    if not (message.text or message.pictures or message.point):
        return draft
    word = fold(message.text)
    if draft is None:
        asking = next((one for one in cases if one.state == "asking"), None)
        going = asking or next((one for one in cases if one.open), None)
        if cases and _AGAIN.fullmatch(word):
            _open_again(message, cases[0])
            return None
        if going is not None and not _NEW.match(word):
            _add(message, going)
            return None
        if _THANKS.fullmatch(word) and not message.pictures:
            return None
        draft = {"words": "", "address": "", "point": None, "pictures": [], "first": message.id}
    elif _DROP.fullmatch(word):
        say(message.sender, DROPPED)
        return None
    return _collect(message, draft, said)


def _collect(message: Heard, draft: dict[str, Any], said: dict[str, Any]) -> dict[str, Any] | None:
    text = _without_new(message.text)
    draft["pictures"] = [*draft["pictures"], *message.pictures][:10]
    if message.point is not None:
        if not commune_at(*message.point):
            name = register().full_name(province()).vi
            say(message.sender, OUTSIDE.format(province=name))
            return draft
        draft["point"] = message.point
    if text:
        address = f"{draft['address']} {text}".strip()
        to_place = len(draft["words"]) >= SHORT and draft.get("asked_place")
        words = tidy(f"{draft['words']}\n{text}")
        if to_place and len(address) <= MOST_ON_A_LINE:
            draft["address"] = address
        elif len(words) > MOST_LETTERS:
            say(message.sender, TOO_LONG.format(most=MOST_LETTERS))
            return draft
        else:
            # So long an answer to "where" tells more than a place: all of it is kept as words.
            draft["words"] = words
            if to_place:
                draft["address"] = draft["address"] or "Xem nội dung"
    if len(draft["words"]) < SHORT:
        say(message.sender, ASK_WORDS)
        return draft
    if draft["point"] is None and not draft["address"]:
        if message.pictures and draft.get("asked_place"):
            return draft  # one of several pictures in a row: asked already
        draft["asked_place"] = True
        say(message.sender, ASK_PLACE)
        return draft
    case = _make(message.sender, draft)
    said["cases"] = [str(case.pk), *said.get("cases", [])][:5]
    return None


def _make(sender: str, draft: Mapping[str, Any]) -> Case:
    point = tuple(draft["point"]) if draft["point"] else None
    place = commune_at(*point) if point else _commune_named(draft["address"])
    key = key_of("zalo", draft["first"])
    told = Received(
        KIND,
        title_of(draft["words"], "Phản ánh qua Zalo"),
        province(),
        text=draft["words"],
        channel=Case.Channel.ZALO,
        place=place,
        address=draft["address"],
        point=point,
        key=key,
        data={"media_url": draft["pictures"]} if draft["pictures"] else {},
    )
    case = take_in(
        DOER, told, lambda _: contacts.made(Person(zalo=sender), None, "vi", secret_of(key))
    )
    _fetch(case, draft["pictures"])
    return case


def _add(message: Heard, case: Case) -> None:
    text = message.text or ("(Gửi thêm ảnh)" if message.pictures else "(Gửi vị trí)")
    if message.point is not None:
        text += f"\n{message.point[0]:.6f}, {message.point[1]:.6f}"
    first, *rest = in_parts(tidy(text))
    data: dict[str, Any] = {"text": first}
    if message.pictures:
        data["media_url"] = message.pictures
    tell_more(DOER, case, data, key=key_of("zalo", message.id))
    for number, part in enumerate(rest, start=2):
        actions.act(DOER, case, "add", {"text": part}, key=key_of("zalo", message.id, str(number)))
    _fetch(case, message.pictures)
    if not _THANKS.fullmatch(fold(message.text)):
        say(message.sender, ADDED.format(code=case.code))


def _open_again(message: Heard, case: Case) -> None:
    standing = actions.standing_of(case)
    if refusal(standing, "reopen", Role.REQUESTER, timezone.now()) is not None:
        say(message.sender, NOTHING_OPEN.format(code=case.code))
        return
    data = {"reason": message.text}
    actions.act(DOER, case, "reopen", data, key=key_of("zalo", message.id))


def _cases(said: Mapping[str, Any]) -> list[Case]:
    """The sender's cases, the newest first; of one that was merged, the one that goes on."""
    found = {str(one.pk): one for one in Case.objects.filter(pk__in=said.get("cases", []))}
    return [going_on(found[one]) for one in said.get("cases", []) if one in found]


def _fetch(case: Case, pictures: list[str]) -> None:
    if settings.TINHSO_FETCH_MEDIA and pictures:
        fetch_later(case, pictures, str(door_account("kenh-zalo", "Kênh Zalo").pk))


def _commune_named(address: str) -> str:
    """The one commune of the province that an address names with its type, or ""."""
    units, day, told = register(), timezone.localdate(), f" {fold(re.sub(r'[,.;]', ' ', address))} "
    names = {
        uid: fold(units.full_name(uid, day).vi)
        for uid in units.descendants(province(day), day, Level.COMMUNE)
    }
    found = [uid for uid, name in names.items() if f" {name} " in told]
    return found[0] if len(found) == 1 else ""


def _without_new(text: str) -> str:
    """Without the word that says that this is another matter."""
    head = re.match(r"\s*(mới|moi|new)\b[:.,!]*\s*", text, re.IGNORECASE)
    return text[head.end() :].strip() if head else text.strip()


@every(24 * 3600, Text("Quên các hội thoại Zalo đã lâu", "Forget old Zalo conversations"))
def forget_conversations() -> None:
    conversations.forget(timezone.now() - timedelta(days=FORGOTTEN))
