"""The plan module: targets, tasks, and the scoreboard that opens."""

from django.apps import AppConfig


class PlanConfig(AppConfig):
    name = "tinhso.modules.plan"
    label = "plan"
    verbose_name = "Kế hoạch"
