"""Rounds over the API: for those who may see them, of the units within their reach."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from django.http import HttpRequest
from ninja import Path, Query, Router

from tinhso.kernel.people.access import Access
from tinhso.kernel.people.accounts import who_is
from tinhso.kernel.people.policy import Answer, ForbiddenError, Need
from tinhso.kernel.people.who import Who
from tinhso.kernel.units.api import NotFoundError, Paged, operation, page_fields
from tinhso.kernel.units.register import register
from tinhso.measure.text import Place, message
from tinhso.modules.plan.api_asked import PlanCode, about, queries_of
from tinhso.modules.scorecards import api_answers as answers
from tinhso.modules.scorecards import api_schemas as shapes
from tinhso.modules.scorecards import round_queries
from tinhso.modules.scorecards.api import CardCode, card_of
from tinhso.modules.scorecards.models import Round
from tinhso.modules.scorecards.policies import ROUND
from tinhso.modules.scorecards.queries import CardQueries
from tinhso.modules.scorecards.round_results import result_of

NO_ROUND = message(
    "scorecard-round-unknown",
    vi="Không có đợt này, hoặc không đơn vị nào trong phạm vi của bạn tham gia.",
    en="There is no such round, or no unit within your reach takes part in it.",
)

RoundId = Annotated[uuid.UUID, Path(examples=["018f3b8e-0000-7000-8000-000000000000"])]

#: What rounds hold changes with every act, and is no public matter: no ETag.
router = Router(tags=["scorecards"])

V = TypeVar("V", bound=Callable[..., Any])


def of_rounds(view: V) -> V:
    """An operation for those who may see rounds; the operation asks with `viewer`.

    `asks` would wrap it, and ninja could then not read the types of its parameters.
    """
    view.access = Access(ROUND, "view")  # type: ignore[attr-defined]
    return view


def viewer(request: HttpRequest) -> Who:
    """Who asks, if they may see a round anywhere. Raises ForbiddenError."""
    who = who_is(request)
    if not ROUND.anywhere(who, "view"):
        need = Need.RIGHT if who.signed_in else Need.SIGN_IN
        raise ForbiddenError(Answer(ROUND, ROUND.verbs["view"], "", need))
    return who


@router.get(
    "/{plan}/scorecards/{card}/rounds",
    response=shapes.RoundList,
    operation_id="listRounds",
    **operation(
        "Các đợt tự chấm, thẩm định",
        "Rounds of self-assessment and verification",
        "Những đợt có đơn vị trong phạm vi của người hỏi tham gia, mới nhất trước.",
        "Rounds that a unit within reach takes part in, the newest first.",
    ),
)
@of_rounds
def list_rounds(
    request: HttpRequest, plan: PlanCode, card: CardCode, asked: Query[Paged]
) -> shapes.RoundList:
    who, queries = viewer(request), queries_of(plan)
    found = round_queries.rounds(who, plan, card_of(queries, card).code)
    lines = [answers.round_shape(one) for one in found]
    page = {**page_fields(request, asked, lines), "about": about(queries)}
    return shapes.RoundList.model_validate(page, from_attributes=True)


def _round(who: Who, plan: str, card: str, round_id: uuid.UUID) -> Round:
    found = round_queries.a_round(who, round_id)
    if found is None or (found.plan, found.card) != (plan, card):
        raise NotFoundError(NO_ROUND(Place("path.round_id")))
    return found


@router.get(
    "/{plan}/scorecards/{card}/rounds/{round_id}",
    response=shapes.RoundAnswer,
    operation_id="getRound",
    **operation(
        "Một đợt và các đơn vị",
        "A round with its units",
        "Bước, hạn, và tổng điểm tự chấm, thẩm định của các đơn vị trong phạm vi.",
        "The step, last days, and the units within reach with their claimed and verified points.",
    ),
)
@of_rounds
def get_round(
    request: HttpRequest, plan: PlanCode, card: CardCode, round_id: RoundId, asked: Query[Paged]
) -> shapes.RoundAnswer:
    who, queries = viewer(request), queries_of(plan)
    made = _round(who, plan, card_of(queries, card).code, round_id)
    result = result_of(who, made)
    places = {one.unit: one for one in result.rows} if result is not None else {}
    lines = [
        answers.unit_in_round_shape(one, places.get(one.unit))
        for one in round_queries.units_in(who, made)
    ]
    answer = {
        **page_fields(request, asked, lines),
        "about": about(queries),
        "round": answers.round_shape(made),
    }
    return shapes.RoundAnswer.model_validate(answer, from_attributes=True)


@router.get(
    "/{plan}/scorecards/{card}/rounds/{round_id}/units/{unit}",
    response=shapes.LinesAnswer,
    operation_id="getRoundLines",
    **operation(
        "Các tiêu chí của một đơn vị trong đợt",
        "A unit's lines in a round",
        "Điểm đo từ bản ghi, tự chấm kèm căn cứ, thẩm định kèm nhận xét, kiến nghị và quyết định.",
        "Points from records, claimed with evidence, verified with findings, appeals with decisions.",
    ),
)
@of_rounds
def get_round_lines(
    request: HttpRequest,
    plan: PlanCode,
    card: CardCode,
    round_id: RoundId,
    unit: Annotated[str, Path(examples=["p70"])],
    asked: Query[Paged],
) -> shapes.LinesAnswer:
    who, queries = viewer(request), queries_of(plan)
    found = card_of(queries, card)
    made = _round(who, plan, found.code, round_id)
    if unit not in register() or not made.lines.filter(unit=unit).exists():
        raise NotFoundError(NO_ROUND(Place("path.unit")))
    ROUND.require(who, "view", unit)
    lines = round_queries.unit_lines(CardQueries(queries), made, found, unit)
    answer = {
        **page_fields(request, asked, [answers.line_shape(one) for one in lines]),
        "about": about(queries),
        "round": answers.round_shape(made),
        "unit": unit,
    }
    return shapes.LinesAnswer.model_validate(answer, from_attributes=True)
