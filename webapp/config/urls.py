"""URLs over HTTP; the websockets' are in each app's routing."""

from django.contrib import admin
from django.urls import path

from config import browser_app
from config.api import api
from config.health import health

admin.site.site_header = admin.site.site_title = "Asteroid Belt Prospector"
admin.site.site_url = "/analytics"

handler404 = "config.browser_app.no_such_page"

urlpatterns = [
    path("health", health),
    path("api/", api.urls),
    path("admin/", admin.site.urls),
    path("", browser_app.page),
    path("play", browser_app.page),
    path("analytics", browser_app.page),
]
