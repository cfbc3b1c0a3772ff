"""The shell: settings, root addresses, static files, command line."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "tinhso.web"
    label = "web"
    verbose_name = "Tỉnh Số"
