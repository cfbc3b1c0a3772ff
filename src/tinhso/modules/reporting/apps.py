"""The reporting module: figures that only people know, asked for, entered, approved."""

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "tinhso.modules.reporting"
    label = "reporting"
    verbose_name = "Báo cáo số liệu"
