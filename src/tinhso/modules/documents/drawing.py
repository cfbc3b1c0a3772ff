"""Drawing with Typst, as a program of its own: what to draw comes in as JSON, the file goes out.

Typst keeps a pool of threads for as long as its process lives. A server that is forked from a process
which has drawn would wait for threads that it does not have, for ever; so whoever draws is never forked.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import typst


def main() -> None:
    asked: dict[str, Any] = json.load(sys.stdin.buffer)
    sys.stdout.buffer.write(typst.compile(ignore_system_fonts=True, **asked))


if __name__ == "__main__":
    main()
