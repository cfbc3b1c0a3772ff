"""The ledger's entries of signing in, and what follows from an act: other sessions end.

django-allauth tells of its acts by signals; each is received here, in the act's own transaction
where it has one (`urls` opens one for every POST that changes something).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.account.models import EmailAddress
from allauth.account.signals import (
    email_changed,
    password_changed,
    password_reset,
    password_set,
    user_logged_in,
)
from allauth.core import context as allauth_context
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed, authenticator_used
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.signals import social_account_added, social_account_removed
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.signals import user_logged_out
from django.db import transaction
from django.db.models import Q
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import ngettext

from tinhso.kernel.ledger.actor import SYSTEM, Actor, Channel
from tinhso.kernel.ledger.entries import NOTHING, Thing, record
from tinhso.kernel.people.accounts import STRONG_IDENTITY, client_address
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.signin import devices, lifetime, oidc, throttle
from tinhso.kernel.people.signin.factors import FACTORS
from tinhso.measure import writing


def account_named(name: str) -> Account | None:
    """The account that signs in by this name: its user name or e-mail address."""
    name = name.strip()
    if not name:
        return None
    return Account.objects.filter(Q(username__iexact=name) | Q(email__iexact=name)).first()


def actor_of(request: HttpRequest | None, account: Account | None = None) -> Actor:
    """Who acts in a request: the one signed in, or `account` that is about to be or just was."""
    if request is None:
        return SYSTEM
    user = account or request.user
    who = str(user.pk) if user.is_authenticated else "anonymous"
    return Actor(who, Channel.WEB, address=client_address(request))


def write(
    act: str,
    account: Account,
    actor: Actor,
    *,
    before: Mapping[str, Any] = NOTHING,
    after: Mapping[str, Any] = NOTHING,
    reason: str = "",
) -> None:
    """An entry about an account, in the transaction at hand or one of its own."""
    thing = Thing("people.account", str(account.pk))
    with transaction.atomic():
        record(actor, f"people.account.{act}", thing, before=before, after=after, reason=reason)


# -- signing in and out -------------------------------------------------------------------------------


def sign_in_failed(request: HttpRequest, account: Account | None, method: str) -> None:
    """Only for accounts that exist: what was typed for a name may be somebody's password."""
    if account is not None:
        anonymous = Actor("anonymous", Channel.WEB, address=client_address(request))
        write("sign-in-failed", account, anonymous, after={"method": method})


@receiver(user_logged_in)
def _signed_in(
    request: HttpRequest, user: Account, sociallogin: SocialLogin | None = None, **_: Any
) -> None:
    methods = [_method(one) for one in get_authentication_records(request, user)]
    lifetime.begin(request)
    if sociallogin is not None:
        _take_strength(request, sociallogin)
    with transaction.atomic():
        known = devices.known(request, user)
        told = throttle.signed_in([user.username, user.email, factor_name(user)], known)
        devices.remember(request, user)
        write("sign-in", user, actor_of(request, user), after={"method": "+".join(methods)})
    _tell(request, told)


def _method(one: Mapping[str, Any]) -> str:
    return str(one.get("type") or one["method"])


def _take_strength(request: HttpRequest, sociallogin: SocialLogin) -> None:
    """The provider's own second factor counts when the operator has said which `acr` means one."""
    found = oidc.provider()
    acr = sociallogin.account.extra_data.get("id_token", {}).get("acr", "")
    request.session[STRONG_IDENTITY] = bool(found and acr in found.strong_acr)


def _tell(request: HttpRequest, told: throttle.Told) -> None:
    if not told.since:
        return
    text = ngettext(
        "Từ %(since)s có %(n)s lần đăng nhập hỏng vào tài khoản của bạn. Nếu không phải bạn gõ nhầm, hãy đổi mật khẩu.",
        "Từ %(since)s có %(n)s lần đăng nhập hỏng vào tài khoản của bạn. Nếu không phải bạn gõ nhầm, hãy đổi mật khẩu.",
        told.failures,
    )
    since = writing.moment(timezone.localtime(told.since), request.LANGUAGE_CODE)
    messages.warning(request, text % {"since": since, "n": told.failures})


def factor_name(account: Account) -> str:
    """Under which wrong codes of an account's second factor are counted."""
    return f"factor of {account.pk}"


@receiver(user_logged_out)
def _signed_out(request: HttpRequest, user: Account | None, **_: Any) -> None:
    if user is not None:
        UserSession.objects.filter(session_key=request.session.session_key).delete()
        write("sign-out", user, actor_of(request, user), reason=lifetime.why_ended(request))


@receiver(authentication_failed)
def _factor_failed(
    request: HttpRequest, user: Account, authenticator: Authenticator, **_: Any
) -> None:
    sign_in_failed(request, user, authenticator.type)


@receiver(authenticator_used)
def _factor_used(
    request: HttpRequest, user: Account, authenticator: Authenticator, **_: Any
) -> None:
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        left = len(authenticator.wrap().get_unused_codes())
        write("recovery-code-used", user, actor_of(request, user), after={"left": left})
        text = ngettext("Bạn còn %(n)s mã khôi phục.", "Bạn còn %(n)s mã khôi phục.", left)
        messages.warning(request, text % {"n": left})


# -- password and address ------------------------------------------------------------------------------


@receiver([password_changed, password_set])
def _password_changed(request: HttpRequest, user: Account, **_: Any) -> None:
    write("password-changed", user, actor_of(request, user))
    end_sessions(user, actor_of(request, user), "password changed", keep=request)


@receiver(password_reset)
def _password_reset(request: HttpRequest, user: Account, **_: Any) -> None:
    """Whoever can read the account's mail has its device known from now on: should somebody hammer
    the account, its owner need not wait."""
    write("password-reset", user, actor_of(request, user))
    end_sessions(user, actor_of(request, user), "password reset")
    devices.remember(request, user)


@receiver(email_changed)
def _email_changed(
    request: HttpRequest,
    user: Account,
    from_email_address: EmailAddress | None,
    to_email_address: EmailAddress,
    **_: Any,
) -> None:
    before = {"email": from_email_address.email} if from_email_address else NOTHING
    after = {"email": to_email_address.email}
    write("email-changed", user, actor_of(request, user), before=before, after=after)


# -- factors and identities: by their rows, whichever way these come and go ----------------------------


@receiver(post_save, sender=Authenticator)
def _factor_added(instance: Authenticator, created: bool, **_: Any) -> None:
    if not created:
        return
    request = allauth_context.request
    if instance.type not in FACTORS:
        write("recovery-codes-made", instance.user, actor_of(request))
        return
    write("factor-added", instance.user, actor_of(request), after={"type": instance.type})
    if request is not None and request.user == instance.user:
        # Adding it has just shown that it is at hand.
        record_authentication(request, instance.user, "mfa", id=instance.pk, type=instance.type)
        end_sessions(instance.user, actor_of(request), "factor added", keep=request)


@receiver(post_delete, sender=Authenticator)
def _factor_removed(instance: Authenticator, **_: Any) -> None:
    request = allauth_context.request
    if instance.type in FACTORS:
        write("factor-removed", instance.user, actor_of(request), before={"type": instance.type})
        end_sessions(instance.user, actor_of(request), "factor removed", keep=request)


@receiver(social_account_added)
def _identity_linked(request: HttpRequest, sociallogin: SocialLogin, **_: Any) -> None:
    linked = {"provider": sociallogin.account.provider}
    write("identity-linked", sociallogin.user, actor_of(request), after=linked)


@receiver(social_account_removed)
def _identity_unlinked(request: HttpRequest, socialaccount: SocialAccount, **_: Any) -> None:
    unlinked = {"provider": socialaccount.provider}
    write("identity-unlinked", socialaccount.user, actor_of(request), before=unlinked)


# -- sessions ------------------------------------------------------------------------------------------


@transaction.atomic
def end_sessions(
    account: Account,
    actor: Actor,
    reason: str,
    *,
    keep: HttpRequest | None = None,
    only: str = "",
) -> int:
    """End an account's sessions (`keep`: but this request's; `only`: but one, by its key), with
    their entry; how many there were."""
    own = keep.session.session_key if keep is not None and keep.user == account else None
    rows = [
        one
        for one in UserSession.objects.filter(user=account)
        if one.session_key != own and only in ("", one.session_key)
    ]
    for one in rows:
        one.end()
    if rows:
        write("sessions-ended", account, actor, before={"sessions": len(rows)}, reason=reason)
    return len(rows)
