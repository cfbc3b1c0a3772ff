"""What only the operator at the server can do for an account."""

from __future__ import annotations

import sys

import click

from tinhso.measure.text import Text


@click.command("reset-factor")
@click.argument("username")
@click.option("--reason", required=True, help="Lý do · Why")
def reset_factor(username: str, reason: str) -> None:
    """Gỡ lớp xác thực thứ hai của một tài khoản · Remove an account's second factor."""
    from tinhso.web.cli import WRONG_INPUT, say, set_up  # noqa: PLC0415 (it adds this command)

    set_up()
    from tinhso.kernel.ledger.actor import OPERATOR  # noqa: PLC0415
    from tinhso.kernel.people.accounts import account_of  # noqa: PLC0415
    from tinhso.kernel.people.signin.actions import take_factors  # noqa: PLC0415

    account = account_of(username)
    if account is None:
        say(Text(f"Không có tài khoản “{username}”.", f"There is no account “{username}”."))
        sys.exit(WRONG_INPUT)
    count = take_factors(OPERATOR, account, reason)
    say(
        Text(
            f"Đã gỡ {count} mục xác thực của {account.username}; mọi phiên đã kết thúc.",
            f"Removed {count} factors of {account.username}; all sessions have ended.",
        )
    )
