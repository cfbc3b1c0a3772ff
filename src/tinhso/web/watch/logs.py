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

from django.http import HttpRequest

#: The request that the present thread works on.
request_id: ContextVar[str] = ContextVar("request_id", default="")

_QUERY = re.compile(r"\?[^\s\"']*")


class WithRequestId(logging.Filter):
    """Marks each record with its request, and cuts out of messages what a person typed or was sent:
    an address says its route only, for it may hold a one-time secret, as an invitation's does."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        if record.name.startswith("django."):
            # Django's own messages about an answer end with the request's path; others hold whole
            # addresses as arguments.
            request = getattr(record, "request", None)
            if isinstance(request, HttpRequest) and isinstance(record.args, tuple) and record.args:
                match = request.resolver_match
                record.args = (*record.args[:-1], match.view_name if match else "no route")
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
    """For people: as JsonLines, in a line; a traceback without the exception's text. Signs that
    cannot be printed, line feeds too, are written as escapes: nobody forges a line."""

    def format(self, record: logging.LogRecord) -> str:
        facts = getattr(record, "facts", {})
        shown = " ".join(f"{name}={value}" for name, value in facts.items())
        message = "".join(
            one if one.isprintable() else ascii(one)[1:-1] for one in record.getMessage()
        )
        line = f"{self.formatTime(record)} {record.levelname} {record.name}: {message}"
        line = " ".join(part for part in (line, shown, getattr(record, "request_id", "")) if part)
        if record.exc_info and record.exc_info[0] is not None:
            line += "\n  " + "\n  ".join([*_trace(record), record.exc_info[0].__name__])
        return line
