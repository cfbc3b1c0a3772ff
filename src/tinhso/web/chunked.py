"""Bodies that come in chunks (RFC 9112, section 7.1): WSGI has no word for them, and Django reads nothing
of a body whose length is not told."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from tempfile import SpooledTemporaryFile
from typing import Any

#: Bytes that are kept in memory, that are read at once, and that a body may have.
IN_MEMORY, PIECE, MOST = 1 << 20, 1 << 16, 64 << 20

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def measured(application: Application) -> Application:
    """The application, told how long such a body is; one that is too long is refused with 413."""

    def served(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ.get("HTTP_TRANSFER_ENCODING", "").lower() != "chunked":
            return application(environ, start_response)
        with SpooledTemporaryFile(IN_MEMORY) as body:
            while piece := environ["wsgi.input"].read(PIECE):
                body.write(piece)
                if body.tell() > MOST:
                    start_response("413 Content Too Large", [("Content-Type", "text/plain")])
                    return [b"Not more than 64 MB can be sent."]
            told = {"wsgi.input": body, "CONTENT_LENGTH": str(body.tell())}
            body.seek(0)
            return application({**environ, **told}, start_response)

    return served
