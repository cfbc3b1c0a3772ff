"""Serving what came with a case: pictures as pictures, all else as a download."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest, HttpResponse

from tinhso.kernel.cases.models import Attachment
from tinhso.kernel.files.kinds import JPEG, KINDS
from tinhso.kernel.files.small import small
from tinhso.kernel.files.storage import path_of


def picture_of(request: HttpRequest, found: Attachment) -> HttpResponse:
    """A picture as a picture, small where the address says so (`?co=nho`); anything else as a download."""
    stored = found.file
    is_small = stored.is_picture and request.GET.get("co") == "nho"
    try:
        path = small(stored.digest) if is_small else path_of(stored.digest)
        content = path.open("rb")
    except FileNotFoundError as error:
        raise Http404(stored.name) from error
    response = FileResponse(
        content,
        as_attachment=not stored.is_picture,
        filename=stored.name,
        content_type=(JPEG if is_small else KINDS[stored.kind]).content_type,
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response  # type: ignore[return-value]
