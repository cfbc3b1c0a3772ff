from django.urls import path

from tinhso.kernel.ledger import delivery_views as views

urlpatterns = [
    path("", views.listed, name="deliveries"),
    path("<uuid:delivery>/", views.shown, name="delivery"),
    path("<uuid:delivery>/gui-lai/", views.retry, name="delivery_retry"),
    path("<uuid:delivery>/bo/", views.give_up, name="delivery_give_up"),
]
