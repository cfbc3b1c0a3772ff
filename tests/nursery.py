"""Processes for tests that kill many: forked from one that has imported everything.

Each is at work at once, so that a kill falls into its work and not into its imports; and importing,
which takes a hundred times longer than what is to be broken, is paid once.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

#: Runs `begin`, then forks a process for each program asked for; what it started ends with it.
PARENT = """
import json, os, signal, sys
names, running = {}, set()
exec(json.loads(sys.stdin.readline()), names)
print(json.dumps(0), flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    if "program" in asked:
        pid = os.fork()
        if not pid:
            status = 1
            try:
                for number, path in ((1, asked["out"]), (2, asked["errors"])):
                    os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644), number)
                os.close(0)
                sys.argv[1:] = asked["arguments"]
                exec(asked["program"], names)
                status = 0
            except BaseException:
                import traceback
                traceback.print_exc()
            finally:
                sys.stdout.flush()
                os._exit(status)
        running.add(pid)
        answer = pid
    else:
        pid, status = os.waitpid(asked["pid"], os.WNOHANG if asked["at once"] else 0)
        running.discard(pid)
        answer = os.waitstatus_to_exitcode(status) if pid else None
    print(json.dumps(answer), flush=True)
for pid in running:
    os.kill(pid, signal.SIGKILL)
"""


@dataclass
class Child:
    """What `subprocess.Popen` would give, as far as these tests ask."""

    nursery: Nursery
    pid: int
    code: int | None = None

    def poll(self) -> int | None:
        return self._ask(at_once=True)

    def wait(self) -> int | None:
        return self._ask(at_once=False)

    def kill(self) -> None:
        """Does nothing to a process that has ended."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)

    def _ask(self, *, at_once: bool) -> int | None:
        if self.code is None:
            self.code = self.nursery.ask({"pid": self.pid, "at once": at_once})
        return self.code


class Nursery:
    def __init__(self, parent: subprocess.Popen[str]) -> None:
        self._parent = parent

    def start(self, program: str, out: Path, *arguments: str) -> Child:
        """`program` goes on where `begin` ended; its output is added to `out`, errors beside it."""
        asked = {
            "program": program,
            "out": str(out),
            "errors": str(out.with_suffix(".err")),
            "arguments": arguments,
        }
        pid = self.ask(asked)
        assert pid
        return Child(self, pid)

    def ask(self, asked: object) -> int | None:
        assert self._parent.stdin is not None
        assert self._parent.stdout is not None
        self._parent.stdin.write(json.dumps(asked) + "\n")
        self._parent.stdin.flush()
        line = self._parent.stdout.readline()
        assert line, "the process that forks the others has ended"
        answer: int | None = json.loads(line)
        return answer


@contextmanager
def nursery(begin: str, environment: dict[str, str], folder: Path) -> Iterator[Nursery]:
    """`begin` may import and make ready; what cannot be shared with a fork (connections) not."""
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT],
        env=environment,
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    made = Nursery(parent)
    try:
        made.ask(begin)
        yield made
    finally:
        parent.communicate()
