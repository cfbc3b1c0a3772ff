"""Anonymous surveys after a case."""

from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "tinhso.modules.surveys"
    label = "surveys"
    verbose_name = "Khảo sát hài lòng"

    def ready(self) -> None:
        from tinhso.modules.surveys import actions  # noqa: F401, PLC0415 (it says how records are remade)
