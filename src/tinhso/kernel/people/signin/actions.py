"""What is done to accounts beside django-allauth's own acts."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction

from tinhso.kernel.ledger.actor import Actor
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.policies import ACCOUNT
from tinhso.kernel.people.signin.acts import end_sessions, write
from tinhso.kernel.people.who import Who


@transaction.atomic
def reset_factor(who: Who, account: Account, reason: str) -> int:
    """Take every second factor from an account whose owner has lost it; how many there were.

    All its sessions end and its owner is told by mail. Raises ForbiddenError.
    """
    answer = ACCOUNT.require(who, "reset-factor")
    return take_factors(who.actor(answer.seat), account, reason)


@transaction.atomic
def take_factors(actor: Actor, account: Account, reason: str) -> int:
    """`reset_factor` by somebody whose right is known, such as the operator at the server."""
    held = list(Authenticator.objects.select_for_update().filter(user=account))
    for one in held:
        one.delete()
    before = {"factors": sorted(one.type for one in held)}
    write("factor-reset", account, actor, before=before, reason=reason)
    end_sessions(account, actor, "second factor reset")
    get_adapter().send_notification_mail("people/factor_reset", account, {"reason": reason})
    return len(held)


@transaction.atomic
def choose_language(actor: Actor, account: Account, language: str) -> None:
    """The language that the account is written to in."""
    before = account.language
    account.language = language
    account.save(update_fields=["language"])
    after = {"language": language}
    write("language-chosen", account, actor, before={"language": before}, after=after)


@transaction.atomic
def set_email(account: Account, email: str, *, verified: bool) -> None:
    """Give an account its only e-mail address ("" takes it away), in django-allauth's rows too."""
    account.email = email.strip().lower()
    account.save(update_fields=["email"])
    EmailAddress.objects.filter(user=account).exclude(email=account.email).delete()
    if account.email:
        EmailAddress.objects.update_or_create(
            user=account, email=account.email, defaults={"primary": True, "verified": verified}
        )
