"""Addresses of stored files."""

from django.urls import path

from tinhso.kernel.files.views import download

app_name = "files"
urlpatterns = [path("<uuid:file>/", download, name="download")]
