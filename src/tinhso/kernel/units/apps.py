from django.apps import AppConfig


class UnitsConfig(AppConfig):
    name = "tinhso.kernel.units"
    label = "units"
    default_auto_field = "django.db.models.BigAutoField"
