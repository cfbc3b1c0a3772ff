"""Units over the API, and the manners that every room's API has: texts, pages, parameters, ETags.

Errors are raised as they are found and written as problem+json by `web.problems`.
"""

# ruff: noqa: ARG001 (ninja hands every operation the request; `asked` refuses unknown parameters)

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import date
from functools import wraps
from typing import Annotated, Any, Generic, Literal, TypeVar
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.http import parse_etags, quote_etag
from ninja import Path, Query, Router
from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, model_validator

from tinhso import __version__
from tinhso.kernel.people.access import public
from tinhso.kernel.units import queries as units
from tinhso.kernel.units.models import LoadedPack
from tinhso.kernel.units.register import UnitsNotLoadedError, register
from tinhso.measure.boundaries import Level
from tinhso.measure.text import Problem

T = TypeVar("T")
Run = Callable[..., HttpResponseBase]

#: The names that pages give these parameters in their addresses; a page's query works here too.
PAGE_NAMES = {"ky": "period", "dia-gioi": "view", "don-vi": "unit"}

#: A day that the calendar of units can be asked about.
Day = Annotated[date, Field(ge=date(1900, 1, 1), le=date(2199, 12, 31))]


class NotFoundError(LookupError):
    """The address names something that does not exist. The problem says what is near."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.line("en"))


def said(vi: str, en: str) -> Any:
    """A parameter's description in both languages: OpenAPI's own is English, `x-vi` Vietnamese."""
    return Field(description=en, json_schema_extra={"x-vi": vi})


def operation(vi: str, en: str, about_vi: str, about_en: str) -> dict[str, Any]:
    """What an operation is for, in both languages."""
    extra = {"x-vi": {"summary": vi, "description": about_vi}}
    return {"summary": en, "description": about_en, "openapi_extra": extra}


class Shape(BaseModel):
    """An answer, or a part of one. Made from domain values by their attributes."""

    model_config = ConfigDict(from_attributes=True)


class TextShape(Shape):
    """A text in both languages. Every text in every answer has this form."""

    vi: str = Field(examples=["tỉnh"])
    en: str = Field(examples=["province"])


class Parameters(BaseModel):
    """Query parameters. One that an operation does not have is an error, never passed over."""

    model_config = ConfigDict(extra="forbid")

    lang: Annotated[
        Literal["vi", "en"] | None,
        said(
            "Ngôn ngữ của thông báo lỗi: vi hoặc en; không nêu thì theo Accept-Language. Mọi văn bản trong câu trả lời luôn có cả hai thứ tiếng.",
            "Language of error messages: vi or en; by Accept-Language when left out. Texts in answers always come in both languages.",
        ),
    ] = Field(None, examples=["vi"])

    @model_validator(mode="before")
    @classmethod
    def _as_asked(cls, data: Any, info: ValidationInfo) -> Any:
        """Everything in the address, so that what is unknown is found; empty means left out."""
        request = (info.context or {}).get("request")
        if request is None:
            return data
        asked = {}
        for name, value in request.GET.items():
            own = PAGE_NAMES.get(name, name)
            own = own if own in cls.model_fields else name
            if value or own not in cls.model_fields:
                asked[own] = value
        return asked


class Paged(Parameters):
    limit: Annotated[
        int, said("Số mục nhiều nhất trong một trang (1–500).", "Most items in a page (1–500).")
    ] = Field(50, ge=1, le=500, examples=[50])
    offset: Annotated[
        int, said("Bỏ qua bao nhiêu mục đầu.", "How many first items to pass over.")
    ] = Field(0, ge=0, le=10_000_000, examples=[0])


class Page(Shape, Generic[T]):
    """A part of a list. `next` is the address of the following part; null at the end."""

    total: int = Field(description="How many items the whole list has.", examples=[34])
    limit: int = Field(examples=[50])
    offset: int = Field(examples=[0])
    next: str | None = Field(
        description="Address of the next page, from the root of the host; null on the last.",
        examples=[None],
    )
    items: list[T]


def page_fields(request: HttpRequest, asked: Paged, items: Sequence[Any]) -> dict[str, Any]:
    """The fields of a `Page` for the asked stretch of `items`."""
    end = asked.offset + asked.limit
    return {
        "total": len(items),
        "limit": asked.limit,
        "offset": asked.offset,
        "next": next_address(request, end, asked.limit) if end < len(items) else None,
        "items": list(items[asked.offset : end]),
    }


def next_address(request: HttpRequest, offset: int, limit: int) -> str:
    query = {name: value for name, value in request.GET.items() if name not in ("limit", "offset")}
    return f"{request.path}?{urlencode({**query, 'limit': limit, 'offset': offset})}"


def conditional(key: Callable[[HttpRequest], Sequence[str]]) -> Callable[[Run], Run]:
    """Operations whose answers change exactly when `key` or the address does: ETag, and 304.

    Without a key to be had (nothing is loaded) the operation itself says so.
    """

    def decorate(run: Run) -> Run:
        @wraps(run)
        def answer(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
            try:
                parts = [__version__, request.get_full_path(), *key(request)]
            except UnitsNotLoadedError:
                return run(request, **kwargs)
            etag = quote_etag(hashlib.sha256("\n".join(parts).encode()).hexdigest()[:24])
            known = parse_etags(request.headers.get("If-None-Match", ""))
            if etag in {one.removeprefix("W/") for one in known}:
                return _marked(HttpResponse(status=304), etag)
            response = run(request, **kwargs)
            return _marked(response, etag) if response.status_code == 200 else response

        return answer

    return decorate


def _marked(response: HttpResponseBase, etag: str) -> HttpResponseBase:
    response.headers["ETag"] = etag
    patch_cache_control(response, private=True, no_cache=True)
    return response


# -- units -----------------------------------------------------------------------------------------


class UnitShape(Shape):
    """A unit on a day. `living`: whether it existed then; if not, as it was at the nearest time."""

    uid: str = Field(description="Lasting identity; never reused.", examples=["p75.2025"])
    level: Level
    type: TextShape
    code: str = Field(description="Official code on the day.", examples=["75"])
    name: TextShape
    parent: str | None = Field(description="uid of the unit above.")
    since: date | None = Field(description="First day of its life; null: before the register.")
    until: date | None = Field(description="First day after its life; null: still living.")
    living: bool


class FoundShape(Shape):
    unit: UnitShape
    matched: TextShape = Field(description="The name that matched, perhaps an old one.")
    above: UnitShape | None


class EventShape(Shape):
    """A change of units. `whole` false: only a part of the source went to the target."""

    on: date
    kind: str = Field(examples=["merge"])
    label: TextShape
    source: str
    source_name: TextShape
    target: str | None
    target_name: TextShape | None
    whole: bool
    resolution: str = Field(description="The legal document.")
    note: str


class NameShape(Shape):
    name: TextShape
    code: str
    parent: str | None
    since: date | None
    until: date | None


class PointShape(Shape):
    """Degrees, WGS 84."""

    lat: float
    lon: float


class StandingShape(Shape):
    """Where the unit's figures stand on the day's map, before or after its own time."""

    unit: UnitShape
    attributed: bool = Field(
        description="False: its figures count there only as part of a bigger unit."
    )


class UnitPageShape(Shape):
    """One unit with its surroundings on the day and its whole history."""

    simulated: bool = Field(False, description="Units are real: taken from public sources.")
    day: date
    unit: UnitShape
    path: list[UnitShape] = Field(description="Units above, nearest first.")
    children: list[UnitShape]
    names: list[NameShape]
    came_from: list[EventShape]
    became: list[EventShape]
    changes: list[EventShape] = Field(description="Renamings and moves it lived through.")
    history: list[EventShape] = Field(description="All of these, oldest first.")
    partly_merged: bool
    takes_parts: bool
    standing: StandingShape
    point: PointShape | None
    area_km2: float | None


class UnitList(Page[FoundShape]):
    simulated: bool = Field(False, description="Units are real: taken from public sources.")


class UnitDay(Parameters):
    day: Annotated[
        Day | None,
        said("Ngày đang hỏi; mặc định hôm nay.", "The day asked about; today by default."),
    ] = Field(None, examples=["2025-06-30"])

    @property
    def on(self) -> date:
        return self.day or timezone.localdate()


class UnitsAsked(UnitDay, Paged):
    q: Annotated[
        str,
        said(
            "Tên (có dấu hay không, tên cũ hay mới), mã; sau dấu phẩy là đơn vị cấp trên.",
            "A name (with diacritics or not, old or new) or code; what lies above after a comma.",
        ),
    ] = Field("", max_length=200, examples=["đồng phú, bình phước"])
    within: Annotated[
        str | None,
        said(
            "Chỉ trong đơn vị này (uid); khi tìm theo tên thì gồm cả đơn vị trước và sau nó.",
            "Only in this unit (uid); a search by name also covers what it came from and became.",
        ),
    ] = Field(None, max_length=60, examples=["p70"])
    level: Annotated[Level | None, said("Chỉ một cấp.", "Only one level.")] = Field(
        None, examples=["commune"]
    )


def _register_key(_request: HttpRequest) -> list[str]:
    digest = LoadedPack.objects.values_list("digest", flat=True).first()
    if digest is None:
        raise UnitsNotLoadedError("no units in the database")
    return [digest, timezone.localdate().isoformat()]


router = Router(tags=["units"])
router.add_decorator(conditional(_register_key), mode="view")


@router.get(
    "",
    response=UnitList,
    operation_id="listUnits",
    **operation(
        "Tìm và liệt kê đơn vị",
        "Find and list units",
        "Có q: tìm theo tên hoặc mã, đúng nhất trước. Không có q: mọi đơn vị có trong ngày, trong `within` nếu nêu.",
        "With q: by name or code, best first. Without q: every unit that existed on the day, below `within` if given.",
    ),
)
@public
def list_units(request: HttpRequest, asked: Query[UnitsAsked]) -> UnitList:
    units_of_day, day = register(), asked.on
    if asked.within:
        units_of_day.versions(asked.within)
    if asked.q.strip():
        hits = units.find(
            asked.q, day=day, within=asked.within, level=asked.level, limit=len(units_of_day.lives)
        )
        page = page_fields(request, asked, hits)
        items = [
            FoundShape(
                unit=UnitShape.model_validate(hit.card),
                matched=TextShape.model_validate(hit.matched),
                above=hit.above and UnitShape.model_validate(hit.above),
            )
            for hit in page["items"]
        ]
        return UnitList.model_validate({**page, "items": items})
    if asked.within:
        uids = units_of_day.descendants(asked.within, day, asked.level)
    else:
        uids = sorted(units_of_day.on(day, asked.level))
    page = page_fields(request, asked, uids)
    cards = [units.card(uid, day) for uid in page["items"]]
    items = [
        FoundShape(
            unit=UnitShape.model_validate(card),
            matched=TextShape.model_validate(card.name),
            above=UnitShape.model_validate(units.card(card.parent, day)) if card.parent else None,
        )
        for card in cards
    ]
    return UnitList.model_validate({**page, "items": items})


@router.get(
    "/{uid}",
    response=UnitPageShape,
    operation_id="getUnit",
    **operation(
        "Một đơn vị",
        "One unit",
        "Tên, cấp trên, cấp dưới trong ngày; và cả cuộc đời: từ đâu mà có, đổi tên, sáp nhập, thành gì.",
        "Names, what lies above and below on the day, and its whole life: what it came from and became.",
    ),
)
@public
def get_unit(
    request: HttpRequest, uid: Annotated[str, Path(examples=["p70"])], asked: Query[UnitDay]
) -> UnitPageShape:
    day = asked.on
    page = units.page(uid, day)
    standing = units.standing(uid, day)
    return UnitPageShape.model_validate(
        {
            "day": day,
            "unit": page.card,
            **{
                name: getattr(page, name)
                for name in ("path", "children", "names", "came_from", "became", "changes")
            },
            "history": units.history(uid),
            "partly_merged": page.partly_merged,
            "takes_parts": page.takes_parts,
            "standing": {"unit": standing.card, "attributed": standing.attributed},
            "point": None
            if page.point is None
            else PointShape(lat=page.point[0], lon=page.point[1]),
            "area_km2": page.area_km2,
        },
        from_attributes=True,
    )
