"""What goes public of a case, edited beside the original; photos are blurred first."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from tinhso.kernel.cases.models import Attachment, Case
from tinhso.kernel.cases.policies import CASE
from tinhso.kernel.cases.waiting import published_text, published_title
from tinhso.kernel.people.access import asks
from tinhso.kernel.people.accounts import who_is
from tinhso.kernel.people.filled import Filled
from tinhso.kernel.people.who import Who
from tinhso.measure.text import InputError
from tinhso.modules.feedback import officer_actions, officer_case, officer_forms
from tinhso.modules.feedback.officer_act_views import back_to, files_of, the_case
from tinhso.modules.feedback.officer_actions import LOOK_AGAIN, said_field
from tinhso.modules.feedback.officer_case import Said
from tinhso.modules.feedback.officer_photos import WHOLE, blur, regions
from tinhso.modules.feedback.officer_warnings import pieces

#: Names, in the page's address, the copy that was just made, so that it is chosen.
BLURRED = "ban-mo"


@asks(CASE, "moderate")
def moderate(request: HttpRequest, case_code: str) -> HttpResponse:
    """What goes public, edited beside the original."""
    case, who = the_case(request, case_code), who_is(request)
    officer_actions.moderator(who, case)
    files, said = files_of(case), officer_case.said(case)
    made = request.GET.get(BLURRED, "")
    as_it_is: dict[str, Any] = {
        # Never again what moderation has taken out of it.
        "title": published_title(case),
        "text": published_text(case),
        "files": [str(one.pk) for one in files if one.public or str(one.pk) == made],
        **{said_field(one.n): one.for_all for one in said},
    }
    # A request to hide something is settled by nobody's oversight.
    filled, hides = Filled(None, **as_it_is), bool(made)
    if request.method == "POST" and (copied := request.POST.get("chep")):
        posted = request.POST.copy()
        posted.update({said_field(one.n): one.text for one in said if str(one.n) == copied})
        filled, hides = Filled(posted), bool(posted.get("da-che"))
    elif request.method == "POST":
        try:
            _moderated(request, who, case, files, said)
        except InputError as error:
            # The small forms have none of the fields of the large one.
            small = "viec" in request.POST
            filled = Filled(None, error, **as_it_is) if small else Filled(request.POST, error)
            hides = bool(request.POST.get("da-che"))
        else:
            return back_to(case)
    context = {
        "case": case,
        "filled": filled,
        "labels": officer_forms.LABELS,
        "title": pieces(case.title),
        "text": pieces(case.text),
        "hiding": officer_case.hiding_asked(case),
        "hides": hides,
        "said": [(one, said_field(one.n), pieces(one.text)) for one in said],
        "files": [(one, one.file.is_picture) for one in files],
        "shown": filled.all("files"),
        "look_again": any(one.code == LOOK_AGAIN.code for one in filled.problems),
    }
    status = 400 if filled.problems else 200
    return render(request, "feedback/officers/moderate.html", context, status=status)


def _moderated(
    request: HttpRequest, who: Who, case: Case, files: list[Attachment], said: list[Said]
) -> None:
    posted = request.POST
    if posted.get("viec") == "thoi":
        officer_actions.unpublish(who, case, officer_forms.needed(request, "reason"))
        messages.success(request, _("Đã thôi công khai."))
        return
    if posted.get("viec") == "khong-che":
        officer_actions.nothing_to_hide(who, case, officer_forms.needed(request, "reason"))
        messages.success(request, _("Đã ghi: không cần che gì."))
        return
    title = officer_forms.needed(request, "title")
    shown = set(posted.getlist("files"))
    was = {one.n: one.for_all for one in said if said_field(one.n) in posted}
    typed = {n: officer_forms.words_for_all(posted, said_field(n)) for n in was}
    officer_actions.publish(
        who,
        case,
        title,
        posted.get("text", "").replace("\r\n", "\n"),
        [one for one in files if str(one.pk) in shown],
        said={n: words for n, words in typed.items() if words != was[n]},
        looked=bool(posted.get("da-xem")),
        hides=bool(posted.get("da-che")),
    )
    messages.success(request, _("Đã công khai."))


@asks(CASE, "moderate")
def blur_photo(request: HttpRequest, case_code: str, attachment: int) -> HttpResponse:
    """Mark what nobody should recognise; the blurred copy is another file."""
    case, who = the_case(request, case_code), who_is(request)
    officer_actions.moderator(who, case)
    one = get_object_or_404(case.attachments.select_related("file"), pk=attachment)
    filled = Filled()
    if request.method == "POST":
        try:
            every = request.POST.get("ca-anh")
            marked = [WHOLE] if every else regions(request.POST.get("vung", ""))
            copy = blur(who, case, one, marked)
        except InputError as error:
            filled = Filled(request.POST, error)
        else:
            messages.success(
                request,
                _(
                    "Đã có bản làm mờ, đã chọn sẵn ở dưới; công khai khi bạn lưu. Ảnh gốc thì không."
                ),
            )
            address = reverse("desk:moderate", args=[case.code])
            return HttpResponseRedirect(f"{address}?{BLURRED}={copy.pk}#anh-tep")
    context = {"case": case, "attachment": one, "filled": filled}
    status = 400 if filled.problems else 200
    return render(request, "feedback/officers/blur.html", context, status=status)
