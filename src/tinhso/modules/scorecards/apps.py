"""Scorecards: points, rankings, national tables, verification rounds."""

from django.apps import AppConfig


class ScorecardsConfig(AppConfig):
    name = "tinhso.modules.scorecards"
    label = "scorecards"
    verbose_name = "Bộ chỉ số"

    def ready(self) -> None:
        from tinhso.modules.scorecards import standing, todo  # noqa: F401, PLC0415 (they tell)
