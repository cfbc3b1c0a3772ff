"""A unit's draft in Excel: the workbook out, a preview of what comes back, then saving it."""

from __future__ import annotations

from django.contrib import messages
from django.core.files.base import File
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext

from tinhso.kernel.files.actions import accept
from tinhso.kernel.files.kinds import XLSX
from tinhso.kernel.files.models import StoredFile
from tinhso.kernel.files.returned import sent_or_seen
from tinhso.kernel.files.storage import path_of
from tinhso.kernel.files.tables import language
from tinhso.kernel.people.access import asks
from tinhso.kernel.people.limits import HEAVY, limited
from tinhso.kernel.units.queries import card
from tinhso.measure.text import InputError, Place, Problem
from tinhso.modules.plan.queries import Lens
from tinhso.modules.shares import own_plan_words as words
from tinhso.modules.shares.models import OwnPlan
from tinhso.modules.shares.own_plan_messages import NOTHING_NEW
from tinhso.modules.shares.own_plan_queries import contents, history
from tinhso.modules.shares.own_plan_reading import Filled, read, save
from tinhso.modules.shares.own_plan_views import own_unit
from tinhso.modules.shares.own_plan_workbook import write
from tinhso.modules.shares.own_plans import By
from tinhso.modules.shares.pages import room_frame, room_page
from tinhso.modules.shares.policies import OWN_PLAN
from tinhso.modules.shares.queries import ShareQueries

#: Rows that changed nothing, and problems, that a page lists.
MOST_LISTED = 300


def _newest(queries: ShareQueries, uid: str) -> OwnPlan | None:
    rows = history(queries.who, queries.plan.pack.code, uid)
    return rows[0] if rows else None


@asks(OWN_PLAN, "submit", unit=own_unit)
@limited(HEAVY)
@room_page
def download(_request: HttpRequest, queries: ShareQueries, _lens: Lens, uid: str) -> HttpResponse:
    """The draft to be filled in; without one, the page that says how to begin it."""
    draft = _newest(queries, uid)
    if draft is None or draft.state != OwnPlan.State.DRAFT:
        return redirect("shares:own-plan-sheet", queries.plan.pack.code, uid)
    content = write(queries, draft, contents(queries, uid, draft), language())
    response = HttpResponse(content, content_type=XLSX.content_type)
    name = f"soan-ke-hoach-{queries.plan.pack.code}-{uid}-{draft.version}.xlsx"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@asks(OWN_PLAN, "submit", unit=own_unit)
@limited(HEAVY)
@room_page
def sheet(request: HttpRequest, queries: ShareQueries, lens: Lens, uid: str) -> HttpResponse:
    """Take the workbook back, show row by row what it says, save it."""
    filled: Filled | None = None
    stored: StoredFile | None = None
    problems: tuple[Problem, ...] = ()
    plan = queries.plan.pack.code
    if request.method == "POST":
        by = By.person(queries.who, "submit", uid)

        def keep(upload: File[bytes]) -> StoredFile:
            return accept(queries.who, upload, [XLSX], unit=uid, seat=by.seat, place=Place("tep"))

        try:
            stored = sent_or_seen(request, keep)
            path = path_of(stored.digest)
            if request.POST.get("viec") == "luu":
                seen = request.POST.get("da-xem", "")
                count = len(save(by, plan, uid, path, seen, language()).acts)
                said = ngettext("Đã lưu %(n)s mục.", "Đã lưu %(n)s mục.", count)
                messages.success(request, said % {"n": count})
                return redirect("shares:own-plan", plan, uid)
        except InputError as error:
            problems = error.problems
        if stored is not None:
            try:
                filled = read(path_of(stored.digest), plan, uid, language())
            except InputError as error:
                problems = error.problems
            else:
                nothing = () if filled.acts or filled.problems else (NOTHING_NEW(),)
                problems = tuple(one for one in problems if not one.place.line) or nothing
    newest = _newest(queries, uid)
    context = room_frame(queries, lens) | {
        "card": card(uid),
        "newest": newest,
        "state": words.state(newest),
        "draft": newest if newest and newest.state == OwnPlan.State.DRAFT else None,
        "filled": filled,
        "stored": stored,
        "problems": problems,
        "told": [one for one in filled.rows if one.what != "same"] if filled else (),
        "same": filled.same[:MOST_LISTED] if filled else (),
    }
    wrong = problems or (filled is not None and filled.problems)
    return render(request, "shares/own_plan_sheet.html", context, status=400 if wrong else 200)
