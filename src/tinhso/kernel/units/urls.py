"""Addresses of the pages about agencies."""

from django.urls import path

from tinhso.kernel.units import views

app_name = "units"
urlpatterns = [
    path("", views.agencies, name="agencies"),
    path("them/", views.add, name="agency-add"),
    path("rut/<int:change>/", views.withdraw, name="agency-withdraw"),
    path("<str:agency>/", views.change, name="agency-change"),
]
