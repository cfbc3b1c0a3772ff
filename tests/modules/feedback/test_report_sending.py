"""Sending reports: whatever people and machines may send, taken once or answered with what to do."""

from __future__ import annotations

import io
import re
import unicodedata
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import ExifTags, Image
from PIL.TiffImagePlugin import IFDRational

from tests.people import letters
from tinhso.kernel.cases.actions import Doer, publish
from tinhso.kernel.cases.kinds import Role
from tinhso.kernel.cases.models import Case, Contact
from tinhso.kernel.files.models import StoredFile
from tinhso.kernel.ledger.actor import SYSTEM
from tinhso.kernel.units.register import register
from tinhso.modules.feedback.categories import OTHER, categories, learn, suggest
from tinhso.modules.feedback.places import nearest, province, taken
from tinhso.modules.feedback.tidy import tidy
from tinhso.web.limits import BUCKETS

pytestmark = pytest.mark.django_db

SEND = "/phan-anh/gui/"
COMMUNE = "c25363.2025"
ROUTER = Doer(SYSTEM, Role.ROUTER)
PARIS, LONG_XUYEN = (48.8566, 2.3522), (10.3864, 105.4352)


def here() -> tuple[float, float]:
    point = register().point(COMMUNE)
    assert point is not None
    return point


def picture(
    at: tuple[float, float] | None = None,
    name: str = "anh.jpg",
    size: tuple[int, int] = (64, 48),
    turned: int = 1,
) -> SimpleUploadedFile:
    """A photo as a phone makes it, with its place; `turned` as EXIF writes it."""
    out, image = io.BytesIO(), Image.new("RGB", size, "orange")
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = turned
    if at:

        def parts(value: float) -> tuple[IFDRational, ...]:
            whole = abs(value)
            minutes = (whole % 1) * 60
            return tuple(
                IFDRational(round(one * 10_000), 10_000)
                for one in (int(whole), int(minutes), (minutes % 1) * 60)
            )

        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
        gps[ExifTags.GPS.GPSLatitudeRef], gps[ExifTags.GPS.GPSLatitude] = "N", parts(at[0])
        gps[ExifTags.GPS.GPSLongitudeRef], gps[ExifTags.GPS.GPSLongitude] = "E", parts(at[1])
    image.save(out, "JPEG", exif=exif)
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def filled(**more: object) -> dict[str, object]:
    return {"key": str(uuid.uuid4()), "text": "Đèn đường hỏng. Đã ba đêm.", **more}


def codes_shown(page: str) -> list[str]:
    return re.findall(r'<strong class="secret">([^<]+)</strong>', page)


# -- words ----------------------------------------------------------------------------------------


def test_what_cannot_be_seen_is_not_kept_and_vietnamese_is_composed() -> None:
    decomposed = unicodedata.normalize("NFD", "Đường Nguyễn Huệ ngập")
    assert tidy(f"\u202e{decomposed}\u200b\u2066\ufeff") == "Đường Nguyễn Huệ ngập"


def test_the_suggestion_is_right_for_most_sentences_it_has_not_seen() -> None:
    """A fifth of the examples at a time is asked, with diacritics and without, of what the others teach."""
    kinds = [one for one in categories().values() if one.code != OTHER]
    names = [(word, one.code) for one in kinds for word in (*one.words, *one.words)]
    examples = [(text, one.code) for one in kinds for text in one.examples]
    told = []
    parts_of = [
        learn(names + [one for n, one in enumerate(examples) if n % 5 != k]) for k in range(5)
    ]
    for n, (text, code) in enumerate(examples):
        found = parts_of[n % 5]
        spoken = tidy(text)
        parts = unicodedata.normalize("NFD", spoken.replace("đ", "d").replace("Đ", "D"))
        bare = "".join(one for one in parts if not unicodedata.combining(one))
        assert found.suggest(spoken) == found.suggest(bare)
        told.append((code, found.suggest(spoken)))
    assert len(told) >= 40
    assert sum(code == found for code, found in told) / len(told) >= 0.9
    assert sum(found not in (code, "") for code, found in told) / len(told) <= 0.05


def test_words_that_say_nothing_suggest_nothing() -> None:
    assert suggest("xin chào") == suggest("") == ""
    assert OTHER in categories()


# -- places ---------------------------------------------------------------------------------------


def test_the_commune_of_a_point_is_the_nearest_and_other_provinces_are_outside() -> None:
    assert (nearest(here()).uid, nearest(here()).ours) == (COMMUNE, True)
    assert not nearest(LONG_XUYEN).ours
    assert not nearest(PARIS).ours


def test_a_picture_says_where_it_was_taken() -> None:
    found = taken(picture(here()).read()).point
    assert found == pytest.approx(here(), abs=1e-4)
    assert taken(b"\xff\xd8\xff\xe1 not a picture").point is None


# -- sending --------------------------------------------------------------------------------------


def test_a_report_needs_no_account_and_is_followed_by_two_codes(client: Client) -> None:
    answer = client.post(SEND, filled(photos=[picture(here())]))
    code, secret = codes_shown(answer.content.decode())
    case = Case.objects.get()
    assert (case.code, case.title, case.place_id) == (code, "Đèn đường hỏng", COMMUNE)
    assert case.attachments.get().file.uploaded_by is None
    assert "GPS" not in str(taken(picture().read()))
    page = client.get(f"/phan-anh/theo-doi/{code}/{secret}/")
    assert "Đã nhận phản ánh" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert client.get(f"/phan-anh/theo-doi/{code}/{'0' * 20}/").status_code == 404


def test_sent_twice_is_one_case_and_the_lost_answer_is_given_again(client: Client) -> None:
    form = filled()
    first, second = (codes_shown(client.post(SEND, form).content.decode()) for _ in range(2))
    assert first == second
    assert (Case.objects.count(), Contact.objects.count()) == (1, 1)


def test_the_server_sets_the_time_and_the_phones_is_only_kept(client: Client) -> None:
    client.post(SEND, filled(made_at="2031-01-01T00:00:00+07:00"))
    case = Case.objects.get()
    assert case.received_at.year < 2031
    assert case.history.get().data["device_at"].startswith("2031")


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ({"text": "á" * 100_000}, "Dài 100000 chữ cái; nhiều nhất 5000"),
        ({"text": "\u200b\u202e"}, "Viết một câu"),
        ({"lat": "48.8566", "lon": "2.3522"}, "nằm ngoài tỉnh"),
        ({"commune": "c00004.2025"}, "Không có xã, phường này trong tỉnh"),
        ({"category": "ma-thuat"}, "Không có lĩnh vực này"),
        ({"phone": "gọi sau"}, "không phải số điện thoại"),
    ],
    ids=lambda one: "" if isinstance(one, str) else next(iter(one)),
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    client: Client, bad: dict[str, str], said: str
) -> None:
    answer = client.post(SEND, filled(address="trước cổng chợ", **bad))
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert "trước cổng chợ" in answer.content.decode()
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [("anh.jpg", b"MZ this is a program"), ("anh.jpg", b""), ("anh.png", b"<svg onload=x>")],
)
def test_a_photo_that_is_no_photo_is_named_and_not_kept(
    client: Client, name: str, content: bytes
) -> None:
    answer = client.post(SEND, filled(photos=[SimpleUploadedFile(name, content)]))
    assert answer.status_code == 400
    assert f"Ảnh “{name}” không gửi được" in answer.content.decode()
    assert not StoredFile.objects.exists()


def test_a_photo_from_another_continent_asks_for_the_place_and_is_kept(client: Client) -> None:
    form = filled(photos=[picture(PARIS)])
    answer = client.post(SEND, form)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "ảnh chụp ở ngoài tỉnh" in page
    kept = re.search(r'name="kept" value="([^"]+)"', page)
    assert kept
    again = client.post(SEND, {**form, "photos": [], "kept": kept[1], "commune": COMMUNE})
    assert codes_shown(again.content.decode())
    case = Case.objects.get()
    assert (case.place_id, case.attachments.count()) == (COMMUNE, 1)
    assert case.history.get().data["photo_far"] is True


def test_pictures_that_somebody_else_sent_are_not_taken_along(client: Client) -> None:
    client.post(SEND, filled(photos=[picture()]))
    forged = str(StoredFile.objects.get().pk)
    client.post(SEND, filled(kept=forged))
    assert Case.objects.latest("received_at").attachments.count() == 0


def test_similar_reports_nearby_are_offered_before_another_is_made(client: Client) -> None:
    lat, lon = here()
    there = {"category": "light", "lat": str(lat), "lon": str(lon)}
    client.post(SEND, filled(**there))
    case = Case.objects.get()
    near = {**there, "lat": str(lat + 0.001)}  # some 110 metres
    assert codes_shown(client.post(SEND, filled(**near)).content.decode())  # not public: not shown
    publish(ROUTER, case, "", "")
    answer = client.post(SEND, filled(**near))
    assert "theo dõi phản ánh này" in answer.content.decode().lower()
    assert Case.objects.count() == 2
    other = {**near, "category": "waste"}
    assert codes_shown(client.post(SEND, filled(**other)).content.decode())
    assert codes_shown(client.post(SEND, filled(seen_similar="1", **near)).content.decode())
    told = client.post(SEND, filled(**near), headers={"accept": "application/json"})
    assert (told.status_code, told.json()["similar"][0]["metres"]) == (409, 111)
    followed = client.post(f"/phan-anh/{case.code}/theo-doi/", {"email": ""})
    assert codes_shown(followed.content.decode())[0] == case.code
    assert case.watchers.filter(sender=False).count() == 1


def test_similar_reports_are_offered_without_a_category_or_a_point_too(client: Client) -> None:
    lat, lon = here()
    near = {"lat": str(lat), "lon": str(lon)}
    for text, category in (("Ổ gà sâu trước chợ", "road"), ("Chó thả rông cắn người", "")):
        client.post(SEND, filled(text=text, category=category, seen_similar="1", **near))
    hole, dogs = Case.objects.order_by("received_at")
    for case in (hole, dogs):
        publish(ROUTER, case, "", "")

    def offered(**asked: str) -> list[tuple[str, int | None]]:
        told = client.get("/phan-anh/gui/gan-day/", asked).json()["similar"]
        return [(one["address"].split("/")[-2], one["metres"]) for one in told]

    # By the category that the words speak of, though they share none; by words where there is none.
    assert offered(chu="mat duong lun, nut toac", **near) == [(hole.code, 0)]
    assert offered(chu="cho tha rong", **near) == [(dogs.code, 0)]
    # In the commune by words alone: of a chosen category nothing else comes.
    assert offered(chu="nhieu o ga", xa=COMMUNE) == [(hole.code, None)]
    assert offered(chu="nhieu o ga", xa=COMMUNE, **{"linh-vuc": "waste"}) == []
    assert offered(xa=COMMUNE, **{"linh-vuc": "road"}) == []
    assert offered(chu="o ga") == offered(chu="o ga", xa="khong-co") == []
    page = client.post(SEND, filled(text="Ổ gà to lắm", commune=COMMUNE)).content.decode()
    assert "cùng xã, phường</p>" in page


def test_a_flood_from_one_address_is_stopped_and_told_when_to_come_back(client: Client) -> None:
    BUCKETS.clear()
    answers = [
        client.post(SEND, {"text": ""}, REMOTE_ADDR="203.0.113.7").status_code for _ in range(45)
    ]
    BUCKETS.clear()
    assert answers[0] == 400
    assert answers[-1] == 429


def test_whoever_gave_an_address_is_written_to_in_their_language(
    client: Client, settings: object
) -> None:
    settings.EMAIL_HOST = "mail.example"  # type: ignore[attr-defined]
    settings.TINHSO_SITE = "https://so.example"  # type: ignore[attr-defined]
    answer = client.post("/en" + SEND, filled(email="tu@example.com", text="The lamp is broken"))
    code, secret = codes_shown(answer.content.decode())
    letter = letters()[-1]
    assert letter.to == ["tu@example.com"]
    assert letter.subject == f"Report {code} received"
    assert f"https://so.example/en/phan-anh/theo-doi/{code}/{secret}/" in letter.body


def test_the_province_is_todays_heir_of_the_plans() -> None:
    assert province() == "p75.2025"
