"""A province's own rules: its file decides in the product's place; what is wrong is told before any page."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.own_rules import Folder
from tinhso.kernel import rule_files
from tinhso.kernel.cases import routing
from tinhso.kernel.clock.calendar import LOCAL
from tinhso.kernel.clock.calendars import calendar
from tinhso.kernel.people.policy import POLICIES
from tinhso.kernel.people.roles import roles
from tinhso.kernel.rule_files import PACKS, product_file
from tinhso.measure.text import InputError
from tinhso.modules.feedback.categories import categories, suggest
from tinhso.modules.feedback.open311_services import services
from tinhso.modules.plan.pack.shape import shape_problems
from tinhso.web import configuration, rules
from tinhso.web.cli import main

FEEDBACK, ROUTING = "cases/feedback.yaml", "routing/routing.yaml"
SORTED = "cases/categories/feedback.yaml"


# -- the files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", rules.FILES)
def test_the_products_own_files_have_no_mistake(name: str) -> None:
    source, file = product_file(name), rules.FILES[name]
    assert not file.schema or shape_problems(source, file.schema) == ()
    assert list(file.wrong(source)) == []


def test_every_file_of_rules_of_the_product_can_be_a_provinces_own() -> None:
    packs = {path.parent.name for path in PACKS.glob("*/pack.yaml")}
    there = {path.relative_to(PACKS).as_posix() for path in PACKS.rglob("*.yaml")}
    there = {one for one in there if one.partition("/")[0] not in packs}
    assert there - set(rules.FILES) == {"questions/sample.yaml"}


def test_the_products_roles_give_every_right_so_that_an_unknown_one_is_a_mistake() -> None:
    given = {right for one in roles().values() for right in one.gives}
    there = {
        policy.right(verb.code)
        for policy in POLICIES.values()
        for verb in policy.verbs.values()
        if not verb.public
    }
    assert there <= given


def test_a_provinces_file_decides_and_without_it_the_products_does(own_rules: Folder) -> None:
    own_rules.copy(SORTED, ("code: noise", "code: din"), ("karaoke", "kèn trống"))
    own_rules.copy("open311/services.yaml", ("  noise:", "  din:"))
    own_rules.copy("calendars/vn.yaml", ('"13:00-17:00"', '"13:30-17:00"'))
    own_rules.use()
    assert suggest("hàng xóm kèn trống suốt đêm") == "din"
    assert "din" in categories()
    assert "din" in services()
    assert calendar().day_seconds == 7.5 * 3600
    rule_files.use({})
    assert "noise" in categories()
    assert "noise" in services()
    assert calendar().day_seconds == 8 * 3600


def test_a_calendar_in_the_folder_may_add_to_the_products_of_the_same_name(
    own_rules: Folder,
) -> None:
    own_rules.write(
        "calendars/vn.yaml",
        "code: vn\nname: {vi: Tỉnh, en: Province}\nextends: vn\n"
        "off:\n  - {on: 2025-06-05, name: {vi: Ngày của tỉnh, en: Our day}}\n",
    )
    own_rules.use()
    thursday, holiday = datetime(2025, 6, 5, tzinfo=LOCAL), datetime(2025, 9, 2, tzinfo=LOCAL)
    assert not calendar().works(thursday.date())
    assert not calendar().works(holiday.date())


# -- what is wrong ----------------------------------------------------------------------------------------

#: File, what is written instead of what, and what is told of which line (that on which this stands).
MISTAKES = [
    (ROUTING, "categories: [danger]", "categories: [dange]", "rule-unknown", "[dange]"),
    (ROUTING, "kinds: [feedback]\n    cat", "kinds: [feedbak]\n    cat", "rule-unknown", "feedbak"),
    (ROUTING, "code: by-place\n", "code: danger-off-hours\n", "rule-twice", "  - code: danger-off-hours\n    why: {vi: \"Việc"),
    (ROUTING, "until: 2026-12-01\n  - code: by-place-with", "until: 2023-12-01\n  - code: by-place-with", "routing-ends-first", "until: 2023"),
    (ROUTING, 'hours: ["off"]', 'hours: ["17:00-17:00"]', "routing-hours", "17:00-17:00"),
    (ROUTING, "kinds: [feedback]\n    to: commune\n    most_open: 500", "to: province", "routing-idle", "code: standing-agency-or-full"),
    (ROUTING, "to: commune\n    most_open", "to: village\n    most_open", "wrong-form", "village"),
    (ROUTING, "most_open: 500", "most_opened: 500", "unknown-key", "most_opened"),
    (FEEDBACK, "      danger:", "      dangers:", "rule-unknown", "dangers"),
    (FEEDBACK, "  withdrawn: {", "  gone: {", "kind-lacks", "states:"),
    (FEEDBACK, "  rejected: {name: {vi: Không tiếp nhận, en: Not accepted}, open: false,", "  rejected: {name: {vi: Không tiếp nhận, en: Not accepted},", "kind-fixed", "  rejected: {"),
    (FEEDBACK, "to: rejected", "to: answered", "kind-fixed", "to: answered\n    by: [router, lead]\n    needs: [reason]"),
    (FEEDBACK, "      member: {amount: 2, span: working-days, from_opening: true}\n", "", "kind-no-term", "    terms:"),
    (FEEDBACK, "  other-agency: {vi: Chờ ý kiến cơ quan khác, en: Waiting for another agency}\n", "", "kind-no-reason", "  requester:"),
    (FEEDBACK, "route: {amount: 1, span: hours}", "route: {amount: 0, span: hours}", "kind-no-amount", "route: {amount: 0"),
    (FEEDBACK, "agency: {amount: 4, span: working-days", "agency: {amount: 4, span: days", "kind-two-spans", "    terms:"),
    (SORTED, "code: other", "code: rest", "category-no-other", "  - code: danger"),
    ("cases/answers.yaml", "acts: [reject]", "acts: [refuse]", "rule-unknown", "refuse"),
    ("cases/answers.yaml", "ngày {day}. Nếu", "ngày {today}. Nếu", "sample-answer-place", "{today}"),
    ("open311/services.yaml", "  waste:", "  garbage:", "rule-unknown", "  garbage:"),
    ("open311/services.yaml", "group: order", "group: ordre", "rule-unknown", "ordre"),
    ("questions/synonyms.yaml", "[khiếu nại, kiện]", "[khiếu nại, '…']", "synonym-no-letters", "'…'"),
    ("roles/roles.yaml", "people.token:issue", "people.token:isue", "rule-unknown", "isue"),
    ("roles/roles.yaml", "code: integration", "code: machines", "role-missing", "  - code: administrator"),
    ("surveys/surveys.yaml", "code: rating", "code: grade", "survey-first-question", "code: grade"),
    ("surveys/surveys.yaml", 'code: "5"', 'code: "A"', "survey-grade", 'code: "A"'),
    ("surveys/surveys.yaml", "smallest_group: 5", "smallest_group: 1", "too-small", "smallest_group"),
    ("tasks/rules.yaml", "kind: behind", "kind: slow", "not-listed", "kind: slow"),
    ("tasks/words.yaml", "  title: [", "  titel: [", "unknown-key", "  titel: ["),
    ("urging/urging.yaml", "days: [-7, -3, -1, 0]", "days: [-7, -1, -3, 0]", "urging-steps", "-1, -3"),
    ("urging/urging.yaml", "percent: [50]", "days: [50]", "urging-days-or-percent", "  - code: clock\n"),
    ("calendars/vn.yaml", "weekdays: [1, 2, 3, 4, 5]", "weekdays: [0, 8]", "calendar-shape", "weekdays: [0"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "was", "now", "code", "at"), MISTAKES)
def test_a_mistake_is_told_with_its_file_and_line(
    own_rules: Folder, name: str, was: str, now: str, code: str, at: str
) -> None:
    text = own_rules.copy(name, (was, now)).read_text(encoding="utf-8")
    line = text[: text.index(at)].count("\n") + 1
    assert (code, f"{name}:{line}") in own_rules.told()


def test_a_kind_of_which_a_case_could_get_stuck_is_told(own_rules: Folder) -> None:
    own_rules.copy(
        FEEDBACK,
        ("by: [lead, system]", "by: [requester]"),
        ("by: [requester, router]\n    needs: [text]", "by: [requester]\n    needs: [text]"),
    )
    [(code, place)] = own_rules.told()
    line = (own_rules.path / FEEDBACK).read_text(encoding="utf-8").splitlines()[int(place[-2:]) - 1]
    assert (code, line.partition(":")[0]) == ("kind-trap", "  asking")


def test_what_the_products_file_names_and_the_provinces_no_longer_has_is_told(
    own_rules: Folder,
) -> None:
    own_rules.copy(SORTED, ("code: danger", "code: risk"))
    with pytest.raises(InputError) as refused:
        own_rules.use()
    places = {Path(one.place.file).relative_to(PACKS).as_posix() for one in refused.value.problems}
    assert places == {FEEDBACK, ROUTING, "open311/services.yaml"}


def test_a_file_that_stands_for_none_is_named_and_notes_and_packs_are_left_alone(
    own_rules: Folder,
) -> None:
    for name in ("routing.yaml", "cases/feedbak.yaml", "routing/routing.yaml.bak"):
        own_rules.write(name, "rules: []\n")
    for name in ("README.md", ".git/config", "routing/routing.yaml~", "my-plan/pack.yaml"):
        own_rules.write(name, "anything\n")
    strange = ["cases/feedbak.yaml", "routing.yaml", "routing/routing.yaml.bak"]
    assert own_rules.told() == [("rules-unknown-file", one) for one in strange]


def test_what_cannot_be_read_at_all_is_told_of_every_file(own_rules: Folder) -> None:
    own_rules.write(ROUTING, "rules:\n\t- code: a\n")
    own_rules.write("roles/roles.yaml", "")
    assert own_rules.told() == [("yaml-empty", "roles/roles.yaml:1"), ("yaml-tab", f"{ROUTING}:2")]


def test_a_folder_that_is_named_and_not_there_is_no_folder_of_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TINHSO_RULES", str(tmp_path / "not"))
    with pytest.raises(InputError, match="no such folder"):
        configuration.rules()


def test_a_change_is_seen_and_holds_only_after_a_restart(own_rules: Folder) -> None:
    assert not rules.changed(own_rules.path)
    own_rules.copy(ROUTING)
    assert rules.changed(own_rules.path)
    own_rules.use()
    assert not rules.changed(own_rules.path)
    own_rules.copy(ROUTING, ("most_open: 500", "most_open: 400"))
    assert rules.changed(own_rules.path)
    assert [one.most_open for one in routing.rules() if one.most_open] == [500]


# -- the command line ----------------------------------------------------------------------------------------


def test_rules_are_copied_to_be_changed_and_checked_as_packs_are(
    own_rules: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TINHSO_RULES", str(own_rules.path))

    def tinhso(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(main, ["--lang", "en", "pack", *words])
        return done.exit_code, done.output

    assert tinhso("copy", ROUTING)[0] == 0
    assert (own_rules.path / ROUTING).read_text("utf-8") == (PACKS / ROUTING).read_text("utf-8")
    assert tinhso("check", str(own_rules.path)) == (0, f"{own_rules.path}: no mistakes\n")
    own_rules.copy(ROUTING, ("to: province", "to: provence"))
    code, said = tinhso("check", str(own_rules.path))
    assert code == 1
    assert f"{own_rules.path}/{ROUTING}:16:9: " in said
    assert tinhso("copy", ROUTING)[0] == 1
    assert "to: provence" in (own_rules.path / ROUTING).read_text("utf-8")
    assert tinhso("copy", "routing.yaml")[0] == 1


def test_no_command_starts_by_wrong_rules_and_each_says_why(tmp_path: Path) -> None:
    Folder(tmp_path / "rules").write(ROUTING, "rules: {}\n")
    own = {"TINHSO_HOME": str(tmp_path), "TINHSO_LANG": "en"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TINHSO_", "DJANGO_"))}  # fmt: skip
    command = [sys.executable, "-m", "tinhso.web", "status"]
    done = subprocess.run(command, env=kept | own, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == f"{tmp_path}/rules/{ROUTING}:1:8: This must be a list, not a mapping of keys to values.\n"  # fmt: skip
