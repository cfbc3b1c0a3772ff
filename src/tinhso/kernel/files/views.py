"""One stored file, as a download: never shown in the site's own pages."""

from __future__ import annotations

import logging
import uuid

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from tinhso.kernel.files.kinds import KINDS
from tinhso.kernel.files.models import StoredFile
from tinhso.kernel.files.policies import FILE
from tinhso.kernel.files.storage import path_of
from tinhso.kernel.people.access import asks

logger = logging.getLogger(__name__)


def _unit_of(_request: HttpRequest, file: uuid.UUID) -> str:
    return str(get_object_or_404(StoredFile, pk=file).unit_id)


@asks(FILE, "view", unit=_unit_of)
def download(request: HttpRequest, file: uuid.UUID) -> FileResponse | HttpResponse:
    """The content with its kind's own type; a browser that opens it all the same runs nothing."""
    stored = get_object_or_404(StoredFile, pk=file)
    try:
        content = path_of(stored.digest).open("rb")
    except OSError as error:
        kind = type(error).__name__
        logger.error("the stored file %s cannot be read (%s)", stored.id, kind)  # noqa: TRY400 (it says it all)
        return render(request, "files/gone.html", {"file": stored, "plan_code": ""}, status=404)
    response = FileResponse(
        content,
        as_attachment=True,
        filename=stored.name,
        content_type=KINDS[stored.kind].content_type,
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "no-store, private"
    return response
