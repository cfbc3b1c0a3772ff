"""The site's addresses, and one whose view fails."""

from django.http import HttpRequest
from django.urls import path

from tinhso.kernel.people.access import public
from tinhso.web import urls


@public
def fails(request: HttpRequest) -> None:
    raise RuntimeError("a fault of the product")


urlpatterns = [path("hong/", fails), *urls.urlpatterns]
handler404 = urls.handler404
