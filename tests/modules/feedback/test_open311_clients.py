"""Programs of others that send reports by Open311: one that runs here, and what others sent, byte by byte.

`{key}` and `{code}` stand for the key and the report's code; all else is as the program sent it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import requests
from civicbot.http import HttpTransport, RateLimiter
from civicbot.open311 import Open311Client
from civicbot.registry import Endpoint
from defusedxml.ElementTree import fromstring
from django.utils import timezone

from tests.modules.feedback.test_mail_channel import PIXEL
from tinhso.kernel.cases import actions, contacts
from tinhso.kernel.cases.actions import Doer
from tinhso.kernel.cases.kinds import Role
from tinhso.kernel.cases.models import Case
from tinhso.kernel.ledger.actor import SYSTEM

pytestmark = pytest.mark.django_db

ROUTER = Doer(SYSTEM, Role.ROUTER)
FORM = "application/x-www-form-urlencoded"

#: mysociety/fixmystreet, perllib/Open311.pm at 3092ba7a, run with LWP 6.68 (Perl 5.36).
FIXMYSTREET = (
    "service_code=light&long=106.891235&api_key={key}&last_name=Th%E1%BB%8B+%C3%81nh&phone=0912345678"
    "&attribute%5Bpole%5D=&email=anh%40example.vn&attribute%5Bfault%5D=out&description=%C4%90%C3%A8n+"
    "h%E1%BB%8Fng%0D%0A%0D%0AT%E1%BB%91i+om+%26+nguy+hi%E1%BB%83m+%F0%9F%9A%A7%0D%0A%0D%0Ahttps%3A%2F"
    "%2Ffms.example.vn%2Freport%2F81%0D%0A&media_url=https%3A%2F%2Ffms.example.vn%2Fphoto%2F81.0.full"
    ".jpeg%3Fv%3D1&media_url=https%3A%2F%2Ffms.example.vn%2Fphoto%2F81.1.full.jpeg%3Fv%3D1"
    "&lat=11.530000&first_name=Nguy%E1%BB%85n"
)
#: Its update of a report, by status; without words unless `text` is put in, as officers there write.
UPDATE = (
    "api_key={key}&updated_datetime={at}&service_request_id={code}&last_name=-&phone=0912345678"
    "&description={text}&email=anh%40example.vn{more}&update_id={number}&status={status}"
    "&first_name=%C3%81nh"
)
PHOTO = "&media_url=https%3A%2F%2Ffms.example.vn%2Fphoto%2Fc%2F12.0.full.jpeg%3Fabc"


@pytest.fixture
def fixmystreet(http: str, key: str) -> Callable[..., str]:
    """Send what FixMyStreet sends; answers the id that it reads out of what comes back."""

    def send(path: str, told: str, read: str, **values: str) -> str:
        body = told.format(key=key, **values).encode("ascii")
        answer = requests.post(
            f"{http}/open311/v2/{path}", body, headers={"Content-Type": FORM}, timeout=30
        )
        assert answer.status_code == 200, answer.text
        return str(fromstring(answer.content).findtext(read))

    return send


def test_fixmystreet_sends_a_report_of_a_vietnamese(fixmystreet: Callable[..., str]) -> None:
    code = fixmystreet("requests.xml", FIXMYSTREET, "request/service_request_id")
    case = Case.objects.get(code=code)
    assert case.text.startswith(
        "Đèn hỏng\n\nTối om & nguy hiểm 🚧\n\nhttps://fms.example.vn/report/81"
    )
    assert len(case.history.get().data["media_url"]) == 2
    # It cuts names at the first blank: what comes first is the family's here.
    assert contacts.opened(case.watchers.get().contact).name == "Nguyễn Thị Ánh"


def test_what_fixmystreet_tells_without_words_is_taken_and_answers_no_question(
    fixmystreet: Callable[..., str], http: str, key: str, home: str
) -> None:
    code = fixmystreet("requests.xml", FIXMYSTREET, "request/service_request_id")
    case = Case.objects.get(code=code)
    officer = Doer(SYSTEM, Role.LEAD, home)
    actions.act(ROUTER, case, "route", {"unit": home})
    actions.act(officer, case, "ask", {"text": "Cột số mấy?"})
    ids: list[str] = []

    def news() -> tuple[list[str | None], list[str | None]]:
        address = f"{http}/open311/v2/servicerequestupdates.xml"
        told = fromstring(requests.get(address, {"api_key": key}, timeout=30).content)
        return [one.findtext("update_id") for one in told], [one.findtext("status") for one in told]

    def tell(status: str, text: str = "", more: str = "") -> tuple[str, str]:
        at = timezone.localtime().isoformat(timespec="seconds").replace(":", "%3A")
        values = {
            "code": code, "status": status, "text": text, "more": more,
            "at": at.replace("+", "%2B"), "number": str(1796042822000 + len(ids)),
        }  # fmt: skip
        sent = ("servicerequestupdates.xml", UPDATE, "request_update/update_id")
        ids.append(fixmystreet(*sent, **values))
        assert fixmystreet(*sent, **values) == ids[-1]  # sent again
        case.refresh_from_db()
        return case.state, case.history.get(n=int(ids[-1].rpartition("-")[2])).data["text"]

    assert tell("INVESTIGATING") == ("asking", "(Hệ thống gửi báo trạng thái INVESTIGATING.)")
    assert tell("OPEN", more=PHOTO) == ("assigned", "(Gửi thêm ảnh)")
    actions.act(officer, case, "answer", {"text": "Đã thay bóng"})
    assert news()[1] == ["open"] * 5 + ["closed"]  # what was told before did not close it
    ended = timezone.now() - timedelta(seconds=2)  # its times are in whole seconds
    Case.objects.filter(pk=case.pk).update(closed_at=ended)
    assert tell("REOPEN", "V%E1%BA%ABn+t%E1%BB%91i")[0] == "received"
    found = news()[0]
    assert found[-1] == ids[-1]  # by which it knows its own
    assert set(ids) <= set(found)


def test_georeporter_for_android_sends_a_photo_to_an_address_with_two_slashes(
    http: str, key: str
) -> None:
    """City-of-Bloomington/open311-android, models/Open311.java at 01913eee: HttpClient's strict form."""
    fields = {
        "service_code": "trees", "jurisdiction_id": "", "api_key": key, "lat": "11.53",
        "long": "106.89", "attribute[signs][]": "wires", "description": "Cay do ngang duong",
    }  # fmt: skip
    text = "Content-Type: text/plain; charset=US-ASCII\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    parts = [
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n{text}{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    media = (
        b'--b\r\nContent-Disposition: form-data; name="media"; filename="media.png"\r\n'
        b"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\n\r\n"
    )
    answer = requests.post(
        f"{http}/open311/v2//requests.json",
        b"".join([*parts, media, PIXEL, b"\r\n--b--\r\n"]),
        headers={"Content-Type": "multipart/form-data; boundary=b"},
        timeout=30,
    )
    assert answer.status_code == 200, answer.text
    case = Case.objects.get(code=answer.json()[0]["service_request_id"])
    assert case.attachments.get().file.kind == "png"
    assert "Chạm dây điện" in case.text


def test_civicbot_finds_what_is_asked_and_sends_it(http: str, key: str, home: str) -> None:
    here = Endpoint("here", "1022", f"{http}/open311/v2/", write=True)
    transport = HttpTransport(rate_limiter=RateLimiter(0))
    client = Open311Client(here, transport, jurisdiction_id=home)
    sent = client.create_request(
        "trees", dry_run=False, confirm="SEND", api_key=key, validate_remote=True,
        lat=11.53, lng=106.89, attributes={"signs": ["fallen", "wires"]},
        description="Cây đổ", first_name="Ánh", last_name="Nguyễn Thị", phone="0912 345 678",
    ).response  # fmt: skip
    code = sent[0]["service_request_id"]
    assert client.get_token(code)[0]["service_request_id"] == code
    case = Case.objects.get(code=code)
    assert case.history.get().data["attributes"] == {"signs": ["fallen", "wires"]}
    actions.publish(ROUTER, case, "Cây đổ", "")
    assert [one["service_request_id"] for one in client.list_requests(status="open")] == [code]
    assert client.get_request(code)["lat"] == 11.53
