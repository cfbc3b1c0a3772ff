"""Roles as data: which rights each gives and how far (`roles/roles.yaml`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tinhso.kernel.rule_files import reads
from tinhso.kernel.rule_problems import at, codes, each, known, once
from tinhso.measure.text import InputError, Place, Problem, Text, message
from tinhso.measure.yamltree import Tree

UNKNOWN_ROLE = message(
    "role-unknown",
    vi="Không có vai trò “{role}”. Các vai trò: {known}.",
    en="There is no role “{role}”. The roles: {known}.",
)
NO_ROLE = message(
    "role-missing",
    vi="Thiếu vai trò “{role}”, mà phần mềm dựa vào (quản trị, lãnh đạo đơn vị, cơ quan thường trực, hệ thống kết nối). Thêm lại; tên và quyền thì đổi được.",
    en='The role "{role}" is missing, which the software relies on (administration, heads of units, the standing agency, connected systems). Put it back; its name and rights may differ.',
)
NOBODY_APPOINTS = message(
    "role-nobody-appoints",
    vi="Không vai trò nào cho quyền {right} với phạm vi all: sẽ không còn ai cấp được quyền cho người khác. Thêm vào một vai trò.",
    en="No role gives the right {right} with the scope all: nobody could give rights to others any more. Add it to a role.",
)
RIGHT = Text("quyền", "right")

#: The right without which nobody could be given any.
APPOINT = "people.position:appoint"
#: Roles that rooms name themselves.
_NAMED = ("administrator", "standing-agency", "leader", "officer", "integration")


@dataclass(frozen=True)
class Role:
    """What a position with this role may do: right (`<kind>:<verb>`) -> how far."""

    code: str
    name: Text
    gives: Mapping[str, tuple[str, ...]]

    def scopes(self, right: str) -> tuple[str, ...]:
        return self.gives.get(right, ())


@reads("roles/roles.yaml")
def roles(source: Tree) -> Mapping[str, Role]:
    """All roles by code, in the file's order."""
    found = [_role(one) for one in source.data["roles"]]
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


def wrong(source: Tree, product: Tree) -> Iterator[Problem]:
    """What a file of the right shape says that cannot hold. `product`: the product's own, whose roles give
    every right that there is."""
    yield from once(source, codes(source, "roles"))
    there = {right for one in roles(product).values() for right in one.gives}
    for grant in _grants(source):
        yield from known(source, each(source, *grant, "rights"), there, RIGHT, "docs/access.md")
    mine = roles(source)
    place = source.place(("roles",))
    yield from (NO_ROLE(place, role=one) for one in _NAMED if one not in mine)
    if not any("all" in one.scopes(APPOINT) for one in mine.values()):
        yield NOBODY_APPOINTS(place, right=APPOINT)


def _grants(source: Tree) -> Iterator[tuple[str | int, ...]]:
    for n in range(len(at(source, ("roles",)))):
        yield from each(source, "roles", n, "gives")
