"""Addresses of the officers' side, below `/1022/`."""

from django.urls import path

from tinhso.modules.feedback import officer_act_views as acts
from tinhso.modules.feedback import officer_export
from tinhso.modules.feedback import officer_moderation_views as moderation
from tinhso.modules.feedback import officer_views as views

app_name = "desk"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("nhap/", views.enter_case, name="enter"),
    path("nhap/nguoi-goi/", views.caller, name="caller"),
    path("nhap/gan-day/", views.nearby, name="nearby"),
    path("ngay/", views.day, name="day"),
    path("danh-sach.xlsx", officer_export.download, name="download"),
    path("phan-cong/", views.routing_table, name="routing"),
    path("hang-loat/", acts.bulk, name="bulk"),
    path("<str:case_code>/", acts.case_page, name="case"),
    path("<str:case_code>/viec/<str:act>/", acts.act, name="act"),
    path("<str:case_code>/tach/", acts.split_case, name="split"),
    path("<str:case_code>/lien-he/", acts.contact, name="contact"),
    path("<str:case_code>/cong-khai/", moderation.moderate, name="moderate"),
    path("<str:case_code>/tep/<int:attachment>/", acts.file, name="file"),
    path("<str:case_code>/anh/<int:attachment>/", moderation.blur_photo, name="blur"),
]
