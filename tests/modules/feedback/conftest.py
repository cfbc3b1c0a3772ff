"""Machines' doors over real HTTP: a server in a thread that shares the test's own transaction."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import WSGIRequestHandler, WSGIServer
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connections

from tests.people import appoint
from tinhso.kernel.people import tokens
from tinhso.kernel.people.accounts import seats_of
from tinhso.kernel.people.who import Who
from tinhso.modules.feedback.machine_places import province


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def http(db: None) -> Iterator[str]:
    """The address of the served site. One request at a time, since all share one connection."""
    shared = connections["default"]
    shared.inc_thread_sharing()
    # Between requests Django closes a connection that is in a transaction; this one has to last.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    server = WSGIServer(("127.0.0.1", 0), _Quiet)
    server.set_app(WSGIHandler())

    def serve() -> None:
        connections["default"] = shared
        server.serve_forever(poll_interval=0.05)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join(10)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)
    shared.dec_thread_sharing()


@pytest.fixture
def home(db: None) -> str:
    return province()


@pytest.fixture
def key(home: str) -> str:
    """A token of a connected system that may enter reports."""
    return token_of(home, ["cases.case:enter"])


def token_of(unit: str, scopes: list[str], name: str = "Ứng dụng thử") -> str:
    from django.utils import timezone  # noqa: PLC0415

    day = timezone.localdate()
    giver = appoint("administrator", unit, "quan-tri-ket-noi") if not _giver() else _giver()
    assert giver is not None
    who = Who(day, giver.pk, "", seats_of(giver.pk, day), strong=True)
    return tokens.issue(who, tokens.connect(who, name, unit), "", scopes, 30).secret


def _giver() -> object:
    from tinhso.kernel.people.models import Account  # noqa: PLC0415

    return Account.objects.filter(username="quan-tri-ket-noi").first()
