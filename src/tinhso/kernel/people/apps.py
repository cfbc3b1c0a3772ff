from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "tinhso.kernel.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tinhso.kernel.people.signin import acts  # noqa: F401, PLC0415 (receivers of signals)
