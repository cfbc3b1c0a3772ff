"""The OpenID Connect provider that people may link their account to, as an operator names it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from tinhso.measure.text import Text

WELL_KNOWN = "/.well-known/openid-configuration"


@dataclass(frozen=True)
class OpenIdProvider:
    """`issuer` as the provider's own discovery document and tokens name it. `strong_acr`: values of
    the claim `acr` (OpenID Connect Core, 2) that count as a second factor; none: it never does."""

    issuer: str
    client: str
    secret: str
    name: Text
    strong_acr: frozenset[str] = frozenset()

    @property
    def id(self) -> str:
        """Another issuer is another provider: its subjects are other people."""
        return f"oidc-{hashlib.sha256(self.issuer.encode()).hexdigest()[:12]}"

    @property
    def discovery(self) -> str:
        return self.issuer.rstrip("/") + WELL_KNOWN

    def allauth(self) -> dict[str, Any]:
        """SOCIALACCOUNT_PROVIDERS. Of a person's claims only the token's are read, so that what the
        provider knows beyond `sub` and `acr` never comes here."""
        settings: dict[str, Any] = {
            "server_url": self.discovery,
            "oauth_pkce_enabled": True,
            "fetch_userinfo": False,
            "scope": ["openid"],
        }
        if self.strong_acr:
            settings["auth_params"] = {"acr_values": " ".join(sorted(self.strong_acr))}
        app = {
            "provider_id": self.id,
            "name": self.name.vi,
            "client_id": self.client,
            "secret": self.secret,
            "settings": settings,
        }
        return {"openid_connect": {"APPS": [app]}}
