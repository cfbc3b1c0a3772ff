"""Root addresses. Vietnamese stands at the root, English under /en/."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path

from tinhso.modules.plan.views import home
from tinhso.web.api import api

urlpatterns = [
    path("api/v1/", api.urls),
    *i18n_patterns(
        path("", home, name="home"),
        path("ke-hoach/", include("tinhso.modules.plan.urls")),
        path("dang-nhap/", LoginView.as_view(template_name="sign_in.html"), name="sign-in"),
        path("dang-xuat/", LogoutView.as_view(), name="sign-out"),
        prefix_default_language=False,
    ),
]
handler404 = "tinhso.web.errors.not_found"
