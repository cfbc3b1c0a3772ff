"""Nothing that a person types makes the site call its own network."""

from __future__ import annotations

import ipaddress
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinhso.kernel.outward import Bounds, Outward, Resolve, is_public
from tinhso.measure.text import InputError

INSIDE = [
    *("127.0.0.1", "127.255.1.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1"),  # noqa: S104
    *("169.254.169.254", "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "255.255.255.255"),
    *("::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1"),
    *(
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "::127.0.0.1",
    ),
    *("2001:0:0:0:0:0:80ff:fffe", "2001:db8::1", "", "127.1", "0x7f000001", "2130706433"),
]


@pytest.mark.parametrize("network", INSIDE)
def test_what_is_not_public(network: str) -> None:
    assert not is_public(network)


@pytest.mark.parametrize("network", ["203.113.131.1", "1.1.1.1", "2001:ee0::1", "::ffff:1.1.1.1"])
def test_what_is_public(network: str) -> None:
    assert is_public(network)


@given(st.ip_addresses(v=4))
def test_an_address_of_ipv4_is_judged_the_same_within_ipv6(four: ipaddress.IPv4Address) -> None:
    plain = is_public(str(four))
    assert is_public(f"::ffff:{four}") == plain
    assert (
        is_public(str(ipaddress.IPv6Address(int(ipaddress.IPv6Address("64:ff9b::")) | int(four))))
        == plain
    )
    assert is_public(str(ipaddress.IPv6Address((0x2002 << 112) | (int(four) << 80)))) == plain


# -- real servers ----------------------------------------------------------------------------------


class Server(ThreadingHTTPServer):
    daemon_threads = True
    seen: list[str]
    headers_seen: list[dict[str, str]]


#: Answers that a server lets drip, byte by byte.
DRIPS = {
    "/dau-nho-giot": b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 60,
    "/khuc-nho-giot": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"0" * 200,
    "/than-nho-giot": b"HTTP/1.1 200 OK\r\nContent-Length: 300\r\n\r\n" + b"x" * 300,
    "/tiep-tuc-mai": b"HTTP/1.1 100 Continue\r\n\r\n" * 20,
}


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.seen.append(self.path)
        self.server.headers_seen.append(dict(self.headers))
        if self.path.startswith("/toi?"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/toi?"))
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif self.path == "/dai":
            self.send_response(200)
            self.end_headers()
            for _ in range(100):
                self.wfile.write(b"x" * 65536)
        elif self.path == "/cham":
            self.send_response(200)
            self.end_headers()
            for _ in range(100):
                self.wfile.write(b"x")
                self.wfile.flush()
                time.sleep(0.05)
        elif self.path in DRIPS:
            for sign in DRIPS[self.path]:
                self.wfile.write(bytes([sign]))
                self.wfile.flush()
                time.sleep(0.05)
        else:
            self.send_response(200)
            self.send_header("Content-Length", "5")
            self.end_headers()
            self.wfile.write(b"chao!")

    do_POST = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Handler) as server:
        server.seen, server.headers_seen = [], []
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def names(**known: list[str]) -> Resolve:
    """A resolver that gives a name's next answer at each asking, then the last one."""
    left = {name.replace("_", "."): list(answers) for name, answers in known.items()}

    def resolve(host: str, _port: int) -> list[str]:
        answers = left.get(host, [host])
        return [answers.pop(0) if len(answers) > 1 else answers[0]]

    return resolve


def calls(resolve: Resolve, **bounds: float) -> Outward:
    """Plain HTTP to the loopback address 127.0.0.1 only, as if it were public."""
    return Outward(
        Bounds(**bounds),  # type: ignore[arg-type]
        resolve=resolve,
        plain=True,
        private=frozenset({"127.0.0.1"}),
    )


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(InputError) as raised:
        act()
    return raised.value.problems[0].to("en")


@pytest.mark.parametrize(
    "address",
    [
        *(
            "http://example.vn/",
            "ftp://example.vn/",
            "file:///etc/passwd",
            "gopher://x/",
            "//x",
            "x",
        ),
        *("https://", "https:///x", "https://user:pass@example.vn/", "https://example.vn:25/"),
        *("https://example.vn:x/", "https://exa mple.vn/", "https://example.vn/\r\nX: y"),
        *("https://example.vn\\@127.0.0.1/", "https://ví-dụ.vn/", "javascript:alert(1)"),
        *("https://127.0.0.1/", "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://0/"),
        *("https://0x7f.1/", "https://2130706433/", "https://017700000001/", "https://localhost/"),
        *("https://169.254.169.254/latest/meta-data/", "https://[fe80::1]/"),
    ],
)
def test_addresses_that_are_never_called(address: str) -> None:
    assert "cannot be used" in refused(lambda: Outward().call(address))
    assert "cannot be used" in refused(lambda: Outward().check(address))


def test_an_address_is_called_and_answers(server: Server) -> None:
    out = calls(names(webhook_example_vn=["127.0.0.1"]))
    answer = out.call(f"http://webhook.example.vn:{server.server_port}/a?b=1#c")
    assert (answer.status, answer.content) == (200, b"chao!")
    assert server.seen == ["/a?b=1"]
    assert server.headers_seen[0]["Host"] == f"webhook.example.vn:{server.server_port}"


def test_a_name_that_leads_inside_is_not_called_even_if_it_leads_outside_too(
    server: Server,
) -> None:
    out = Outward(resolve=lambda *_: ["1.1.1.1", "127.0.0.1"], plain=True)
    assert "not public" in refused(lambda: out.call(f"http://x.example.vn:{server.server_port}/"))
    assert server.seen == []


def test_a_name_that_changes_between_looking_and_calling_changes_nothing(server: Server) -> None:
    """Looked at once: the second answer, which leads elsewhere, is never asked for."""
    asked = []

    def rebinding(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    out = calls(rebinding)
    address = f"http://doi.example.vn:{server.server_port}/"
    assert out.call(address).status == 200
    assert asked == ["doi.example.vn"]
    assert "not public" in refused(lambda: out.call(address))


@pytest.mark.parametrize(
    "onward",
    [
        *("http://127.0.0.2:{port}/", "http://[::1]:{port}/", "https://169.254.169.254/"),
        *("file:///etc/passwd", "//10.0.0.1/", "http://trong.example.vn:{port}/bi-mat"),
    ],
)
def test_a_redirect_inside_is_not_followed(server: Server, onward: str) -> None:
    out = calls(names(ngoai_example_vn=["127.0.0.1"], trong_example_vn=["127.0.0.3"]))
    onward = onward.format(port=server.server_port)
    address = f"http://ngoai.example.vn:{server.server_port}/toi?{onward}"
    assert "cannot be used" in refused(lambda: out.call(address))
    assert len(server.seen) == 1


def test_a_redirect_takes_no_header_of_ours_to_another_host(server: Server) -> None:
    out = calls(names(a_example_vn=["127.0.0.1"], b_example_vn=["127.0.0.1"]))
    port = server.server_port
    out.call(
        f"http://a.example.vn:{port}/toi?http://b.example.vn:{port}/x",
        headers={"Authorization": "Bearer bi-mat"},
    )
    assert [one.get("Authorization") for one in server.headers_seen] == ["Bearer bi-mat", None]


def test_what_is_sent_is_not_sent_on(server: Server) -> None:
    out = calls(names())
    port = server.server_port
    address = f"http://127.0.0.1:{port}/toi?/x"
    assert out.call(address, method="POST", body=b"x").status == 302
    assert server.seen == ["/toi?/x"]


def test_redirects_size_and_time_have_an_end(server: Server) -> None:
    at = f"http://127.0.0.1:{server.server_port}"
    ring = at + "/toi?" * 9
    assert "redirects too many times" in refused(lambda: calls(names()).call(ring))
    assert "too long" in refused(lambda: calls(names(), size=100_000).call(f"{at}/dai"))
    assert "takes too long" in refused(lambda: calls(names(), seconds=0.5).call(f"{at}/cham"))


@pytest.mark.parametrize("path", DRIPS)
def test_who_lets_an_answer_drip_is_left_at_the_deadline(server: Server, path: str) -> None:
    began = time.monotonic()
    address = f"http://127.0.0.1:{server.server_port}{path}"
    assert "takes too long" in refused(lambda: calls(names(), seconds=0.6).call(address))
    assert time.monotonic() - began < 2
