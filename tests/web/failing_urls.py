"""The site's addresses, and one whose view fails."""

from django.db import transaction
from django.http import HttpRequest
from django.urls import path

from tinhso.kernel.people.access import public
from tinhso.kernel.people.models import Account
from tinhso.web import urls


@public
def fails(request: HttpRequest) -> None:
    raise RuntimeError("a fault of the product")


@public
def does_it_twice(request: HttpRequest) -> None:
    """As two requests at the same moment, of which neither sees the other's row."""
    with transaction.atomic():
        for _ in range(2):
            Account(username="mot-nguoi", name=request.POST["name"]).save(force_insert=True)


@public
def does_what_is_never_right(request: HttpRequest) -> None:
    with transaction.atomic():
        Account(username="hai", name="A", kind="nobody").save(force_insert=True)


urlpatterns = [
    path("hong/", fails),
    path("hai-lan/", does_it_twice),
    path("sai/", does_what_is_never_right),
    *urls.urlpatterns,
]
handler404 = urls.handler404
