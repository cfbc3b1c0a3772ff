from django.urls import path

from tinhso.kernel.ledger import delivery_views as views

urlpatterns = [
    path("", views.listed, name="deliveries"),
    path("<uuid:uid>/", views.shown, name="delivery"),
    path("<uuid:uid>/gui-lai/", views.retry, name="delivery_retry"),
    path("<uuid:uid>/bo/", views.give_up, name="delivery_give_up"),
]
