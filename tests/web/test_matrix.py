"""Every role on every route: generated from the routes, so that a new one without a policy, or
without a sample here, fails.

What is expected is worked out apart from the product: from the roles file and the two units.
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, path, reverse
from django.utils import timezone

from tests.people import appoint, sign_in
from tinhso.kernel.cases import actions as cases
from tinhso.kernel.cases.actions import Doer, Received, open_case
from tinhso.kernel.cases.kinds import Role as CaseRole
from tinhso.kernel.cases.models import Case
from tinhso.kernel.files.actions import accept
from tinhso.kernel.files.kinds import KINDS
from tinhso.kernel.ledger.actor import SYSTEM
from tinhso.kernel.ledger.models import Entry
from tinhso.kernel.ledger.outbox import owe
from tinhso.kernel.people import invitations, tokens
from tinhso.kernel.people.access import PUBLIC, Access
from tinhso.kernel.people.actions import Term
from tinhso.kernel.people.models import Account
from tinhso.kernel.rule_files import product_file
from tinhso.kernel.units.models import AgencyChange
from tinhso.kernel.units.register import register
from tinhso.modules.documents.codes import new_document_code
from tinhso.modules.documents.models import Document
from tinhso.modules.plan.workspace import workspace
from tinhso.modules.questions.answers import Written
from tinhso.modules.questions.answers import publish as publish_answer
from tinhso.modules.scorecards.round_actions import open_round
from tinhso.modules.shares import own_plans
from tinhso.modules.shares.own_plan_items import Typed
from tinhso.modules.shares.own_plan_items import add as add_item
from tinhso.modules.shares.promises import Kind
from tinhso.modules.tasks import progress
from tinhso.modules.tasks.actions import create as give
from tinhso.modules.tasks.drafts import By, Draft
from tinhso.modules.tasks.facts import Rhythm
from tinhso.web.access import AccessMiddleware, access_of
from tinhso.web.api import api
from tinhso.web.limits import BUCKETS

pytestmark = pytest.mark.django_db

PLAN = "binh-phuoc-2025"
#: A province of today with a plan's people in it, and one that has nothing to do with it.
HOME, AWAY = "p75.2025", "p01"


@dataclass(frozen=True)
class Route:
    name: str
    pattern: URLPattern
    access: Access | None

    @property
    def parameters(self) -> list[str]:
        return sorted(self.pattern.pattern.regex.groupindex)


def routes(resolver: URLResolver | None = None, space: str = "") -> Iterator[Route]:
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLResolver):
            inner = ":".join(part for part in (space, one.namespace) if part)
            yield from routes(one, inner)
        else:
            name = ":".join(part for part in (space, one.name) if part)
            yield Route(name, one, access_of(one.callback, name))


ALL = list(routes())
PAGES = [one for one in ALL if not one.name.startswith("api:")]
SPOKEN = {role["code"]: role["gives"] for role in product_file("roles/roles.yaml").data["roles"]}

#: For each parameter of an address: a value that names something real in a unit.
SAMPLES: dict[str, Callable[[World], Any]] = {
    "plan_code": lambda _: PLAN,
    "code": lambda _: "CQS-03",
    "plan:check.code": lambda _: "KT-NOP-HO",
    "form": lambda _: "csv",
    "period": lambda _: "2025-Q2",
    "view": lambda _: "then",
    "number": lambda _: 1,
    "uid": lambda world: world.unit,
    "agency": lambda _: "a.BP-STC",
    "change": lambda world: world.agency.pk,
    "account": lambda world: world.person.pk,
    "invitation": lambda world: world.invited.invitation.pk,
    "secret": lambda world: world.invited.secret,
    "delivery": lambda world: world.delivery.uid,
    "file": lambda world: world.file.pk,
    "card_code": lambda _: "XH-382",
    "group_code": lambda _: "cap-xa",
    "round_id": lambda world: world.round.pk,
    "document": lambda world: world.document.pk,
    **dict.fromkeys(
        ("questions:answer.code", "questions:manage.code"), lambda world: world.answer.code
    ),
    "questions:case.case": lambda world: world.question.pk,
    "questions:follow.code": lambda world: world.question.code,
    "documents:file.form": lambda _: "pdf",
    "documents:code.code": lambda world: world.document.code,
    "kind": lambda _: "report",
    "ledger:entry.uid": lambda world: Entry.objects.filter(unit=world.unit).latest("id").uid,
    "task": lambda world: world.task.pk,
    "report": lambda world: world.report.pk,
    "extension": lambda world: world.extension.pk,
    "ask": lambda world: world.ask.pk,
    "item": lambda world: world.item.pk,
    "version": lambda world: world.item.own_plan.version,
    # Of what belongs to the one who asks, and nobody has here: a passkey, a mail's address.
    "pk": lambda _: 1,
    "key": lambda _: "x",
    "uidb36": lambda _: "1",
    # A figure that the province itself reports: of HOME, and of nobody where the unit is AWAY.
    "duty": lambda _: "TINH-QUY",
    "unit": lambda world: world.unit,
    "indicator": lambda _: "KTS-01",
    "case_code": lambda world: world.case.code,
    "act": lambda _: "note",
    "attachment": lambda world: world.photo.pk,
    **{
        f"reporting:{name}.period": lambda _: "2025-Q4r"
        for name in ("form", "draft", "workbook", "upload", "history")
    },
}

#: Routes to one thing of a unit: closed where it is out of reach. Others are lists, or of no unit.
OF_A_UNIT = {
    *("people:person", "people:withdraw", "ledger:entry", "files:download"),
    "units:agency-withdraw",
    *("tasks:report", "tasks:extend", "tasks:ask", "tasks:answer", "tasks:preview"),
    "tasks:decide-part",
    *("reporting:form", "reporting:draft", "reporting:workbook", "reporting:upload"),
    "reporting:history",
    "questions:case",
    "questions:manage",
    "scorecards:round-unit",
    *(
        f"documents:{name}"
        for name in ("one", "edit", "preview", "file", "make", "sign", "discard")
    ),
    "shares:own-plan",
    "shares:hand-in",
    "shares:settle",
    *(f"shares:own-plan-{name}" for name in ("begin", "drop", "take", "version", "download")),
    *("shares:own-plan-sheet", "shares:own-plan-sheet-file"),
    *("shares:own-item", "shares:own-item-new"),
    "people:person",
    "people:withdraw",
    "ledger:entry",
    "files:download",
    *(f"desk:{name}" for name in ("case", "act", "split", "contact", "moderate", "file", "blur")),
}


#: Doors of machines: what posts to them is checked against a key or signature in what is posted.
KEYED = {
    *(
        f"open311-{name}{form}"
        for name in ("requests", "updates")
        for form in ("", "-slash", "-xml", "-json")
    ),
    "zalo-webhook",
}

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class World:
    """One unit with somebody, an invitation and a machine in it."""

    def __init__(self, unit: str) -> None:
        self.unit = unit
        self.administrator = appoint("administrator", unit, f"quan-tri-{unit}")
        from tinhso.kernel.people.accounts import seats_of  # noqa: PLC0415
        from tinhso.kernel.people.who import Who  # noqa: PLC0415

        day = timezone.localdate()
        self.who = Who(
            day, self.administrator.pk, "", seats_of(self.administrator.pk, day), strong=True
        )
        self.person = appoint("officer", unit, f"can-bo-{unit}")
        self.invited = invitations.invite(
            self.who, "Người Mới", "", unit, "officer", "Chuyên viên", Term(day)
        )
        self.machine = tokens.connect(self.who, "Hệ thống", unit)
        self.delivery = owe("matrix", unit, {})
        self.file = accept(
            self.who, SimpleUploadedFile("anh.png", PIXEL), [KINDS["png"]], unit=unit
        )
        by, due = By.system(day), day + timedelta(days=30)
        draft = Draft("Việc của đơn vị", lead=unit, rhythm=Rhythm.ONCE, deadline=due)
        self.task = give(by, PLAN, f"T-{unit}", draft)
        self.report = progress.report(by, self.task, progress.Told("đang làm"))
        self.extension = progress.ask_extension(by, self.task, due + timedelta(days=9), "chờ")
        # Asked of the same unit: whoever may answer is looked for where the task is.
        other = give(by, PLAN, f"H-{unit}", Draft("Việc khác", lead="a.BP-STC"))
        self.ask = progress.ask(by, other, unit, "xin số liệu")
        typed = Typed(name="Mở lớp", product="Lớp", deadline=due)
        self.item = add_item(own_plans.By.system("", day), PLAN, unit, Kind.TASK, typed)
        card = workspace().plan(PLAN).pack.scorecards["XH-382"]
        self.round = open_round(
            *(SYSTEM, card, card.groups[-1], [unit]),
            plan=PLAN,
            period=f"2025-Q{1 if unit == HOME else 2}",
            unit=unit,
            assess_by=day,
            by="",
        )
        self.question = cases.open_case(
            Doer(SYSTEM, CaseRole.REQUESTER), Received("question", "Câu hỏi", HOME)
        )
        written = Written("Thuế nộp ở đâu?", "Ở xã.")
        self.answer = publish_answer(SYSTEM, unit, "thue", written)
        told = Received("feedback", "Đèn đường hỏng", HOME, files=[self.file])
        self.case = open_case(Doer(SYSTEM, CaseRole.REQUESTER), told)
        # No door takes a case for another province; as if one had come there all the same.
        Case.objects.filter(pk__in=[self.question.pk, self.case.pk]).update(home=unit)
        self.photo = self.case.attachments.get()
        self.agency = AgencyChange.objects.create(
            what="add",
            uid=f"a.{unit}",
            on=day,
            code=f"X-{unit}",
            type="so",
            name="Sở Mới",
            parent=unit,
            document="1/QĐ",
            reason="thử",
            at=timezone.now(),
        )
        self.document = Document.objects.create(
            code=new_document_code(),
            kind="report",
            unit_id=unit,
            publication=f"{PLAN}/2025-Q2/then/1",
            content="0" * 64,
            simulated=True,
            fields={"abstract": "Kết quả thử", "issuer": "Cơ quan thử"},
            changed_at=timezone.now(),
        )


def sample_of(route: Route, parameter: str) -> Callable[[World], Any]:
    return SAMPLES.get(f"{route.name}.{parameter}") or SAMPLES[parameter]


def address(route: Route, world: World) -> str:
    kwargs = {name: sample_of(route, name)(world) for name in route.parameters}
    return reverse(route.name, kwargs=kwargs)


def expected(access: Access, role: str | None, *, strong: bool, home: bool, of_a_unit: bool) -> str:
    """`open` or `closed`; a list opens for whoever has the right somewhere."""
    if access.policy is None:
        return "open" if role is not None or not access.sign_in else "closed"
    verb = access.policy.verbs[access.verb]
    if verb.public:
        return "open"
    right = f"{access.policy.kind}:{verb.code}"
    scopes = [] if role is None else [g["scope"] for g in SPOKEN[role] if right in g["rights"]]
    if not scopes or (verb.strong and not strong):
        return "closed"
    return "open" if home or "all" in scopes or not of_a_unit else "closed"


@pytest.fixture
def worlds(site: None) -> dict[bool, World]:
    return {True: World(HOME), False: World(AWAY)}


def test_every_route_says_who_may_use_it() -> None:
    silent = [one.name or str(one.pattern.pattern) for one in ALL if one.access is None]
    assert silent == []
    for _, router in api._routers:
        for view in router.path_operations.values():
            for operation in view.operations:
                assert isinstance(operation.view_func.access, Access)


def test_every_parameter_of_an_address_has_a_sample() -> None:
    unknown = {
        name
        for one in PAGES
        for name in one.parameters
        if name not in SAMPLES and f"{one.name}.{name}" not in SAMPLES
    }
    assert unknown == set()


def test_a_route_that_says_nothing_is_refused() -> None:
    def silent(_request: object) -> HttpResponse:
        return HttpResponse("secret")

    request = RequestFactory().get("/")
    request.resolver_match = path("", silent, name="silent").resolve("")  # type: ignore[assignment]
    with pytest.raises(ImproperlyConfigured, match="who may use it"):
        AccessMiddleware(silent).process_view(request, silent, (), {})


#: Rights are worked out alike on any database: on PostgreSQL, which runs a second time, nobody and those
#: who open most pages show that every page's statements run there.
ROLES_HERE = (
    [None, "officer", "standing-agency"] if connection.vendor == "postgresql" else [None, *SPOKEN]
)


@pytest.mark.parametrize("role", ROLES_HERE)
@pytest.mark.parametrize("strong", [False, True], ids=["password", "second-factor"])
def test_every_role_on_every_route(
    worlds: dict[bool, World], role: str | None, strong: bool
) -> None:
    """Reading and writing, in one's own unit and in a foreign one."""
    if role is None and strong:
        pytest.skip("nobody has no second factor")
    if role is not None and not strong and connection.vendor == "postgresql":
        pytest.skip("with a second factor more pages open")
    client = Client()
    if role is not None:
        sign_in(client, appoint(role, HOME, f"{role}-thu"), strong=strong)
    wrong = []
    for route in PAGES:
        assert route.access is not None
        if route.access == PUBLIC and role not in (None, "officer"):
            continue  # nobody's role is looked at: nobody signed in and somebody stand for all
        addresses = {home: address(route, world) for home, world in worlds.items()}
        if addresses[True] == addresses[False]:
            del addresses[False]
        for home, where in addresses.items():
            want = expected(
                route.access,
                role,
                strong=strong,
                home=home,
                of_a_unit=route.name in OF_A_UNIT,
            )
            BUCKETS.clear()  # how often somebody may ask is another test's (test_limits)
            for method in ("get", "post"):
                if route.name == "account_logout" and method == "post":
                    continue  # it ends the session that the rest needs
                if route.name in KEYED and method == "post":
                    continue  # no position opens it: see tests/modules/feedback
                answer = getattr(client, method)(where)
                found = _outcome(answer)
                if want == "hidden" and route.name not in OF_A_UNIT:
                    want = "open"  # a list: it opens, with what is within reach
                if found != want:
                    wrong.append(
                        (method, route.name, "home" if home else "away", want, answer.status_code)
                    )
    assert wrong == []


def _outcome(answer: HttpResponse) -> str:
    if answer.status_code == 403:
        return "closed"
    if answer.status_code == 302 and "/dang-nhap/?next=" in answer.headers["Location"]:
        return "closed"
    return "open"


def test_lists_hold_only_what_is_within_reach(worlds: dict[bool, World]) -> None:
    client = Client()
    sign_in(client, appoint("leader", HOME, "lanh-dao"), strong=True)
    page = client.get(reverse("people:people")).content.decode()
    assert f"can-bo-{HOME}" in page
    assert f"can-bo-{AWAY}" not in page


@pytest.mark.parametrize("scoped", [True, False])
@pytest.mark.parametrize("unit", [HOME, AWAY])
def test_a_machine_may_what_its_token_names_in_its_unit(
    worlds: dict[bool, World], scoped: bool, unit: str
) -> None:
    who = worlds[True].who
    machine = tokens.connect(who, "Kho dữ liệu", unit)
    issued = tokens.issue(who, machine, "", ["plan.records:open"], 30)
    if not scoped:
        issued.token.scopes = ["plan.publication:publish"]
        issued.token.save()
    answer = Client().get(
        f"/api/v1/plans/{PLAN}/indicators/CQS-03/records/denominator",
        {"period": "2025-Q2", "unit": "p70"},
        headers={"authorization": f"Bearer {issued.secret}"},
    )
    assert answer.status_code == 200
    shown = answer.json()
    everything = scoped and unit == HOME
    assert (shown["open_to"] == shown["total"]) is everything


@pytest.mark.parametrize("how", ["unknown", "expired", "revoked", "closed"])
def test_a_token_that_is_over_is_told_so(worlds: dict[bool, World], how: str) -> None:
    who = worlds[True].who
    machine = tokens.connect(who, "Kho dữ liệu", HOME)
    issued = tokens.issue(who, machine, "", ["plan.records:open"], 1)
    secret = issued.secret
    match how:
        case "unknown":
            secret = "tinhso_" + uuid.uuid4().hex
        case "expired":
            type(issued.token).objects.update(
                created_at=timezone.now() - timedelta(days=2),
                expires_at=timezone.now() - timedelta(days=1),
            )
        case "revoked":
            tokens.revoke(who, issued.token)
        case "closed":
            Account.objects.filter(pk=machine.pk).update(is_active=False)
    # Even where anybody may look: a machine has to learn that its token is over.
    answer = Client().get(
        f"/api/v1/plans/{PLAN}/indicators/CQS-03/records/denominator",
        {"period": "2025-Q2"},
        headers={"authorization": f"Bearer {secret}"},
    )
    assert answer.status_code == 401
    assert answer.json()["problems"][0]["code"] == "token-wrong"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_the_two_units_are_what_the_test_takes_them_for() -> None:
    today = timezone.localdate()
    assert register().boundaries.map(today).carry("p70").uid == HOME
    assert register().boundaries.exists(AWAY, today)
