"""Addresses of the pages about people."""

from django.urls import path

from tinhso.kernel.people import machines, views

app_name = "people"
urlpatterns = [
    path("quan-tri/nguoi/", views.people, name="people"),
    path("quan-tri/nguoi/<uuid:account>/", views.person, name="person"),
    path("quan-tri/moi/", views.invite, name="invite"),
    path("quan-tri/moi/<uuid:invitation>/rut/", views.withdraw, name="withdraw"),
    path("quan-tri/he-thong/", machines.machines, name="machines"),
    path("quan-tri/vai-tro/", views.role_list, name="roles"),
    path("loi-moi/<str:secret>/", views.accept, name="accept"),
]
