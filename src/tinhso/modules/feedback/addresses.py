"""Addresses on the web that strangers name: what of them may become a link."""

from __future__ import annotations

from urllib.parse import urlsplit


def host_of(address: str) -> str:
    r"""The host that an http or https address leads to; "" for what must not become a link: another
    scheme, a user's name before the host, anything that readers and browsers may take differently.

    >>> host_of("https://photos.example/a.png"), host_of("javascript:alert(1)")
    ('photos.example', '')
    >>> host_of("https://zalo.vn@photos.example/"), host_of("https://zalo.vn\\@photos.example/")
    ('', '')
    """
    if not address.isprintable() or " " in address or "\\" in address:
        return ""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    good = parts.scheme in ("http", "https") and "@" not in parts.netloc
    return (parts.hostname or "") if good else ""
