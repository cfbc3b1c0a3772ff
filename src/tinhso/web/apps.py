"""The shell: settings, root addresses, static files, command line."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "tinhso.web"
    label = "web"
    verbose_name = "Tỉnh Số"

    def ready(self) -> None:
        # Handlers and duties: the worker runs them, pages name them.
        from tinhso.web import work  # noqa: F401, PLC0415
