"""The tasks module: who does what by when, and what became of it."""

from django.apps import AppConfig


class TasksConfig(AppConfig):
    name = "tinhso.modules.tasks"
    label = "tasks"
    verbose_name = "Nhiệm vụ"

    def ready(self) -> None:
        from tinhso.modules.tasks import standing, todo  # noqa: F401, PLC0415 (they tell)
