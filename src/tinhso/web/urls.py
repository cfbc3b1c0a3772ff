"""Root addresses. Vietnamese stands at the root, English under /en/."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from tinhso.kernel.people.signin.urls import oidc_callback
from tinhso.modules.plan.views import home
from tinhso.web.api import api
from tinhso.web.watch import views as watch

urlpatterns = [
    path("healthz", watch.healthz, name="healthz"),
    path("readyz", watch.readyz, name="readyz"),
    path("metrics", watch.metrics_text, name="metrics"),
    path("api/v1/", api.urls),
    oidc_callback,
    path("", include("tinhso.modules.feedback.urls_machines")),
    *i18n_patterns(
        path("", home, name="home"),
        path("ke-hoach/", include("tinhso.modules.plan.urls")),
        path("", include("tinhso.modules.urging.urls")),
        path("nhiem-vu/", include("tinhso.modules.tasks.urls")),
        path("bo-chi-so/", include("tinhso.modules.scorecards.urls")),
        path("giao-chi-tieu/", include("tinhso.modules.shares.urls")),
        path("nhat-ky/", include("tinhso.kernel.ledger.urls")),
        path("", include("tinhso.kernel.people.urls")),
        path("quan-tri/viec-gui/", include("tinhso.kernel.ledger.delivery_urls")),
        path("", include("tinhso.kernel.people.signin.urls")),
        path("", include("tinhso.modules.documents.urls")),
        path("1022/", include("tinhso.modules.feedback.urls_officers")),
        path("tep/", include("tinhso.kernel.files.urls")),
        path("lich-lam-viec/", include("tinhso.kernel.clock.urls")),
        path("quan-tri/co-quan/", include("tinhso.kernel.units.urls")),
        path("quan-tri/tinh-trang/", watch.status, name="status"),
        path("bao-cao-so-lieu/", include("tinhso.modules.reporting.urls")),
        path("phan-anh/", include("tinhso.modules.feedback.urls")),
        path("hoi-dap/", include("tinhso.modules.questions.urls")),
        path("khao-sat/", include("tinhso.modules.surveys.urls")),
        prefix_default_language=False,
    ),
]
handler404 = "tinhso.web.errors.not_found"
