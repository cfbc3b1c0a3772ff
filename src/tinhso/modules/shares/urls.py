"""Addresses of this room's pages."""

from django.urls import path

from tinhso.modules.shares import (
    assigning,
    exports,
    own_plan_exports,
    own_plan_item_views,
    own_plan_views,
    own_plan_workbook_views,
    views,
)

app_name = "shares"

#: One unit's own plan.
OWN = "<slug:plan_code>/ke-hoach-rieng/<str:uid>"

urlpatterns = [
    path("", views.home, name="home"),
    path("cua-don-vi-toi/", views.mine, name="mine"),
    path("<slug:plan_code>/", views.targets, name="targets"),
    path("<slug:plan_code>/chi-tieu/<str:code>/", views.allocation, name="allocation"),
    path("<slug:plan_code>/chi-tieu/<str:code>/giao/", assigning.assign, name="assign"),
    path("<slug:plan_code>/chi-tieu/<str:code>/tai-ve.xlsx", exports.download, name="download"),
    path("<slug:plan_code>/don-vi/<str:uid>/", views.unit, name="unit"),
    path("<slug:plan_code>/ke-hoach-rieng/", own_plan_views.plans, name="own-plans"),
    path(f"{OWN}/", own_plan_views.own_plan, name="own-plan"),
    path(f"{OWN}/gui/", own_plan_views.hand_in, name="hand-in"),
    path(f"{OWN}/quyet-dinh/", own_plan_views.settle, name="settle"),
    path(f"{OWN}/soan/", own_plan_views.begin, name="own-plan-begin"),
    path(f"{OWN}/bo-nhap/", own_plan_views.drop, name="own-plan-drop"),
    path(f"{OWN}/nhan/", own_plan_item_views.take, name="own-plan-take"),
    path(f"{OWN}/excel/", own_plan_workbook_views.sheet, name="own-plan-sheet"),
    path(f"{OWN}/excel/soan.xlsx", own_plan_workbook_views.download, name="own-plan-sheet-file"),
    path(f"{OWN}/muc-moi/", own_plan_item_views.new, name="own-item-new"),
    path(f"{OWN}/muc/<int:item>/", own_plan_item_views.item, name="own-item"),
    path(f"{OWN}/ban/<int:version>/", own_plan_views.version, name="own-plan-version"),
    path(
        f"{OWN}/ban/<int:version>/tai-ve.xlsx", own_plan_exports.download, name="own-plan-download"
    ),
]
