"""The log: one line a request, without anything personal in it.

What a person typed is in queries, bodies and headers; who they are is in names and addresses. None
of that is logged: a request is its route's name, its status, its time and the account's id.
"""

from __future__ import annotations

import json
import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime

#: The request that the present thread works on.
request_id: ContextVar[str] = ContextVar("request_id", default="")

_QUERY = re.compile(r"\?[^\s\"']*")


class WithRequestId(logging.Filter):
    """Marks each record with its request, and has routes for addresses in messages."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        if record.name.startswith("django."):
            # Django's own messages hold whole addresses as arguments, and some addresses are secrets.
            match = getattr(getattr(record, "request", None), "resolver_match", None)
            if match is not None and isinstance(record.args, tuple):
                record.args = tuple(
                    match.route if str(one).startswith("/") else one for one in record.args
                )
            record.msg, record.args = _QUERY.sub("?…", record.getMessage()), ()
        return True


class JsonLines(logging.Formatter):
    """One JSON object a line: time (UTC), level, logger, message, request_id, and a request's facts."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": getattr(record, "request_id", ""),
        }
        line |= getattr(record, "facts", {})
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            line["trace"] = _trace(record)
        return json.dumps(line, ensure_ascii=False)


def _trace(record: logging.LogRecord) -> list[str]:
    """Files and lines only: an exception's text may hold what a person typed."""
    found, step = [], record.exc_info[2] if record.exc_info else None
    while step is not None:
        code = step.tb_frame.f_code
        found.append(f"{code.co_filename}:{step.tb_lineno} {code.co_name}")
        step = step.tb_next
    return found


class Lines(logging.Formatter):
    """For people: as JsonLines, in a line; a traceback without the exception's text."""

    def format(self, record: logging.LogRecord) -> str:
        facts = getattr(record, "facts", {})
        shown = " ".join(f"{name}={value}" for name, value in facts.items())
        line = f"{self.formatTime(record)} {record.levelname} {record.name}: {record.getMessage()}"
        line = " ".join(part for part in (line, shown, getattr(record, "request_id", "")) if part)
        if record.exc_info and record.exc_info[0] is not None:
            line += "\n  " + "\n  ".join([*_trace(record), record.exc_info[0].__name__])
        return line
