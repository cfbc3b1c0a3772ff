"""The tasks module: who does what by when, and what became of it."""

from django.apps import AppConfig


class TasksConfig(AppConfig):
    name = "tinhso.modules.tasks"
    label = "tasks"
    verbose_name = "Nhiệm vụ"
