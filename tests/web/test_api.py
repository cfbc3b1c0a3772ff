"""The API says what pages say, exactly, and says so in a way that a program can rely on."""

from __future__ import annotations

import json
import re
import runpy
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.test import Client, override_settings
from django.utils import timezone
from jsonschema import Draft202012Validator

from tests.ledger import write
from tests.people import appoint, sign_in
from tinhso.kernel.ledger.actor import OPERATOR
from tinhso.kernel.ledger.queries import newest_head
from tinhso.kernel.ledger.sequencing import sequence
from tinhso.kernel.units.register import register
from tinhso.measure.boundaries import Level
from tinhso.measure.cube_store import CubeStore
from tinhso.measure.lake import BATCH_COLUMNS, LakeSettings
from tinhso.measure.periods import Period
from tinhso.measure.places import View
from tinhso.modules.documents import actions as documents
from tinhso.modules.documents.codes import code_of
from tinhso.modules.documents.fields import Fields
from tinhso.modules.documents.kinds import kind_of
from tinhso.modules.plan.actions import publish
from tinhso.modules.plan.frozen.reading import FrozenPublication, published_figure
from tinhso.modules.plan.queries import Lens, PlanQueries
from tinhso.modules.plan.workspace import Workspace, _workspace, workspace
from tinhso.modules.scorecards.round_actions import open_round
from tinhso.modules.tasks.actions import create as create_task
from tinhso.modules.tasks.drafts import By, Draft
from tinhso.web.api import api

PLAN = "/api/v1/plans/binh-phuoc-2025"
EXAMPLE = Path(__file__).parents[2] / "examples" / "rebuild_page.py"
LENS = Lens(Period.parse("2025-Q2"), View())


def fill(place: Workspace) -> None:
    """600 dossiers of 25 communes, one every half day from February 2025; a third wholly online."""
    old = register().descendants("p70", date(2025, 3, 1), Level.COMMUNE)[:25]
    rows = []
    for number in range(600):
        closed = datetime(2025, 2, 1) + timedelta(hours=12 * number)  # noqa: DTZ001
        unit = register().at(old[number % 25], closed.date()).uid
        rows.append((number, register().nearest(unit).code, closed, number % 3 == 0, unit))
    with place.lake.writer() as lake:
        lake.execute(
            "CREATE TEMP TABLE made (n INT, code TEXT, day TIMESTAMP, online BOOL, u TEXT)"
        )
        lake.executemany("INSERT INTO made VALUES (?, ?, ?, ?, ?)", rows)
        lake.execute("BEGIN")
        lake.execute(
            "INSERT INTO lake.dossiers (dossier_code, unit_code, procedure_code, service_level,"
            " received_at, due_at, closed_at, submitted_online, paid_online, result_electronic,"
            " applicant, submitted_by, device, _unit, _level, _batch, _row)"
            " SELECT 'HS-' || n, code, 'TT-1', 'full', day, day, day, online, online, online,"
            " 'ps-' || n, 'citizen', 'd', u, 'commune', 1, n FROM made"
        )
        columns = ", ".join(f'"{name}"' for name in BATCH_COLUMNS)
        lake.execute(
            f"INSERT INTO lake._batches ({columns}) VALUES (1, 'accepted', TIMESTAMP"
            " '2025-12-31 08:00:00', 'dossiers', 'ho-so.csv', 'd', 'accept-good', 603, 600, 0, 0, 3,"
            " 'the tests of the API', '', 0)"
        )
        lake.execute("COMMIT")


@pytest.fixture(scope="module")
def measured(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Workspace]:
    """A site with a few simulated dossiers, measured."""
    home = tmp_path_factory.mktemp("api")
    changed = override_settings(
        TINHSO_LAKE=LakeSettings(home / "lake"), TINHSO_CUBES=home / "cubes"
    )
    with django_db_blocker.unblock(), changed:
        _workspace.cache_clear()
        place = workspace()
        fill(place)
        place.measure()
        yield place
    _workspace.cache_clear()


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("measured")]


def get(client: Client, address: str, status: int = 200, **headers: Any) -> dict[str, Any]:
    answer = client.get(address, **headers)
    assert answer.status_code == status, answer.content.decode()
    return json.loads(answer.content)


def problems(client: Client, address: str, status: int, **headers: Any) -> list[dict[str, str]]:
    answer = client.get(address, **headers)
    assert answer.status_code == status, answer.content.decode()
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = json.loads(answer.content)
    assert body["status"] == status
    assert body["instance"] == address
    assert all(body[name] for name in ("type", "title", "detail"))
    return list(body["problems"])


# -- the same figures as the pages -----------------------------------------------------------------


def test_a_plan_is_given_whole(client: Client) -> None:
    plan = get(client, PLAN)
    known = plan["tasks"]["known"]
    assert plan["tasks"]["unknown"] == plan["tasks"]["total"] - known > 0
    assert {one["pillar"] for one in plan["targets"]} == {one["code"] for one in plan["pillars"]}
    assert plan["contradictions"]
    assert plan["gaps"]
    assert plan["duties"]
    assert plan["baselines"]
    assert plan["views"][0]["code"] == "then"
    assert {group["kind"] for group in plan["periods"]} >= {"month", "quarter", "year"}


def test_every_row_is_the_exact_figure_that_was_measured(client: Client) -> None:
    queries = PlanQueries(workspace(), "binh-phuoc-2025")
    rows = get(client, f"{PLAN}/overview?period=2025-Q2")["items"]
    assert len(rows) == len(queries.plan.targets)
    for row, target in zip(rows, queries.plan.targets, strict=True):
        own = queries.row(target, "p70", LENS)
        assert row["value"]["status"] == own.value.status
        assert row["value"]["numerator"]["amount"] == own.value.numerator.amount
        assert row["value"]["denominator"]["amount"] == own.value.denominator.amount
        assert row["judgement"]["standing"] == own.judgement.standing
        value = row["value"]["value"]
        exact = value and Fraction(value["numerator"], value["denominator"])
        assert exact == own.value.value


def test_a_number_is_never_only_rounded(client: Client) -> None:
    row = get(client, f"{PLAN}/indicators/CQS-03/value?period=2025-Q2&unit=p70")["row"]
    value = row["value"]["value"]
    assert (value["numerator"], value["denominator"]) == (30, 91)  # 60 of 182, in lowest terms
    assert value["decimal"] == "0.32967032967"
    assert value["exact"] is False
    assert row["threshold"]["amount"]["exact"] is True


def test_nothing_told_is_null_and_not_zero(client: Client) -> None:
    values = [row["value"] for row in get(client, f"{PLAN}/overview")["items"]]
    silent = [one for one in values if one["status"] == "unknown"]
    assert silent
    assert all(one["value"] is None and one["reason_text"]["vi"] for one in silent)
    assert {one["numerator"]["amount"] for one in silent if one["reason"] == "no-records"} == {None}


def test_a_table_with_its_rest_adds_up_to_the_parent(client: Client) -> None:
    for view in ("then", "2025-06-30", "2025-07-01"):
        table = get(client, f"{PLAN}/indicators/CQS-03/table?period=2025&view={view}&limit=500")
        for part in ("numerator", "denominator"):
            held = sum(row[part]["amount"] or 0 for row in table["items"])
            assert held + table["rest"][part] == table["parent"][part]["amount"] > 0


def test_the_order_of_a_table_leaves_what_is_not_measured_for_the_end(client: Client) -> None:
    address = f"{PLAN}/indicators/CQS-03/table?period=2025-Q1&below=communes&sort=-value&limit=500"
    values = [row["value"] for row in get(client, address)["items"]]
    shares = [Fraction(one["numerator"], one["denominator"]) for one in values if one]
    assert shares == sorted(shares, reverse=True)
    assert None not in values[: len(shares)]
    assert len(shares) == 25


def test_a_series_ends_with_the_period(client: Client) -> None:
    months = get(client, f"{PLAN}/indicators/CQS-03/series?period=2025-Q2&count=4")["items"]
    assert [one["period"]["code"] for one in months] == [
        *("2025-03", "2025-04", "2025-05", "2025-06"),
    ]
    quarters = get(client, f"{PLAN}/indicators/CQS-03/series?period=2025-Q2r&by=period&count=2")
    assert [one["period"]["code"] for one in quarters["items"]] == ["2025-Q1r", "2025-Q2r"]


def test_an_explanation_counts_again_from_the_records(client: Client) -> None:
    found = get(client, f"{PLAN}/indicators/CQS-03/explanation?period=2025-Q2")
    numerator, denominator = found["parts"]
    assert (numerator["recounted"], denominator["recounted"]) == (60, 182)
    assert numerator["agrees"]
    assert denominator["agrees"]
    assert f"VERSION => {found['about']['snapshot']}" in numerator["sql"]
    assert found["indicator"]["parts"][0]["where"].startswith("submitted_online")
    assert found["quality"]["rows_quarantined"] == 3
    assert found["published"] == []
    records = get(client, numerator["records_address"])
    assert records["total"] == numerator["records"] == 60


@pytest.mark.parametrize("view", ["then", "2025-06-30", "2025-07-01"])
def test_statements_over_every_stream_run_and_agree(client: Client, view: str) -> None:
    found = get(client, f"{PLAN}/indicators")["items"]
    each = {(one["kind"], one["parts"][0]["stream"]): one for one in found}
    for indicator in each.values():
        address = f"{PLAN}/indicators/{indicator['code']}/explanation?period=2025-Q3&view={view}"
        parts = get(client, address)["parts"]
        assert [part["role"] for part in parts] == [part["role"] for part in indicator["parts"]]
        assert all(part["agrees"] for part in parts), indicator["code"]


def test_what_is_published_is_in_the_explanation_at_once(client: Client) -> None:
    address = f"{PLAN}/indicators/CQS-03/explanation?period=2025-Q2"
    before = client.get(address).headers["ETag"]
    queries = PlanQueries(workspace(), "binh-phuoc-2025")
    publish(OPERATOR, queries, LENS.period, LENS.view, by="Sở", reason="")
    answer = client.get(address, headers={"if-none-match": before})
    assert answer.status_code == 200
    (version,) = json.loads(answer.content)["published"]
    assert version["numerator"] == 60
    assert not version["differs"]


def test_addresses_of_pages_carry_over(client: Client) -> None:
    ours = get(client, f"{PLAN}/indicators/CQS-03/value?period=2025-Q1&view=2025-06-30&unit=d688")
    theirs = f"{PLAN}/indicators/CQS-03/value?ky=2025-Q1&dia-gioi=2025-06-30&don-vi=d688"
    assert get(client, theirs) == ours


# -- who may see what ------------------------------------------------------------------------------


def test_everybody_opens_ten_records_and_public_fields_only(client: Client) -> None:
    address = f"{PLAN}/indicators/CQS-03/records/denominator?period=2025-Q2"
    first = get(client, f"{address}&limit=100")
    assert (first["total"], first["open_to"], len(first["items"])) == (182, 10, 10)
    assert {field["sensitivity"] for field in first["fields"]} == {"public"}
    assert first["next"] is None
    assert get(client, f"{address}&offset=8")["items"] == first["items"][8:]
    assert get(client, f"{address}&offset=10")["items"] == []


def test_who_may_open_records_opens_all_but_never_personal_fields(client: Client) -> None:
    address = f"{PLAN}/indicators/CQS-03/records/denominator?period=2025-Q2&limit=100"
    public = client.get(address).headers["ETag"]
    sign_in(client, appoint("inspector", "p70"))
    answer = client.get(address, headers={"if-none-match": public})
    assert answer.status_code == 200, "another reader's answer must not count as known"
    first = json.loads(answer.content)
    second = get(client, first["next"])
    assert len(first["items"]) + len(second["items"]) == first["open_to"] == 182
    assert "dossier_code" in first["items"][0]
    assert "applicant" not in first["items"][0]


def test_a_part_that_an_indicator_lacks_is_not_found(client: Client) -> None:
    (problem,) = problems(client, f"{PLAN}/indicators/CQS-03/records/known", 404)
    assert problem["code"] == "part-missing"
    assert "numerator, denominator" in problem["detail"]


# -- simulated data says so ------------------------------------------------------------------------


def test_every_answer_that_rests_on_simulated_records_says_so(client: Client) -> None:
    tails = ("", "/overview", "/indicators", "/indicators/CQS-03", "/indicators/CQS-03/value")
    more = ("table", "series", "explanation", "records/numerator")
    for tail in (*tails, *(f"/indicators/CQS-03/{one}" for one in more)):
        about = get(client, PLAN + tail)["about"]
        assert about["simulated"] is True
        assert about["simulated_by"] == ["the tests of the API"]
        assert about["notice"]["vi"].startswith("Số liệu mô phỏng")
    assert get(client, "/api/v1/plans")["items"][0]["simulated"] is True
    assert get(client, "/api/v1/streams/dossiers")["simulated"] is True
    assert get(client, "/api/v1/streams/payments")["simulated"] is False
    assert get(client, "/api/v1/batches")["items"][0]["simulated_by"] == "the tests of the API"
    assert get(client, "/api/v1/units/p70")["simulated"] is False


# -- units, streams, schemas -----------------------------------------------------------------------


def test_units_are_found_as_people_type_them_and_tell_their_history(client: Client) -> None:
    hits = get(client, "/api/v1/units?q=binh phuoc&day=2025-06-30&level=province")["items"]
    assert hits[0]["unit"]["uid"] == "p70"
    unit = get(client, "/api/v1/units/p70?day=2025-06-30")
    assert unit["unit"]["living"]
    assert unit["path"][0]["level"] == "country"
    assert {child["level"] for child in unit["children"]} >= {"district"}
    assert [event["target"] for event in unit["became"]] == ["p75.2025"]
    after = get(client, "/api/v1/units/p75.2025?day=2025-07-01")
    assert "p70" in [event["source"] for event in after["came_from"]]


def test_units_are_listed_page_by_page_each_once(client: Client) -> None:
    address = "/api/v1/units?within=p70&day=2025-06-30&level=commune&limit=50"
    seen, total = [], None
    while address:
        page = get(client, address)
        seen += [item["unit"]["uid"] for item in page["items"]]
        total, address = page["total"], page["next"]
    assert len(seen) == len(set(seen)) == total == 111


def test_streams_schemas_and_words_explain_the_rest(client: Client) -> None:
    dossiers = get(client, "/api/v1/streams/dossiers")
    assert (dossiers["rows"], dossiers["quarantined"]) == (600, 3)
    fields = {field["name"]: field["sensitivity"] for field in dossiers["fields"]}
    assert fields["applicant"] == "personal"
    named = {field["name"]: field["value_names"] for field in dossiers["fields"]}
    assert set(named["submitted_by"]) == {"citizen", "officer", "post", "business"}
    for line in get(client, "/api/v1/schemas")["items"]:
        Draft202012Validator.check_schema(get(client, line["address"]))
    words = get(client, "/api/v1/words")["words"]
    assert words["standing"]["behind"] == {"vi": "chậm", "en": "behind"}


# -- caching ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        *("/api/v1/plans", PLAN, f"{PLAN}/overview", f"{PLAN}/indicators/CQS-03/explanation"),
        *("/api/v1/units/p70", "/api/v1/streams", "/api/v1/batches", "/api/v1/openapi.json"),
    ],
)
def test_what_has_not_changed_is_not_sent_again(client: Client, address: str) -> None:
    first = client.get(address)
    assert "no-cache" in first.headers["Cache-Control"]
    for tag in (first.headers["ETag"], f"W/{first.headers['ETag'].removeprefix('W/')}"):
        again = client.get(address, headers={"if-none-match": f'"other", {tag}'})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]
    assert client.get(address, headers={"if-none-match": '"other"'}).status_code == 200


# -- what is wrong, where, and what to do ----------------------------------------------------------


def test_every_mistake_is_named_at_once_with_its_place(client: Client) -> None:
    address = f"{PLAN}/overview?perod=2025&limit=0&offset=x&standing=good&lang=en"
    found = {one["where"]: one for one in problems(client, address, 400)}
    assert set(found) == {f"query.{name}" for name in ("perod", "limit", "offset", "standing")}
    assert "Did you mean “period”?" in found["query.perod"]["detail"]
    assert "1 or more" in found["query.limit"]["detail"]
    assert "met, on-the-way, behind" in found["query.standing"]["detail"]


def test_a_wrong_period_and_view_are_two_problems(client: Client) -> None:
    found = problems(client, f"{PLAN}/overview?period=2025-Q7&view=yesterday", 400)
    assert [(one["code"], one["where"]) for one in found] == [
        ("period-wrong", "query.period"),
        ("view-wrong", "query.view"),
    ]
    (late,) = problems(client, f"{PLAN}/overview?period=2099", 400)
    assert late["code"] == "period-out-of-range"


@pytest.mark.parametrize(
    ("address", "near"),
    [
        ("/api/v1/plans/binh-phuoc-2052", "binh-phuoc-2025"),
        (f"{PLAN}/indicators/CQS-3", "CQS-03"),
        ("/api/v1/units/p70x", "p70"),
        ("/api/v1/units/Đồng Nai", "p75"),
        (f"{PLAN}/overview?unit=d6880", "d688"),
        ("/api/v1/streams/dossier", "dossiers"),
        ("/api/v1/schemas/indicator", "indicators"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(
    client: Client, address: str, near: str
) -> None:
    answer = client.get(address)
    assert answer.status_code == 404
    assert near in json.loads(answer.content)["problems"][0]["detail"]


def test_problems_speak_the_readers_language(client: Client) -> None:
    address = f"{PLAN}/overview?limit=0"
    (vietnamese,) = problems(client, address, 400)
    (english,) = problems(client, address, 400, headers={"accept-language": "en-GB,en;q=0.9"})
    (asked,) = problems(client, f"{address}&lang=vi", 400, headers={"accept-language": "en"})
    assert vietnamese["detail"] == asked["detail"] == "“limit” là “0”; phải từ 1 trở lên."
    assert english["detail"] == "“limit” is “0”; it must be 1 or more."


def test_the_api_is_for_reading(client: Client) -> None:
    for address in (PLAN, "/api/v1/units", "/api/v1/nowhere", "/api/v1/openapi.json"):
        for method in ("post", "put", "patch", "delete", "options"):
            answer = getattr(client, method)(address)
            assert answer.status_code == 405
            assert answer.headers["Allow"] == "GET, HEAD"
            assert answer.headers["Content-Type"] == "application/problem+json"
    head, whole = client.head(PLAN), client.get(PLAN)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["ETag"] == whole.headers["ETag"]


def test_an_address_outside_is_a_problem_too(client: Client) -> None:
    for address in ("/api/v1/", "/api/v1/plan", "/api/v1/plans/a/b/c", "/api/v1/plans/"):
        (problem,) = problems(client, address, 404)
        assert problem["code"] == "address-unknown"


def test_before_anything_is_measured_the_api_says_so(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CubeStore, "current_name", lambda _: "")
    monkeypatch.setattr(CubeStore, "current", lambda _: None)
    for address in (PLAN, f"{PLAN}/overview", "/api/v1/batches"):
        (problem,) = problems(client, address, 503)
        assert problem["code"] == "not-measured"
    assert get(client, "/api/v1/plans")["items"][0]["measured"] is False
    assert get(client, "/api/v1/streams/dossiers")["rows"] is None


def test_a_failure_of_ours_is_a_problem_without_our_insides(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a secret of the server")

    monkeypatch.setattr(PlanQueries, "unit_rows", fail)
    (problem,) = problems(client, f"{PLAN}/overview", 500)
    assert problem["code"] == "server-failed"
    assert "secret" not in problem["detail"]


# -- OpenAPI and its page --------------------------------------------------------------------------


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in api.get_openapi_schema()["paths"].items():
        for operation in methods.values():
            yield path, operation


def sequence_all() -> int:
    """The size of the log when all that waits is in it."""
    sequence()
    newest = newest_head()
    assert newest is not None
    return newest.size


def give_task() -> UUID:
    draft = Draft("Việc thử", lead="a.BP-STC")
    return create_task(By.system(date(2025, 1, 1)), "binh-phuoc-2025", "X", draft).pk


def example_address(path: str, operation: dict[str, Any]) -> str:
    for one in operation["parameters"]:
        if one["in"] == "path":
            example = one["schema"].get("examples", ["numerator"])[0]
            path = path.replace(f"{{{one['name']}}}", str(example))
    return path


def document_of_somebody(client: Client) -> dict[str, Any]:
    """A document that is made, with a figure's code; `client` is signed in as who may see it."""
    queries = PlanQueries(workspace(), "binh-phuoc-2025")
    lens = (LENS.period, LENS.view)
    done = publish(OPERATOR, queries, *lens, by="Sở", reason="", all_levels=False)
    published = FrozenPublication(done.publication.name)
    fields = Fields(issuer="Cơ quan thử", abstract="Kết quả thử")
    kind = kind_of("unit-sheet")
    draft = documents.draft(OPERATOR, kind, published, unit="p75.2025", about="d690", fields=fields)
    made = documents.make(OPERATOR, draft, by="Lãnh đạo", base="https://tinh.example")
    found = published_figure(made.cited.earliest("figure").figure)
    assert found is not None
    sign_in(client, appoint("leader", "p75.2025", "lanh-dao"))
    return {"document": made.pk, "code": code_of(found)}


def test_every_operation_and_parameter_is_described_in_both_languages() -> None:
    assert len(list(operations())) >= 23
    for _, operation in operations():
        assert operation["summary"]
        assert operation["description"]
        assert operation["x-vi"]["summary"]
        assert operation["x-vi"]["description"]
        for one in operation["parameters"]:
            if one["in"] == "query":
                assert one["schema"]["description"]
                assert one["schema"]["x-vi"]


#: For those who have signed in: tests/modules/reporting asks them.
OF_SOMEBODY = {
    path for path, _ in operations() if "/reporting/" in path and not path.endswith("/duties")
}


@pytest.mark.parametrize("path", [path for path, _ in operations() if path not in OF_SOMEBODY])
def test_answers_keep_to_the_document(
    client: Client, path: str, settings: Any, tmp_path: Path
) -> None:
    document = api.get_openapi_schema()
    operation = document["paths"][path]["get"]
    address = example_address(path, operation)
    if "/ledger/" in path:
        settings.TINHSO_LEDGER_FOLDER = tmp_path
        (entry,) = write(1)
        size = sequence_all()
        address = path.format(size=size, uid=entry.uid) + f"?first={size}" * path.endswith("cy")
    if "/documents" in path or "/numbers" in path:
        address = path.format(**document_of_somebody(client), form="pdf")
    if "/publications" in path:
        queries = PlanQueries(workspace(), "binh-phuoc-2025")
        publish(OPERATOR, queries, LENS.period, LENS.view, by="Sở", reason="")
    if path.endswith(("/tasks/wanted", "/needs")):
        sign_in(client, appoint("officer", "p75.2025"))
    if path.endswith("/reminders"):
        sign_in(client, appoint("standing-agency", "p75.2025"))
    if path.endswith("/tasks/{task}"):
        address = path.format(task=give_task())
    if "/rounds" in path:
        card = workspace().plan("binh-phuoc-2025").pack.scorecards["XH-382"]
        made = open_round(
            *(OPERATOR, card, card.groups[-1], ["c25363.2025"]),
            plan="binh-phuoc-2025",
            period="2025-Q4",
            unit="p70",
            assess_by=timezone.localdate(),
            by="Sở",
        )
        sign_in(client, appoint("officer", "c25363.2025"))
        known_parts = {"plan": made.plan, "card": made.card, "round_id": made.pk}
        address = path.format(**known_parts, unit="c25363.2025")
    media = next(iter(operation["responses"][200]["content"]))
    if media != "application/json":
        answer = client.get(address)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, media)
        return
    body = get(client, address)
    schema = operation["responses"][200]["content"]["application/json"]["schema"]
    known = Draft202012Validator({**schema, "components": document["components"]})
    assert [error.message for error in known.iter_errors(body)] == []


def test_the_document_is_served(client: Client) -> None:
    document = get(client, "/api/v1/openapi.json")
    assert document["openapi"].startswith("3.1")
    assert "400" in document["paths"]["/api/v1/plans"]["get"]["responses"]


@pytest.mark.parametrize("address", ["/api/v1/docs", "/api/v1/docs?lang=en"])
def test_the_page_of_operations_needs_no_script_of_its_own(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    page = answer.content.decode()
    for path, operation in operations():
        assert path in page
        assert f'id="{operation["operationId"]}"' in page
    assert "<style" not in page
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert not re.search(r"\s(style|on\w+)=", page)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert ("Một đơn vị" in page) is ("lang=en" not in address)


# -- a page from the API alone ---------------------------------------------------------------------


def test_a_client_without_us_rebuilds_the_overview(
    client: Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    @contextmanager
    def urlopen(address: str) -> Iterator[BytesIO]:
        answer = client.get(address.removeprefix("http://so.example"))
        assert answer.status_code == 200, answer.content.decode()
        yield BytesIO(answer.content)

    monkeypatch.setattr("urllib.request.urlopen", urlopen)
    arguments = ["http://so.example", "--period", "2025-Q2", "--lang", "en"]
    monkeypatch.setattr("sys.argv", [str(EXAMPLE), *arguments])
    runpy.run_path(str(EXAMPLE), run_name="__main__")
    page = capsys.readouterr().out
    assert "[!] Simulated data" in page
    row = next(line for line in page.splitlines() if line.startswith("CQS-03"))
    assert "33.0 %" in row
    assert "60 / 182" in row
    for target in PlanQueries(workspace(), "binh-phuoc-2025").plan.targets:
        assert f"\n{target.code}" in page
