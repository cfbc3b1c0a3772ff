"""What the site holds has to be in its rules: told before it starts, with the file and what to do."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from tests.own_rules import Folder
from tests.people import appoint
from tinhso.kernel import rule_files
from tinhso.kernel.cases import actions, homes, in_force
from tinhso.kernel.cases.actions import Doer, Received
from tinhso.kernel.cases.kinds import Role, kind
from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.suggesting import suggestion, with_reason
from tinhso.kernel.ledger.actor import OPERATOR, SYSTEM
from tinhso.kernel.people.models import Position
from tinhso.kernel.rule_files import product_file
from tinhso.kernel.units.register import register
from tinhso.measure.boundaries import Level
from tinhso.measure.text import InputError
from tinhso.web.rules_in_use import refuse_lost

pytestmark = pytest.mark.django_db

FEEDBACK, ROUTING = "cases/feedback.yaml", "routing/routing.yaml"
SORTED = "cases/categories/feedback.yaml"

RESIDENT, ROUTER = Doer(SYSTEM, Role.REQUESTER), Doer(SYSTEM, Role.ROUTER)


def received(category: str, at: datetime) -> Case:
    unit = register().descendants(homes.SITE[0](), timezone.localdate(), Level.COMMUNE)[0]
    told = Received("feedback", "Loa kéo suốt đêm", unit, place=unit, category=category)
    return actions.open_case(RESIDENT, told, at=at)


def lost() -> list[tuple[str, str]]:
    with pytest.raises(InputError) as refused:
        refuse_lost()
    return [(one.code, one.line("en")) for one in refused.value.problems]


def test_a_provinces_rule_routes_a_case(own_rules: Folder) -> None:
    case = received("noise", timezone.now())
    rule = (
        "rules:\n  - code: police\n    why: {vi: Công an tỉnh, en: The police}\n"
        "    categories: [noise]\n    to: province\n    since: 2024-01-01\n"
    )
    own_rules.write(ROUTING, rule)
    own_rules.use()
    refuse_lost()
    found = suggestion(case, timezone.localdate())
    assert found.rule
    assert (found.rule.code, found.unit) == ("police", homes.SITE[0]())
    own_rules.write(ROUTING, rule.replace("to: province", "to: department:BP-CTA"))
    own_rules.use()
    [(code, line)] = lost()
    assert code == "rule-unknown"
    assert f"{ROUTING}:5:9: There is no agency" in line


def test_what_open_cases_and_positions_are_filed_under_has_to_stay(own_rules: Folder) -> None:
    case = received("noise", timezone.now())
    data = with_reason(case, {"unit": case.home_id})
    actions.act(ROUTER, case, "route", data)
    appoint("call-taker", case.home_id)
    refuse_lost()
    own_rules.copy(SORTED, ("code: noise", "code: din"))
    own_rules.copy("open311/services.yaml", ("  noise:", "  din:"))
    own_rules.copy("roles/roles.yaml", ("code: call-taker", "code: caller"))
    own_rules.copy(ROUTING, (f"code: {data['rule']}\n", "code: renamed\n"))
    own_rules.use()
    said = [line for code, line in lost() if code == "rules-gone"]
    assert [f'"{one}"' in line for one, line in zip(("noise", data["rule"], "call-taker"), said, strict=True)] == [True] * 3  # fmt: skip
    assert case.code in said[0]
    assert case.code in said[1]
    # Once nobody waits for it, a code may go.
    actions.act(Doer(SYSTEM, Role.LEAD, case.home_id), case, "answer", {"text": "Đã nhắc"})
    Position.objects.update(until=timezone.localdate())
    refuse_lost()


def test_a_folder_that_was_forgotten_is_thought_of(own_rules: Folder) -> None:
    received("kieu-moi", timezone.now())
    assert [code for code, _ in lost()] == ["rules-none-own", "rules-gone"]


def test_terms_by_which_a_case_began_stay_until_somebody_answers_for_their_change(
    own_rules: Folder,
) -> None:
    now = timezone.now()
    case, longer = received("", now), ("whole: {amount: 5,", "whole: {amount: 9,")
    assert in_force.enter_terms() == 2
    refuse_lost()
    own_rules.copy(FEEDBACK, longer)
    own_rules.use()
    [(code, line)] = lost()
    assert code == "rules-retermed"
    assert "1 cases began by the terms of version 2024-01-01" in line
    # A new version leaves the old one's cases as they were; from its day on it holds.
    text = product_file(FEEDBACK).text
    version = text[text.index("  - since:") : text.index("reasons:")]
    tomorrow = timezone.localdate() + timedelta(days=1)
    added = version.replace("2024-01-01", tomorrow.isoformat()).replace(*longer)
    own_rules.copy(FEEDBACK, (version, version + added))
    own_rules.use()
    refuse_lost()
    assert not actions.reproject(case)
    assert kind("feedback").version(tomorrow).terms["whole"].amount == 9
    assert in_force.enter_terms() == 1
    # Then a case begins by it, and it may not go either.
    received("", now + timedelta(days=2))
    rule_files.use({})
    assert [code for code, _ in lost()] == ["rules-none-own", "rules-retermed"]
    assert in_force.enter_terms(OPERATOR, "Quay lại quy chế cũ") == 1
    refuse_lost()
