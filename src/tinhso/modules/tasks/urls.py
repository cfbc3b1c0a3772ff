"""Addresses of the pages about tasks."""

from django.urls import path

from tinhso.modules.tasks import acts, exports, import_views, views

app_name = "tasks"
urlpatterns = [
    path("", views.task_list, name="list"),
    path("tai-ve.xlsx", exports.download, name="download"),
    path("cua-toi/", views.mine, name="mine"),
    path("giao/", acts.give, name="give"),
    path("nhap/", import_views.send, name="import"),
    path("nhap/<uuid:file>/", import_views.preview, name="preview"),
    path("bao-cao/<uuid:report>/", acts.decide_report, name="decide-report"),
    path("bao-cao/<uuid:report>/phan-viec/", acts.decide_part, name="decide-part"),
    path("gia-han/<uuid:extension>/", acts.decide_extension, name="decide-extension"),
    path("phoi-hop/<uuid:ask>/", acts.answer, name="answer"),
    path("<uuid:task>/", views.task, name="task"),
    path("<uuid:task>/sua/", acts.change, name="change"),
    path("<uuid:task>/bao-cao/", acts.report, name="report"),
    path("<uuid:task>/gia-han/", acts.extend, name="extend"),
    path("<uuid:task>/phoi-hop/", acts.ask, name="ask"),
]
