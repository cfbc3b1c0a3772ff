"""The API's root: versioned, described by OpenAPI, errors as problem+json (RFC 9457)."""

from __future__ import annotations

from ninja import NinjaAPI

api = NinjaAPI(title="Tỉnh Số", version="1", urls_namespace="api")
