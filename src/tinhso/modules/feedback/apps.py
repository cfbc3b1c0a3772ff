"""The feedback module: reports to 1022."""

from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    name = "tinhso.modules.feedback"
    label = "feedback"
    verbose_name = "Phản ánh 1022"

    def ready(self) -> None:
        from tinhso.modules.feedback import officer_needs  # noqa: F401, PLC0415 (tells its needs)
