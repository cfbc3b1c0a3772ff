"""The documents module: reports, result sheets, urging letters, assignment tables."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "tinhso.modules.documents"
    label = "documents"
    verbose_name = "Văn bản"
