"""What an operator tells of machines' doors, as values."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Mailbox:
    """Where mails to 1022 are read. `tls`: "ssl" from the start, "starttls", or "" for none."""

    host: str
    port: int
    user: str = field(repr=False)
    password: str = field(repr=False)
    folder: str
    tls: str


@dataclass(frozen=True)
class ZaloSecrets:
    """Of the Official Account, of the application, and the first refresh token; "" where not set."""

    oa: str = field(repr=False)
    app: str = field(repr=False)
    refresh_token: str = field(repr=False)
