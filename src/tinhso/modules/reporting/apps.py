"""The reporting module: figures that only people know, asked for, entered, approved."""

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "tinhso.modules.reporting"
    label = "reporting"
    verbose_name = "Báo cáo số liệu"

    def ready(self) -> None:
        from tinhso.modules.reporting import todo  # noqa: F401, PLC0415 (tells what it needs)
