"""Roles as data: which rights each gives and how far (`packs/roles/roles.yaml`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tinhso.measure.text import InputError, Place, Text, message
from tinhso.measure.yamltree import read_yaml

ROLES = Path(__file__).resolve().parents[2] / "packs" / "roles" / "roles.yaml"

UNKNOWN_ROLE = message(
    "role-unknown",
    vi="Không có vai trò “{role}”. Các vai trò: {known}.",
    en="There is no role “{role}”. The roles: {known}.",
)


@dataclass(frozen=True)
class Role:
    """What a position with this role may do: right (`<kind>:<verb>`) -> how far."""

    code: str
    name: Text
    gives: Mapping[str, tuple[str, ...]]

    def scopes(self, right: str) -> tuple[str, ...]:
        return self.gives.get(right, ())


@cache
def roles() -> Mapping[str, Role]:
    """All roles by code, in the file's order."""
    found = [_role(one) for one in read_yaml(ROLES).data["roles"]]
    return {role.code: role for role in found}


def role(code: str) -> Role:
    """Raises InputError (`role-unknown`)."""
    if code not in roles():
        raise InputError([UNKNOWN_ROLE(Place("role"), role=code, known=", ".join(roles()))])
    return roles()[code]


def _role(one: Mapping[str, Any]) -> Role:
    gives: dict[str, tuple[str, ...]] = {}
    for grant in one["gives"]:
        for right in grant["rights"]:
            gives[right] = (*gives.get(right, ()), grant["scope"])
    return Role(one["code"], Text(**one["name"]), gives)
