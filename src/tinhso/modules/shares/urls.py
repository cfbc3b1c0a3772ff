"""Addresses of this room's pages."""

from django.urls import path

from tinhso.modules.shares import assigning, exports, own_plan_views, views

app_name = "shares"
urlpatterns = [
    path("", views.home, name="home"),
    path("cua-don-vi-toi/", views.mine, name="mine"),
    path("<slug:plan_code>/", views.targets, name="targets"),
    path("<slug:plan_code>/chi-tieu/<str:code>/", views.allocation, name="allocation"),
    path("<slug:plan_code>/chi-tieu/<str:code>/giao/", assigning.assign, name="assign"),
    path("<slug:plan_code>/chi-tieu/<str:code>/tai-ve.xlsx", exports.download, name="download"),
    path("<slug:plan_code>/don-vi/<str:uid>/", views.unit, name="unit"),
    path("<slug:plan_code>/ke-hoach-rieng/", own_plan_views.plans, name="own-plans"),
    path("<slug:plan_code>/ke-hoach-rieng/<str:uid>/", own_plan_views.own_plan, name="own-plan"),
    path("<slug:plan_code>/ke-hoach-rieng/<str:uid>/gui/", own_plan_views.hand_in, name="hand-in"),
    path(
        "<slug:plan_code>/ke-hoach-rieng/<str:uid>/quyet-dinh/",
        own_plan_views.settle,
        name="settle",
    ),
]
