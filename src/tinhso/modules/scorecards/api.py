"""Scorecards over the API: cards, points, rankings, national tables. Reading only."""

# ruff: noqa: ARG001 (ninja hands every operation the request; `asked` refuses unknown parameters)

from __future__ import annotations

from typing import Annotated

from django.db.models import Max
from django.http import HttpRequest
from ninja import Path, Query, Router
from pydantic import Field

from tinhso.kernel.people.access import public
from tinhso.kernel.units import queries as units
from tinhso.kernel.units.api import (
    NotFoundError,
    Paged,
    Parameters,
    conditional,
    operation,
    page_fields,
    said,
)
from tinhso.measure.scorecards.definitions import Group, Scorecard
from tinhso.measure.text import Place, Text, message, nearest
from tinhso.modules.plan.api_asked import (
    FigureAsked,
    LensAsked,
    PlanCode,
    about,
    lens_of,
    queries_of,
    unit_of,
)
from tinhso.modules.plan.api_figures import amount
from tinhso.modules.plan.pages import figures_key
from tinhso.modules.plan.queries import PlanQueries
from tinhso.modules.scorecards import api_answers as answers
from tinhso.modules.scorecards import api_schemas as shapes
from tinhso.modules.scorecards.models import NationalTable
from tinhso.modules.scorecards.queries import CardQueries, shown_day
from tinhso.modules.scorecards.tables import TableQueries

NO_CARD = message(
    "scorecard-unknown",
    vi="Kế hoạch {plan} không có bộ chỉ số “{code}”. Gần nhất: {near}. Danh sách: /api/v1/plans/{plan}/scorecards.",
    en="Plan {plan} has no scorecard “{code}”. Nearest: {near}. All of them: /api/v1/plans/{plan}/scorecards.",
)
NO_GROUP = message(
    "scorecard-group-unknown",
    vi="Bộ chỉ số {card} không có nhóm “{code}”. Các nhóm: {known}.",
    en="Scorecard {card} has no group “{code}”. Its groups: {known}.",
)
OF_TABLES = message(
    "scorecard-of-tables",
    vi="Bộ chỉ số {card} chấm các tỉnh theo bảng đã công bố: xem /api/v1/plans/{plan}/scorecards/{card}/tables.",
    en="Scorecard {card} scores provinces by published tables: see /api/v1/plans/{plan}/scorecards/{card}/tables.",
)
NO_TABLE = message(
    "scorecard-table-unknown",
    vi="Bộ chỉ số {card} không có bảng nào của kỳ “{code}”. Các kỳ: {known}.",
    en="Scorecard {card} has no table of the period “{code}”. Its periods: {known}.",
)
CardCode = Annotated[str, Path(examples=["XH-382"])]
TableCard = Annotated[str, Path(examples=["DTI-2022"])]
GroupCode = Annotated[str, Path(examples=["cap-xa"])]
TablePeriod = Annotated[str, Path(examples=["2022"])]


class RankingAsked(LensAsked, Paged):
    pass


class TableAsked(Paged):
    unit: Annotated[
        str | None,
        said(
            "Tỉnh được xem giữa các tỉnh (uid); mặc định là đơn vị của kế hoạch.",
            "The province to look at among its peers (uid); by default the plan's own unit.",
        ),
    ] = Field(None, max_length=60, examples=["p70"])


def _tables_key(request: HttpRequest) -> list[str]:
    newest = NationalTable.objects.aggregate(newest=Max("id"))["newest"]
    return [*figures_key(request), str(newest)]


router = Router(tags=["scorecards"])
router.add_decorator(conditional(figures_key), mode="view")
tables_router = Router(tags=["scorecards"])
tables_router.add_decorator(conditional(_tables_key), mode="view")


def card_of(queries: PlanQueries, code: str) -> Scorecard:
    """Raises NotFoundError."""
    cards = queries.pack.pack.scorecards
    if code not in cards:
        near = nearest(code, cards) or "–"
        raise NotFoundError(
            NO_CARD(Place("path.card"), plan=queries.pack.code, code=code, near=near)
        )
    return cards[code]


def scored_card(queries: PlanQueries, code: str) -> Scorecard:
    """A card that scores units. Raises NotFoundError."""
    card = card_of(queries, code)
    if card.of_tables:
        raise NotFoundError(OF_TABLES(Place("path.card"), plan=queries.pack.code, card=code))
    return card


def group_of(card: Scorecard, code: str) -> Group:
    """Raises NotFoundError."""
    found = card.group(code)
    if found is None:
        known = ", ".join(group.code for group in card.groups) or "–"
        raise NotFoundError(NO_GROUP(Place("path.group"), card=card.code, code=code, known=known))
    return found


@router.get(
    "/{plan}/scorecards",
    response=shapes.CardList,
    operation_id="listScorecards",
    **operation(
        "Các bộ chỉ số",
        "Scorecards",
        "Mọi bộ chỉ số của kế hoạch và của các gói mà kế hoạch dùng.",
        "Every scorecard of the plan and of the packs that it uses.",
    ),
)
@public
def list_scorecards(request: HttpRequest, plan: PlanCode, asked: Query[Paged]) -> shapes.CardList:
    queries = queries_of(plan)
    lines = [answers.card_line(card) for card in CardQueries(queries).cards]
    page = {**page_fields(request, asked, lines), "about": about(queries)}
    return shapes.CardList.model_validate(page, from_attributes=True)


@router.get(
    "/{plan}/scorecards/{card}",
    response=shapes.CardAnswer,
    operation_id="getScorecard",
    **operation(
        "Một bộ chỉ số",
        "One scorecard",
        "Cây điểm, cách chấm, nguồn và mức chắc chắn của từng tiêu chí, các nhóm xếp hạng.",
        "The tree of points, the rule, source and certainty of each component, the groups.",
    ),
)
@public
def get_scorecard(
    request: HttpRequest, plan: PlanCode, card: CardCode, asked: Query[Parameters]
) -> shapes.CardAnswer:
    queries = queries_of(plan)
    found = answers.card_shape(card_of(queries, card))
    answer = {"about": about(queries), "card": found}
    return shapes.CardAnswer.model_validate(answer, from_attributes=True)


@router.get(
    "/{plan}/scorecards/{card}/score",
    response=shapes.ScoreAnswer,
    operation_id="getScore",
    **operation(
        "Điểm của một đơn vị",
        "A unit's points",
        "Cây điểm của một đơn vị, điểm còn lấy được và cần gì, hạng trong nhóm và vì sao đổi hạng.",
        "A unit's tree of points, what points are left and what they take, its rank and why it changed.",
    ),
)
@public
def get_score(
    request: HttpRequest, plan: PlanCode, card: CardCode, asked: Query[FigureAsked]
) -> shapes.ScoreAnswer:
    queries = queries_of(plan)
    found, lens = scored_card(queries, card), lens_of(queries, asked)
    unit = unit_of(queries, asked)
    scored = CardQueries(queries).unit_score(found, unit, lens)
    indicators = queries.pack.indicators
    row = scored.row
    answer = {
        "about": about(queries),
        "lens": lens,
        "card": found.code,
        "unit": unit,
        "exists": scored.exists,
        "group": scored.group.code if scored.group is not None else None,
        "mark": amount(scored.mark),
        "score": answers.score_shape(scored.score),
        "gains": [
            answers.gain_shape(
                one,
                indicators[one.component.indicator].indicator.unit
                if one.component.indicator
                else Text("", ""),
            )
            for one in scored.gains
        ],
        "ranked": None
        if row is None
        else answers.ranked_shape(
            found, row, queries.units.full_name(unit, shown_day(lens)), scored.change
        ),
        "units_ranked": scored.ranked,
    }
    return shapes.ScoreAnswer.model_validate(answer, from_attributes=True)


@router.get(
    "/{plan}/scorecards/{card}/rankings/{group}",
    response=shapes.RankingAnswer,
    operation_id="getRanking",
    **operation(
        "Bảng xếp hạng của một nhóm",
        "The ranking of a group",
        "Hạng, điểm, đồng hạng, đơn vị không xếp hạng kèm lý do, đổi hạng so với kỳ trước và vì sao.",
        "Ranks, points, ties, units without a rank and why, changes from the period before and why.",
    ),
)
@public
def get_ranking(
    request: HttpRequest,
    plan: PlanCode,
    card: CardCode,
    group: GroupCode,
    asked: Query[RankingAsked],
) -> shapes.RankingAnswer:
    queries = queries_of(plan)
    found, lens = scored_card(queries, card), lens_of(queries, asked)
    which = group_of(found, group)
    page = CardQueries(queries).ranking_page(found, which, lens)
    day = shown_day(lens)
    lines = [
        answers.ranked_shape(
            found, row, queries.units.full_name(row.unit, day), page.changes.get(row.unit)
        )
        for row in page.ranking.rows
    ]
    answer = {
        **page_fields(request, asked, lines),
        "about": about(queries),
        "lens": lens,
        "card": found.code,
        "group": answers.group_shape(which),
    }
    return shapes.RankingAnswer.model_validate(answer, from_attributes=True)


@tables_router.get(
    "/{plan}/scorecards/{card}/tables",
    response=shapes.TableList,
    operation_id="listNationalTables",
    **operation(
        "Các bảng quốc gia",
        "National tables",
        "Các kỳ đã có bảng hoặc kết quả công bố, mới nhất trước.",
        "Periods with a table or a published result, the newest first.",
    ),
)
@public
def list_tables(
    request: HttpRequest, plan: PlanCode, card: TableCard, asked: Query[Paged]
) -> shapes.TableList:
    queries = queries_of(plan)
    found, tables = card_of(queries, card), TableQueries(queries)
    lines = [
        {"period": period, "imports": len(tables.revisions(found, period))}
        for period in tables.periods(found)
    ]
    page = {**page_fields(request, asked, lines), "about": about(queries)}
    return shapes.TableList.model_validate(page, from_attributes=True)


@tables_router.get(
    "/{plan}/scorecards/{card}/tables/{period}",
    response=shapes.TableAnswer,
    operation_id="getNationalTable",
    **operation(
        "Bảng quốc gia của một kỳ",
        "The national table of a period",
        "Các tỉnh theo hạng; một tỉnh giữa các tỉnh: khoảng cách tới hạng 10, tiêu chí đưa lên nhiều bậc nhất.",
        "Provinces by rank; one among its peers: its distance to the tenth place, what buys most places.",
    ),
)
@public
def get_table(
    request: HttpRequest,
    plan: PlanCode,
    card: TableCard,
    period: TablePeriod,
    asked: Query[TableAsked],
) -> shapes.TableAnswer:
    queries = queries_of(plan)
    found, tables = card_of(queries, card), TableQueries(queries)
    known = tables.periods(found)
    which = next((one for one in known if one.code == period), None)
    if which is None:
        listed = ", ".join(one.code for one in known) or "–"
        raise NotFoundError(
            NO_TABLE(Place("path.period"), card=found.code, code=period, known=listed)
        )
    table = tables.table(found, which)
    unit = tables.unit_then(units.card(asked.unit or queries.root).uid, which.last_day)
    place = tables.place(table, unit)
    answer = {
        **page_fields(request, asked, [answers.peer_shape(row) for row in table.rows]),
        "card": found.code,
        "period": which,
        "whole": table.is_whole,
        "expected": table.expected,
        "imports": [answers.import_shape(one) for one in tables.revisions(found, which)],
        "place": None
        if place is None
        else {
            "unit": unit,
            "to_tenth": amount(place.to_goal),
            "bought": [answers.bought_shape(one) for one in place.bought],
        },
    }
    return shapes.TableAnswer.model_validate(answer, from_attributes=True)
