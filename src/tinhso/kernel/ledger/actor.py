"""Who acts, as the ledger knows them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Channel(StrEnum):
    """The way by which an act came."""

    WEB = "web"
    API = "api"
    COMMAND = "command"
    WORKER = "worker"


@dataclass(frozen=True)
class Actor:
    """Who acts: an account's id or the name of a part of the system; and in which position.

    `address` is the network address. It is personal data, so it goes into the part of the entry
    that can be erased.
    """

    account: str
    channel: Channel
    position: str = ""
    address: str = ""


#: The operator at the server's own command line: whoever may start programs there.
OPERATOR = Actor("operator", Channel.COMMAND)

#: The product itself, when it does what nobody asked for at that moment.
SYSTEM = Actor("system", Channel.WORKER)
