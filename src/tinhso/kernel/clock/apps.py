"""The kernel's clocks: no tables, one page."""

from django.apps import AppConfig


class ClockConfig(AppConfig):
    name = "tinhso.kernel.clock"
    label = "clock"
    verbose_name = "Đồng hồ thời hạn"
