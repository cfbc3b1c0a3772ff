"""A real S3-speaking server on loopback, for tests of lakes whose records lie in a bucket."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from tinhso.measure.store import Bucket

KEY, SECRET = "khoa-thu", "bi/mat+thu="


class ObjectStore:
    def __init__(self, port: int, process: subprocess.Popen[bytes]) -> None:
        self.port = port
        self._process = process

    def bucket(self, prefix: str = "") -> Bucket:
        """A bucket of its own, empty."""
        name = f"kho-{uuid4().hex[:12]}"
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/{name}", method="PUT")
        urllib.request.urlopen(request, timeout=10).close()  # noqa: S310 (ours)
        return Bucket.from_url(self.url(name, prefix))

    def url(self, name: str, prefix: str = "") -> str:
        secret = SECRET.replace("/", "%2F").replace("+", "%2B").replace("=", "%3D")
        return f"s3://{KEY}:{secret}@127.0.0.1:{self.port}/{name}/{prefix}?tls=0&region=vn-1"

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Connections are taken, nothing is answered."""
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)


@contextmanager
def object_store() -> Iterator[ObjectStore]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port, process)
        yield ObjectStore(port, process)
    finally:
        process.kill()
        process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"the object store did not start ({process.poll()})")
