"""Words that everybody here would try first (OWASP ASVS 5.0, 6.1.2 and 6.2.11).

The list is told in docs/security/sign-in.md; names of provinces come from the register of units.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from tinhso.kernel.units.register import UnitRegister, register
from tinhso.measure.boundaries import Level
from tinhso.measure.text import fold

#: Names of the product, of offices, posts and services, as `bare` writes them.
WORDS = frozenset(
    [
        "tinhso",
        "uybannhandan",
        "ubnd",
        "hoidongnhandan",
        "hdnd",
        "soyte",
        "sonoivu",
        "sotaichinh",
        "congan",
        "vanphong",
        "trungtam",
        "dichvucong",
        "motcua",
        "vneid",
        "quantri",
        "quantrivien",
        "quanly",
        "administrator",
        "admin",
        "canbo",
        "congchuc",
        "vienchuc",
        "lanhdao",
        "chuyenvien",
        "chutich",
        "giamdoc",
        "vietnam",
        "matkhau",
        "password",
        "dangnhap",
        "qwerty",
    ]
)

#: What has to be left of a password when these words are taken out.
OWN = 8


def bare(text: str) -> str:
    """Small letters without diacritics and digits; everything else goes.

    >>> bare("Tỉnh Bình-Phước @2025")
    'tinhbinhphuoc2025'
    """
    # Past the cache of `fold`: a password stays nowhere.
    return "".join(one for one in fold.__wrapped__(text) if one.isalnum())


@lru_cache(maxsize=2)
def _all_words(units: UnitRegister) -> tuple[str, ...]:
    """The longest first, so that no short one breaks a longer."""
    provinces = {
        bare(version.name)
        for versions in units.lives.values()
        for version in versions
        if version.level is Level.PROVINCE
    }
    return tuple(sorted(WORDS | provinces, key=lambda one: (-len(one), one)))


class NotOfThePlace:
    """A password that is little more than such words, with a year behind, is refused."""

    def validate(self, password: str, user: Any = None) -> None:  # noqa: ARG002 (Django's)
        whole = left = bare(password)
        for word in _all_words(register()):
            left = left.replace(word, "")
        if left != whole and len(left) < OWN:
            raise ValidationError(self.get_help_text(), code="password_of_the_place")

    def get_help_text(self) -> str:
        return gettext("Mật khẩu chỉ gồm những từ ai cũng thử: tên tỉnh, cơ quan, chức vụ.")
