"""The application that granian serves."""

import logging
import os

from django.core.wsgi import get_wsgi_application

from tinhso.web.chunked import measured
from tinhso.web.telling import without_pandas

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tinhso.web.settings")
without_pandas()
application = measured(get_wsgi_application())


def _warm() -> None:
    """Read packs, units, figures and the index of answers before the first request, not during it."""
    from tinhso.kernel.units.register import UnitsNotLoadedError  # noqa: PLC0415
    from tinhso.modules.plan.workspace import NotMeasuredError, workspace  # noqa: PLC0415
    from tinhso.modules.questions.search.keeping import index  # noqa: PLC0415

    index()
    try:
        place = workspace()
        for plan in place.plans:
            place.figures(plan)
    except (UnitsNotLoadedError, NotMeasuredError) as error:
        # Pages say so too; the server runs all the same.
        logging.getLogger(__name__).warning(
            "nothing to show yet: %s", error or type(error).__name__
        )


_warm()
