"""For other sites and programs: Atom, CSV, JSON that any page may read, a page made to be framed."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import feedgenerator
from django.utils.html import linebreaks
from django.utils.translation import get_language, gettext

from tinhso.kernel.people.access import public
from tinhso.kernel.people.limits import API, HEAVY, limited
from tinhso.kernel.units.queries import card
from tinhso.kernel.units.register import register
from tinhso.modules.questions import queries
from tinhso.modules.questions.fields import name_of
from tinhso.modules.questions.views import filters

CSV_HEAD = (
    "code", "field", "unit", "unit_name", "published_at", "changed_at", "holds_until", "version",
    "question", "more", "answer", "legal_basis", "simulated",
)  # fmt: skip


@public
def atom(request: HttpRequest) -> HttpResponse:
    """The answers that came or changed last."""
    site = request.build_absolute_uri("/").rstrip("/")
    found = queries.feed()
    feed = feedgenerator.Atom1Feed(
        title=gettext("Hỏi đáp"),
        link=site + reverse("questions:index"),
        description=gettext("Câu trả lời mới và mới sửa"),
        language=get_language() or "vi",
        feed_url=site + reverse("questions:atom"),
    )
    for answer, said in found:
        mark = gettext("(mô phỏng)") if answer.simulated else ""
        feed.add_item(
            title=f"{answer.title} {mark}".strip(),
            link=site + reverse("questions:answer", args=[answer.code]),
            description=linebreaks(said.text, autoescape=True),
            pubdate=answer.published_at,
            updateddate=answer.changed_at,
            unique_id=f"{site}/hoi-dap/{answer.code}/",
            categories=[name_of(answer.field).to(get_language() or "vi")],
            author_name=card(answer.unit_id).name.to(get_language() or "vi"),
        )
    return HttpResponse(
        feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8"
    )


class _Line:
    """A file that hands each line back: how rows are sent as they are read."""

    def write(self, text: str) -> str:
        return text


@public
@limited(HEAVY)
def download(request: HttpRequest) -> StreamingHttpResponse:
    """All published answers as they stand, for a spreadsheet."""
    _, field, unit = filters(request)
    rows = queries.public().order_by("published_at", "code").prefetch_related("versions")
    if field:
        rows = rows.filter(field=field)
    if unit:
        rows = rows.filter(unit_id=unit)

    def lines() -> Iterator[str]:
        writer = csv.writer(_Line())
        yield "\ufeff" + writer.writerow(CSV_HEAD)
        for one in rows.iterator(chunk_size=500):
            said = max(one.versions.all(), key=lambda version: version.n)
            cells: list[Any] = [
                one.code, one.field, one.unit_id, card(one.unit_id).name.vi,
                one.published_at.isoformat(), one.changed_at.isoformat(), one.holds_until or "",
                said.n, said.title, said.question, said.text, said.basis, int(one.simulated),
            ]  # fmt: skip
            yield writer.writerow([_harmless(cell) for cell in cells])

    answer = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="hoi-dap.csv"'
    return answer


def _harmless(cell: Any) -> Any:
    """A text that a spreadsheet would take for a formula is kept a text."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@") else cell


@public
@limited(API)
def search_json(request: HttpRequest) -> JsonResponse:
    """What a search finds, for scripts of other sites: reading only, and no cookie is looked at."""
    text, field, unit = filters(request)
    found = (
        queries.search(text, field=field, unit=unit)
        if text
        else queries.listed(field=field, unit=unit).answers
    )
    lang = get_language() or "vi"
    site = request.build_absolute_uri("/").rstrip("/")
    answers = [
        {
            "code": one.code,
            "question": one.title,
            "excerpt": one.excerpt,
            "field": one.field_code,
            "field_name": one.field.to(lang),
            "unit": one.unit_uid,
            "unit_name": one.unit.to(lang),
            "published_at": one.published_at.isoformat(),
            "holds_until": one.holds_until.isoformat() if one.holds_until else None,
            "may_no_longer_hold": one.stale,
            "simulated": one.simulated,
            "covers": round(one.covers, 3),
            "address": site + reverse("questions:answer", args=[one.code]),
        }
        for one in found
    ]
    answer = JsonResponse({"search": text, "answers": answers})
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


@public
def embed(request: HttpRequest, unit: str) -> HttpResponse:
    """An agency's answers, made to stand in a frame on its own portal."""
    if unit not in register():
        raise Http404
    text = request.GET.get("tim", "").strip()[:300]
    answers = queries.search(text, unit=unit) if text else queries.listed(unit=unit).answers
    context = {"unit": unit, "unit_name": card(unit).name, "text": text, "answers": answers[:10]}
    answer = render(request, "questions/embed.html", context)
    framers = " ".join(["'self'", *settings.TINHSO_EMBEDDERS])
    answer["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; form-action 'self';"
        f" base-uri 'none'; frame-ancestors {framers}"
    )
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer.may_be_framed = True  # type: ignore[attr-defined]
    return answer
