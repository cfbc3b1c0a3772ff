"""Open311 GeoReport v2 for other cities' and people's programs: addresses, forms, refusals."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import wraps

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from django.urls import resolve, reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from tinhso.kernel.cases.models import Attachment, Case
from tinhso.kernel.files.kinds import KINDS
from tinhso.kernel.files.storage import path_of
from tinhso.kernel.people.access import public
from tinhso.kernel.people.accounts import BadTokenError, client_address, who_holds
from tinhso.kernel.people.limits import API, TooManyError, limited
from tinhso.kernel.people.policy import ForbiddenError
from tinhso.kernel.people.who import Who
from tinhso.kernel.units.register import register
from tinhso.measure.text import InputError, Place, Problem, Text
from tinhso.modules.feedback import open311_actions as actions
from tinhso.modules.feedback import open311_asked as asked
from tinhso.modules.feedback import open311_errors as errors
from tinhso.modules.feedback import open311_queries as queries
from tinhso.modules.feedback.machine_doors import KIND, codes_in
from tinhso.modules.feedback.machine_places import province
from tinhso.modules.feedback.open311_errors import RefusedError
from tinhso.modules.feedback.open311_formats import (
    CONTENT_TYPES,
    JSON,
    XML,
    Answered,
    form_of,
    language_of,
    written,
)
from tinhso.modules.feedback.open311_services import services as all_services

FORM = "application/x-www-form-urlencoded"
#: Megabytes that Django reads of a request that is no file.
MOST_MEGABYTES = 2.5
#: When what is offered here was last changed.
CHANGESET = "2026-11-30T00:00:00+07:00"

Read = Callable[[HttpRequest], Answered]


def _split(name: str) -> tuple[str, str]:
    """`PA-1.xml` as its code and extension."""
    code, dot, extension = name.rpartition(".")
    return (code, extension) if dot else (name, "")


def door(*methods: str) -> Callable[[Callable[..., Answered]], Callable[..., HttpResponse]]:
    """A route of Open311. Its last parameter, `code` or `form`, ends with the extension."""

    def decorate(view: Callable[..., Answered]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def answer(request: HttpRequest, code: str | None = None, form: str = "") -> HttpResponse:
            if request.encoding and request.content_type == FORM:
                request.encoding = "utf-8"  # such a form is UTF-8, whatever is said of it
            parts: list[str] = []
            if code is not None:
                code, form = _split(code)
                parts = [code]
            language = language_of(request)
            if form not in ("", XML, JSON):
                problem = errors.UNKNOWN_ADDRESS(Place(), path=request.path)
                return written(
                    request, errors.refused(404, [problem], language), form_of(request, "")
                )
            if request.method == "OPTIONS" and "OPTIONS" not in methods:
                return allowed(methods)
            method = "GET" if request.method == "HEAD" else request.method
            if method not in methods:
                problem = errors.WRONG_METHOD(Place(), method=method, right=", ".join(methods))
                found = errors.refused(405, [problem], language)
            else:
                found = _answered(view, request, parts, language)
            response = written(request, found, form_of(request, form))
            if found.status == 405:
                response.headers["Allow"] = ", ".join(methods)
            return response

        made = csrf_exempt(public(limited(API)(answer)))
        made.answers_itself = True  # type: ignore[attr-defined]
        return made

    return decorate


def allowed(methods: Sequence[str]) -> HttpResponse:
    """What a page of another origin may do here, as its browser asks beforehand: read."""
    response = HttpResponse(status=204)
    response.headers["Allow"] = ", ".join([*methods, "HEAD", "OPTIONS"])
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Allow-Methods"] = "GET, HEAD"
    response.headers["Access-Control-Allow-Headers"] = "Accept, Accept-Language, Authorization"
    response.headers["Access-Control-Max-Age"] = "86400"
    return response


def _answered(
    view: Callable[..., Answered], request: HttpRequest, parts: list[str], language: str
) -> Answered:
    try:
        _jurisdiction(request)
        return view(request, *parts)
    except RefusedError as error:
        return errors.refused(error.status, error.problems, language)
    except InputError as error:
        return errors.of_input(error, language)
    except BadTokenError:
        return errors.refused(403, [errors.KEY_WRONG(Place("api_key"))], language)
    except ForbiddenError as error:
        unit = error.answer.unit
        name = register().full_name(unit) if unit else Text("", "")
        return errors.refused(
            403, [errors.KEY_WITHOUT_RIGHT(Place("api_key"), unit=name)], language
        )
    except TooManyError as error:
        return errors.refused(429, [errors.TOO_MANY(Place(), after=error.after)], language)
    except (
        RequestDataTooBig, SuspiciousOperation, MultiPartParserError, UnreadablePostError, BadRequest,
    ):  # fmt: skip
        problem = errors.NOT_A_FORM(Place(), most=MOST_MEGABYTES)
        return errors.refused(400, [problem], language)


def too_many(request: HttpRequest, error: TooManyError) -> HttpResponse:
    """For the gate that stands before all routes."""
    form = _split(request.path)[1]
    problem = errors.TOO_MANY(Place(), after=error.after)
    found = errors.refused(429, [problem], language_of(request))
    return written(request, found, form_of(request, form if form in (XML, JSON) else ""))


def _jurisdiction(request: HttpRequest) -> None:
    sent = request.POST if request.method == "POST" else request.GET
    found = (sent.get("jurisdiction_id") or request.GET.get("jurisdiction_id") or "").strip()
    home = province()
    code = register().nearest(home).code
    if found and found not in (home, code):
        problem = errors.UNKNOWN_JURISDICTION(
            Place("jurisdiction_id"), found=found[:40], known=home
        )
        raise RefusedError(404, problem)


def _key(request: HttpRequest) -> str:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return secret.strip()
    posted = request.POST.get("api_key", "") if request.method == "POST" else ""
    return (posted or request.GET.get("api_key", "")).strip()


def _who(request: HttpRequest) -> Who:
    """Whose key it is. Raises RefusedError where there is none, BadTokenError for a wrong one."""
    secret = _key(request)
    if not secret:
        raise RefusedError(403, errors.KEY_MISSING(Place("api_key")))
    return who_holds(secret, client_address(request))


def _reader(request: HttpRequest) -> queries.Reader:
    account = _who(request).account if _key(request) else None

    def picture(one: Attachment) -> str:
        return request.build_absolute_uri(reverse("open311-picture", kwargs={"file": one.file_id}))

    return queries.Reader(account, language_of(request), picture)


def _sender(request: HttpRequest) -> Who:
    """Whose key came with a form; where no form came, no key could be read either."""
    packed = request.headers.get("Content-Encoding", "identity").lower() != "identity"
    if packed or request.content_type not in (FORM, "multipart/form-data"):
        raise RefusedError(400, errors.NOT_A_FORM(Place("Content-Type"), most=MOST_MEGABYTES))
    return _who(request)


# -- routes --------------------------------------------------------------------------------------------


@door("GET")
def discovery(request: HttpRequest) -> Answered:
    """Where what is offered in which form."""
    language = language_of(request)
    home = register().full_name(province())
    contact = Text(f"Tổng đài 1022, {home.vi}", f"1022, {home.en}")
    key = Text(
        "Cơ quan thường trực cấp mã cho hệ thống kết nối, với quyền cases.case:enter.",
        "The standing agency gives keys to connected systems, with the right cases.case:enter.",
    )
    endpoint = {
        "specification": "http://wiki.open311.org/GeoReport_v2",
        "url": request.build_absolute_uri(reverse("open311-root")),
        "changeset": CHANGESET,
        "type": "production",
        "formats": [one.partition(";")[0] for one in CONTENT_TYPES.values()],
    }
    told = {
        "changeset": CHANGESET,
        "contact": contact.to(language),
        "key_service": key.to(language),
        "endpoints": [endpoint],
    }
    return Answered("discovery", told)


@door("GET")
def services(request: HttpRequest) -> Answered:
    language = language_of(request)
    rows = [queries.service_row(one, language) for one in all_services().values()]
    return Answered("services", rows, "service")


@door("GET")
def service(request: HttpRequest, code: str) -> Answered:
    found = all_services().get(code)
    if found is None:
        known = ", ".join(all_services())
        raise RefusedError(404, errors.UNKNOWN_SERVICE(Place(), found=code[:40], known=known))
    return Answered("service_definition", queries.definition(found, language_of(request)))


@door("GET", "POST")
def requests(request: HttpRequest) -> Answered:
    return _sent(request) if request.method == "POST" else _listed(request)


def _sent(request: HttpRequest) -> Answered:
    who = _sender(request)
    once = request.headers.get("Idempotency-Key", "").strip()[:200]
    case = actions.receive(who, request.POST, _files(request), once, language_of(request))
    row = {
        "service_request_id": case.code,
        "service_notice": _notice(case).to(language_of(request)),
        "account_id": request.POST.get("account_id") or None,
    }
    return Answered("service_requests", [row], "request")


def _files(request: HttpRequest) -> list[UploadedFile[bytes]]:
    return [one for _, many in request.FILES.lists() for one in many]


def _notice(case: Case) -> Text:
    vi, en = f"Đã tiếp nhận. Mã tra cứu: {case.code}.", f"Received. Its code: {case.code}."
    if case.due_at is not None:
        at = timezone.localtime(case.due_at)
        vi += f" Hạn trả lời: {at:%H:%M ngày %d/%m/%Y}."
        en += f" To be answered by {at:%d/%m/%Y %H:%M}."
    return Text(vi, en)


def _listed(request: HttpRequest) -> Answered:
    reader, sent = _reader(request), request.GET
    ids = asked.codes(sent.get("service_request_id", ""), "service_request_id", asked.MOST_ROWS)
    if ids:
        rows = queries.requests_by_code(reader, ids)
        return Answered("service_requests", rows, "request")
    wanted = asked.codes(sent.get("service_code", ""), "service_code", 100)
    lost = [one for one in wanted if one not in all_services()]
    if lost:
        known = ", ".join(all_services())
        raise RefusedError(404, errors.UNKNOWN_SERVICE(Place(), found=lost[0][:40], known=known))
    changed = _moments(request, "updated_after", "updated_before")
    began, ended = _moments(request, "start_date", "end_date")
    since, until = asked.span(began, ended, timezone.now(), all_time=any(changed))
    found = queries.Asked(
        since, until, *changed, frozenset(wanted), frozenset(asked.statuses(sent.get("status", ""))),
        asked.whole(sent.get("page", ""), "page", 1, 100_000),
        asked.whole(sent.get("page_size", ""), "page_size", asked.MOST_ROWS, asked.MOST_ROWS),
    )  # fmt: skip
    return Answered("service_requests", queries.requests(reader, found), "request")


def _moments(
    request: HttpRequest, since: str, until: str
) -> tuple[datetime | None, datetime | None]:
    """The parameters of these names. Raises InputError."""
    problems: list[Problem] = []
    begin = asked.moment(request.GET.get(since, ""), since, problems)
    end = asked.moment(request.GET.get(until, ""), until, problems, end=True)
    if begin is not None and end is not None and begin > end:
        problems.append(asked.BACKWARDS(Place(since), since=since, until=until))
    if problems:
        raise InputError(problems)
    return begin, end


@door("GET")
def one_request(request: HttpRequest, code: str) -> Answered:
    rows = queries.requests_by_code(_reader(request), [code])
    if not rows:
        raise RefusedError(404, errors.UNKNOWN_REQUEST(Place(), found=code[:40]))
    return Answered("service_requests", rows, "request")


@door("GET")
def token(_request: HttpRequest, code: str) -> Answered:
    """A report has its code at once: the token is the code, and both are told to who knows it."""
    known = Case.objects.filter(kind=KIND, code__in=codes_in(code), channel=Case.Channel.OPEN311)
    if not known.exists():
        raise RefusedError(404, errors.UNKNOWN_REQUEST(Place(), found=code[:40]))
    row = {"service_request_id": code, "token": code}
    return Answered("service_requests", [row], "request")


@door("GET", "POST")
def updates(request: HttpRequest) -> Answered:
    """What FixMyStreet adds to the specification: news of requests, and news from the sender."""
    if request.method == "POST":
        return _added(request)
    since, until = asked.span(*_moments(request, "start_date", "end_date"), timezone.now())
    rows = queries.updates(_reader(request), since, until, asked.MOST_ROWS)
    return Answered("service_request_updates", rows, "request_update")


def _added(request: HttpRequest) -> Answered:
    who = _sender(request)
    code = request.POST.get("service_request_id", "").strip()
    if not code:
        needed = asked.NEEDED(Place("service_request_id"), name="service_request_id")
        raise InputError([needed])
    case = queries.by_code(_reader(request), [code]).first()
    if case is None:
        raise RefusedError(404, errors.UNKNOWN_REQUEST(Place(), found=code[:40]))
    event = actions.add(who, case, request.POST, _files(request))
    row = {"update_id": queries.update_id(event)}
    return Answered("service_request_updates", [row], "request_update")


@public
def picture(_request: HttpRequest, file: uuid.UUID) -> HttpResponse | FileResponse:
    """A picture that was published with its case."""
    shown = Attachment.objects.filter(
        file=file, public=True, case__kind=KIND, case__private=False,
        case__published_at__isnull=False, file__kind__in=("png", "jpeg"),
    )  # fmt: skip
    found = shown.select_related("file").first()
    if found is None:
        raise Http404
    try:
        content = path_of(found.file.digest).open("rb")
    except OSError as error:
        raise Http404 from error
    response = FileResponse(content, content_type=KINDS[found.file.kind].content_type)
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _tidied(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """What clients join to the endpoint's address with a second slash, or end in capitals, is meant."""

    @wraps(view)
    def answer(request: HttpRequest, code: str) -> HttpResponse:
        path = re.sub("/{2,}", "/", request.path_info)
        path = re.sub(r"(?i)\.(?:xml|json)$", lambda found: found[0].lower(), path)
        if path == request.path_info:
            return view(request, code)
        request.path_info, meant = path, resolve(path)
        found: HttpResponse = meant.func(request, *meant.args, **meant.kwargs)
        return found

    return answer


@_tidied
@door("GET", "POST", "OPTIONS")
def unknown(request: HttpRequest, _code: str) -> Answered:
    raise RefusedError(404, errors.UNKNOWN_ADDRESS(Place(), path=request.path))
