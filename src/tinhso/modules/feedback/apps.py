"""Reports of residents (phản ánh, kiến nghị qua 1022)."""

from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    name = "tinhso.modules.feedback"
    label = "feedback"
    verbose_name = "Phản ánh, kiến nghị"

    def ready(self) -> None:
        from tinhso.modules.feedback import letters, stream  # noqa: F401, PLC0415 (listen to cases)
