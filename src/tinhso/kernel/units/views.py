"""The office's pages about agencies: the list, adding one, renaming or ending one, each looked at first."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext

from tinhso.kernel.ledger.histories import unit_in_words
from tinhso.kernel.notices.needs import needs_on
from tinhso.kernel.notices.standings import standing_of
from tinhso.kernel.people.access import asks
from tinhso.kernel.people.accounts import who_is
from tinhso.kernel.people.filled import Filled, day_of
from tinhso.kernel.people.models import Position
from tinhso.kernel.people.who import Who
from tinhso.kernel.units import actions
from tinhso.kernel.units.actions import AGENCY_TYPES, Asked
from tinhso.kernel.units.asked import unit_asked
from tinhso.kernel.units.changes import What
from tinhso.kernel.units.models import AgencyChange
from tinhso.kernel.units.policies import AGENCY
from tinhso.kernel.units.queries import card
from tinhso.kernel.units.register import register
from tinhso.kernel.units.words import TYPES
from tinhso.measure.boundaries import Level
from tinhso.measure.text import InputError, Text

WHAT = {
    What.ADD: Text("thêm", "added"),
    What.RENAME: Text("đổi tên", "renamed"),
    What.END: Text("kết thúc", "ended"),
}


def _mine(who: Who) -> list[str]:
    """The agencies that `who` may change by code, those that go on first."""
    units, reach = register(), AGENCY.units(who, "manage")
    own = [uid for uid in units.lives if units.level(uid) is Level.AGENCY]
    within = (uid for uid in own if reach is None or uid in reach)
    return sorted(within, key=lambda uid: (units.nearest(uid).until is not None, uid))


def _above(agency: str) -> str:
    return register().nearest(agency).parent or ""


@asks(AGENCY, "manage")
def agencies(request: HttpRequest) -> HttpResponse:
    who = who_is(request)
    mine, units = _mine(who), register()
    waiting = AgencyChange.objects.filter(loaded=False).order_by("id")
    context = {
        "rows": [(card(uid), units.nearest(uid), units.became(uid)) for uid in mine],
        "waiting": [
            (one, WHAT[What(one.what)], _name(one.uid), _name(one.target) if one.target else None)
            for one in waiting
            if AGENCY.ask(who, "manage", one.parent or _parent_of(one))
        ],
        "units": units,
    }
    return render(request, "units/agencies.html", context)


def _added(uid: str) -> AgencyChange | None:
    return AgencyChange.objects.filter(uid=uid, what=What.ADD).first()


def _parent_of(one: AgencyChange) -> str:
    if one.uid in register():
        return _above(one.uid)
    added = _added(one.uid)
    return added.parent if added else ""


def _name(uid: str) -> Text:
    """Of an agency, also where it is only asked for yet."""
    added = None if uid in register() else _added(uid)
    if added is None:
        return unit_in_words(uid, timezone.localdate())
    return Text(added.name, added.name_en or added.name)


def _with_code(uid: str) -> Text:
    """Namesakes of several provinces are told apart."""
    name, code = _name(uid), uid.removeprefix("a.")
    return Text(f"{name.vi} ({code})", f"{name.en} ({code})")


@asks(AGENCY, "manage")
def add(request: HttpRequest) -> HttpResponse:
    return _page(request, What.ADD, "")


@asks(AGENCY, "manage")
def change(request: HttpRequest, agency: str) -> HttpResponse:
    """Rename or end an agency; which of the two the address says."""
    if agency not in register() or register().level(agency) is not Level.AGENCY:
        raise Http404
    AGENCY.require(who_is(request), "manage", _above(agency))
    asked = request.POST if request.method == "POST" else request.GET
    what = What.END if asked.get("viec") == "ket-thuc" else What.RENAME
    return _page(request, what, agency)


def _page(request: HttpRequest, what: What, agency: str) -> HttpResponse:
    """A form; first looked at with what it touches, then kept."""
    who, looked = who_is(request), None
    last = register().nearest(agency) if agency else None
    first = {"name": last.name, "name_en": last.name_en} if last and what is What.RENAME else {}
    filled = Filled(None, None, **first)
    if request.method == "POST":
        filled = Filled(request.POST)
        try:
            asked = _asked(request, what, agency)
            if request.POST.get("buoc") == "luu":
                actions.change(who, asked)
                messages.success(
                    request, gettext("Đã ghi thay đổi; danh mục có nó từ lần nạp đơn vị kế tiếp.")
                )
                return redirect("units:agencies")
            looked, _ = actions.looked_at(who, asked)
        except InputError as error:
            filled = Filled(request.POST, error)
    living = [uid for uid in _mine(who) if card(uid).living]
    asked_for = AgencyChange.objects.filter(loaded=False, what=What.ADD)
    living += [one.uid for one in asked_for if AGENCY.ask(who, "manage", one.parent)]
    context: dict[str, Any] = {
        "what": what.value,
        "agency": agency,
        "name": register().full_name(agency) if agency else None,
        "filled": filled,
        "looked": looked,
        "touched": _touched(who, agency) if looked and agency else None,
        "types": [
            ("", Text("chọn loại", "choose the kind")),
            *((one, TYPES[one]) for one in AGENCY_TYPES),
        ],
        "heirs": [
            ("", Text("không có cơ quan tiếp nhận", "no successor")),
            *((uid, _with_code(uid)) for uid in living if uid != agency),
        ],
    }
    status = 400 if filled.problems else 200
    return render(request, "units/agency.html", context, status=status)


def _asked(request: HttpRequest, what: What, agency: str) -> Asked:
    """Raises InputError."""
    posted = {name: value.strip() for name, value in request.POST.items() if isinstance(value, str)}
    on = day_of(request, "on")
    assert on is not None
    given = {"document": posted.get("document", ""), "reason": posted.get("reason", "")}
    if what is What.END:
        return Asked(what.value, agency, on, target=posted.get("target", ""), **given)
    given |= {"name": posted.get("name", ""), "name_en": posted.get("name_en", "")}
    if what is What.RENAME:
        return Asked(what.value, agency, on, **given)
    code = posted.get("code", "")
    given |= {
        "type": posted.get("type", ""),
        "parent": unit_asked(posted.get("parent", ""), "parent"),
    }
    return Asked(what.value, f"a.{code}", on, code=code, **given)


def _touched(who: Who, agency: str) -> dict[str, Any]:
    """What of the rooms stands with an agency today."""
    needs = [one for one in needs_on(who.day) if one.unit == agency]
    positions = Position.objects.filter(unit=agency).exclude(until__lte=who.day)
    return {
        "stands": list(standing_of(who, agency)),
        "needs": [one.title for one in needs[:20]],
        "needs_count": len(needs),
        "positions": positions.count(),
    }


@asks(AGENCY, "manage")
def withdraw(request: HttpRequest, change: int) -> HttpResponse:
    made = get_object_or_404(AgencyChange, pk=change)
    who = who_is(request)
    AGENCY.require(who, "manage", made.parent or _parent_of(made))
    if request.method == "POST":
        try:
            actions.withdraw(who, made, request.POST.get("reason", ""))
        except InputError as error:
            for problem in error.problems:
                messages.error(request, problem.to(request.LANGUAGE_CODE))
        else:
            messages.success(request, gettext("Đã rút thay đổi."))
    return redirect("units:agencies")
