"""Makes accounts on the served site: run as a program with the site's own TINHSO_HOME.

Prints, for each name given as `username:role` or `username:role:unit`, the secret of its authenticator app, or a dash.
A name that ends in `.2` has one.
"""

from __future__ import annotations

import sys
from datetime import date

import django

PASSWORD = "bốn từ rời nhau"  # noqa: S105 (of accounts that tests make)
UNIT = "c25363.2025"
TITLES = {"leader": "Chủ tịch"}


def main(names: list[str]) -> None:
    django.setup()
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes  # noqa: PLC0415
    from allauth.mfa.totp.internal import auth as totp  # noqa: PLC0415

    from tinhso.kernel.people.models import Account, Appointment, Position  # noqa: PLC0415
    from tinhso.kernel.people.signin.actions import set_email  # noqa: PLC0415

    for username, role, *unit in (name.split(":") for name in names):
        account = Account(username=username, name="Nguyễn Thị Bình Minh")
        account.set_password(PASSWORD)
        account.save()
        set_email(account, f"{username}@tinh.example", verified=True)
        position = Position.objects.create(
            unit_id=unit[0] if unit else UNIT,
            role=role,
            title=TITLES.get(role, "Chuyên viên"),
            title_en="Officer",
            since=date(2020, 1, 1),
        )
        Appointment.objects.create(position=position, account=account, since=date(2020, 1, 1))
        secret = "-"  # noqa: S105 (none)
        if username.endswith(".2"):
            secret = totp.generate_totp_secret()
            totp.TOTP.activate(account, secret)
            RecoveryCodes.activate(account)
        print(secret)


if __name__ == "__main__":
    main(sys.argv[1:])
