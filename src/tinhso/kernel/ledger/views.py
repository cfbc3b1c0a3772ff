"""The ledger's pages: what it is and how anyone verifies it; and entries, for those who may."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from tinhso.kernel.ledger import heads
from tinhso.kernel.ledger.filters import Filters
from tinhso.kernel.ledger.heads import Head
from tinhso.kernel.ledger.histories import history as history_of
from tinhso.kernel.ledger.models import Entry, TreeHead
from tinhso.kernel.ledger.queries import Counted, counted, newest_head, proof_of
from tinhso.kernel.ledger.words import ACTORS, CHANNELS, act_in_words
from tinhso.kernel.people.access import asks, public
from tinhso.kernel.people.accounts import who_is
from tinhso.kernel.people.filled import whole
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.policies import ENTRY
from tinhso.kernel.units.register import UnknownUnitError, register
from tinhso.measure.text import InputError, Problem, Text

#: Rows of the list; heads on the page and in the file to take away.
ROWS, HEADS, HEADS_TO_KEEP = 50, 5, 1000

#: The table of acts goes back this many months, and is counted anew this often (seconds).
MONTHS, COUNT_SECONDS = 12, 600


#: An actor that is an account is named by its id.
_ACCOUNT = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Month:
    first: date
    acts: list[tuple[Text, str, int]]
    total: int


@dataclass(frozen=True)
class Row:
    """An entry as the list shows it."""

    entry: Entry
    actor: Text
    act: Text
    unit: Text | None


@public
def about(request: HttpRequest) -> HttpResponse:
    """What the ledger is, its newest heads, how to verify it, what was done how often."""
    context = {
        "newest": newest_head(),
        "heads": [Head.of(row) for row in TreeHead.objects.order_by("-size")[:HEADS]],
        "keys": list(heads.known_keys().values()),
        "months": _months(),
        "may_view": ENTRY.anywhere(who_is(request), "view"),
        "section": "ledger",
    }
    return render(request, "ledger/about.html", context)


def _months() -> list[Month]:
    key = "ledger-counted"
    rows: list[Counted] | None = cache.get(key)
    if rows is None:
        today = timezone.localdate()
        months = today.year * 12 + today.month - MONTHS
        since = datetime(months // 12, months % 12 + 1, 1, tzinfo=timezone.get_current_timezone())
        rows = counted(since)
        cache.set(key, rows, COUNT_SECONDS)
    found: dict[date, list[tuple[Text, str, int]]] = {}
    for row in rows:
        month = timezone.localtime(row.month).date()
        found.setdefault(month, []).append((act_in_words(row.act), row.act, row.count))
    return [Month(one, acts, sum(count for *_, count in acts)) for one, acts in found.items()]


@public
def heads_file(_request: HttpRequest) -> HttpResponse:
    """The newest tree heads, one a line, to keep elsewhere."""
    rows = reversed(TreeHead.objects.order_by("-size")[:HEADS_TO_KEEP])
    content = "".join(Head.of(row).line() for row in rows)
    response = HttpResponse(content, content_type="application/jsonl; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="heads.jsonl"'
    return response


@asks(ENTRY, "view")
def entries(request: HttpRequest) -> HttpResponse:
    """The entries of the units within reach, newest first."""
    who = who_is(request)
    filters, problems = Filters(), tuple[Problem, ...]()
    try:
        filters = Filters.read(request.GET)
    except InputError as error:
        problems = error.problems
    allowed = ENTRY.rows(who, "view", Entry.objects.all())
    found = [] if problems else list(filters.of(allowed).order_by("-id")[: ROWS + 1])
    more = found[ROWS - 1].pk if len(found) > ROWS else None
    context = {
        "rows": _rows(found[:ROWS]),
        "filters": filters,
        "asked": request.GET,
        "unit_asked": request.GET.get("don-vi", ""),
        "account_asked": request.GET.get("tai-khoan", ""),
        "problems": problems,
        "older": "?" + urlencode({**filters.query(), "truoc": more}) if more else "",
        "acts": [(one, act_in_words(one)) for one in _acts()],
    }
    return render(request, "ledger/entries.html", context, status=400 if problems else 200)


def _acts() -> list[str]:
    """The acts of the last months: those that the public page counts."""
    return sorted({code for month in _months() for _, code, _ in month.acts})


@asks(ENTRY, "view")
def entry(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One entry, with its difference and the proof that it is in the log."""
    found = Entry.objects.filter(uid=uid).first()
    if found is None:
        raise Http404
    ENTRY.require(who_is(request), "view", found.unit)
    (row,) = _rows([found])
    context = {
        "row": row,
        "entry": found,
        "channel": CHANNELS.get(found.channel),
        "proof": proof_of(found),
    }
    return render(request, "ledger/entry.html", context)


@public
def history(request: HttpRequest) -> HttpResponse:
    """What happened to one thing: `loai` its kind, `vat` its id, `truoc` where to go on."""
    who, asked = who_is(request), request.GET
    kind, thing = asked.get("loai", ""), asked.get("vat", "")
    found = None if "\0" in thing else history_of(who, kind, thing, whole(asked.get("truoc", "")))
    if found is None:
        return render(request, "ledger/no_history.html", {"plan_code": ""}, status=404)
    older = {"loai": kind, "vat": thing, "truoc": found.older}
    context = {
        "history": found,
        "older": "?" + urlencode(older) if found.older else "",
        "may_view_entries": ENTRY.anywhere(who, "view"),
        "plan_code": "",
    }
    return render(request, "ledger/history.html", context)


def _rows(found: list[Entry]) -> list[Row]:
    ids = {one.actor for one in found if _ACCOUNT.fullmatch(one.actor)}
    names = {str(one.pk): one.name for one in Account.objects.filter(pk__in=ids)}
    return [Row(one, _actor(one.actor, names), act_in_words(one.act), _unit(one)) for one in found]


def _actor(actor: str, names: dict[str, str]) -> Text:
    name = names.get(actor, actor)
    return ACTORS.get(actor) or Text(name, name)


def _unit(one: Entry) -> Text | None:
    if not one.unit:
        return None
    try:
        return register().full_name(one.unit, timezone.localdate(one.at))
    except UnknownUnitError:
        return Text(one.unit, one.unit)
