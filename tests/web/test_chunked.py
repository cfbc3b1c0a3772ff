"""Bodies that come in chunks: without a length Django would read nothing of them."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from tinhso.web import chunked


def echo(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """As Django reads: what the length says, no more."""
    start_response("200 OK", [])
    return [environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))]


def answered(body: bytes, **more: str) -> tuple[str, bytes]:
    """The status, and what the application read."""
    told: list[str] = []
    environ = {"wsgi.input": io.BytesIO(body), **more}
    found = chunked.measured(echo)(environ, lambda status, _headers: told.append(status))
    return told[0], b"".join(found)


def test_what_comes_in_chunks_is_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    for most in (chunked.IN_MEMORY, 10):  # in memory, and beside it
        monkeypatch.setattr(chunked, "IN_MEMORY", most)
        body = b"a" * (2 * chunked.PIECE + 1)
        assert answered(body, HTTP_TRANSFER_ENCODING="Chunked") == ("200 OK", body)
    assert answered(b"", HTTP_TRANSFER_ENCODING="chunked") == ("200 OK", b"")
    assert answered(b"abc", CONTENT_LENGTH="2") == ("200 OK", b"ab")


def test_what_does_not_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunked, "MOST", 100)
    assert answered(b"a" * 100, HTTP_TRANSFER_ENCODING="chunked")[0] == "200 OK"
    assert answered(b"a" * 101, HTTP_TRANSFER_ENCODING="chunked")[0].startswith("413")
