"""The ledger's pages and API: proofs for anyone, entries for those who may see them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from tests.ledger import OFFICER, write
from tests.people import appoint, sign_in
from tinhso.kernel.ledger import heads
from tinhso.kernel.ledger.actions import erase_details
from tinhso.kernel.ledger.actor import OPERATOR
from tinhso.kernel.ledger.heads import Head
from tinhso.kernel.ledger.sequencing import sequence
from tinhso.kernel.ledger.tree import consistent, included

pytestmark = pytest.mark.django_db

API = "/api/v1/ledger"


@pytest.fixture(autouse=True)
def _counted_anew() -> None:
    cache.clear()


def get(client: Client, address: str, status: int = 200) -> dict[str, Any]:
    answer = client.get(address)
    assert answer.status_code == status, answer.content
    found: dict[str, Any] = json.loads(answer.content)
    return found


def test_anybody_proves_an_entry_from_the_api_alone(client: Client) -> None:
    entries = write(300)
    sequence()
    found = get(client, f"{API}/proof/{entries[123].uid}")
    path = [bytes.fromhex(one) for one in found["path"]]
    leaf, root = bytes.fromhex(entries[123].leaf), bytes.fromhex(found["head"]["root"])
    assert found["leaf"] == entries[123].leaf
    assert included(leaf, found["index"], found["head"]["size"], path, root)
    head = Head(**found["head"])
    assert heads.signed(head, heads.known_keys())


def test_anybody_proves_that_an_older_head_still_holds(client: Client) -> None:
    for count in (5, 300, 17):
        write(count)
        sequence()
    kept = get(client, f"{API}/heads/305")
    found = get(client, f"{API}/consistency?first=305")
    assert (found["first"], found["second"]["size"]) == (kept, 322)
    path = [bytes.fromhex(one) for one in found["path"]]
    roots = [bytes.fromhex(found[name]["root"]) for name in ("first", "second")]
    assert consistent(305, roots[0], 322, roots[1], path)
    listed = get(client, f"{API}/heads?limit=2")
    assert [one["size"] for one in listed["items"]] == [322, 305]
    assert get(client, listed["next"])["items"][0]["size"] == 5
    assert {one["key"] for one in listed["keys"]} == {kept["key"]}


def test_an_entry_that_waits_says_so(client: Client) -> None:
    (entry,) = write(1)
    found = get(client, f"{API}/proof/{entry.uid}")
    assert (found["index"], found["head"], found["path"]) == (None, None, [])


@pytest.mark.parametrize(
    ("address", "status", "code", "where"),
    [
        ("/heads/7", 404, "head-unknown", "path.size"),
        ("/proof/00000000-0000-4000-8000-000000000000", 404, "entry-unknown", "path.uid"),
        ("/consistency?first=3&second=2", 400, "consistency-backwards", "query.first"),
        ("/consistency?first=2&second=3", 400, "head-unknown", "query.first"),
    ],
)
def test_wrong_questions_are_answered_with_what_is_wrong(
    client: Client, address: str, status: int, code: str, where: str
) -> None:
    write(3)
    sequence()
    (problem,) = get(client, API + address, status)["problems"]
    assert (problem["code"], problem["where"]) == (code, where)


def test_the_public_page_shows_heads_and_counts_and_names_nobody(client: Client) -> None:
    assert "Chưa có đầu cây nào" in client.get("/nhat-ky/").content.decode()
    cache.clear()
    write(4, actor=OFFICER, thing="bí mật")
    erase_details(OPERATOR, write(1)[0].uid, "lý do riêng")
    head = sequence()
    assert head is not None
    page = client.get("/nhat-ky/").content.decode()
    assert head.root in page
    assert "xóa chi tiết của mục nhật ký" in page
    for secret in ("bí mật", OFFICER.account, OFFICER.address, "lý do riêng"):
        assert secret not in page
    kept = client.get("/nhat-ky/dau-cay.jsonl").content.decode()
    assert kept == heads.witness_file().read_text()


def test_entries_are_for_those_who_may_and_of_units_within_reach(client: Client) -> None:
    for unit in ("p70", "p75.2025", "p01", ""):
        write(1, thing=f"của {unit or 'chung'}", unit=unit)
    address = "/nhat-ky/muc/"
    assert client.get(address).status_code == 302
    sign_in(client, appoint("officer", "p70"), strong=True)
    assert client.get(address).status_code == 403
    sign_in(client, appoint("inspector", "p70"))
    assert client.get(address).status_code == 403  # without a second factor
    sign_in(client, appoint("inspector", "p70", "thanh-tra"), strong=True)
    page = client.get(address).content.decode()
    # p70 became a part of p75.2025, so its inspector looks at that province today.
    assert [name in page for name in ("của p70", "của p75.2025", "của p01", "của chung")] == [
        *(True, True, False, False),
    ]
    sign_in(client, appoint("administrator", "p75.2025"), strong=True)
    page = client.get(address).content.decode()
    assert all(name in page for name in ("của p70", "của p01", "của chung"))


def test_an_entry_of_another_unit_is_refused(client: Client) -> None:
    (own,) = write(1, unit="p75.2025")
    (foreign,) = write(1, unit="p01")
    (of_all,) = write(1)
    sign_in(client, appoint("inspector", "p70"), strong=True)
    assert client.get(f"/nhat-ky/muc/{own.uid}/").status_code == 200
    assert client.get(f"/nhat-ky/muc/{foreign.uid}/").status_code == 403
    assert client.get(f"/nhat-ky/muc/{of_all.uid}/").status_code == 403
    assert client.get("/nhat-ky/muc/00000000-0000-4000-8000-000000000000/").status_code == 404


@pytest.fixture
def administrator(client: Client) -> Client:
    sign_in(client, appoint("administrator", "p75.2025", "quan-tri"), strong=True)
    return client


def test_an_entrys_page_shows_its_difference_and_its_proof(administrator: Client) -> None:
    entry = write(1, actor=OFFICER)[0]
    address = f"/nhat-ky/muc/{entry.uid}/"
    page = administrator.get(address).content.decode()
    assert "đang chờ đánh số" in page
    assert OFFICER.address in page
    write(5)
    head = sequence()
    assert head is not None
    page = administrator.get(address).content.decode()
    assert head.root in page
    assert entry.leaf in page
    erase_details(OPERATOR, entry.uid, "theo yêu cầu")
    page = administrator.get(address).content.decode()
    assert "đã được xóa theo luật" in page
    assert OFFICER.address not in page
    assert administrator.get(f"/en{address}").status_code == 200


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("vat=v1", {"v1"}),
        ("loai=test.thing&don-vi=p70", {"v2"}),
        ("don-vi=p75.2025", {"v1"}),
        ("tai-khoan=operator", {"v1", "v2"}),
        ("tai-khoan=ba", {"v3"}),
        ("viec=test.thing.change", {"v1", "v2", "v3"}),
        ("viec=other", set()),
        ("tu=2020-01-01&den=2020-12-31", set()),
        ("tu=2020-01-01", {"v1", "v2", "v3"}),
    ],
)
def test_the_list_is_filtered(administrator: Client, query: str, shown: set[str]) -> None:
    write(1, thing="v1", unit="p75.2025")
    write(1, thing="v2", unit="p70")
    ba = appoint("officer", "p70", "ba")
    from tinhso.kernel.ledger.actor import Actor, Channel  # noqa: PLC0415

    write(1, thing="v3", actor=Actor(str(ba.pk), Channel.WEB))
    page = administrator.get(f"/nhat-ky/muc/?{query}").content.decode()
    assert {one for one in ("v1", "v2", "v3") if f"<code>{one}</code>" in page} == shown


@pytest.mark.parametrize(
    "query", ["tu=hôm+qua", "don-vi=zz", "tai-khoan=kh%C3%B4ng-ai", "truoc=x", "den=9999-12-31"]
)
def test_a_wrong_filter_is_named(administrator: Client, query: str) -> None:
    answer = administrator.get(f"/nhat-ky/muc/?{query}")
    assert answer.status_code == 400
    assert 'role="alert"' in answer.content.decode()


def test_a_long_list_goes_on(administrator: Client) -> None:
    write(60)
    page = administrator.get("/nhat-ky/muc/").content.decode()
    assert page.count("<tr>") == 51
    older = page.split('class="button plain" href="')[1].split('"')[0]
    assert administrator.get(f"/nhat-ky/muc/{older}").content.decode().count("<tr>") == 11
