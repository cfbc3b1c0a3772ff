"""Serving what came with a case: pictures as pictures, all else as a download."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest, HttpResponse

from tinhso.kernel.cases.models import Attachment
from tinhso.kernel.files.kinds import IMAGES, JPEG, KINDS
from tinhso.kernel.files.small import small
from tinhso.kernel.files.storage import path_of


def picture_of(request: HttpRequest, found: Attachment) -> HttpResponse:
    """A picture as a picture, small where the address says so (`?co=nho`); anything else as a download."""
    kind = KINDS[found.file.kind]
    is_picture = kind in IMAGES
    is_small = is_picture and request.GET.get("co") == "nho"
    try:
        path = small(found.file.digest) if is_small else path_of(found.file.digest)
        content = path.open("rb")
    except FileNotFoundError as error:
        raise Http404(found.file.name) from error
    response = FileResponse(
        content,
        as_attachment=not is_picture,
        filename=found.file.name,
        content_type=(JPEG if is_small else kind).content_type,
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response  # type: ignore[return-value]
