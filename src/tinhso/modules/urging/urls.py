"""Addresses of reminders."""

from django.urls import path

from tinhso.modules.urging import exports, views

app_name = "urging"
urlpatterns = [
    path("viec-hom-nay/", views.today, name="today"),
    path("don-doc/", views.sent, name="sent"),
    path("don-doc/tai-ve.xlsx", exports.download, name="sent-file"),
    path("don-doc/nhac-ngay/", views.send_now, name="send-now"),
]
