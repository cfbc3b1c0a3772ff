"""Signing in with an identity of an OpenID Connect provider, once its owner has linked it.

What django-allauth leaves open is closed here: the ID token's signature is always checked, with an
asymmetric algorithm; `nonce` ties the token to this browser's own request (OpenID Connect Core,
3.1.2.1 and 3.1.3.7); the discovery document must name the issuer that was configured (Discovery,
4.3). Nothing of the token is kept but the subject and `acr`.
"""

from __future__ import annotations

import hmac
import logging
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import requests
from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from tinhso.kernel.people.access import public
from tinhso.kernel.people.signin.provider import OpenIdProvider

logger = logging.getLogger(__name__)

#: Signature algorithms with a public key (RFC 7518, 3.1): `none` and shared secrets are refused.
ALGORITHMS = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
)

#: Clocks of two systems differ a little.
LEEWAY_SECONDS = 30

#: The language that somebody left the site in: the provider knows one return address only.
LANGUAGE = "oidc_language"


def provider() -> OpenIdProvider | None:
    """The one that the operator has configured, or None."""
    found: OpenIdProvider | None = settings.TINHSO_OIDC
    return found


def nonce_of(state: str) -> str:
    """The nonce that belongs to a request's `state`, which is random and good for one return."""
    return salted_hmac("tinhso.oidc.nonce", state, algorithm="sha256").hexdigest()


class Adapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc] # allauth has no types
    @property
    def openid_config(self) -> dict[str, Any]:
        config: dict[str, Any] = super().openid_config
        found = provider()
        expected = found.issuer if found else ""
        if config.get("issuer") != expected:
            raise OAuth2Error(f"discovery names issuer {config.get('issuer')}, not {expected}")
        return config

    def get_provider(self) -> Any:
        found = super().get_provider()
        found.oauth2_adapter_class = Adapter
        return found

    def get_callback_url(self, request: HttpRequest, _app: SocialApp) -> str:
        """Without a language: it is registered with the provider."""
        with translation.override(settings.LANGUAGE_CODE):
            return request.build_absolute_uri(reverse("oidc_callback"))

    def complete_login(
        self, request: HttpRequest, app: SocialApp, _token: SocialToken, **kwargs: Any
    ) -> SocialLogin:
        token = kwargs["response"].get("id_token")
        if not token:
            raise OAuth2Error("the provider sent no ID token")
        claims = self.verified_claims(token, app.client_id, nonce_of(request.GET["state"]))
        kept = {"sub": claims["sub"], "acr": claims.get("acr", "")}
        return self.get_provider().sociallogin_from_response(request, {"id_token": kept})

    def verified_claims(self, token: str, client: str, nonce: str) -> dict[str, Any]:
        """The claims of an ID token that is whole, current, and meant for this very request.

        Raises OAuth2Error.
        """
        try:
            header = jwt.get_unverified_header(token)
            if header.get("alg") not in ALGORITHMS:
                raise OAuth2Error(f"the ID token is signed by {header.get('alg')}")
            claims: dict[str, Any] = jwt.decode(
                token,
                key=self._key(header.get("kid")),
                algorithms=[header["alg"]],
                audience=client,
                issuer=self.openid_config["issuer"],
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "iat", "sub", "aud", "iss"]},
            )
        except jwt.PyJWTError as error:
            raise OAuth2Error(f"the ID token is not valid: {error}") from error
        if not hmac.compare_digest(str(claims.get("nonce", "")), nonce):
            raise OAuth2Error("the ID token answers another request")
        return claims

    def _key(self, kid: str | None) -> jwt.PyJWK:
        with get_adapter().get_requests_session() as session:
            response = session.get(self.openid_config["jwks_uri"])
            response.raise_for_status()
        keys = [
            key
            for key in jwt.PyJWKSet.from_dict(response.json()).keys
            if key.public_key_use in (None, "sig") and kid in (None, key.key_id)
        ]
        if len(keys) != 1:
            raise OAuth2Error(f"{len(keys)} keys of the provider fit the ID token's kid {kid}")
        return keys[0]


def _adapter(request: HttpRequest) -> Adapter:
    found = provider()
    if found is None:
        raise Http404
    return Adapter(request, found.id)


@public
@require_POST
@never_cache
def login(request: HttpRequest) -> HttpResponse:
    """Go to the provider, to sign in (or with `process=connect`, signed in, to link).

    By a page that leads on, for a form's own redirection to another site is stopped by browsers
    (Content Security Policy, form-action), and the policy stays closed.
    """
    adapter = _adapter(request)
    process = "connect" if request.POST.get("process") == "connect" else "login"
    if process == "connect" and not request.user.is_authenticated:
        process = "login"
    request.session[LANGUAGE] = get_language()
    try:
        next_url = get_next_redirect_url(request)
        response = adapter.get_provider().redirect(request, process, next_url=next_url)
    except (requests.RequestException, OAuth2Error, ValueError, KeyError) as error:
        return _unavailable(request, error)
    address = response["Location"]
    state = parse_qs(urlsplit(address).query)["state"][0]
    address = f"{address}&{urlencode({'nonce': nonce_of(state)})}"
    page = render(request, "socialaccount/leaving.html", {"address": address, "oidc": provider()})
    page["Refresh"] = f"0; url={address}"
    return page


@public
@require_GET
@never_cache
def callback(request: HttpRequest) -> HttpResponse:
    """The provider has sent somebody back."""
    adapter = _adapter(request)
    language = request.session.get(LANGUAGE, settings.LANGUAGE_CODE)
    with translation.override(language):
        request.LANGUAGE_CODE = language
        try:
            response: HttpResponse = OAuth2CallbackView.adapter_view(adapter)(request)
        except (requests.RequestException, ValueError, KeyError) as error:
            return _unavailable(request, error)
        return response


def _unavailable(request: HttpRequest, error: Exception) -> HttpResponse:
    logger.warning("the OpenID provider cannot be used: %s", error)
    context = {"oidc": provider()}
    return render(request, "socialaccount/unavailable.html", context, status=503)
