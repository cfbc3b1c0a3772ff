"""Addresses of reported figures."""

from django.urls import path

from tinhso.modules.reporting import exports, files, views

app_name = "reporting"
ONE = "<slug:plan_code>/<slug:duty>/<str:period>/<str:unit>/"
urlpatterns = [
    path("", views.desk, name="desk"),
    path("tong-hop/", views.overview, name="overview"),
    path("tong-hop/tai-ve.xlsx", exports.download, name="overview-file"),
    path("duyet/", views.ruling, name="ruling"),
    path(ONE, views.form, name="form"),
    path(f"{ONE}nhap/", views.draft, name="draft"),
    path(f"{ONE}bieu.xlsx", files.download, name="workbook"),
    path(f"{ONE}gui-tep/", files.upload, name="upload"),
    path(f"{ONE}lich-su/<str:indicator>/", views.history, name="history"),
]
