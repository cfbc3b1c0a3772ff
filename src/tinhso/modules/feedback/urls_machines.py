"""Addresses for machines: Open311 and Zalo. Stand at the root, in no language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path

from tinhso.modules.feedback import open311_views as open311
from tinhso.modules.feedback import zalo_views as zalo


def _forms(address: str, view: Callable[..., Any], name: str) -> list[URLPattern]:
    """An address without an extension, also with a slash after it, and with each."""
    return [
        path(address, view, name=name),
        path(f"{address}/", view, name=f"{name}-slash"),
        path(f"{address}.xml", view, {"form": "xml"}, name=f"{name}-xml"),
        path(f"{address}.json", view, {"form": "json"}, name=f"{name}-json"),
    ]


def _one(address: str, view: Callable[..., Any], name: str) -> list[URLPattern]:
    """One thing by its code, also with a slash after it."""
    return [
        path(f"{address}/<str:code>", view, name=name),
        path(f"{address}/<str:code>/", view, name=f"{name}-slash"),
    ]


urlpatterns = [
    *_forms("open311/discovery", open311.discovery, "open311-discovery"),
    *_forms("open311/v2/discovery", open311.discovery, "open311-discovery-v2"),
    path("open311/v2/", open311.discovery, name="open311-root"),
    path("open311/v2", open311.discovery, name="open311-root-bare"),
    *_forms("open311/v2/services", open311.services, "open311-services"),
    *_one("open311/v2/services", open311.service, "open311-service"),
    *_forms("open311/v2/requests", open311.requests, "open311-requests"),
    *_one("open311/v2/requests", open311.one_request, "open311-request"),
    *_one("open311/v2/tokens", open311.token, "open311-token"),
    *_forms("open311/v2/servicerequestupdates", open311.updates, "open311-updates"),
    path("open311/anh/<uuid:file>", open311.picture, name="open311-picture"),
    path("open311/v2/<path:code>", open311.unknown, name="open311-unknown"),
    path("zalo/webhook", zalo.webhook, name="zalo-webhook"),
]
