"""What breaking things takes: a PostgreSQL cluster to throw away, a proxy that stalls and cuts."""

from __future__ import annotations

import os
import pwd
import random
import shutil
import socket
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def children_of(pid: int) -> list[int]:
    """The processes that a process started, itself not among them, theirs too."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):
            if int(stat.read_text().rpartition(")")[2].split()[1]) == pid:
                child = int(stat.parent.name)
                found += [child, *children_of(child)]
    return found


def runs(pid: int, what: str) -> bool:
    """Whether a process's command line has the word `what`: `run` serves, `work` delivers."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return what in Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    return False


class Letterbox:
    """A real SMTP server that keeps whom each letter was for, and hangs up when told to.

    `drops` is the share of letters at which it hangs up: half of those before it took the letter,
    half after (so that the sender cannot know, and sends again).
    """

    def __init__(self) -> None:
        self.came: Counter[str] = Counter()
        self.drops = 0.0
        self._controller = Controller(self, hostname="127.0.0.1", port=free_port())

    @property
    def port(self) -> int:
        return int(self._controller.port)

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Called by aiosmtpd for each letter."""
        broken = random.random() < self.drops  # noqa: S311
        taken = not broken or random.random() < 0.5  # noqa: S311
        if taken:
            self.came.update(address.casefold() for address in envelope.rcpt_tos)
        if broken and server.transport is not None:
            server.transport.close()
        return "250 taken"

    @classmethod
    @contextmanager
    def open(cls) -> Iterator[Letterbox]:
        box = cls()
        box._controller.start()
        try:
            yield box
        finally:
            box._controller.stop()


@dataclass
class Proxy:
    """Between the product and its database: passes bytes on, late or not at all."""

    to: int
    port: int = field(default_factory=free_port)
    delay: float = 0.0
    _open: list[socket.socket] = field(default_factory=list)

    def start(self) -> None:
        self._server = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            near, _ = self._server.accept()
            try:
                far = socket.create_connection(("127.0.0.1", self.to))
            except OSError:
                near.close()
                continue
            self._open += [near, far]
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._pass, args=(one, other), daemon=True).start()

    def _pass(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(65536):
                if self.delay:
                    time.sleep(self.delay)
                other.sendall(data)
        for end in (one, other):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def cut(self) -> None:
        """End every connection, in the middle of whatever it carries."""
        ends, self._open = self._open, []
        for end in ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@dataclass
class Cluster:
    """A PostgreSQL server of our own, on loopback, behind a proxy."""

    folder: Path
    port: int
    proxy: Proxy

    @property
    def url(self) -> str:
        return f"postgres://postgres@127.0.0.1:{self.proxy.port}/postgres"

    @property
    def options(self) -> str:
        # No socket file: a base back-up would carry its lock along.
        return f"-p {self.port} -h 127.0.0.1 -k ''"

    @classmethod
    @contextmanager
    def running(cls, folder: Path) -> Iterator[Cluster]:
        port = free_port()
        cluster = cls(folder, port, Proxy(port))
        folder.mkdir()
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
            folder.parent.chmod(0o755)
        cluster._run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        cluster.start()
        cluster.proxy.start()
        try:
            yield cluster
        finally:
            with suppress(subprocess.CalledProcessError):  # it may be down already
                cluster.stop("immediate")

    def start(self) -> None:
        self._run("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", self.options, "start")

    def stop(self, how: str) -> None:
        self._run("pg_ctl", "-w", "-m", how, "stop")

    def _run(self, name: str, *arguments: str) -> None:
        command = [program(name), "-D", str(self.folder), *arguments]
        user = pwd.getpwnam("postgres").pw_uid if os.geteuid() == 0 else None
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, user=user, cwd="/")


def program(name: str) -> str:
    """The path of one of PostgreSQL's own programs. Raises FileNotFoundError."""
    found = shutil.which(name) or next(
        (str(one) for one in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))), ""
    )
    if not found:
        raise FileNotFoundError(f"{name}: PostgreSQL's own programs are needed for this")
    return found
