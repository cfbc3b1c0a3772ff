from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class PeopleConfig(AppConfig):
    name = "tinhso.kernel.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Roles name rights of every room, whether a page has been asked for or not.
        autodiscover_modules("policies")
        from tinhso.kernel.people.signin import acts  # noqa: F401, PLC0415 (receivers of signals)
