"""Addresses of signing in and of one's own account, each of django-allauth's by hand: what is not
listed here does not exist (open sign-up, login codes, phone numbers).

The names are those that django-allauth looks for. Who may use each is in `web/access.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from allauth.socialaccount import views as identities
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import path, re_path

from tinhso.kernel.people.signin import oidc, views

View = Callable[..., HttpResponseBase]


def act(view: View) -> View:
    """What a POST changes and its ledger entries: one transaction."""

    @wraps(view)
    def acting(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        with transaction.atomic():
            return view(request, *args, **kwargs)

    return acting


#: Outside the language prefix: this address is registered with the provider.
oidc_callback = path("dang-nhap/dinh-danh/ve/", oidc.callback, name="oidc_callback")

urlpatterns = [
    path("dang-nhap/", views.SignInView.as_view(), name="account_login"),
    path("dang-xuat/", account.logout, name="account_logout"),
    path("dang-nhap/da-dong/", account.account_inactive, name="account_inactive"),
    path("dang-nhap/xac-thuc/", mfa.authenticate, name="mfa_authenticate"),
    path("dang-nhap/khoa/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("dang-nhap/dinh-danh/", oidc.login, name="oidc_login"),
    path(
        "dang-nhap/dinh-danh/da-huy/",
        identities.login_cancelled,
        name="socialaccount_login_cancelled",
    ),
    path("dang-nhap/quen-mat-khau/", account.password_reset, name="account_reset_password"),
    path(
        "dang-nhap/quen-mat-khau/da-gui/",
        account.password_reset_done,
        name="account_reset_password_done",
    ),
    re_path(
        r"^dang-nhap/quen-mat-khau/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        act(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "dang-nhap/mat-khau-da-dat/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("tai-khoan/", views.my_account, name="my_account"),
    path("tai-khoan/ngon-ngu/", views.my_language, name="my_language"),
    path("tai-khoan/phien/", views.my_sessions, name="my_sessions"),
    path("tai-khoan/mat-khau/", act(account.password_change), name="account_change_password"),
    path("tai-khoan/mat-khau/dat/", act(account.password_set), name="account_set_password"),
    path("tai-khoan/thu-dien-tu/", act(account.email), name="account_email"),
    path(
        "tai-khoan/thu-dien-tu/<str:key>/",
        act(account.confirm_email),
        name="account_confirm_email",
    ),
    path("tai-khoan/dinh-danh/", act(identities.connections), name="socialaccount_connections"),
    path("tai-khoan/xac-nhan/", account.reauthenticate, name="account_reauthenticate"),
    path("tai-khoan/xac-nhan/ma/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path(
        "tai-khoan/xac-nhan/khoa/",
        passkeys.reauthenticate_webauthn,
        name="mfa_reauthenticate_webauthn",
    ),
    path("tai-khoan/xac-thuc/", mfa.index, name="mfa_index"),
    path("tai-khoan/xac-thuc/ung-dung/", act(totp.activate_totp), name="mfa_activate_totp"),
    path("tai-khoan/xac-thuc/ung-dung/go/", act(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("tai-khoan/xac-thuc/khoa/", passkeys.list_webauthn, name="mfa_list_webauthn"),
    path("tai-khoan/xac-thuc/khoa/them/", act(passkeys.add_webauthn), name="mfa_add_webauthn"),
    path(
        "tai-khoan/xac-thuc/khoa/<int:pk>/doi-ten/",
        act(passkeys.edit_webauthn),
        name="mfa_edit_webauthn",
    ),
    path(
        "tai-khoan/xac-thuc/khoa/<int:pk>/go/",
        act(passkeys.remove_webauthn),
        name="mfa_remove_webauthn",
    ),
    path("tai-khoan/xac-thuc/ma/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "tai-khoan/xac-thuc/ma/tao/",
        act(codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "quan-tri/tai-khoan/<uuid:account>/dat-lai-xac-thuc/",
        views.reset_factor_of,
        name="reset_factor",
    ),
]
