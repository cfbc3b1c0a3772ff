"""The urging module: who is reminded of what, once, before it is late and after."""

from django.apps import AppConfig


class UrgingConfig(AppConfig):
    name = "tinhso.modules.urging"
    label = "urging"
    verbose_name = "Đôn đốc"
