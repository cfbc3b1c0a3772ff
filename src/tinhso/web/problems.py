"""Errors of the API as problem+json (RFC 9457): what is wrong, where, and what to do, in the
reader's language."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Sequence
from typing import Any

import duckdb
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request
from ninja.errors import HttpError, ValidationErrorContext

from tinhso.kernel.people.accounts import BadTokenError
from tinhso.kernel.people.policy import ForbiddenError, Need
from tinhso.kernel.people.refusals import refusal
from tinhso.kernel.units import queries as units
from tinhso.kernel.units.api import PAGE_NAMES, NotFoundError
from tinhso.kernel.units.register import UnitsNotLoadedError, UnknownUnitError, register
from tinhso.measure.text import InputError, Place, Problem, Text, message, nearest
from tinhso.measure.troubles import LakeTroubleError, troubles_of
from tinhso.modules.plan.workspace import NotMeasuredError

CONTENT_TYPE = "application/problem+json"
logger = logging.getLogger(__name__)

TITLES = {
    400: Text("Yêu cầu chưa đúng", "The request is not right"),
    401: Text("Chưa biết bạn là ai", "It is not known who you are"),
    403: Text("Chưa được phép", "Not allowed"),
    404: Text("Không tìm thấy", "Not found"),
    405: Text("Phương thức không dùng được ở đây", "The method cannot be used here"),
    429: Text("Quá nhiều yêu cầu", "Too many requests"),
    500: Text("Lỗi của máy chủ", "The server failed"),
    503: Text("Chưa phục vụ được", "Cannot be served now"),
}

UNKNOWN_PARAMETER = message(
    "parameter-unknown",
    vi="Không có tham số “{name}”. Các tham số ở đây: {known}.{hint}",
    en="There is no parameter “{name}”. The parameters here: {known}.{hint}",
)
WRONG_NUMBER = message(
    "parameter-number",
    vi="“{name}” là {value}; cần một số nguyên.",
    en="“{name}” is {value}; it takes a whole number.",
)
OUT_OF_BOUNDS = message(
    "parameter-bounds",
    vi="“{name}” là {value}; phải {bound}.",
    en="“{name}” is {value}; it must be {bound}.",
)
WRONG_CHOICE = message(
    "parameter-choice",
    vi="“{name}” là {value}; các giá trị: {known}.",
    en="“{name}” is {value}; its values: {known}.",
)
WRONG_DAY = message(
    "parameter-day",
    vi="“{name}” là {value}; cần một ngày dạng 2025-06-30.",
    en="“{name}” is {value}; it takes a day like 2025-06-30.",
)
TOO_LONG = message(
    "parameter-length",
    vi="“{name}” dài quá: nhiều nhất {most} ký tự.",
    en="“{name}” is too long: {most} characters at most.",
)
WRONG_VALUE = message(
    "parameter-wrong",
    vi="“{name}” là {value}, không đọc được ({reason}).",
    en="“{name}” is {value}, which cannot be read ({reason}).",
)
UNKNOWN_UNIT = message(
    "unit-unknown",
    vi="Không có đơn vị “{code}”.{hint} Tìm đơn vị: /api/v1/units?q=…",
    en="There is no unit “{code}”.{hint} Find units: /api/v1/units?q=…",
)
UNKNOWN_ADDRESS = message(
    "address-unknown",
    vi="Không có địa chỉ {path} trong API này. Các thao tác: /api/v1/docs.",
    en="There is no address {path} in this API. Its operations: /api/v1/docs.",
)
WRONG_METHOD = message(
    "method-wrong",
    vi="Không dùng {method} ở {path} được: hãy dùng {right}.",
    en="{method} cannot be used on {path}: use {right}.",
)
BAD_TOKEN = message(
    "token-wrong",
    vi="Mã truy cập không đúng, đã hết hạn hoặc đã bị thu hồi. Đề nghị người quản trị cấp mã mới.",
    en="The token is wrong, has expired or was revoked. Ask an administrator for a new one.",
)
FORBIDDEN = message("forbidden", vi="{sentence}{givers}", en="{sentence}{givers}")
NOT_MEASURED = message(
    "not-measured",
    vi="Chưa có số liệu nào được tính. Người vận hành cần nạp bản ghi rồi chạy `tinhso measure`.",
    en="Nothing has been measured yet. The operator has to load records and run `tinhso measure`.",
)
FAILED = message(
    "server-failed",
    vi="Máy chủ gặp lỗi và đã ghi lại. Hãy thử lại, hoặc báo cho người vận hành địa chỉ này và giờ xảy ra.",
    en="The server failed and has written it down. Try again, or tell the operator this address and the time.",
)


def language_of(request: HttpRequest) -> str:
    """`lang` of the address, else Accept-Language, else Vietnamese."""
    asked = request.GET.get("lang", "")
    found = asked if asked in ("vi", "en") else get_language_from_request(request)
    return "en" if found.startswith("en") else "vi"


def problem_response(
    request: HttpRequest, status: int, problems: Sequence[Problem]
) -> HttpResponse:
    """An answer that names every problem; `detail` says the first, or how many there are."""
    language = language_of(request)
    body = {
        "type": f"/api/v1/docs#{problems[0].code}",
        "title": TITLES[status].to(language),
        "status": status,
        "detail": " ".join(one.to(language) for one in problems),
        "instance": request.get_full_path(),
        "problems": [
            {"code": one.code, "detail": one.to(language), "where": str(one.place)}
            for one in problems
        ],
    }
    response = HttpResponse(
        json.dumps(body, ensure_ascii=False), status=status, content_type=CONTENT_TYPE
    )
    response.headers["Content-Language"] = language
    response.headers["Cache-Control"] = "no-store"
    patch_vary_headers(response, ["Accept-Language"])
    return response


# -- each error ------------------------------------------------------------------------------------


def bad_token(request: HttpRequest, _error: BadTokenError) -> HttpResponse:
    response = problem_response(request, 401, [BAD_TOKEN(Place("header.Authorization"))])
    response.headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
    return response


def forbidden(request: HttpRequest, error: ForbiddenError) -> HttpResponse:
    """401 to who has not said who they are, 403 to others: what is missing, who can give it."""
    found = refusal(error.answer, timezone.localdate())
    vi = "; ".join(f"{one.title.vi}, {one.unit.vi}" for one in found.givers)
    en = "; ".join(f"{one.title.en}, {one.unit.en}" for one in found.givers)
    givers = Text(f" Người có thể cấp: {vi}.", f" Who can give it: {en}.") if vi else ""
    problem = FORBIDDEN(Place(found.right), sentence=found.sentence, givers=givers)
    status = 401 if found.need is Need.SIGN_IN else 403
    response = problem_response(request, status, [problem])
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def input_error(request: HttpRequest, error: InputError) -> HttpResponse:
    return problem_response(request, 400, error.problems)


def lake_trouble(request: HttpRequest, error: LakeTroubleError | duckdb.Error) -> HttpResponse:
    """503 where the lake cannot be read for now; another error of the database is the program's."""
    found = troubles_of(error)
    if not found:
        return failed(request, error)
    logger.error("%s: the lake cannot be read", _route(request), exc_info=error)
    return problem_response(request, 503, found)


def not_found(request: HttpRequest, error: NotFoundError) -> HttpResponse:
    return problem_response(request, 404, [error.problem])


def unknown_unit(request: HttpRequest, error: UnknownUnitError) -> HttpResponse:
    code = str(error.args[0])
    near = [f"{hit.card.uid} ({hit.card.name.vi})" for hit in units.find(code, limit=3)] or [
        one for one in [nearest(code, _alike(code))] if one
    ]
    named = ", ".join(near)
    hint = Text(f" Gần nhất: {named}.", f" Nearest: {named}.") if near else Text("", "")
    asked = (PAGE_NAMES.get(name, name) for name, value in request.GET.items() if value == code)
    where = next((f"query.{name}" for name in asked if name in ("unit", "within")), "path.uid")
    return problem_response(request, 404, [UNKNOWN_UNIT(Place(where), code=code, hint=hint)])


def _alike(code: str) -> Iterable[str]:
    """The units whose uid begins like `code`: few enough to compare one by one."""
    for length in (4, 3, 2, 1):
        found = [uid for uid in register().lives if code and uid.startswith(code[:length])]
        if found:
            return found
    return []


def unknown_address(request: HttpRequest, _error: Http404 | None = None) -> HttpResponse:
    where = Place("path")
    return problem_response(request, 404, [UNKNOWN_ADDRESS(where, path=request.path)])


def wrong_method(request: HttpRequest, methods: Sequence[str] = ("GET", "HEAD")) -> HttpResponse:
    place = Place("method")
    problem = WRONG_METHOD(place, method=request.method, path=request.path, right=methods[0])
    response = problem_response(request, 405, [problem])
    response.headers["Allow"] = ", ".join(methods)
    return response


def not_measured(request: HttpRequest, _error: NotMeasuredError) -> HttpResponse:
    return problem_response(request, 503, [NOT_MEASURED()])


def not_loaded(request: HttpRequest, _error: UnitsNotLoadedError) -> HttpResponse:
    return problem_response(request, 503, [NOT_MEASURED()])


def http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    """What ninja itself refuses."""
    logger.warning("%s: %s", _route(request), error)
    return problem_response(request, 400, [WRONG_VALUE(name="?", value="?", reason=str(error))])


def failed(request: HttpRequest, error: Exception) -> HttpResponse:
    logger.error("%s failed", _route(request), exc_info=error)
    return problem_response(request, 500, [FAILED()])


def _route(request: HttpRequest) -> str:
    """For the log: the route's name, since what stands in an address may be somebody's."""
    return request.resolver_match.view_name if request.resolver_match else "no route"


# -- parameters ------------------------------------------------------------------------------------


def parameter_problems(contexts: Iterable[ValidationErrorContext[Any]]) -> list[Problem]:
    """What pydantic found wrong with the parameters of a request, in the product's words."""
    return [
        _parameter_problem(dict(found), context.model)
        for context in contexts
        for found in context.pydantic_validation_error.errors(include_url=False)
    ]


def _parameter_problem(found: dict[str, Any], model: Any) -> Problem:
    name = str(found["loc"][-1]) if found["loc"] else "?"
    source = str(getattr(model, "__ninja_param_source__", "query") or "query")
    place, value = Place(f"{source}.{name}"), _shown(found["input"])
    more = found.get("ctx", {})
    match found["type"]:
        case "extra_forbidden":
            known = sorted(getattr(model, "__ninja_flatten_map__", {}))
            near = nearest(name, known)
            hint = Text(f" Ý bạn là “{near}”?", f" Did you mean “{near}”?")
            return UNKNOWN_PARAMETER(
                place, name=name, known=", ".join(known), hint=hint if near else ""
            )
        case "int_parsing" | "int_parsing_size" | "int_from_float" | "int_type":
            return WRONG_NUMBER(place, name=name, value=value)
        case "greater_than_equal":
            bound = Text(f"từ {more['ge']} trở lên", f"{more['ge']} or more")
            return OUT_OF_BOUNDS(place, name=name, value=value, bound=bound)
        case "less_than_equal":
            bound = Text(f"không quá {more['le']}", f"at most {more['le']}")
            return OUT_OF_BOUNDS(place, name=name, value=value, bound=bound)
        case "enum" | "literal_error":
            return WRONG_CHOICE(place, name=name, value=value, known=_choices(more["expected"]))
        case "string_too_long":
            return TOO_LONG(place, name=name, most=more["max_length"])
        case kind if kind.startswith("date"):
            return WRONG_DAY(place, name=name, value=value)
    return WRONG_VALUE(place, name=name, value=value, reason=found["msg"])


def _choices(expected: str) -> str:
    """pydantic writes `'a', 'b' or 'c'`."""
    return expected.replace("'", "").replace(" or ", ", ")


def _shown(value: object) -> str:
    text = str(value)
    return f"“{text[:60]}…”" if len(text) > 60 else f"“{text}”"
