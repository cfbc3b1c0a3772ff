"""A workbook that comes back filled in: sent, looked at, sent for good without choosing it again."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.core.files.base import File
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest

from tinhso.kernel.files import messages
from tinhso.kernel.files.models import StoredFile
from tinhso.kernel.people.accounts import who_is
from tinhso.measure.text import InputError, Place

#: The form's fields: the file itself, and the one that a preview was shown of.
SENT, SEEN = "tep", "stored"


def sent_or_seen(request: HttpRequest, keep: Callable[[File[bytes]], StoredFile]) -> StoredFile:
    """The file that a form sends now, kept by `keep`; else the one of the same person that it was
    shown a preview of. Raises InputError for none, Http404 for somebody else's."""
    upload = request.FILES.get(SENT)
    if isinstance(upload, UploadedFile):
        return keep(upload)
    known = request.POST.get(SEEN, "")
    if not known:
        raise InputError([messages.SHEET_NEEDED(Place(SENT))])
    try:
        return StoredFile.objects.get(pk=uuid.UUID(known), uploaded_by=who_is(request).account)
    except (ValueError, StoredFile.DoesNotExist):
        raise Http404 from None
