"""Reports of residents (phản ánh, kiến nghị qua 1022)."""

from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    name = "tinhso.modules.feedback"
    label = "feedback"
    verbose_name = "Phản ánh, kiến nghị"

    def ready(self) -> None:
        # They listen to cases, tell their needs and whose cases they are, and tell the worker what
        # they send and read.
        from tinhso.kernel.cases import homes  # noqa: PLC0415
        from tinhso.modules.feedback import (  # noqa: F401, PLC0415
            letters,
            machine_places,
            mail_out,
            mailbox,
            officer_needs,
            open311_media,
            stream,
            zalo_talk,
        )

        homes.SITE.append(machine_places.province)
