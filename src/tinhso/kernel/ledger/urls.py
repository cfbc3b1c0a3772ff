"""Addresses of the ledger's pages."""

from django.urls import path

from tinhso.kernel.ledger import views

app_name = "ledger"
urlpatterns = [
    path("", views.about, name="about"),
    path("dau-cay.jsonl", views.heads_file, name="heads"),
    path("lich-su/", views.history, name="history"),
    path("muc/", views.entries, name="entries"),
    path("muc/<uuid:uid>/", views.entry, name="entry"),
]
