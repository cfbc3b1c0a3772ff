"""Over the API: streams and their fields, batches, the schemas of packs, the words of answers."""

# ruff: noqa: ARG001 (ninja hands every operation the request; `asked` refuses unknown parameters)

from __future__ import annotations

import json
from functools import lru_cache
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Query, Router
from pydantic import Field

from tinhso.kernel.people.access import public
from tinhso.kernel.units.api import (
    NotFoundError,
    Paged,
    Parameters,
    conditional,
    operation,
    page_fields,
    said,
)
from tinhso.kernel.units.words import KINDS as CHANGE_KINDS
from tinhso.measure.ingest import batches
from tinhso.measure.text import Place, Text, message, nearest
from tinhso.modules.plan import words
from tinhso.modules.plan.api_schemas import (
    BatchList,
    SchemaList,
    StreamList,
    StreamShape,
    Words,
)
from tinhso.modules.plan.pack import SCHEMAS
from tinhso.modules.plan.pages import figures_key
from tinhso.modules.plan.workspace import NotMeasuredError, Workspace, workspace

UNKNOWN_STREAM = message(
    "stream-unknown",
    vi="Không có luồng bản ghi “{code}”. Các luồng: {known}.",
    en="There is no stream “{code}”. The streams: {known}.",
)
UNKNOWN_SCHEMA = message(
    "schema-unknown",
    vi="Không có lược đồ “{code}”. Gần nhất: {near}. Danh sách: /api/v1/schemas.",
    en="There is no schema “{code}”. Nearest: {near}. All of them: /api/v1/schemas.",
)
_ENDING = ".schema.json"

router = Router(tags=["data"])
router.add_decorator(conditional(figures_key), mode="view")

#: Batches change with the lake, not with the cube: their ETag is that of their content.
batches_router = Router(tags=["data"])


def stream_shape(place: Workspace, code: str) -> StreamShape:
    stream, manifest = place.streams[code], place.store.current()
    facts = manifest.streams.get(code) if manifest is not None else None
    copied = ("code", "name", "description", "nature", "key", "unit", "default_date", "fields")
    return StreamShape.model_validate(
        {
            **{name: getattr(stream, name) for name in (*copied, "successor_unit")},
            "rows": facts and facts.rows,
            "first_day": (facts and facts.first_day) or None,
            "last_day": (facts and facts.last_day) or None,
            "read": facts and facts.read,
            "quarantined": facts and facts.quarantined,
            "simulated": None if facts is None else bool(facts.simulated),
            "simulated_by": facts.simulated if facts else (),
        },
        from_attributes=True,
    )


@router.get(
    "/streams",
    response=StreamList,
    operation_id="listStreams",
    **operation(
        "Các luồng bản ghi",
        "Streams of records",
        "Mỗi luồng: khóa, các trường với kiểu và độ nhạy cảm, có bao nhiêu bản ghi, bao nhiêu dòng bị giữ lại.",
        "Each with its key, fields, their types and sensitivity, how many records, how many rows held back.",
    ),
)
@public
def list_streams(request: HttpRequest, asked: Query[Paged]) -> StreamList:
    place = workspace()
    page = page_fields(request, asked, list(place.streams))
    items = [stream_shape(place, code) for code in page["items"]]
    manifest = place.store.current()
    simulated = manifest is not None and bool(manifest.simulated)
    return StreamList.model_validate({**page, "items": items, "simulated": simulated})


@router.get(
    "/streams/{code}",
    response=StreamShape,
    operation_id="getStream",
    **operation("Một luồng bản ghi", "One stream", "Như trong danh sách.", "As in the list."),
)
@public
def get_stream(
    request: HttpRequest,
    code: Annotated[str, Path(examples=["dossiers"])],
    asked: Query[Parameters],
) -> StreamShape:
    place = workspace()
    if code not in place.streams:
        known = ", ".join(place.streams)
        raise NotFoundError(UNKNOWN_STREAM(Place("path.code"), code=code, known=known))
    return stream_shape(place, code)


class BatchesAsked(Paged):
    stream: Annotated[str | None, said("Chỉ một luồng.", "Only one stream.")] = Field(
        None, max_length=60, examples=["dossiers"]
    )


@batches_router.get(
    "/batches",
    response=BatchList,
    operation_id="listBatches",
    **operation(
        "Các lô bản ghi",
        "Batches of records",
        "Mọi lô đã nạp, rút lại hay tính, mới nhất trước: tệp, số dòng đọc, thêm, sửa, giữ lại.",
        "Every batch taken in or withdrawn, newest first: file, rows read, added, corrected, held back.",
    ),
)
@public
def list_batches(request: HttpRequest, asked: Query[BatchesAsked]) -> BatchList:
    place = workspace()
    if asked.stream and asked.stream not in place.streams:
        known = ", ".join(place.streams)
        raise NotFoundError(UNKNOWN_STREAM(Place("query.stream"), code=asked.stream, known=known))
    if not place.cube_name:
        raise NotMeasuredError
    events = [
        event
        for event in reversed(batches(place.connection()))
        if not asked.stream or event.stream == asked.stream
    ]
    page = page_fields(request, asked, events)
    items = [
        {**vars(event), "simulated": bool(event.simulated), "simulated_by": event.simulated}
        for event in page["items"]
    ]
    simulated = any(event.simulated for event in events)
    return BatchList.model_validate({**page, "items": items, "simulated": simulated})


# -- schemas of packs ------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def pack_schemas() -> dict[str, dict[str, Any]]:
    """The JSON Schemas of a pack's files by name; they come with the product and do not change."""
    return {
        path.name.removesuffix(_ENDING): json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(SCHEMAS.glob(f"*{_ENDING}"))
    }


@router.get(
    "/schemas",
    response=SchemaList,
    operation_id="listSchemas",
    **operation(
        "Lược đồ của gói",
        "Schemas of packs",
        "JSON Schema của từng loại tệp trong một gói kế hoạch.",
        "The JSON Schema of each kind of file in a pack.",
    ),
)
@public
def list_schemas(request: HttpRequest, asked: Query[Paged]) -> SchemaList:
    lines = [
        {
            "name": name,
            "title": str(schema.get("title", name)),
            "address": f"{request.path.rstrip('/')}/{name}",
        }
        for name, schema in pack_schemas().items()
    ]
    return SchemaList.model_validate(page_fields(request, asked, lines))


@router.get(
    "/schemas/{name}",
    response=dict[str, Any],
    operation_id="getSchema",
    **operation(
        "Một lược đồ", "One schema", "Nguyên văn JSON Schema.", "The JSON Schema as it stands."
    ),
)
@public
def get_schema(
    request: HttpRequest,
    name: Annotated[str, Path(examples=["indicators"])],
    asked: Query[Parameters],
) -> dict[str, Any]:
    found = pack_schemas()
    wanted = name.removesuffix(_ENDING)
    if wanted not in found:
        near = nearest(wanted, found) or ", ".join(found)
        raise NotFoundError(UNKNOWN_SCHEMA(Place("path.name"), code=name, near=near))
    return found[wanted]


@router.get(
    "/words",
    response=Words,
    operation_id="getWords",
    **operation(
        "Từ ngữ",
        "Words",
        "Nghĩa của các mã trong câu trả lời, bằng hai thứ tiếng, như các trang viết.",
        "What the codes in answers mean, in both languages, as pages write them.",
    ),
)
@public
def get_words(request: HttpRequest, asked: Query[Parameters]) -> Words:
    groups: dict[str, dict[Any, Text]] = {
        "standing": dict(words.STANDINGS),
        "because": dict(words.BECAUSE),
        "reason": dict(words.REASONS),
        "kind": dict(words.KINDS),
        "known_by": dict(words.KNOWN_BY),
        "operator": dict(words.OPERATORS),
        "period_kind": dict(words.PERIOD_KINDS),
        "level": dict(words.LEVELS),
        "likelihood": dict(words.LIKELIHOODS),
        "no_forecast": dict(words.NO_FORECAST),
        "forecast_missing": dict(words.MISSING),
        "unit_change": dict(CHANGE_KINDS),
    }
    named = {name: {code.value: text for code, text in of.items()} for name, of in groups.items()}
    return Words.model_validate({"words": named}, from_attributes=True)
