from django.apps import AppConfig


class SharesConfig(AppConfig):
    name = "tinhso.modules.shares"
    label = "shares"
    verbose_name = "Giao chỉ tiêu"

    def ready(self) -> None:
        from tinhso.modules.shares import policies, standing, todo  # noqa: F401, PLC0415 (they declare)
