"""Root addresses. Vietnamese stands at the root, English under /en/."""

from allauth.account.views import login, logout
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from tinhso.modules.plan.views import home
from tinhso.web.api import api
from tinhso.web.watch import views as watch

urlpatterns = [
    path("healthz", watch.healthz, name="healthz"),
    path("readyz", watch.readyz, name="readyz"),
    path("metrics", watch.metrics_text, name="metrics"),
    path("api/v1/", api.urls),
    *i18n_patterns(
        path("", home, name="home"),
        path("ke-hoach/", include("tinhso.modules.plan.urls")),
        path("quan-tri/tinh-trang/", watch.status, name="status"),
        path("dang-nhap/", login, name="account_login"),
        path("dang-xuat/", logout, name="account_logout"),
        prefix_default_language=False,
    ),
]
handler404 = "tinhso.web.errors.not_found"
