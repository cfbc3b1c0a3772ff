"""django-allauth's forms where the product asks something else of them."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import ResetPasswordForm as TheirResetPasswordForm
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, BaseAuthenticateForm, ReauthenticateForm
from django import forms
from django.contrib.auth.password_validation import UserAttributeSimilarityValidator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.people.accounts import client_address
from tinhso.kernel.people.signin import devices, throttle
from tinhso.kernel.people.signin.acts import factor_name
from tinhso.kernel.people.signin.adapters import UnreadableFactorError, wait_problem


class NotLikeOneself(UserAttributeSimilarityValidator):
    """A password must not resemble what everybody knows of its owner."""

    def get_error_message(self) -> str:
        return gettext("Mật khẩu quá giống tên đăng nhập, họ tên hoặc thư điện tử của bạn.")


class ResetPasswordForm(TheirResetPasswordForm):  # type: ignore[misc] # allauth has no types
    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """Somebody is written to in any case: neither words nor time tell whether there is an
        account."""
        if self.users:
            email: str = super().save(request, **kwargs)
            return email
        email = self.cleaned_data["email"]
        get_adapter().send_mail("account/email/unknown_account", email, {})
        return email


class _Throttled(BaseAuthenticateForm):  # type: ignore[misc] # allauth has no types
    """Codes are guessed at no faster than passwords."""

    def clean_code(self) -> str:
        request, name = context.request, factor_name(self.user)
        device = devices.known(request, self.user)
        try:
            attempt = throttle.begin(name, client_address(request), device)
        except throttle.WaitError as error:
            raise wait_problem(error.left) from error
        try:
            code: str = super().clean_code()
        except UnreadableFactorError:
            # Nobody's failure. The try stays counted: another factor may have been guessed at.
            raise
        except ValidationError:
            with transaction.atomic():
                attempt.failed()
            raise
        attempt.succeeded()
        return code


class FactorForm(_Throttled, AuthenticateForm):  # type: ignore[misc]
    """The second factor's code when signing in."""


class FactorAgainForm(_Throttled, ReauthenticateForm):  # type: ignore[misc]
    """The second factor's code before something is changed."""


class ReasonForm(forms.Form):
    """Why somebody's second factor is reset."""

    reason = forms.CharField(
        max_length=300,
        error_messages={"required": _("Hãy ghi lý do: người đó được báo lý do này.")},
    )
