"""`tinhso account`: the first administrator, and a way back in for the operator of the server."""

from __future__ import annotations

import sys

import click

from tinhso.measure.text import Text
from tinhso.web import configuration
from tinhso.web.telling import WRONG_INPUT, say, set_up, telling_problems


@click.group()
def account() -> None:
    """Tài khoản, từ máy chủ · Accounts, from the server itself."""


@account.command()
@click.argument("name")
@click.option("--unit", required=True, help="Mã hoặc tên đơn vị · Unit, by code or name")
@click.option("--role", default="administrator", show_default=True, help="Vai trò · Role")
@click.option("--title", default="Quản trị hệ thống", show_default=True, help="Tên vị trí · Title")
@click.option("--email", default="", help="Thư điện tử · E-mail")
def invite(name: str, unit: str, role: str, title: str, email: str) -> None:
    """Mời một người vào một vị trí; in ra địa chỉ để người ấy tạo tài khoản.

    Invite somebody to a position; prints the address where that person makes an account.
    """
    set_up()
    from django.urls import reverse  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from tinhso.kernel.ledger.actor import OPERATOR  # noqa: PLC0415
    from tinhso.kernel.people.actions import Term  # noqa: PLC0415
    from tinhso.kernel.people.invitations import make_invitation  # noqa: PLC0415
    from tinhso.kernel.units.asked import unit_asked  # noqa: PLC0415
    from tinhso.web.prepare import prepare_site  # noqa: PLC0415

    prepare_site(say)
    with telling_problems():
        made = make_invitation(
            OPERATOR,
            None,
            name,
            email,
            unit_asked(unit),
            role,
            title,
            Term(timezone.localdate()),
        )
    path = reverse("people:accept", args=[made.secret])
    address = f"http://{configuration.HOST.get()}:{configuration.PORT.get()}{path}"
    say(
        Text(
            f"Mở địa chỉ này trong 14 ngày để tạo tài khoản (dùng được một lần):\n{address}",
            f"Open this address within 14 days to make the account (it works once):\n{address}",
        )
    )


@account.command("reset-factor")
@click.argument("username")
@click.option("--reason", required=True, help="Lý do · Why")
def reset_factor(username: str, reason: str) -> None:
    """Gỡ lớp xác thực thứ hai của một tài khoản · Remove an account's second factor."""
    set_up()
    from tinhso.kernel.ledger.actor import OPERATOR  # noqa: PLC0415
    from tinhso.kernel.people.accounts import account_of  # noqa: PLC0415
    from tinhso.kernel.people.signin.actions import take_factors  # noqa: PLC0415

    found = account_of(username)
    if found is None:
        say(Text(f"Không có tài khoản “{username}”.", f"There is no account “{username}”."))
        sys.exit(WRONG_INPUT)
    count = take_factors(OPERATOR, found, reason)
    say(
        Text(
            f"Đã gỡ {count} mục xác thực của {found.username}; mọi phiên đã kết thúc.",
            f"Removed {count} factors of {found.username}; all sessions have ended.",
        )
    )
