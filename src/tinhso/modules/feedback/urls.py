"""Addresses of reports: `/phan-anh/`. Parts of the room bring their own."""

from django.urls import path

from tinhso.modules.feedback import views_follow, views_hiding, views_public, views_send

app_name = "feedback"
urlpatterns = [
    path("", views_public.index, name="list"),
    path("gui/", views_send.send, name="send"),
    path("gui/gan-day/", views_send.near, name="near"),
    path("gui/goi-y/", views_send.suggestion, name="suggestion"),
    path("gui/ma/", views_send.token, name="token"),
    path("sw.js", views_send.service_worker, name="service-worker"),
    path("diem.json", views_public.points, name="points"),
    path("du-lieu.csv", views_public.open_data, name="open-data"),
    path("tin.atom", views_public.feed, name="feed"),
    path("co-quan/", views_public.agencies, name="agencies"),
    path("co-quan/<str:uid>/", views_public.agency, name="agency"),
    path("theo-doi/", views_follow.enter, name="follow-enter"),
    path("theo-doi/<str:code>/<str:secret>/", views_follow.follow, name="follow"),
    path(
        "theo-doi/<str:code>/<str:secret>/anh/<int:attachment>/",
        views_follow.photo,
        name="follow-photo",
    ),
    path("cua-toi/", views_follow.mine, name="mine"),
    path("cua-toi/<str:code>/", views_follow.my_report, name="my-report"),
    path("cua-toi/<str:code>/anh/<int:attachment>/", views_follow.my_photo, name="my-photo"),
    # Last: everything else that stands right below is the code of a report.
    path("<str:code>/", views_public.report, name="report"),
    path("<str:code>/anh/<int:attachment>/", views_public.photo, name="photo"),
    path("<str:code>/theo-doi/", views_follow.follow_public, name="follow-public"),
    path("<str:code>/xin-che/", views_hiding.ask_hiding, name="ask-hiding"),
]
