"""What the site holds that its rules no longer know, or they name and the site does not: told before it
starts, with what to do, and not by a page that fails."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Min, Q, QuerySet
from django.utils import timezone

from tinhso.kernel.cases import routing
from tinhso.kernel.cases.in_force import Retermed, retermed
from tinhso.kernel.cases.models import Case, CaseEvent
from tinhso.kernel.cases.sorting import sorted_by
from tinhso.kernel.cases.suggesting import RULE
from tinhso.kernel.notices.needs import kinds as kinds_of_needs
from tinhso.kernel.people.models import Position
from tinhso.kernel.people.roles import roles
from tinhso.kernel.rule_files import own, rule_file
from tinhso.kernel.rule_problems import UNKNOWN, each, known
from tinhso.kernel.units.register import register
from tinhso.measure.boundaries import Level
from tinhso.measure.definition_files import did_you_mean
from tinhso.measure.text import InputError, Place, Problem, Text, message
from tinhso.modules.feedback import categories
from tinhso.modules.questions.models import Answer
from tinhso.web.rules import FIELDS

GONE = message(
    "rules-gone",
    vi="{what} “{code}” đang được dùng ở {count} {of} (như {one}) mà tệp này không có. Thêm lại.{more}",
    en='The {what} "{code}" is in use by {count} {of} (such as {one}) and not in this file. Put it back.{more}',
)
RETERMED = message(
    "rules-retermed",
    vi="{count} vụ việc đã bắt đầu theo thời hạn của phiên bản {version}, mà tệp này nay ghi khác. Ghi lại phiên bản ấy như cũ và thêm phiên bản mới với since sau hôm nay; nếu thật sự muốn đổi cả vụ việc cũ: tinhso cases accept-terms --reason “…”.",
    en='{count} cases began by the terms of version {version}, which this file has otherwise now. Write that version as it was, and add a new one with since after today; if earlier cases are really to change: tinhso cases accept-terms --reason "…".',
)
NONE_OWN = message(
    "rules-none-own",
    vi="Thư mục này không có tệp quy tắc nào, nên trang dùng tệp của sản phẩm. Nếu tỉnh có quy tắc riêng thì đặt lại TINHSO_RULES, hoặc trả tệp về đây.",
    en="There are no files of rules in this folder, so the site goes by the product's. Where the province has its own, correct TINHSO_RULES, or bring them back here.",
)
CATEGORY, FIELD = Text("Lĩnh vực", "category"), Text("Lĩnh vực", "field")
ROLE, KEPT_RULE = Text("Vai trò", "role"), Text("Quy tắc", "rule")
POSITIONS = Text("vị trí công tác", "positions")
ANSWERS = Text("câu trả lời đã công bố", "published answers")
OPEN_CASES = Text("vụ việc đang mở", "open cases")
UNTIL = Text(" Muốn thôi áp dụng thì đặt until.", " To have it hold no longer, give it an until.")
NO_MORE = Text("", "")
AGENCY, UNIT, WORK = (
    Text("cơ quan", "agency"),
    Text("đơn vị", "unit"),
    Text("loại việc", "kind of work"),
)
NEEDS = Text("những việc cần nhắc", "what needs somebody")
UNITS = Text("sổ đơn vị", "the register of units")


def refuse_lost() -> None:
    """Raises InputError with all that rules and the site's data have lost of each other."""
    if found := [*_gone(), *_not_there(), *map(_retermed, retermed())]:
        forgotten = [] if own() else [NONE_OWN(Place(str(settings.TINHSO_RULES)))]
        raise InputError([*forgotten, *found])


# -- what the site holds --------------------------------------------------------------------------------


def _gone() -> Iterator[Problem]:
    file_of = {"feedback": categories.FILE, "question": FIELDS}
    for kind, there in sorted_by().items():
        rows = Case.objects.filter(kind=kind, open=True)
        counted = _counted(rows, "category", "code")
        yield from _missing(counted, there, file_of[kind], CATEGORY, OPEN_CASES)
    routed = CaseEvent.objects.filter(case__open=True, data__has_key=RULE)
    counted = _counted(routed, f"data__{RULE}", "case__code")
    codes = [rule.code for rule in routing.rules()]
    yield from _missing(counted, codes, routing.FILE, KEPT_RULE, OPEN_CASES, UNTIL)
    held = Q(until=None) | Q(until__gt=timezone.localdate())
    counted = _counted(Position.objects.filter(held), "role", "title")
    yield from _missing(counted, roles(), "roles/roles.yaml", ROLE, POSITIONS)
    counted = _counted(Answer.objects.filter(withdrawn_at=None), "field", "code")
    yield from _missing(counted, sorted_by()["question"], FIELDS, FIELD, ANSWERS)


#: A code that rows are filed under, how many are, and one of them by name.
Counted = Iterable[tuple[str, int, str]]


def _counted(rows: QuerySet[Any], code: str, name: str) -> Counted:
    found = rows.order_by().values(filed=F(code)).annotate(n=Count("pk"), one=Min(name))
    return [(row["filed"], row["n"], row["one"]) for row in found.order_by("filed")]


def _missing(
    counted: Counted, there: Collection[str], file: str, what: Text, of: Text, more: Text = NO_MORE
) -> Iterator[Problem]:
    place = rule_file(file).place()
    for code, count, one in counted:
        if code and code not in there:
            yield GONE(place, what=what, code=code, count=count, of=of, one=one, more=more)


def _retermed(found: Retermed) -> Problem:
    place = rule_file(f"cases/{found.kind.code}.yaml").place(("versions",))
    return RETERMED(place, count=found.cases, version=found.version)


# -- what the rules name ------------------------------------------------------------------------------------


def _not_there() -> Iterator[Problem]:
    """Units and kinds of work, which only a site with its data knows."""
    source, names = rule_file(routing.FILE), register()
    departments = {
        version.code
        for uid, versions in names.lives.items()
        if names.level(uid) is Level.AGENCY
        for version in versions
    }
    for n, one in enumerate(source.data["rules"]):
        to, _, code = one["to"].partition(":")
        if to == "department" and code not in departments:
            place = source.place(("rules", n, "to"))
            hint = did_you_mean(code, departments)
            yield UNKNOWN(place, what=AGENCY, value=code, where=UNITS, hint=hint)
        routes = each(source, "rules", n, "places")
        yield from known(source, routes, names.lives, UNIT, UNITS)
    source = rule_file("urging/urging.yaml")
    for n in range(len(source.data["rules"])):
        routes = each(source, "rules", n, "kinds")
        yield from known(source, routes, kinds_of_needs(), WORK, NEEDS)
