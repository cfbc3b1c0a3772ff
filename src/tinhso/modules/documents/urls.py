"""Addresses of documents: `/van-ban/`, and `/so/` for the codes that paper carries."""

from django.urls import path

from tinhso.modules.documents import (
    meeting_exports,
    meeting_views,
    public_views,
    template_views,
    views,
)

app_name = "documents"
urlpatterns = [
    path("van-ban/", views.index, name="index"),
    path("van-ban/soan/", views.compose, name="compose"),
    path("van-ban/mau/", template_views.templates, name="templates"),
    path("van-ban/mau/<slug:kind>.docx", template_views.template_file, name="template"),
    path("van-ban/kiem-tra/", public_views.verify, name="verify"),
    path("van-ban/<uuid:document>/", views.one, name="one"),
    path("van-ban/<uuid:document>/sua/", views.edit, name="edit"),
    path("van-ban/<uuid:document>/xem-thu.pdf", views.preview, name="preview"),
    path("van-ban/<uuid:document>/tep/<slug:form>/", views.file, name="file"),
    path("van-ban/<uuid:document>/hoan-thanh/", views.make, name="make"),
    path("van-ban/<uuid:document>/ky/", views.sign, name="sign"),
    path("van-ban/<uuid:document>/bo/", views.discard, name="discard"),
    path("so/", public_views.lookup, name="lookup"),
    path("so/<str:code>/", public_views.code, name="code"),
    path("hop/", meeting_views.meeting, name="meeting"),
    path("hop/tai-ve.xlsx", meeting_exports.download, name="meeting-file"),
    path("hop/giao-viec/", meeting_views.decide, name="decide"),
]
