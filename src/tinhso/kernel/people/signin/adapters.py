"""django-allauth in this product: no open sign-up, our own throttle, words and mail."""

from __future__ import annotations

import base64
import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from allauth.account.models import EmailAddress
from allauth.core import context as allauth_context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.notices.mail import owe_written
from tinhso.kernel.people.accounts import client_address, seats_of
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.signin import acts, devices, throttle
from tinhso.kernel.people.signin.factors import must_set_up
from tinhso.kernel.people.signin.letters import FOOT, GREETING, NOT_YOU, NOTES, NOTICES, REQUESTED
from tinhso.measure import writing
from tinhso.measure.text import Text

logger = logging.getLogger(__name__)


class UnreadableFactorError(ValidationError):
    """A second factor was kept under another TINHSO_SECRET_KEY. A form says so by itself; other
    pages answer with it (`web.access`)."""

    def __init__(self) -> None:
        super().__init__(
            gettext(
                "Máy chủ không đọc được lớp xác thực thứ hai của bạn, vì khóa bí mật của trang đã thay đổi; không phải bạn nhập sai. "
                "Hãy đề nghị người quản trị đặt lại lớp xác thực thứ hai của bạn. Nếu bạn là người quản trị, hãy báo người vận hành máy chủ."
            ),
            code="unreadable",
        )


def in_words(left: timedelta) -> str:
    """A wait, rounded up, in the reader's language."""
    seconds = int(-(-left.total_seconds() // 1))
    if seconds < 60:
        return ngettext("%(n)s giây", "%(n)s giây", seconds) % {"n": seconds}
    minutes = -(-seconds // 60)
    return ngettext("%(n)s phút", "%(n)s phút", minutes) % {"n": minutes}


def wait_problem(left: timedelta) -> ValidationError:
    """What somebody is told who tries too early: how long to wait, and what else can be done."""
    text = gettext(
        "Đã có nhiều lần đăng nhập hỏng. Hãy thử lại sau %(wait)s. Không muốn chờ: đăng nhập bằng khóa đăng nhập, "
        "hoặc đặt lại mật khẩu qua thư điện tử trên chính thiết bị này."
    )
    return ValidationError(text % {"wait": in_words(left)}, code="wait", params={"left": left})


def _address(route: str, request: HttpRequest | None) -> str:
    return request.build_absolute_uri(reverse(route)) if request else reverse(route)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc] # allauth has no types
    error_messages: ClassVar[dict[str, Any]] = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("Tài khoản này đã đóng."),
        "duplicate_email": _("Tài khoản của bạn đang dùng chính địa chỉ này."),
        "email_taken": _("Địa chỉ này thuộc một tài khoản khác."),
        "email_password_mismatch": _("Tên đăng nhập hoặc mật khẩu không đúng."),
        "username_password_mismatch": _("Tên đăng nhập hoặc mật khẩu không đúng."),
        "enter_current_password": _("Mật khẩu đang dùng không đúng."),
        "incorrect_code": _("Mã không đúng hoặc đã hết hạn. Hãy nhập mã đang hiện."),
        "incorrect_password": _("Mật khẩu không đúng."),
        "invalid_password_reset": _("Địa chỉ đặt lại mật khẩu không còn dùng được."),
        "max_email_addresses": _("Mỗi tài khoản chỉ có %d địa chỉ thư điện tử."),
        "too_many_login_attempts": _("Thử quá nhiều lần. Hãy chờ vài phút rồi thử lại."),
        "same_as_current": _("Địa chỉ mới trùng địa chỉ đang dùng."),
        "rate_limited": _("Yêu cầu quá dồn dập. Hãy chờ vài phút rồi thử lại."),
    }

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        """Accounts come by invitation."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    # -- signing in ------------------------------------------------------------------------------

    def pre_authenticate(self, _request: HttpRequest, **_credentials: Any) -> None:
        """Not allauth's rate limit, which locks owners out: `throttle` counts in `authenticate`."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Account | None:
        name = str(credentials.get("username") or credentials.get("email") or "")
        account = acts.account_named(name)
        try:
            attempt = throttle.begin(name, client_address(request), devices.known(request, account))
        except throttle.WaitError as error:
            raise wait_problem(error.left) from error
        found: Account | None = super().authenticate(request, **credentials)
        if found is None:
            with transaction.atomic():
                attempt.failed()
                acts.sign_in_failed(request, account, "password")
        else:
            attempt.succeeded()
        return found

    def post_login(self, request: HttpRequest, user: Account, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **kwargs)
        if must_set_up(user, seats_of(user.id, timezone.localdate())):
            return HttpResponseRedirect(reverse("mfa_index"))
        return response

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Whoever holds a position begins with the day's work; others have their account only."""
        who = request.user
        seats = seats_of(who.id, timezone.localdate()) if who.is_authenticated else ()
        seated = any(seat.unit for seat in seats)
        return reverse(settings.LOGIN_REDIRECT_URL if seated else "my_account")

    def get_reauthentication_methods(self, user: Account) -> list[dict[str, str]]:
        flows = {one["id"]: one for one in get_reauthentication_flows(user)}
        ways = []
        if "reauthenticate" in flows:
            ways.append(("reauthenticate", gettext("Bằng mật khẩu"), "account_reauthenticate"))
        types = flows.get("mfa_reauthenticate", {}).get("types", [])
        if "totp" in types or "recovery_codes" in types:
            ways.append(("mfa_reauthenticate", gettext("Bằng mã xác thực"), "mfa_reauthenticate"))
        if "webauthn" in types:
            route = "mfa_reauthenticate_webauthn"
            ways.append(("mfa_reauthenticate:webauthn", gettext("Bằng khóa đăng nhập"), route))
        return [{"id": id_, "description": text, "url": reverse(at)} for id_, text, at in ways]

    def get_password_change_redirect_url(self, _request: HttpRequest) -> str:
        return reverse("my_account")

    def get_email_verification_redirect_url(self, _address: EmailAddress) -> str:
        return reverse("account_email" if self.request.user.is_authenticated else "account_login")

    def confirm_email(self, request: HttpRequest, address: EmailAddress) -> bool:
        """Refused when the address is another account's by now."""
        others = Account.objects.filter(email__iexact=address.email).exclude(pk=address.user_id)
        if others.exists():
            note = "account/messages/email_confirmation_failed.txt"
            self.add_message(request, messages.ERROR, note, {"email": address.email})
            return False
        confirmed: bool = super().confirm_email(request, address)
        return confirmed

    # -- words -----------------------------------------------------------------------------------

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: Mapping[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        note = NOTES.get(message_template or "")
        said = message or (
            note.to(get_language() or "vi").format(**message_context or {}) if note else ""
        )
        if said:
            messages.add_message(request, level, said, extra_tags=extra_tags)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write the letter of that occasion in its reader's language, and have it delivered."""
        account = context.get("user") or acts.account_named(email)
        language = account.language if account else get_language() or "vi"
        # None where the operator acts at the server, or the act's request is over.
        request = allauth_context.request or self.request
        with translation.override(language):
            facts = {
                "username": account.username if account else "",
                "identity": settings.TINHSO_OIDC.name.to(language) if settings.TINHSO_OIDC else "",
                "when": writing.moment(timezone.localtime(), language),
                "reset": _address("account_reset_password", request),
                "ip": client_address(request) if request else "–",
                **context,
                "email": email,
            }
        is_notice = template_prefix in NOTICES
        letter = NOTICES[template_prefix] if is_notice else REQUESTED[template_prefix]
        parts = [letter.body, *([NOT_YOU] if is_notice else []), FOOT]
        if account:
            parts.insert(
                0, Text(GREETING.vi.format(name=account), GREETING.en.format(name=account))
            )
        body = "\n\n".join(part.to(language).format(**facts) for part in parts)
        subject = f"[Tỉnh Số] {letter.subject.to(language)}"
        # Nobody waits for a mail server, and one that is down loses nothing: the worker sends it.
        with transaction.atomic():
            owe_written(email, subject, body)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: Account,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        address = email or user.email
        if address:
            self.send_mail(template_prefix, address, {"user": user, **(context or {})})


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc] # allauth has no types
    error_messages: ClassVar[dict[str, Any]] = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": _("Không gỡ được lớp xác thực này."),
        "cannot_generate_recovery_codes": _(
            "Mã khôi phục chỉ có sau khi đã thiết lập lớp xác thực thứ hai."
        ),
        "incorrect_code": _("Mã không đúng hoặc đã hết hạn. Hãy nhập mã đang hiện."),
    }

    def get_totp_issuer(self) -> str:
        return "Tỉnh Số"

    def get_totp_label(self, user: Account) -> str:
        return user.username

    def _get_site_name(self) -> str:
        return "Tỉnh Số"

    def generate_authenticator_name(self, user: Account, type: str) -> str:  # noqa: A002 (allauth's)
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return gettext("Khóa %(number)s") % {"number": number}

    # Seeds are secrets at rest: a copy of the database alone gives nobody's second factor away.

    def encrypt(self, text: str) -> str:
        return _vault().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Raises UnreadableFactorError."""
        try:
            return _vault().decrypt(encrypted_text.encode()).decode()
        except InvalidToken as error:
            logger.error(  # noqa: TRY400 (it says it all)
                "a second factor cannot be read: it was kept under another TINHSO_SECRET_KEY;"
                " put that key back, or reset the factor"
            )
            raise UnreadableFactorError from error


def unreadable_factors() -> int:
    """How many accounts have a code's seed that was kept under another TINHSO_SECRET_KEY."""
    vault, found = _vault(), set()
    for user, data in Authenticator.objects.values_list("user", "data").iterator():
        for seed in (data.get("secret"), data.get("seed")):
            try:
                if seed:
                    vault.decrypt(seed.encode())
            except InvalidToken:
                found.add(user)
    return len(found)


def _vault() -> MultiFernet:
    def fernet(secret: str | bytes) -> Fernet:
        key = salted_hmac("tinhso.factors", "seed", secret=secret, algorithm="sha256").digest()
        return Fernet(base64.urlsafe_b64encode(key))

    return MultiFernet(
        [fernet(one) for one in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    )


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc] # allauth has no types
    error_messages: ClassVar[dict[str, Any]] = DefaultSocialAccountAdapter.error_messages | {
        "no_password": _(
            "Hãy đặt mật khẩu trước, nếu không bạn sẽ không còn cách nào để đăng nhập."
        ),
        "connected_other": _("Định danh điện tử này đang thuộc một tài khoản khác."),
    }

    def is_open_for_signup(self, _request: HttpRequest, _sociallogin: Any) -> bool:
        """An identity opens an account only when its owner, signed in, has linked it."""
        return False
