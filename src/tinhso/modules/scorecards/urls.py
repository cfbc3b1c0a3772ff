"""Addresses of scorecards."""

from django.urls import path

from tinhso.modules.scorecards import peer_views, round_exports, round_views, views
from tinhso.modules.scorecards import round_workbook_views as workbooks

app_name = "scorecards"
IN_EXCEL = "dot/<uuid:round_id>/bang-tinh"
urlpatterns = [
    path("", views.home, name="home"),
    path("dot/<uuid:round_id>/", round_views.one_round, name="round"),
    path("dot/<uuid:round_id>/xep-hang.<str:form>", round_exports.download, name="round-download"),
    path(f"{IN_EXCEL}/tu-cham/", workbooks.assess, name="workbook-tu-cham"),
    path(f"{IN_EXCEL}/tham-dinh/", workbooks.verify, name="workbook-tham-dinh"),
    path(f"{IN_EXCEL}/tu-cham.xlsx", workbooks.assess_file, name="workbook-file-tu-cham"),
    path(f"{IN_EXCEL}/tham-dinh.xlsx", workbooks.verify_file, name="workbook-file-tham-dinh"),
    path("dot/<uuid:round_id>/<str:uid>/", round_views.unit_lines, name="round-unit"),
    path("<slug:plan_code>/", views.cards, name="cards"),
    path("<slug:plan_code>/cac-dot/", round_views.all_rounds, name="all-rounds"),
    path("<slug:plan_code>/<str:card_code>/", views.card, name="card"),
    path("<slug:plan_code>/<str:card_code>/tai-ve.xlsx", views.download, name="download"),
    path(
        "<slug:plan_code>/<str:card_code>/xep-hang/<str:group_code>/", views.ranking, name="ranking"
    ),
    path("<slug:plan_code>/<str:card_code>/cac-tinh/", peer_views.peers, name="peers"),
    path(
        "<slug:plan_code>/<str:card_code>/cac-tinh/<str:period>.xlsx",
        peer_views.download,
        name="peers-download",
    ),
    path("<slug:plan_code>/<str:card_code>/nhap-bang/", peer_views.importing, name="import"),
    path("<slug:plan_code>/<str:card_code>/dot/", round_views.rounds, name="rounds"),
]
