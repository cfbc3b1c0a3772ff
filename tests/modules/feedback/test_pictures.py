"""Pages show small pictures, made when first looked at; who may not see the picture sees no small one."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from tests.modules.feedback.test_report_sending import ROUTER, SEND, codes_shown, filled
from tinhso.kernel.cases.actions import publish
from tinhso.kernel.cases.models import Case
from tinhso.kernel.files.small import SIZE
from tinhso.kernel.files.storage import path_of

pytestmark = pytest.mark.django_db


def noisy(kind: str, size: tuple[int, int] = (1600, 1200)) -> SimpleUploadedFile:
    out = io.BytesIO()
    drawn = Image.effect_noise(size, 90).convert("RGBA")
    drawn.putpixel((0, 0), (0, 0, 0, 0))
    (drawn if kind == "png" else drawn.convert("RGB")).save(out, kind)
    return SimpleUploadedFile(f"anh.{kind}", out.getvalue(), f"image/{kind}")


def content(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


@pytest.mark.parametrize("kind", ["jpeg", "png"])
def test_a_page_shows_small_pictures_that_lead_to_the_whole(
    client: Client, settings: LazySettings, tmp_path: Path, kind: str
) -> None:
    settings.TINHSO_SMALL_PICTURES = tmp_path
    sent = client.post(SEND, filled(photos=[noisy(kind)])).content.decode()
    case = Case.objects.get()
    shown = client.get(f"/phan-anh/theo-doi/{case.code}/{codes_shown(sent)[1]}/")
    found = re.findall(r'<a href="([^"]+/anh/[^"]+)"><img src="([^"]+)"', shown.content.decode())
    [(whole, small)] = found
    for _ in range(2):  # made, then as it was kept
        answer = client.get(small)
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert "inline" in answer.headers["Content-Disposition"]
        drawn = content(answer)
        assert len(drawn) < len(content(client.get(whole))) / 4
        with Image.open(io.BytesIO(drawn)) as picture:
            assert picture.size == (640, 480) == SIZE
    for made in tmp_path.rglob("*.jpg"):
        made.unlink()
    assert content(client.get(small)) == drawn


def test_what_is_not_public_has_no_small_picture_for_everybody_either(client: Client) -> None:
    client.post(SEND, filled(photos=[noisy("jpeg", (300, 200))]))
    case = Case.objects.get()
    photo = case.attachments.get()
    address = f"/phan-anh/{case.code}/anh/{photo.pk}/?co=nho"
    publish(ROUTER, case, "Đèn hỏng", "")
    assert client.get(address).status_code == 404
    publish(ROUTER, case, "Đèn hỏng", "", [photo])
    assert client.get(address).status_code == 200
    with Image.open(io.BytesIO(content(client.get(address)))) as picture:
        assert picture.size == (300, 200)  # a small one is not blown up
    path_of(photo.file.digest).unlink()
    assert client.get(address).status_code == 404
