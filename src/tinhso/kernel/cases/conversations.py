"""Conversations that lead to cases: held under the site's keys, forgotten when nobody goes on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from tinhso.kernel.cases.models import Conversation
from tinhso.kernel.people import identity, keyring


def held(channel: str, sender: str) -> tuple[Conversation, dict[str, Any]]:
    """The conversation with a sender, locked until the transaction ends, and what was said; {} for
    one that is new and not saved yet."""
    indices = [_index(key, channel, sender) for key in keyring.in_use()]
    found = (
        Conversation.objects.select_for_update().filter(channel=channel, who__in=indices).first()
    )
    if found is None:
        return Conversation(channel=channel), {}
    return found, opened(found)[1]


def keep(conversation: Conversation, sender: str, said: Mapping[str, Any]) -> None:
    """Seal what was said so far. Call it in the transaction of the act."""
    key = keyring.newest()
    _seal(conversation, key, sender, said)
    conversation.changed_at = timezone.now()
    conversation.save()


def opened(conversation: Conversation) -> tuple[str, dict[str, Any]]:
    """The sender's id and what was said."""
    told = keyring.unsealed(conversation)
    return told["sender"], told["said"]


def forget(before: datetime) -> int:
    """Delete those in which nothing was said since; answers how many."""
    gone, _ = Conversation.objects.filter(changed_at__lt=before).delete()
    return gone


def _seal(row: Conversation, key: keyring.Key, sender: str, said: Mapping[str, Any]) -> None:
    row.who = _index(key, row.channel, sender)
    keyring.seal(row, key, {"sender": sender, "said": said})


def _index(key: keyring.Key, channel: str, sender: str) -> str:
    return key.index(f"conversation {channel} {sender}")


def _reseal(row: Conversation, key: keyring.Key) -> None:
    _seal(row, key, *opened(row))


identity.SEALED.append(identity.Sealed(Conversation.objects.all, _reseal))
