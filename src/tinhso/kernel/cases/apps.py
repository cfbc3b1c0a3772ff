"""The kernel's cases."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "tinhso.kernel.cases"
    label = "cases"
    verbose_name = "Vụ việc"

    def ready(self) -> None:
        from tinhso.kernel.cases import contacts, conversations, policies  # noqa: F401, PLC0415 (told to the kernel)
