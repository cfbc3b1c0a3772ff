"""The API's root: versioned, described by OpenAPI, errors as problem+json (RFC 9457)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, wraps
from types import MappingProxyType
from typing import Any, NoReturn

import duckdb
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, re_path
from django.utils import translation
from django.utils.cache import patch_cache_control
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationErrorContext
from ninja.openapi.docs import DocsBase
from ninja.renderers import JSONRenderer

from tinhso.kernel.ledger.api import router as ledger_router
from tinhso.kernel.people.access import public
from tinhso.kernel.people.accounts import BadTokenError
from tinhso.kernel.people.policy import ForbiddenError
from tinhso.kernel.units.api import NotFoundError
from tinhso.kernel.units.api import router as units_router
from tinhso.kernel.units.register import UnitsNotLoadedError, UnknownUnitError
from tinhso.measure.text import InputError
from tinhso.measure.troubles import LakeTroubleError
from tinhso.modules.documents.api import numbers_router
from tinhso.modules.documents.api import router as documents_router
from tinhso.modules.plan.api import router as plans_router
from tinhso.modules.plan.api_checks import router as checks_router
from tinhso.modules.plan.api_data import batches_router
from tinhso.modules.plan.api_data import router as data_router
from tinhso.modules.plan.api_opening import router as opening_router
from tinhso.modules.plan.api_publications import archives_router
from tinhso.modules.plan.api_publications import router as publications_router
from tinhso.modules.plan.workspace import NotMeasuredError
from tinhso.modules.reporting.api import router as reporting_router
from tinhso.modules.scorecards.api import router as scorecards_router
from tinhso.modules.scorecards.api import tables_router
from tinhso.modules.scorecards.api_rounds import router as rounds_router
from tinhso.modules.shares.api import own_plans_router
from tinhso.modules.shares.api import router as shares_router
from tinhso.modules.tasks.api import router as tasks_router
from tinhso.modules.urging.api import router as reminders_router
from tinhso.web import problems

DESCRIPTION = """Plans of digital transformation, their targets, and figures that open down to the
records that made them. Reading only, except that connected systems may send reported figures. Everything that pages show is here, so that a client in any
language can rebuild any page.

Numbers are exact: integers, and fractions in lowest terms beside their decimals. Unknown and not
applicable are statuses, never a zero. Texts come in Vietnamese and English. Answers that rest on
simulated records say so in `about.simulated` or `simulated`. Lists have `total`, `limit`,
`offset`, `next`, `items`. Answers carry an ETag; send it as If-None-Match to get 304 while nothing
has changed. Errors are application/problem+json with every problem and its place."""

PROBLEM = {
    "type": "object",
    "description": "RFC 9457. `problems` names every one found; `where` is its place.",
    "required": ["type", "title", "status", "detail", "instance", "problems"],
    "properties": {
        "type": {"type": "string", "examples": ["/api/v1/docs#period-wrong"]},
        "title": {"type": "string"},
        "status": {"type": "integer", "examples": [400]},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "problems": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["code", "detail", "where"],
                "properties": {
                    "code": {"type": "string", "examples": ["period-wrong"]},
                    "detail": {"type": "string"},
                    "where": {"type": "string", "examples": ["query.period"]},
                },
            },
        },
    },
}

#: Answers that every operation may give besides its own.
COMMON_ANSWERS = {
    "304": ("Not modified since the ETag in If-None-Match.", False),
    "400": ("A parameter is wrong.", True),
    "401": ("The token is wrong, or the answer needs one.", True),
    "403": ("The right is missing; the problem says which, and who can give it.", True),
    "404": ("The address names something that does not exist.", True),
    "429": ("Too many requests; Retry-After says how many seconds to wait.", True),
    "503": ("Nothing has been measured yet.", True),
}


class Renderer(JSONRenderer):
    """Vietnamese as it is written, not as escapes: half the size, and readable."""

    json_dumps_params: Mapping[str, Any] = MappingProxyType({"ensure_ascii": False})


class DocsPage(DocsBase):
    """The operations as a plain page, made on the server: no script, no style of its own."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **_kwargs: Any) -> HttpResponse:
        language = problems.language_of(request) if request.GET.get("lang") else "vi"
        other = "vi" if language == "en" else "en"
        with translation.override(language):
            context = {
                "groups": _by_tag(api.get_openapi_schema()),
                "openapi": self.get_openapi_url(api, {}),
                "other_language": other,
                "other_address": f"{request.path}?lang={other}",
                "language": language,
            }
            return render(request, "api/docs.html", context)


class Api(NinjaAPI):
    """Ninja with our errors, our page of documentation, and HEAD."""

    def validation_error_from_error_contexts(
        self, error_contexts: list[ValidationErrorContext[Any]]
    ) -> NoReturn:
        raise InputError(problems.parameter_problems(error_contexts))

    def _get_urls(self) -> list[URLResolver | URLPattern]:
        _declared(self)
        patterns = [
            *super()._get_urls(),
            re_path("", problems.unknown_address, name="unknown"),
        ]
        writing = _writing(self)
        for pattern in patterns:
            if isinstance(pattern, URLPattern):
                methods = ("POST",) if pattern.name in writing else ("GET", "HEAD")
                pattern.callback = public(_for_methods(pattern.callback, methods))
        return patterns

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> Any:
        """Ninja's document, with what is common to all operations; to be read only.

        Made once a process: it takes most of a second, and nothing that it tells of changes meanwhile.
        """
        prefix = path_prefix or self.get_root_path(path_params or {})
        if prefix not in self._documents:
            self._documents[prefix] = self._document(prefix)
        return self._documents[prefix]

    @cached_property
    def _documents(self) -> dict[str, Any]:
        return {}

    def _document(self, prefix: str) -> Any:
        schema = super().get_openapi_schema(path_prefix=prefix)
        schema["components"]["schemas"]["Problem"] = PROBLEM
        for path in schema["paths"].values():
            for operation in path.values():
                for parameter in operation.get("parameters", ()):
                    parameter.pop("examples", None)  # its schema has them, in the form it takes
                for status, (text, has_body) in COMMON_ANSWERS.items():
                    operation["responses"].setdefault(status, _answer(text, has_body))
        return schema


def _declared(api: NinjaAPI) -> None:
    """Each operation says itself who may use it; the addresses are open to all."""
    for _, router in api._routers:
        for view in router.path_operations.values():
            for operation in view.operations:
                if not hasattr(operation.view_func, "access"):
                    raise ImproperlyConfigured(f"{operation.view_func}: who may use it?")


def _writing(api: NinjaAPI) -> set[str]:
    """The names of the addresses whose operations say that they write."""
    return {
        operation.view_func.__name__
        for _, router in api._routers
        for view in router.path_operations.values()
        for operation in view.operations
        if getattr(operation.view_func, "writes", False)
    }


def _answer(text: str, has_body: bool) -> dict[str, Any]:
    if not has_body:
        return {"description": text}
    body = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {"description": text, "content": {problems.CONTENT_TYPE: body}}


def _for_methods(
    view: Callable[..., HttpResponseBase], methods: tuple[str, ...]
) -> Callable[..., HttpResponseBase]:
    """These methods only; others are told so."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in methods:
            return problems.wrong_method(request, methods)
        asked = request.method
        request.method = methods[0]
        try:
            response = view(request, *args, **kwargs)
        except Http404 as error:
            return problems.unknown_address(request, error)
        finally:
            request.method = asked
        if "Cache-Control" not in response.headers:
            # Without a key of its own, an answer's ETag is that of its content (middleware).
            patch_cache_control(response, private=True, no_cache=True)
        return response

    return answer


def _by_tag(schema: dict[str, Any]) -> Iterable[tuple[str, list[dict[str, Any]]]]:
    """Operations for the page: by tag, in the order of the document."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            tag = operation.get("tags", [""])[0]
            vietnamese = operation.get("x-vi", {})
            parameters = [
                {
                    "name": one["name"],
                    "where": one["in"],
                    "vi": one["schema"].get("x-vi", ""),
                    "en": one.get("description") or one["schema"].get("description", ""),
                    "example": next(iter(one["schema"].get("examples", [])), None),
                    "default": one["schema"].get("default"),
                }
                for one in operation.get("parameters", [])
            ]
            groups.setdefault(tag, []).append(
                {
                    "id": operation["operationId"],
                    "method": method.upper(),
                    "path": path,
                    "summary": {"vi": vietnamese.get("summary"), "en": operation["summary"]},
                    "about": {"vi": vietnamese.get("description"), "en": operation["description"]},
                    "parameters": parameters,
                    "example": _example(path, parameters),
                }
            )
    return groups.items()


def _example(path: str, parameters: list[dict[str, Any]]) -> str:
    """An address to try: the path with its examples filled in."""
    for one in parameters:
        if one["where"] == "path":
            path = path.replace(f"{{{one['name']}}}", str(one["example"] or ""))
    return path


api = Api(
    title="Tỉnh Số",
    version="1",
    description=DESCRIPTION,
    urls_namespace="api",
    docs=DocsPage(),
    renderer=Renderer(),
)
api.add_router("/plans", plans_router)
api.add_router("/plans", opening_router)
api.add_router("/plans", checks_router)
api.add_router("/plans", publications_router)
api.add_router("/plans", archives_router)
api.add_router("/plans", scorecards_router)
api.add_router("/plans", tables_router)
api.add_router("/plans", rounds_router)
api.add_router("/plans", shares_router)
api.add_router("/plans", own_plans_router)
api.add_router("/units", units_router)
api.add_router("/tasks", tasks_router)
api.add_router("/reporting", reporting_router)
api.add_router("/ledger", ledger_router)
api.add_router("/documents", documents_router)
api.add_router("/numbers", numbers_router)
api.add_router("", reminders_router)
api.add_router("", data_router)
api.add_router("", batches_router)

HANDLERS: dict[type[Exception], Any] = {
    InputError: problems.input_error,
    LakeTroubleError: problems.lake_trouble,
    duckdb.Error: problems.lake_trouble,
    BadTokenError: problems.bad_token,
    ForbiddenError: problems.forbidden,
    NotFoundError: problems.not_found,
    UnknownUnitError: problems.unknown_unit,
    NotMeasuredError: problems.not_measured,
    UnitsNotLoadedError: problems.not_loaded,
    Http404: problems.unknown_address,
    HttpError: problems.http_error,
    Exception: problems.failed,
}
for kind, handler in HANDLERS.items():
    api.add_exception_handler(kind, handler)
