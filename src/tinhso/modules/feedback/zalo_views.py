"""stub"""

from django.http import HttpRequest, HttpResponse
from tinhso.kernel.people.access import public


@public
def webhook(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=503)
