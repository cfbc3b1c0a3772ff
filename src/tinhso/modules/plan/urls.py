"""Addresses of the plan's pages."""

from django.urls import path

from tinhso.modules.plan import check_pages, exports, publication_pages, publishing, views

app_name = "plan"
urlpatterns = [
    path("<slug:plan_code>/", views.overview, name="overview"),
    path("<slug:plan_code>/chi-tieu/<str:code>/", views.indicator, name="indicator"),
    path("<slug:plan_code>/chi-tieu/<str:code>/mo/", views.open_number, name="open"),
    path(
        "<slug:plan_code>/chi-tieu/<str:code>/tai-ve.<str:form>", exports.download, name="download"
    ),
    path("<slug:plan_code>/phep-kiem/<str:code>/", check_pages.check, name="check"),
    path("<slug:plan_code>/don-vi/", views.unit_list, name="units"),
    path("<slug:plan_code>/don-vi/<str:uid>/", views.unit, name="unit"),
    path("<slug:plan_code>/nhiem-vu/", views.tasks, name="tasks"),
    path("<slug:plan_code>/van-ban/", views.documents, name="documents"),
    path("<slug:plan_code>/cong-bo/", publishing.publishing, name="publishing"),
    path("<slug:plan_code>/da-cong-bo/", publication_pages.publications, name="publications"),
    path(
        "<slug:plan_code>/da-cong-bo/<str:period>/<str:view>/<int:number>/",
        publication_pages.publication,
        name="publication",
    ),
    path(
        "<slug:plan_code>/da-cong-bo/<str:period>/<str:view>/<int:number>/goi-tep.zip",
        publication_pages.download,
        name="publication-archive",
    ),
    path("<slug:plan_code>/du-lieu/", views.about_data, name="data"),
]
