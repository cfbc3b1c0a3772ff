"""What must be true of a plan beyond shape and references (quy tắc của kế hoạch).

Each rule looks at raw trees and says nothing of what has the wrong shape: that is said elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from tinhso.measure.text import Problem, message
from tinhso.measure.yamltree import Route, Tree
from tinhso.modules.plan.pack.layout import KINDS, Folder
from tinhso.modules.plan.pack.references import EACH, Pattern, matches, texts_in

OVER_HUNDRED = message(
    "threshold-over-hundred",
    vi="Ngưỡng {value} % vượt quá 100 %. Viết ngưỡng từ 0 đến 100.",
    en="A threshold of {value} % is above 100 %. Write one from 0 to 100.",
)
UNREACHABLE = message(
    "threshold-unreachable",
    vi="Không thể đạt “{operator} {value} %”. Dùng “>=” nếu nguồn nói “đạt”.",
    en='"{operator} {value} %" can never be met. Use ">=" where the source says "reach".',
)
BAD_RANK = message(
    "bad-rank",
    vi="Thứ hạng phải là số nguyên từ 1 trở lên, không phải {value}.",
    en="A rank is a whole number from 1 up, not {value}.",
)
RANK_OUT_OF_RANGE = message(
    "rank-out-of-range",
    vi="Thứ hạng {place} lớn hơn tổng số {of}. Sửa một trong hai.",
    en="Rank {place} is beyond the total of {of}. Correct one of the two.",
)
VALUE_OUT_OF_RANGE = message(
    "value-out-of-range",
    vi="Giá trị {value} lớn hơn mức tối đa {limit}. Sửa một trong hai.",
    en="The value {value} is above its maximum {limit}. Correct one of the two.",
)
WRONG_WAY = message(
    "operator-wrong-way",
    vi="Phép so sánh “{operator}” ngược chiều với chỉ số “{indicator}” (better: {better}). Sửa một trong hai.",
    en='The operator "{operator}" runs against the indicator "{indicator}" (better: {better}). Correct one of the two.',
)
BEFORE_ISSUE = message(
    "deadline-before-issue",
    vi="Thời hạn {deadline} trước ngày ban hành kế hoạch ({issued}). Sửa thời hạn.",
    en="The deadline {deadline} is before the plan was issued ({issued}). Correct the deadline.",
)
DATES_REVERSED = message(
    "dates-reversed",
    vi="“{later}” là {later_day}, trước “{earlier}” là {earlier_day}. Đổi lại thứ tự hai ngày.",
    en='"{later}" is {later_day}, before "{earlier}", which is {earlier_day}. Put the two in order.',
)
NO_DIFFERENCE = message(
    "no-difference",
    vi="Số này không cùng định nghĩa với chỉ tiêu. Thêm khóa “difference” nói khác ở chỗ nào.",
    en='This figure is not defined as the target is. Add the key "difference" and say how it differs.',
)
SAME_AS_NOTHING = message(
    "same-as-nothing",
    vi="Đã ghi cùng định nghĩa thì phải nêu chỉ tiêu. Thêm khóa “targets”.",
    en='A figure of the same definition must say of which target. Add the key "targets".',
)
NO_CONTRADICTION = message(
    "no-contradiction",
    vi="Các cách nêu đều là “{value}” nên không có mâu thuẫn. Sửa hoặc bỏ mục này.",
    en='All claims say "{value}", so nothing is contradicted. Correct or remove this entry.',
)
MORE_TASKS_THAN_COUNTED = message(
    "more-tasks-than-counted",
    vi="Gói có {known} nhiệm vụ, nhiều hơn {count} mà nguồn đếm. Kiểm tra lại tasks.yaml hoặc con số này.",
    en="The pack names {known} tasks, more than the {count} that the source counts. Look at tasks.yaml or at this number.",
)
CODE_NOT_FOLDER = message(
    "code-not-folder",
    vi="Mã gói “{code}” khác tên thư mục “{folder}”. Đặt trùng nhau.",
    en='The pack code "{code}" is not the folder\'s name "{folder}". Make them the same.',
)
NO_PLAN = message(
    "no-plan",
    vi="Gói loại “plan” phải có tệp {file}.",
    en='A pack of type "plan" needs the file {file}.',
)
NOT_REPORTED = message(
    "reporting-not-reported",
    vi="Chỉ số “{indicator}” thuộc loại {kind}, tính từ bản ghi nên không ai phải báo cáo. Chỉ nêu chỉ số loại reported hoặc measure.",
    en='The indicator "{indicator}" is of kind {kind}: it is computed from records, so nobody reports it. Name indicators of kind reported or measure.',
)
REPORTED_TWICE = message(
    "reporting-twice",
    vi="Chỉ số “{indicator}” đã có ở nghĩa vụ “{other}” cùng cấp, cùng mục đích. Bỏ một trong hai.",
    en='The indicator "{indicator}" is in the duty "{other}" of the same level and purpose already. Remove one of the two.',
)
DEPARTMENT_AND_STEP = message(
    "reporting-department",
    vi="Bước “department” và mục department đi cùng nhau: nêu cả hai hoặc bỏ cả hai.",
    en='The step "department" and the field department go together: give both or neither.',
)
LAST_STEP_ENDS = message(
    "reporting-last-step",
    vi="Bước duyệt cuối là “{step}” có thể không còn (cấp huyện bỏ, sở giải thể), khi đó số liệu chờ mãi. Bước cuối phải là unit hoặc standing-agency.",
    en='The last step, "{step}", may come to an end (districts are abolished, departments merged), and figures would wait for ever. The last step has to be unit or standing-agency.',
)
NOT_IN_LIBRARY = message(
    "not-in-library",
    vi="Gói loại “library” không chứa tệp này. Chuyển tệp sang gói kế hoạch.",
    en='A pack of type "library" does not hold this file. Move it to a plan\'s pack.',
)

_NEEDED_BY_PLAN = ("plan", "agencies", "documents", "targets")


def rule_problems(folders: list[Folder]) -> Iterator[Problem]:
    """Every broken rule of the last folder's plan and of all folders' own files."""
    for folder in folders:
        yield from _pack_file(folder)
    for rule in _RULES:
        yield from rule(folders)


def _items(folders: list[Folder], kind: str, pattern: Pattern) -> Iterator[tuple[Tree, Route, Any]]:
    for folder in folders:
        for tree in folder.of(kind):
            for route, item in matches(tree.data, pattern):
                if isinstance(item, dict):
                    yield tree, route, item


def _pack_file(folder: Folder) -> Iterator[Problem]:
    for tree in folder.of("pack"):
        data = tree.data if isinstance(tree.data, dict) else {}
        code = data.get("code")
        if isinstance(code, str) and code != folder.code:
            yield CODE_NOT_FOLDER(tree.place(("code",)), code=code, folder=folder.code)
        if data.get("type") == "plan":
            for name in _NEEDED_BY_PLAN:
                if not folder.of(name) and name not in folder.unread:
                    yield NO_PLAN(tree.place(("type",)), file=f"{name}.yaml")
        if data.get("type") == "library":
            for name, kind in KINDS.items():
                for other in folder.of(name) if kind.plan_only else ():
                    yield NOT_IN_LIBRARY(other.place())


def _thresholds(folders: list[Folder]) -> Iterator[Problem]:
    for tree, route, target in _items(folders, "targets", (EACH,)):
        value, operator = _number(target.get("threshold")), target.get("operator")
        if value is None:
            continue
        place = tree.place((*route, "threshold"))
        if target.get("measure") == "rank":
            if value < 1 or value != int(value):
                yield BAD_RANK(place, value=value)
        elif target.get("measure") == "percent":
            if value > 100:
                yield OVER_HUNDRED(place, value=value)
            elif (operator == ">" and value == 100) or (operator == "<" and value == 0):
                yield UNREACHABLE(tree.place((*route, "operator")), operator=operator, value=value)


def _directions(folders: list[Folder]) -> Iterator[Problem]:
    better = {
        indicator.get("code"): indicator.get("better")
        for _tree, _route, indicator in _items(folders, "indicators", (EACH,))
        if isinstance(indicator.get("code"), str)
    }
    right = {"higher": (">", ">="), "lower": ("<", "<=")}
    for tree, route, target in _items(folders, "targets", (EACH,)):
        code, operator = target.get("indicator"), target.get("operator")
        way = better.get(code) if isinstance(code, str) else None
        if not isinstance(way, str) or way not in right or operator not in (">", ">=", "<", "<="):
            continue
        if operator not in right[way]:
            place = tree.place((*route, "operator"))
            yield WRONG_WAY(place, operator=operator, indicator=code, better=way)


def _deadlines(folders: list[Folder]) -> Iterator[Problem]:
    issued = _plan_issued(folders)
    dated: tuple[tuple[str, Pattern], ...] = (
        ("targets", (EACH,)),
        ("tasks", (EACH, "tasks", EACH)),
    )
    for kind, pattern in dated:
        for tree, route, item in _items(folders, kind, pattern):
            deadline = _day(item.get("deadline"))
            if deadline and issued and deadline < issued:
                place = tree.place((*route, "deadline"))
                yield BEFORE_ISSUE(place, deadline=deadline, issued=issued)
    orders: tuple[tuple[str, Pattern, str, str], ...] = (
        ("tasks", (EACH, "tasks", EACH), "start", "deadline"),
        ("documents", (EACH,), "issued", "in_force"),
    )
    for kind, pattern, earlier, later in orders:
        for tree, route, item in _items(folders, kind, pattern):
            first, second = _day(item.get(earlier)), _day(item.get(later))
            if first and second and second < first:
                yield DATES_REVERSED(
                    tree.place((*route, later)),
                    later=later,
                    later_day=second,
                    earlier=earlier,
                    earlier_day=first,
                )


def _plan_issued(folders: list[Folder]) -> date | None:
    documents = {
        code for folder in folders for code, _ in texts_in(folder.of("plan"), ("document",))
    }
    for _tree, _route, item in _items(folders, "documents", (EACH,)):
        if isinstance(item.get("code"), str) and item["code"] in documents:
            return _day(item.get("issued"))
    return None


def _baselines(folders: list[Folder]) -> Iterator[Problem]:
    for tree, route, item in _items(folders, "baselines", (EACH,)):
        same, place = item.get("same_definition"), tree.place((*route, "same_definition"))
        if same is False and item.get("targets") and "difference" not in item:
            yield NO_DIFFERENCE(place)
        if same is True and not item.get("targets"):
            yield SAME_AS_NOTHING(place)
        value = _number(item.get("value"))
        limit = _number(100 if item.get("measure") == "percent" else item.get("out_of"))
        if value is not None and limit is not None and value > limit:
            yield VALUE_OUT_OF_RANGE(tree.place((*route, "value")), value=value, limit=limit)
        if item.get("measure") == "rank" and value is not None and value < 1:
            yield BAD_RANK(tree.place((*route, "value")), value=value)
        rank = item.get("rank")
        if isinstance(rank, dict):
            stands, of = _number(rank.get("place")), _number(rank.get("of"))
            if stands is not None and of is not None and stands > of:
                place = tree.place((*route, "rank", "place"))
                yield RANK_OUT_OF_RANGE(place, place=stands, of=of)


def _contradictions(folders: list[Folder]) -> Iterator[Problem]:
    for tree, route, item in _items(folders, "contradictions", (EACH,)):
        claims = item.get("claims")
        found = [c.get("value") for c in claims if isinstance(c, dict)] if _long(claims) else []
        if len(found) > 1 and all(value == found[0] for value in found):
            yield NO_CONTRADICTION(tree.place((*route, "claims")), value=found[0])


def _long(items: object) -> bool:
    return isinstance(items, list) and len(items) > 1


def _task_count(folders: list[Folder]) -> Iterator[Problem]:
    known = len(list(_items(folders, "tasks", (EACH, "tasks", EACH))))
    for tree, route, total in _items(folders, "plan", ("tasks_total",)):
        count = _number(total.get("count"))
        if count is not None and count < known:
            place = tree.place((*route, "count"))
            yield MORE_TASKS_THAN_COUNTED(place, known=known, count=count)


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    return Decimal(value)


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None  # the schema says so, at this very place


def _reporting(folders: list[Folder]) -> Iterator[Problem]:
    """What is reported is known to people only, and is asked for once."""
    kinds = {
        item.get("code"): item.get("kind")
        for _tree, _route, item in _items(folders, "indicators", (EACH,))
        if isinstance(item.get("code"), str)
    }
    seen: list[tuple[str, object, bool, date, date, str]] = []
    for tree, route, item in _items(folders, "reporting", (EACH,)):
        since, until = _day(item.get("since")), _day(item.get("until"))
        if since and until and until <= since:
            place = tree.place((*route, "until"))
            yield DATES_REVERSED(
                place, later="until", later_day=until, earlier="since", earlier_day=since
            )
        steps = item.get("steps")
        if isinstance(steps, list) and steps:
            if ("department" in steps) != ("department" in item):
                yield DEPARTMENT_AND_STEP(tree.place((*route, "steps")))
            if steps[-1] in ("district", "department"):
                yield LAST_STEP_ENDS(tree.place((*route, "steps")), step=steps[-1])
        named = item.get("indicators")
        for index, code in enumerate(named if isinstance(named, list) else ()):
            if not isinstance(code, str):
                continue
            place = tree.place((*route, "indicators", index))
            kind = kinds.get(code)
            if isinstance(kind, str) and kind not in ("reported", "measure"):
                yield NOT_REPORTED(place, indicator=code, kind=kind)
            own = (code, item.get("level"), bool(item.get("control")))
            first, last = since or date.min, until or date.max
            for *other, begins, ends, duty in seen:
                if tuple(other) == own and first < ends and begins < last:
                    yield REPORTED_TWICE(place, indicator=code, other=duty)
            seen.append((*own, first, last, str(item.get("code"))))


_RULES: tuple[Callable[[list[Folder]], Iterator[Problem]], ...] = (
    _thresholds,
    _directions,
    _deadlines,
    _baselines,
    _contradictions,
    _task_count,
    _reporting,
)
