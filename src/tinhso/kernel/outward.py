"""The one way to call an address that a person typed: a webhook, a feed, a link to check.

No request leaves for the site's own network (server-side request forgery): the name is resolved
once, every address that it has must be public, and the connection goes to one of those very
addresses, so that a name that changes its mind in between (DNS rebinding) changes nothing. Each
redirect is a new address and is looked at anew. What the product calls besides (OpenID discovery,
mail, clamd) comes from the operator's settings, see docs/security/outward.md.
"""

from __future__ import annotations

import http.client
import io
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

from tinhso.measure.text import InputError, Place, Problem, Text, message

WRONG_ADDRESS = message(
    "address-wrong",
    vi="Địa chỉ “{address}” không dùng được: {reason}.",
    en="The address “{address}” cannot be used: {reason}.",
)
NO_ANSWER = message(
    "address-silent",
    vi="Địa chỉ “{address}” không trả lời ({reason}). Kiểm tra lại địa chỉ, hoặc thử lại sau.",
    en="The address “{address}” does not answer ({reason}). Check it, or try again later.",
)

NOT_HTTPS = Text("phải bắt đầu bằng https://", "it must begin with https://")
NO_HOST = Text("thiếu tên máy", "it names no host")
WITH_SECRETS = Text("không ghi tên và mật khẩu trong địa chỉ", "it holds a name or password")
ODD_CHARACTERS = Text("có ký tự lạ", "it holds odd characters")
WRONG_PORT = Text("cổng không dùng được", "its port cannot be used")
NOT_PUBLIC = Text("dẫn vào mạng nội bộ", "it leads into a network that is not public")
TOO_MANY_HOPS = Text("chuyển hướng quá nhiều lần", "it redirects too many times")
TOO_LARGE = Text("trả lời quá dài", "its answer is too long")
TOO_SLOW = Text("trả lời quá chậm", "its answer takes too long")

#: From a host name and port to the network addresses that it has; raises OSError.
Resolve = Callable[[str, int], list[str]]

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
#: Networks that are "global" by the registry and still lead somewhere else.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_6TO4 = ipaddress.ip_network("2002::/16")
_TEREDO = ipaddress.ip_network("2001::/32")


def resolved(host: str, port: int) -> list[str]:
    """By the system's resolver."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(one[4][0]) for one in found]


@dataclass(frozen=True)
class Bounds:
    """`seconds` for all of it but looking up names, which the system's resolver limits itself;
    `size` bytes of the answer's content; `hops` redirects followed."""

    seconds: float = 10.0
    size: int = 1 << 20
    hops: int = 3


@dataclass(frozen=True)
class Outward:
    """How calls go out. `plain` allows http, `private` addresses that are not public: for tests of
    what calls, against servers of their own; nothing in the product sets them."""

    bounds: Bounds = Bounds()
    resolve: Resolve = resolved
    plain: bool = False
    private: frozenset[str] = field(default_factory=frozenset)
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    def call(
        self,
        address: str,
        *,
        method: str = "GET",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        place: Place = Place("address"),  # noqa: B008 (frozen)
    ) -> Answer:
        """Call `address`. Raises InputError for one that may not be called or does not answer.

        A redirect is followed for GET and HEAD only, and takes no header of ours to another host.
        """
        deadline = time.monotonic() + self.bounds.seconds
        sent = dict(headers or {})
        for _ in range(self.bounds.hops + 1):
            target = self._parsed(address, place)
            answer = self._once(target, address, method, body, sent, deadline, place)
            onward = answer.headers.get("location")
            if answer.status not in _REDIRECTS or not onward or method not in ("GET", "HEAD"):
                return answer
            address = urljoin(address, onward)
            if urlsplit(address).netloc != target.netloc:
                sent = {}
        raise InputError([_wrong(place, address, TOO_MANY_HOPS)])

    def check(self, address: str, place: Place = Place("address")) -> None:  # noqa: B008 (frozen)
        """For forms: may this address be called, as it stands now? Raises InputError."""
        target = self._parsed(address, place)
        self._public(target, address, place)

    def _parsed(self, address: str, place: Place) -> SplitResult:
        if not address.isascii() or any(one <= " " or one in '\\"<>^`{|}\x7f' for one in address):
            raise InputError([_wrong(place, address, ODD_CHARACTERS)])
        try:
            target = urlsplit(address)
            port = target.port
        except ValueError as error:
            raise InputError([_wrong(place, address, WRONG_PORT)]) from error
        if target.scheme != "https" and not (self.plain and target.scheme == "http"):
            raise InputError([_wrong(place, address, NOT_HTTPS)])
        if not target.hostname:
            raise InputError([_wrong(place, address, NO_HOST)])
        if "@" in target.netloc:
            raise InputError([_wrong(place, address, WITH_SECRETS)])
        # Other services listen on low ports; a line of HTTP must not be taken for one of theirs.
        if port is not None and port < 1024 and port not in (80, 443):
            raise InputError([_wrong(place, address, WRONG_PORT)])
        return target

    def _public(self, target: SplitResult, address: str, place: Place) -> list[str]:
        """All the addresses that the host has, each of them public."""
        host = target.hostname or ""
        try:
            found = self.resolve(host, _port(target))
        except (OSError, UnicodeError) as error:
            raise InputError(
                [NO_ANSWER(place, address=address[:200], reason=_reason(error))]
            ) from error
        if not found or not all(one in self.private or is_public(one) for one in found):
            raise InputError([_wrong(place, address, NOT_PUBLIC)])
        return found

    def _once(
        self,
        target: SplitResult,
        address: str,
        method: str,
        body: bytes | None,
        headers: Mapping[str, str],
        deadline: float,
        place: Place,
    ) -> Answer:
        found = self._public(target, address, place)
        try:
            link = self._connected(target, found[0], deadline)
            try:
                path = target._replace(scheme="", netloc="", fragment="").geturl() or "/"
                link.request(method, path, body=body, headers=dict(headers))
                answer = link.getresponse()
                content = self._content(answer, address, place)
                names = {name.lower(): value for name, value in answer.getheaders()}
                return Answer(answer.status, names, content, address)
            finally:
                link.close()
        except TimeoutError as error:
            raise InputError([_wrong(place, address, TOO_SLOW)]) from error
        except (OSError, http.client.HTTPException) as error:
            raise InputError(
                [NO_ANSWER(place, address=address[:200], reason=_reason(error))]
            ) from error

    def _connected(
        self, target: SplitResult, network: str, deadline: float
    ) -> http.client.HTTPConnection:
        """To the address that was looked at; the name serves for TLS and the Host header only."""
        host = target.hostname or ""
        link = http.client.HTTPConnection(host, _port(target))
        link.response_class = _answered_by(deadline)  # type: ignore[assignment] # it is called only
        plain = socket.create_connection((network, _port(target)), timeout=_left(deadline))
        link.sock = plain
        if target.scheme == "https":
            try:
                plain.settimeout(_left(deadline))
                link.sock = self.tls.wrap_socket(plain, server_hostname=host)
            except BaseException:
                plain.close()
                raise
            link.default_port = 443
        link.sock.settimeout(_left(deadline))
        return link

    def _content(self, answer: http.client.HTTPResponse, address: str, place: Place) -> bytes:
        content = b""
        while piece := answer.read1(min(1 << 16, self.bounds.size + 1)):
            content += piece
            if len(content) > self.bounds.size:
                raise InputError([_wrong(place, address, TOO_LARGE)])
        return content


class _Punctual(io.RawIOBase):
    """What a socket gives until the deadline. A socket's own timeout begins anew with each byte
    that comes, so that a server which drips would be listened to for as long as it likes."""

    def __init__(self, raw: io.RawIOBase, link: socket.socket, deadline: float) -> None:
        self._raw, self._link, self._deadline = raw, link, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int | None:
        self._link.settimeout(_left(self._deadline))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


def _answered_by(deadline: float) -> Callable[..., http.client.HTTPResponse]:
    """Makes responses that are read, head and content, until the deadline."""

    def answer(link: socket.socket, *args: Any, **more: Any) -> http.client.HTTPResponse:
        made = http.client.HTTPResponse(link, *args, **more)
        made.fp = io.BufferedReader(_Punctual(made.fp.detach(), link, deadline))
        return made

    return answer


@dataclass(frozen=True)
class Answer:
    """What came back: names of headers in small letters, the content as sent, the last address."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    address: str


def is_public(network: str) -> bool:
    """Whether a network address is one of the public internet, in whatever way it is written.

    >>> is_public("203.113.131.1"), is_public("::ffff:10.0.0.1"), is_public("169.254.169.254")
    (True, False, False)
    """
    try:
        found = ipaddress.ip_address(network.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        inner = _inside(found)
        if inner is not None:
            return is_public(str(inner))
    return found.is_global and not (found.is_multicast or found.is_reserved or found.is_unspecified)


def _inside(found: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 one stands for: mapped, NAT64, 6to4, Teredo, compatible."""
    if found.ipv4_mapped is not None:
        return found.ipv4_mapped
    if found in _6TO4:
        return found.sixtofour
    if found in _TEREDO and found.teredo is not None:
        return found.teredo[1]
    if found in _NAT64 or int(found) >> 32 == 0:
        return ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
    return None


def _port(target: SplitResult) -> int:
    return target.port or (443 if target.scheme == "https" else 80)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or type(error).__name__


def _wrong(place: Place, address: str, reason: Text) -> Problem:
    return WRONG_ADDRESS(place, address=address[:200], reason=reason)
