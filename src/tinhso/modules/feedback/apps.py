"""The feedback module: reports to 1022, by whatever way they come."""

from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    name = "tinhso.modules.feedback"
    label = "feedback"
    verbose_name = "Phản ánh, kiến nghị"

    def ready(self) -> None:
        # Tells the worker what it sends and reads.
        from tinhso.modules.feedback import mail_out, mailbox, open311_media, zalo_talk  # noqa: F401, PLC0415
