"""Anonymous surveys after a case."""

from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "tinhso.modules.surveys"
    label = "surveys"
    verbose_name = "Khảo sát hài lòng"
