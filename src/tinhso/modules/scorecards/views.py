"""The public pages of scorecards that rest on figures alone: the list, a unit's points, rankings."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render

from tinhso.kernel.people.access import public
from tinhso.kernel.people.limits import HEAVY, limited
from tinhso.kernel.units import queries as units
from tinhso.measure.definitions import Indicator
from tinhso.measure.scorecards.definitions import Scorecard
from tinhso.measure.scorecards.scoring import Score
from tinhso.measure.text import Text
from tinhso.modules.plan.lens import lens_query
from tinhso.modules.plan.pages import plan_page
from tinhso.modules.plan.queries import Lens, PlanQueries
from tinhso.modules.scorecards import words
from tinhso.modules.scorecards.exports import workbook
from tinhso.modules.scorecards.pages import card_frame, card_of, group_of
from tinhso.modules.scorecards.queries import CardQueries, RankingPage, shown_day

#: Gains that a unit's page lists before the rest is left to the download.
MOST_GAINS = 12


@dataclass(frozen=True)
class TreeRow:
    """A component with its score, how deep it stands, and the indicator behind a leaf."""

    depth: int
    score: Score
    indicator: Indicator | None


@public
def home(_request: HttpRequest) -> HttpResponseRedirect:
    return redirect("scorecards:cards", settings.TINHSO_DEFAULT_PLAN)


@public
@plan_page
def cards(request: HttpRequest, queries: PlanQueries, lens: Lens) -> HttpResponse:
    documents = queries.pack.pack.documents
    context = card_frame(queries, lens) | {
        "listed": [
            (
                card,
                documents[card.source.document],
                sum(bool(leaf.indicator) for leaf in card.leaves),
            )
            for card in CardQueries(queries).cards
        ]
    }
    return render(request, "scorecards/cards.html", context)


@public
@plan_page
def card(request: HttpRequest, queries: PlanQueries, lens: Lens, card_code: str) -> HttpResponse:
    """A unit's points (default: the plan's own unit); a card of tables leads to its peers."""
    found = card_of(queries, card_code)
    if found.of_tables:
        return redirect("scorecards:peers", queries.pack.code, found.code)
    unit = units.card(request.GET.get("don-vi", "") or queries.root).uid
    scored = CardQueries(queries).unit_score(found, unit, lens)
    indicators = queries.pack.indicators
    context = card_frame(queries, lens, found) | {
        "unit": unit,
        "scored": scored,
        "whole": scored.score,
        "rows": tree_rows(queries, scored.score),
        "gains": [
            (one, words.gain(one, _unit_of(indicators, one.component.indicator)))
            for one in scored.gains[:MOST_GAINS]
        ],
        "more_gains": max(0, len(scored.gains) - MOST_GAINS),
        "change": scored.change,
        "moved": _moved(found, scored.change.parts) if scored.change else [],
        "before": lens.period.previous(),
        "day": shown_day(lens),
        "document": queries.pack.pack.documents[found.source.document],
        "unit_query": lens_query(lens, **{"don-vi": unit if unit != queries.root else ""}),
    }
    return render(request, "scorecards/card.html", context)


def _unit_of(indicators: object, code: str) -> Text:
    one = indicators.get(code)  # type: ignore[attr-defined]
    return one.indicator.unit if one is not None else Text("", "")


def _moved(found: Scorecard, parts: object) -> list[tuple[object, object]]:
    """The leaves whose contribution changed, with their components."""
    return [
        (found.component(one.code), one)
        for one in parts  # type: ignore[attr-defined]
        if one.change
    ]


def tree_rows(queries: PlanQueries, whole: Score) -> list[TreeRow]:
    """The tree as rows, in the order of the file."""
    rows: list[TreeRow] = []

    def add(parts: tuple[Score, ...], depth: int) -> None:
        for part in parts:
            assert part.component is not None
            compiled = queries.pack.indicators.get(part.component.indicator)
            rows.append(TreeRow(depth, part, compiled.indicator if compiled else None))
            add(part.parts, depth + 1)

    add(whole.parts, 0)
    return rows


@public
@plan_page
def ranking(
    request: HttpRequest, queries: PlanQueries, lens: Lens, card_code: str, group_code: str
) -> HttpResponse:
    found = card_of(queries, card_code)
    group = group_of(found, group_code)
    page = CardQueries(queries).ranking_page(found, group, lens)
    context = card_frame(queries, lens, found) | {
        "group": group,
        "page": page,
        "rows": ranking_rows(found, page),
        "before": lens.period.previous(),
        "day": shown_day(lens),
    }
    return render(request, "scorecards/ranking.html", context)


def ranking_rows(card: Scorecard, page: RankingPage) -> list[tuple[object, object, object]]:
    """Each ranked unit with its change, and the component that moved its own mark the most."""
    rows: list[tuple[object, object, object]] = []
    for row in page.ranking.ranked:
        change = page.changes.get(row.unit)
        top = None
        if change is not None and change.parts and change.parts[0].change:
            top = (card.component(change.parts[0].code), change.parts[0].change)
        rows.append((row, change, top))
    return rows


@public
@limited(HEAVY)
@plan_page
def download(
    request: HttpRequest, queries: PlanQueries, lens: Lens, card_code: str
) -> HttpResponse:
    """The card as a workbook: a unit's tree, and every group's ranking."""
    found = card_of(queries, card_code)
    if found.of_tables:
        raise Http404  # its table has a download of its own
    unit = units.card(request.GET.get("don-vi", "") or queries.root).uid
    response = HttpResponse(
        workbook(CardQueries(queries), found, unit, lens),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    name = f"{queries.pack.code}-{found.code}-{lens.period.code}-{lens.view.code}.xlsx"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
