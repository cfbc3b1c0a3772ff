"""Addresses of the pages about surveys."""

from django.urls import path

from tinhso.modules.surveys import views

app_name = "surveys"
urlpatterns = [
    path("", views.answer, name="answer"),
    path("ket-qua/", views.results, name="results"),
    path("ket-qua.csv", views.download, name="download"),
]
