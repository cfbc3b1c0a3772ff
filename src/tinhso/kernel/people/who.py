"""Who is asking: an account, the positions that it holds today, and how surely it is known."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from tinhso.kernel.ledger.actor import Actor, Channel
from tinhso.measure.text import Text


@dataclass(frozen=True)
class Seat:
    """A position as somebody holds it on a day.

    `unit` is the unit that answers today for the one where the position was made; "" when nobody
    took over from it whole, and then the seat gives no right.
    """

    position: str
    role: str
    title: Text
    unit: str
    made_in: str
    until: date | None = None
    acting_for: str = ""


@dataclass(frozen=True)
class Who:
    """Who asks. `strong`: signed in with a second factor. `scopes`: None, or what a token may.

    Made by `accounts.who_is`; `NOBODY` is anyone who has not signed in.
    """

    day: date
    account: uuid.UUID | None = None
    name: str = ""
    seats: tuple[Seat, ...] = ()
    strong: bool = False
    scopes: frozenset[str] | None = None
    channel: Channel = Channel.WEB
    address: str = ""

    @property
    def signed_in(self) -> bool:
        return self.account is not None

    def scoped(self, right: str) -> bool:
        """Whether the token in hand, if it is one, was made for this right."""
        return self.scopes is None or right in self.scopes

    def actor(self, seat: Seat | None = None) -> Actor:
        """For the ledger: who acts, in the position that gave the right."""
        return Actor(
            str(self.account or "anonymous"),
            self.channel,
            seat.position if seat else "",
            self.address,
        )
