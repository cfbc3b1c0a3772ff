"""Questions and answers: asked, answered, published, found again."""

from django.apps import AppConfig


class QuestionsConfig(AppConfig):
    name = "tinhso.modules.questions"
    label = "questions"
    verbose_name = "Hỏi đáp"

    def ready(self) -> None:
        from tinhso.modules.questions import notices, records, todo  # noqa: F401, PLC0415 (they listen)
