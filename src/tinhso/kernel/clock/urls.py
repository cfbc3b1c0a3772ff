"""Address of the working calendar."""

from django.urls import path

from tinhso.kernel.clock.views import calendar_page

app_name = "clock"
urlpatterns = [path("", calendar_page, name="calendar")]
