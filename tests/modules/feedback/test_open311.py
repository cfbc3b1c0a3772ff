"""Open311 GeoReport v2 over real HTTP: the specification, its published schemas, awkward clients."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import requests
from defusedxml.ElementTree import fromstring
from django.utils import timezone
from georeport import GeoReport

from tests.modules.feedback.conftest import token_of
from tests.modules.feedback.open311_schemas import check_json, check_xml, rows_of
from tests.modules.feedback.test_mail_channel import PIXEL
from tinhso.kernel.cases import actions, contacts
from tinhso.kernel.cases.actions import Doer
from tinhso.kernel.cases.kinds import Role
from tinhso.kernel.cases.models import Case
from tinhso.kernel.clock.calendar import LOCAL
from tinhso.kernel.ledger.actor import SYSTEM
from tinhso.kernel.people.models import Token
from tinhso.modules.feedback import open311_actions

pytestmark = pytest.mark.django_db

ROUTER = Doer(SYSTEM, Role.ROUTER)
LAMP = {
    "service_code": "light", "lat": "11.53", "long": "106.89", "attribute[fault]": "out",
    "description": "Đèn đường hỏng trước trường học. Tối om.", "first_name": "Ánh",
    "last_name": "Nguyễn Thị", "email": "anh@example.vn", "phone": "+84 912 345 678",
}  # fmt: skip


@pytest.fixture
def base(http: str) -> str:
    return f"{http}/open311/v2"


@pytest.fixture
def send(base: str, key: str) -> Callable[..., requests.Response]:
    def post(
        form: str = "json", headers: dict[str, str] | None = None, **more: Any
    ) -> requests.Response:
        data = {"api_key": key, **LAMP, **more}
        data = {name: value for name, value in data.items() if value is not None}
        return requests.post(f"{base}/requests.{form}", data=data, headers=headers, timeout=30)

    return post


def get(address: str, **params: Any) -> requests.Response:
    return requests.get(address, params=params, timeout=30)


def publish(code: str, title: str = "Đèn hỏng", text: str = "Đèn trước trường") -> Case:
    case = Case.objects.get(code=code)
    actions.publish(ROUTER, case, title, text)
    return case


def code_of(answer: requests.Response) -> str:
    assert answer.status_code == 200, answer.text
    (row,) = answer.json()
    return str(row["service_request_id"])


def errors(answer: requests.Response) -> list[int]:
    """The codes of an array of errors, in either form; each has a description."""
    if "json" in answer.headers["Content-Type"]:
        rows = answer.json()
    else:
        rows = [{one.tag: one.text for one in each} for each in fromstring(answer.content)]
    assert all(set(one) == {"code", "description"} and one["description"] for one in rows)
    return [int(one["code"]) for one in rows]


# -- what is offered -----------------------------------------------------------------------------------


def test_discovery_names_the_endpoint_in_both_forms(http: str) -> None:
    told = get(f"{http}/open311/discovery.json").json()
    (endpoint,) = told["endpoints"]
    assert set(told) == {"changeset", "contact", "key_service", "endpoints"}
    assert set(endpoint) == {"specification", "url", "changeset", "type", "formats"}
    assert endpoint["formats"] == ["text/xml", "application/json"]
    root = fromstring(get(f"{http}/open311/discovery.xml").content)
    assert root.findtext("endpoints/endpoint/url") == endpoint["url"]
    assert [one.text for one in root.iter("format")] == endpoint["formats"]
    assert get(f"{endpoint['url']}services.json").status_code == 200


def test_services_and_definitions_are_as_the_schemas_say(base: str) -> None:
    listed = get(f"{base}/services.json")
    assert listed.headers["Content-Type"] == "application/json; charset=utf-8"
    check_json("services", listed.json())
    xml = get(f"{base}/services.xml")
    assert xml.headers["Content-Type"] == "text/xml; charset=utf-8"
    check_xml("services", xml.content)
    for one in listed.json():
        address = f"{base}/services/{one['service_code']}"
        definition = get(f"{address}.json").json()
        check_json("service-definition", definition)
        check_xml("service-definition", get(f"{address}.xml").content)
        assert bool(definition["attributes"]) is one["metadata"]
    asked = get(f"{base}/services/light.json").json()["attributes"]
    assert any(one["required"] and one["datatype"] == "singlevaluelist" for one in asked)
    english = requests.get(f"{base}/services.json", headers={"Accept-Language": "en"}, timeout=30)
    names = {one["service_code"]: one["service_name"] for one in english.json()}
    assert names["light"] == "Street lights"


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("*/*", "xml"),
        ("application/json", "json"),
        ("text/xml;q=0.5, application/json;q=0.9", "json"),
        ("application/json;q=0.1, */*", "xml"),
        ("image/png", "xml"),
    ],
)
def test_without_an_extension_the_accept_header_decides(base: str, accept: str, form: str) -> None:
    for path in ("services", "requests", "requests/PA-000000-AAAAAA"):
        answer = requests.get(f"{base}/{path}", headers={"Accept": accept}, timeout=30)
        assert form in answer.headers["Content-Type"]
        assert "Accept" in answer.headers["Vary"]


# -- sending and reading -------------------------------------------------------------------------------


def test_a_report_is_a_case_whose_sender_is_kept_sealed(send: Callable[..., Any]) -> None:
    code = code_of(send())
    case = Case.objects.get(code=code)
    assert (case.channel, case.category, case.title) == (
        "open311", "light", "Đèn đường hỏng trước trường học.",
    )  # fmt: skip
    assert case.place_id == "c25195.2025"
    assert "Đèn bị làm sao? Không sáng" not in case.title
    assert "Không sáng" in case.text
    person = contacts.opened(case.watchers.get().contact)
    assert (person.name, person.phone) == ("Nguyễn Thị Ánh", "0912345678")
    root = fromstring(send("xml", description="Việc khác").content)
    assert root.tag == "service_requests"
    assert code in send().text
    assert root.findtext("request/service_notice")


def test_only_what_is_published_is_read_and_only_in_the_words_that_were_published(
    base: str, key: str, send: Callable[..., Any]
) -> None:
    code = code_of(send())
    assert errors(get(f"{base}/requests/{code}.json")) == [404]
    assert errors(get(f"{base}/requests/{code}.xml")) == [404]
    assert get(f"{base}/requests.json").json() == []
    # The key that sent it reads it back; another key does not.
    assert get(f"{base}/requests/{code}.json", api_key=key).json()[0]["status"] == "open"
    other = token_of(Case.objects.get(code=code).home_id, ["cases.case:enter"], "Ứng dụng khác")
    assert errors(get(f"{base}/requests/{code}.json", api_key=other)) == [404]
    publish(code)
    for answer in (get(f"{base}/requests/{code}.json"), get(f"{base}/requests.json")):
        check_json("requests", answer.json())
        (row,) = answer.json()
        assert (row["service_request_id"], row["description"]) == (code, "Đèn trước trường")
        assert "anh@example.vn" not in answer.text
        assert datetime.fromisoformat(row["requested_datetime"]).utcoffset() == timedelta(hours=7)
    check_xml("requests", get(f"{base}/requests/{code}.xml").content)
    check_xml("requests", get(f"{base}/requests.xml").content)
    case = Case.objects.get(code=code)
    actions.unpublish(ROUTER, case, "có tên người")
    Case.objects.filter(pk=case.pk).update(private=True)
    assert errors(get(f"{base}/requests/{code}.json", api_key=key)) == [404]


def test_a_token_is_the_code(base: str, send: Callable[..., Any]) -> None:
    code = code_of(send())
    assert get(f"{base}/tokens/{code}.json").json() == [{"service_request_id": code, "token": code}]
    assert errors(get(f"{base}/tokens/nope.xml")) == [404]


def test_requests_are_found_by_code_service_span_and_status(
    base: str, send: Callable[..., Any]
) -> None:
    day = datetime(2026, 5, 10, 8, 0, tzinfo=LOCAL)
    wanted = {}
    for n, (service, ago) in enumerate([("road", 0), ("waste", 10), ("road", 100)]):
        more = {"attribute[fault]": None, "service_code": service, "description": f"Việc {n}"}
        code = code_of(send(**more))
        publish(code, f"Việc {n}", "")
        Case.objects.filter(code=code).update(received_at=day - timedelta(days=ago))
        wanted[n] = code
    actions.act(ROUTER, Case.objects.get(code=wanted[1]), "reject", {"reason": "trùng"})

    def found(**params: Any) -> list[int]:
        rows = get(f"{base}/requests.json", **params).json()
        return [n for row in rows for n in wanted if wanted[n] == row["service_request_id"]]

    until = "2026-05-11"
    assert found(end_date=until) == [0, 1]  # 90 days before the end
    assert found(end_date=until, status="closed") == [1]
    assert found(end_date=until, status="open,closed") == [0, 1]
    assert found(end_date=until, service_code="road,light") == [0]
    # With a start, the first 90 days of a longer span.
    assert found(start_date="2026-01-01T00:00:00Z", end_date=until) == [2]
    assert found(start_date="2026-05-10T01:00:00Z", end_date="2026-05-10T01:00:00Z") == [0]
    assert found(start_date="2026-05-10T08:00:01+07:00", end_date=until) == []
    assert found(start_date="2026-05-10T08:00:00 07:00", end_date=until) == [0]  # a bare plus
    assert found(start_date="2026-05-10", end_date="2026-05-10") == [0]
    assert found(end_date=until, page_size="1", page="2") == [1]
    # Codes override everything else.
    ids = f"{wanted[2]}, {wanted[1]},PA-000000-AAAAAA"
    assert sorted(found(service_request_id=ids, status="open", start_date="x")) == [1, 2]
    assert found() == []


def test_news_of_a_report_both_ways(
    base: str, key: str, send: Callable[..., Any], home: str
) -> None:
    code = code_of(send())
    publish(code)
    case = Case.objects.get(code=code)
    actions.act(ROUTER, case, "route", {"unit": home})
    actions.act(Doer(SYSTEM, Role.LEAD, home), case, "ask", {"text": "Cột số mấy, ông A?"})
    own = get(f"{base}/servicerequestupdates.json", api_key=key).json()
    assert [one["description"] for one in own][-1] == "Cột số mấy, ông A?"
    assert "ông A" not in get(f"{base}/servicerequestupdates.json").text
    assert "ông A" not in get(f"{base}/servicerequestupdates.xml").text
    news = {
        "api_key": key, "service_request_id": code, "update_id": "u-1", "status": "OPEN",
        "updated_datetime": "2026-01-02T03:04:05Z", "description": "Cột số 7",
    }  # fmt: skip
    first = requests.post(f"{base}/servicerequestupdates.xml", data=news, timeout=30)
    again = requests.post(f"{base}/servicerequestupdates.xml", data=news, timeout=30)
    assert first.content == again.content
    root = fromstring(first.content)
    assert root.findtext("request_update/update_id") == f"{code}-4"
    case.refresh_from_db()
    assert (case.state, case.history.count()) == ("assigned", 4)
    for wrong, status in (
        ({"service_request_id": "PA-000000-AAAAAA"}, 404),
        ({"status": "mended"}, 400),
        ({"description": "", "status": ""}, 400),
        ({"updated_datetime": "2199-01-01T00:00:00Z"}, 400),
        ({"api_key": "x"}, 403),
        ({"api_key": token_of(home, ["cases.case:enter"], "Ứng dụng khác")}, 403),
    ):
        answer = requests.post(
            f"{base}/servicerequestupdates.json", data={**news, **wrong}, timeout=30
        )
        assert set(errors(answer)) == {status} == {answer.status_code}


def test_what_was_merged_stands_as_the_report_that_goes_on_for_it(
    base: str, key: str, send: Callable[..., Any], home: str
) -> None:
    code = code_of(send())
    case = Case.objects.get(code=code)
    told = actions.Received("feedback", "Đèn trước trường", home, channel="phone")
    target = actions.open_case(Doer(SYSTEM, Role.REQUESTER), told)
    actions.act(ROUTER, case, "merge", {"case": str(target.pk)})

    def stands() -> tuple[str, str]:
        (row,) = get(f"{base}/requests/{code}.json", api_key=key).json()
        return row["status"], row["status_notes"]

    assert stands() == ("open", f"Đã nhập vào {target.code}: Mới nhận")
    found = get(f"{base}/requests.json", api_key=key, status="open").json()
    assert [one["service_request_id"] for one in found] == [code]
    assert get(f"{base}/requests.json", api_key=key, status="closed").json() == []
    actions.act(ROUTER, target, "route", {"unit": home})
    actions.act(Doer(SYSTEM, Role.LEAD, home), target, "answer", {"text": "Đã thay bóng"})
    assert stands() == ("closed", f"Đã nhập vào {target.code}: Đã trả lời")
    news = get(f"{base}/servicerequestupdates.json", api_key=key).json()
    assert [(one["service_request_id"], one["status"]) for one in news] == [
        (code, "open"), (code, "closed"), (code, "open"), (code, "closed"),
    ]  # fmt: skip
    assert news[-1]["description"] == "Đã thay bóng"
    assert len({one["update_id"] for one in news}) == 4
    assert get(f"{base}/servicerequestupdates.json").json() == []


def test_fixmystreets_own_statuses_are_taken_and_only_what_was_written_later_opens_again(
    base: str, key: str, send: Callable[..., Any], home: str
) -> None:
    code = code_of(send())
    case = Case.objects.get(code=code)

    def tell(status: str, text: str, at: datetime) -> str:
        data = {
            "api_key": key, "service_request_id": code, "status": status, "description": text,
            "updated_datetime": at.isoformat(),
        }  # fmt: skip
        answer = requests.post(f"{base}/servicerequestupdates.json", data=data, timeout=30)
        assert answer.status_code == 200, answer.text
        case.refresh_from_db()
        return case.state

    now = timezone.now()
    actions.act(ROUTER, case, "route", {"unit": home})
    assert tell("Fixed", "", now) == "assigned"
    assert "FIXED" in case.history.latest("n").data["text"]
    assert tell("IN_PROGRESS", "Vẫn tối", now) == "assigned"
    actions.act(Doer(SYSTEM, Role.LEAD, home), case, "answer", {"text": "Đã thay bóng"})
    assert tell("OPEN", "Viết trước khi có trả lời", now) == "answered"
    assert tell("OPEN", "Vẫn hỏng", timezone.now() + timedelta(seconds=1)) == "received"


def test_browsers_of_other_origins_may_ask_and_a_slash_at_the_end_changes_nothing(
    base: str,
) -> None:
    for path in ("services", "services/light", "requests.json", "servicerequestupdates", ""):
        answer = requests.options(f"{base}/{path}", timeout=30)
        assert (answer.status_code, answer.content) == (204, b"")
        assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert requests.options(f"{base}/nothing", timeout=30).status_code == 404
    for path in ("services", "services/light", "requests", "servicerequestupdates"):
        assert get(f"{base}/{path}/").content == get(f"{base}/{path}").content
    # What is joined to the endpoint's address, which ends with a slash, and what capitals end.
    for odd, plain in (
        ("/services.JSON", "services.json"),
        ("services//light.Json", "services/light.json"),
    ):
        assert get(f"{base}/{odd}").json() == get(f"{base}/{plain}").json()
    assert errors(get(f"{base}//nothing.JSON")) == [404]


# -- what is refused -----------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize(
    ("more", "status", "many"),
    [
        ({"api_key": ""}, 403, 1),
        ({"api_key": "tinhso_wrong"}, 403, 1),
        ({"service_code": "nope"}, 404, 1),
        ({"service_code": ""}, 400, 1),
        ({"jurisdiction_id": "example.com"}, 404, 1),
        ({"lat": "21.03", "long": "105.85"}, 400, 1),  # Hà Nội
        ({"lat": "106.89", "long": "11.53"}, 400, 1),  # swapped
        ({"lat": "nan"}, 400, 1),
        ({"lat": "11,53"}, 400, 1),
        ({"lat": ""}, 400, 1),
        ({"lat": "", "long": ""}, 400, 1),
        ({"address_id": "nope"}, 400, 1),
        ({"description": "đ" * 4001}, 400, 1),
        ({"attribute[fault]": ""}, 400, 1),
        ({"attribute[fault]": "melted"}, 400, 1),
        ({"attribute[nope]": "x"}, 400, 1),
        ({"attribute[fault]": ["out", "day"]}, 400, 1),
        ({"email": "anh", "phone": "12"}, 400, 2),
        ({"media_url": "ftp://example.com/a.png"}, 400, 1),
        ({"description": "x\0y"}, 400, 1),
        ({"description": b"\xc4\x91\xe8n"}, 400, 1),  # no UTF-8
    ],
)
def test_a_wrong_report_is_refused_with_every_reason_in_the_form_asked_for(
    send: Callable[..., Any], form: str, more: dict[str, Any], status: int, many: int
) -> None:
    answer = send(form, **more)
    assert answer.status_code == status
    assert errors(answer) == [status] * many
    assert form in answer.headers["Content-Type"]
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("requests.json?updated_after=hôm qua", 400),
        ("requests.json?updated_after=2026-05-02&updated_before=2026-05-01", 400),
        ("requests.json?start_date=10/05/2026", 400),
        ("requests.json?start_date=2026-13-01", 400),
        ("requests.json?start_date=2026-05-02&end_date=2026-05-01", 400),
        ("requests.json?status=done", 400),
        ("requests.json?service_code=light,nope", 404),
        ("requests.json?page_size=1001", 400),
        ("requests.json?jurisdiction_id=x", 404),
        ("requests.json?api_key=x", 403),
        ("requests/%00.json", 404),
        ("requests/PA-000000-AAAAAA.json", 404),
        ("services/nope.json", 404),
        ("nothing.json", 404),
        ("services.yaml", 404),
    ],
)
def test_a_wrong_question_is_refused(base: str, path: str, status: int) -> None:
    answer = get(f"{base}/{path}")
    assert (answer.status_code, errors(answer)) == (status, [status])


def test_a_key_without_the_right_or_that_is_over_does_not_open(
    base: str, home: str, send: Callable[..., Any]
) -> None:
    assert errors(send(api_key=token_of(home, ["plan.records:open"]))) == [403]
    assert errors(send(api_key=token_of("p01", ["cases.case:enter"], "Nơi khác"))) == [403]
    Token.objects.update(revoked_at=timezone.now())
    assert errors(send()) == [403]


# -- awkward clients -----------------------------------------------------------------------------------


def test_what_is_sent_again_within_minutes_is_one_report(
    send: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = code_of(send())
    assert code_of(send()) == first
    assert code_of(send(description="Việc khác")) != first
    named = {"Idempotency-Key": "máy-1".encode().hex()}
    second = code_of(send(headers=named, description="Một"))
    assert code_of(send(headers=named, description="Một")) == second
    assert errors(send(headers=named, description="Hai")) == [400]
    later = timezone.now() + open311_actions.AGAIN * 2
    monkeypatch.setattr(open311_actions.timezone, "now", lambda: later)
    assert code_of(send()) != first


def test_letters_of_any_kind_arrive_as_they_are(
    base: str, key: str, send: Callable[..., Any]
) -> None:
    words = "Đường “Lê Lợi” <b>hỏng</b> & ngập 🚧\x0b\nDòng hai"
    assert errors(send(description=words)) == [400]  # a vertical tab has no place in XML
    words = words.replace("\x0b", "")
    code = code_of(send(description=unicodedata.normalize("NFD", words), service_code="road",
                        **{"attribute[fault]": None}))  # fmt: skip
    for form in ("json", "xml"):
        answer = get(f"{base}/requests/{code}.{form}", api_key=key)
        (row,) = rows_of("requests", answer.content, form)
        assert row["description"] == words
    case = Case.objects.get(code=code)
    publish(code)
    Case.objects.filter(pk=case.pk).update(public_title="x\x01y", public_text="")
    assert "x\ufffdy" in fromstring(get(f"{base}/requests/{code}.xml").content)[0].findtext(
        "description", ""
    )


def test_what_is_no_form_is_refused_in_the_form_asked_for(base: str, key: str) -> None:
    address = f"{base}/requests.json"
    answer = requests.post(address, json={"api_key": key}, timeout=30)
    assert errors(answer) == [400]
    bearer = {"Authorization": f"Bearer {key}"}
    assert errors(requests.post(address, json=LAMP, headers=bearer, timeout=30)) == [400]
    huge = {"api_key": key, **LAMP, "description": "x" * 3_000_000}
    assert errors(requests.post(address, data=huge, timeout=30)) == [400]
    broken = {"Content-Type": "multipart/form-data; boundary=", **bearer}
    assert errors(requests.post(address, data=b"--x", headers=broken, timeout=30)) == [400]
    answer = requests.put(address, data=LAMP, timeout=30)
    assert (errors(answer), answer.headers["Allow"]) == ([405], "GET, POST")
    assert requests.head(f"{base}/services.xml", timeout=30).status_code == 200


@pytest.mark.parametrize("charset", ["utf8", "ISO-8859-1", "UTF-8"])
def test_a_form_is_utf8_whatever_is_said_of_it(send: Callable[..., Any], charset: str) -> None:
    said = {"Content-Type": f"application/x-www-form-urlencoded; charset={charset}"}
    assert Case.objects.get(code=code_of(send(headers=said))).text.startswith("Đèn đường hỏng")
    assert errors(send(headers=said, description=b"h\xe8")) == [400]
    assert errors(send(headers={"Content-Encoding": "gzip"})) == [400]


def test_what_changed_since_is_told_whenever_it_was_received(
    base: str, key: str, send: Callable[..., Any], home: str
) -> None:
    """As those ask who keep a copy: what was answered, merged or published since they asked last."""
    old, merged, hidden, ended = (
        Case.objects.get(code=code_of(send(description=f"Việc {n}"))) for n in range(4)
    )
    long_ago = timezone.now() - timedelta(days=200)
    told = actions.Received("feedback", "Đèn trước trường", home, channel="phone")
    target = actions.open_case(Doer(SYSTEM, Role.REQUESTER), told)
    actions.act(ROUTER, merged, "merge", {"case": str(target.pk)})
    actions.act(ROUTER, ended, "reject", {"reason": "Không rõ nơi"})
    for case in (old, merged, ended):
        publish(case.code)
    Case.objects.update(received_at=long_ago, changed_at=long_ago)
    Case.objects.exclude(closed_at=None).update(closed_at=long_ago)
    Case.objects.exclude(published_at=None).update(published_at=long_ago)

    def changed(**asked: str) -> set[str]:
        return {one["service_request_id"] for one in get(f"{base}/requests.json", **asked).json()}

    since = {"updated_after": (timezone.now() - timedelta(hours=1)).isoformat()}
    assert changed(**since) == changed() == set()
    before = {"updated_before": since["updated_after"]}
    assert changed(**before) == {old.code, merged.code, ended.code}
    publish(hidden.code)
    actions.act(ROUTER, target, "route", {"unit": home})
    # A note after the end is nobody's news.
    Case.objects.filter(pk=ended.pk).update(changed_at=timezone.now())
    assert changed(**since) == {hidden.code, merged.code}
    assert changed(**before) == {old.code, ended.code}
    actions.act(ROUTER, old, "route", {"unit": home})
    assert changed(**since) == {hidden.code, merged.code, old.code}
    assert changed(**since, **before) == set()
    assert changed(**since, start_date="2020-01-01") == set()  # received in those 90 days


def test_pictures_may_come_along_and_are_shown_once_published(
    http: str, base: str, key: str
) -> None:
    files = {"media": ("Ảnh.png", PIXEL, "image/png")}
    data = {"api_key": key, **LAMP}
    code = code_of(requests.post(f"{base}/requests.json", data=data, files=files, timeout=30))
    case = Case.objects.get(code=code)
    (attached,) = case.attachments.all()
    hidden = f"{http}/open311/anh/{attached.file_id}"
    assert get(hidden).status_code == 404
    actions.publish(ROUTER, case, "Đèn", "Tối", [attached])
    row = get(f"{base}/requests/{code}.json").json()[0]
    assert row["media_url"] == hidden
    (told,) = get(f"{base}/servicerequestupdates.json").json()
    assert told["media_url"] == hidden
    assert get(hidden).headers["Content-Type"] == "image/png"
    files = {"media": ("a.png", b"<svg onload=x>", "image/png")}
    data["description"] = "khác"
    assert errors(requests.post(f"{base}/requests.json", data=data, files=files, timeout=30)) == [
        400
    ]
    assert Case.objects.count() == 1
    news = {"api_key": key, "service_request_id": code, "update_id": "u-1"}
    files = {"media": ("b.png", PIXEL, "image/png")}
    for _ in range(2):
        told = requests.post(f"{base}/servicerequestupdates.json", news, files=files, timeout=30)
        assert told.status_code == 200
    assert (case.history.count(), case.history.latest("n").data["text"]) == (2, "(Gửi thêm ảnh)")


# -- a client that nobody here wrote -------------------------------------------------------------------


@pytest.mark.parametrize("form", ["json", "xml"])
def test_the_georeport_client_reads_everything(
    base: str, send: Callable[..., Any], home: str, form: str
) -> None:
    code = code_of(send())
    publish(code)
    other = code_of(send(description="Việc khác"))
    publish(other)
    client = GeoReport(base, jurisdiction=home, output_format=form)
    assert "light" in [one["service_code"] for one in client.get_service_list()]
    assert client.get_service_definition("light")["service_code"] == "light"
    assert client.get_service_request(code)["service_request_id"] == code
    found = client.get_service_requests(service_code="light", status="open")
    assert {one["service_request_id"] for one in found} == {code, other}
    with pytest.raises(requests.HTTPError):
        client.get_service_request("PA-000000-AAAAAA")
