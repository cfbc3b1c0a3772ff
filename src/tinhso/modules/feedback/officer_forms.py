"""From what an officer filled in to the data of an act, and back. Raises InputError by field."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.utils import timezone

from tinhso.kernel.cases.actions import Received
from tinhso.kernel.cases.contacts import Person
from tinhso.kernel.cases.kinds import ActRule
from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.waiting import UNKNOWN_CASE
from tinhso.kernel.clock.faces import Pressing
from tinhso.kernel.people.filled import Filled
from tinhso.kernel.units.asked import unit_asked, written
from tinhso.kernel.units.register import register
from tinhso.measure import writing
from tinhso.measure.boundaries import Level
from tinhso.measure.text import InputError, Place, Problem, Text, fold, message
from tinhso.modules.feedback import officer_day
from tinhso.modules.feedback.categories import names as categories
from tinhso.modules.feedback.forms import UNKNOWN_PLACE
from tinhso.modules.feedback.officer_actions import look_again
from tinhso.modules.feedback.officer_case import told_of
from tinhso.modules.feedback.officer_day import NO_AGENCY, NOT_KNOWN
from tinhso.modules.feedback.officer_queue import Asked
from tinhso.modules.feedback.officer_words import KIND
from tinhso.modules.feedback.sample_answers import answers
from tinhso.modules.feedback.words import FOR_ALL
from tinhso.modules.plan.workspace import workspace

NEEDED = message("feedback-field", vi="Hãy điền “{field}”.", en='Fill in "{field}".')
BAD_CATEGORY = message(
    "feedback-category",
    vi="Không có lĩnh vực “{found}”. Chọn một lĩnh vực trong danh sách.",
    en='There is no category "{found}". Choose one of the list.',
)
BAD_FILTER = message(
    "feedback-filter",
    vi="Không có {name} “{value}”. Các giá trị: {known}.",
    en='There is no {name} "{value}". Its values: {known}.',
)

LABELS: Mapping[str, Text] = {
    "text": Text("Nội dung", "Text"),
    "reason": Text("Lý do", "Reason"),
    "unit": Text("Cơ quan", "Agency"),
    "units": Text("Các cơ quan được hỏi, mỗi dòng một cơ quan", "Agencies to ask, one a line"),
    "case": Text("Mã vụ việc gốc", "Code of the case that goes on"),
    "title": Text("Việc gì", "What it is about"),
    "purpose": Text("Mục đích", "Purpose"),
    "public_text": Text("Câu cho mọi người", "Words for everybody"),
}

#: The field of one's choice among cases that are like this one.
CHOSEN = "gan"

#: Acts that files come with: proof of a repair, a plan that an opinion rests on.
WITH_FILES = frozenset({"answer", "opinion", "note", "reply"})


def province() -> str:
    """The province whose installation this is, as it is today."""
    plan = workspace().plan(settings.TINHSO_DEFAULT_PLAN).plan
    return register().at(plan.unit, timezone.localdate()).uid


def communes() -> list[str]:
    """Communes to choose from, as the list of choices writes them."""
    below = register().descendants(province(), timezone.localdate(), Level.COMMUNE)
    return [written(one) for one in below]


def agencies() -> list[str]:
    """Who can be given a case: the plan's agencies, the province, its agencies and communes of today."""
    plan, today, names = (
        workspace().plan(settings.TINHSO_DEFAULT_PLAN).plan,
        timezone.localdate(),
        register(),
    )
    old = names.descendants(plan.unit, date(plan.year, 1, 1), Level.AGENCY)
    found = [*old, province(), *names.descendants(province(), today)]
    return [written(one) for one in dict.fromkeys(found)]


def needed(request: HttpRequest, name: str) -> str:
    """A field that has to be filled in. Raises InputError."""
    typed = request.POST.get(name, "").strip()
    if not typed:
        raise InputError([NEEDED(Place(name), field=LABELS[name])])
    return typed


def data_of(request: HttpRequest, act: ActRule, case: Case) -> dict[str, Any]:
    """What an act's event will hold."""
    posted, data, problems = request.POST, {}, list[Problem]()
    for name in sorted(act.needs):
        # Without a script the choice among similar cases comes beside an empty field.
        typed = posted.get(name, "") or (posted.get(CHOSEN, "") if name == "case" else "")
        typed = typed.replace("\r\n", "\n").strip()
        if not typed:
            problems.append(NEEDED(Place(name), field=LABELS[name]))
            continue
        try:
            data[name] = _read(name, typed)
        except InputError as error:
            problems += error.problems
    if category := posted.get("category", ""):
        problems += _category(category)
        if category != case.category:
            data["category"] = category
    if act.code in FOR_ALL and not case.private and (said := words_for_all(posted)):
        data["public_text"] = said
        if not posted.get("da-xem"):
            problems += look_again(said, "public_text")
    if problems:
        raise InputError(problems)
    return data


def words_for_all(posted: QueryDict, field: str = "public_text") -> str:
    """What was typed for everybody to read."""
    return posted.get(field, "").replace("\r\n", "\n").strip()


def copied(request: HttpRequest, act: str) -> Filled:
    """The form as it was typed, with the sender's words put where everybody's are, to be looked at."""
    posted = request.POST.copy()
    posted["public_text"] = said = words_for_all(posted, FOR_ALL[act])
    problems = look_again(said, "public_text")
    return Filled(posted, InputError(problems) if problems else None)


def _read(name: str, typed: str) -> Any:
    match name:
        case "unit":
            return unit_asked(typed, name)
        case "units":
            return _units(typed.splitlines(), name)
        case "case":
            return str(case_asked(typed).pk)
    return typed


def _units(lines: list[str], name: str) -> list[str]:
    """The units of a field, one a line, each once. Raises InputError that names every line that is none."""
    found, problems = [], list[Problem]()
    for one in filter(str.strip, lines):
        try:
            found.append(unit_asked(one, name))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return list(dict.fromkeys(found))


def case_asked(typed: str, field: str = "case") -> Case:
    """The case that a code names, however it is typed: "pa 250602 k7ha3x" too."""
    letters = re.sub(r"[^A-Z0-9]", "", typed.upper())
    shape = re.fullmatch(r"([A-Z]{2})(\d{6})([A-Z0-9]{6})", letters)
    code = "-".join(shape.groups()) if shape else typed.strip().upper()
    found = Case.objects.filter(code=code, kind=KIND).first()
    if found is None:
        raise InputError([UNKNOWN_CASE(Place(field), code=typed.strip()[:40])])
    return found


def commune_asked(typed: str, field: str = "place") -> str:
    """The commune of the province that was typed; one of another province is none. Raises InputError."""
    names, day = register(), timezone.localdate()
    ours = names.descendants(province(), day, Level.COMMUNE)
    named = [
        one
        for one in ours
        if fold(typed) in (fold(names.full_name(one, day).vi), fold(names.name(one, day)))
    ]
    found = named[0] if len(named) == 1 else unit_asked(typed, field)
    if found not in ours:
        raise InputError([UNKNOWN_PLACE(Place(field))])
    return found


def _category(found: str) -> list[Problem]:
    return [] if found in categories() else [BAD_CATEGORY(Place("category"), found=found[:40])]


def with_sample(request: HttpRequest, case: Case, language: str) -> Filled:
    """The form as it was typed, with the sample text that was asked for put after it."""
    posted = request.POST.copy()
    sample = next((one for one in answers() if one.code == posted.get("mau")), None)
    if sample is not None:
        told = {
            name: value.to(language) if isinstance(value, Text) else value
            for name, value in told_of(case).items()
        }
        text = sample.text.to(language).format(
            **told, day=writing.day(timezone.localdate(), language)
        )
        field = "reason" if "reject" in sample.acts else "text"
        posted[field] = "\n".join(filter(None, [posted.get(field, "").strip(), text]))
    return Filled(posted)


# -- entering ----------------------------------------------------------------------------------------


def told(request: HttpRequest) -> tuple[Received, Person]:
    """The case and the person that a form describes."""
    posted, problems = request.POST, list[Problem]()
    title = " ".join(posted.get("title", "").split())
    if not title:
        problems.append(NEEDED(Place("title"), field=LABELS["title"]))
    place, typed = "", posted.get("place", "").strip()
    if typed:
        try:
            place = commune_asked(typed)
        except InputError as error:
            problems += error.problems
    category = posted.get("category", "")
    if category:
        problems += _category(category)
    person = Person(
        posted.get("name", "").strip(), posted.get("phone", ""), posted.get("email", "")
    )
    try:
        person = person.checked()
    except InputError as error:
        problems += error.problems
    if problems:
        raise InputError(problems)
    counter = posted.get("channel") == Case.Channel.COUNTER
    received = Received(
        KIND,
        title,
        place or province(),
        text=posted.get("text", "").replace("\r\n", "\n"),
        category=category,
        channel=Case.Channel.COUNTER if counter else Case.Channel.PHONE,
        place=place,
        address=posted.get("address", ""),
        private=bool(posted.get("private")),
        key=f"desk-{posted.get('key', '')[:60] or uuid.uuid4()}",
    )
    return received, person


def split_told(request: HttpRequest, case: Case) -> Received:
    """The case that is taken out of another: its own words, the other's place."""
    title = " ".join(request.POST.get("title", "").split())
    category = request.POST.get("category", "")
    problems = [] if title else [NEEDED(Place("title"), field=LABELS["title"])]
    if category:
        problems += _category(category)
    if problems:
        raise InputError(problems)
    return Received(
        KIND,
        title,
        case.home_id,
        text=request.POST.get("text", "").replace("\r\n", "\n"),
        category=category or case.category,
        channel=case.channel,
        place=case.place_id or "",
        address=case.address,
        point=(case.lat, case.lon) if case.lat is not None and case.lon is not None else None,
        private=case.private,
        simulated=case.simulated,
    )


# -- lists ---------------------------------------------------------------------------------------------


def asked_in(request: HttpRequest, states: Mapping[str, object]) -> Asked:
    """What a list is narrowed by. Raises InputError."""
    get = request.GET
    unit = get.get("co-quan", "").strip()
    then, received, answered = (
        officer_day.asked_in(request, one) if get.get(one, "").strip() else None
        for one in ("ngay", "nhan", "tra-loi")
    )
    everything = _choice(request, "xem", ["cua-toi", "tat-ca"]) == "tat-ca"
    return Asked(
        everything=everything or bool(then or received or answered),
        state=_choice(request, "trang-thai", list(states)),
        pressing=Pressing(one) if (one := _choice(request, "han", list(Pressing))) else None,
        category=_known(_choice(request, "linh-vuc", [NOT_KNOWN, *categories()])),
        unit=_unit(unit),
        text=get.get("tim", "").strip()[:100],
        then=then,
        received=received,
        answered=answered,
    )


def _known(chosen: str) -> str | None:
    """What is chosen; "" for what has none, None where nothing is chosen."""
    return "" if chosen == NOT_KNOWN else chosen or None


def _unit(typed: str) -> str | None:
    if typed == NOT_KNOWN or fold(typed) in (fold(NO_AGENCY.vi), fold(NO_AGENCY.en)):
        return ""
    return unit_asked(typed, "co-quan") if typed else None


def _choice(request: HttpRequest, name: str, known: list[str]) -> str:
    value = request.GET.get(name, "")
    if value and value not in known:
        listed = ", ".join(known)
        raise InputError([BAD_FILTER(Place(name), name=name, value=value[:40], known=listed)])
    return value


def category_options() -> list[tuple[str, Text]]:
    return [("", Text("Chưa rõ", "Not clear yet")), *categories().items()]
