"""Addresses of the pages about questions and answers."""

from django.urls import path

from tinhso.modules.questions import desk, follow, managing, outside, views

app_name = "questions"
urlpatterns = [
    path("", views.index, name="index"),
    path("hoi/", follow.ask, name="ask"),
    path("goi-y/", follow.suggestions, name="suggestions"),
    path("theo-doi/", follow.follow_form, name="follow-form"),
    path("theo-doi/<str:code>/<str:secret>/", follow.follow, name="follow"),
    path("co-quan/", views.agencies, name="agencies"),
    path("moi.atom", outside.atom, name="atom"),
    path("tai-ve.csv", outside.download, name="download"),
    path("tim.json", outside.search_json, name="search-json"),
    path("nhung/<str:unit>/", outside.embed, name="embed"),
    path("viec/", desk.queue, name="desk"),
    path("viec/soan/", managing.compose, name="compose"),
    path("viec/ra-soat/", managing.to_review, name="to-review"),
    path("viec/tra-loi/<str:code>/", managing.manage, name="manage"),
    path("viec/<uuid:case>/", desk.case, name="case"),
    path("<str:code>/", views.answer, name="answer"),
]
