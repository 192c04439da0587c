from django.contrib import admin

from runs.models import Run

admin.site.register(Run)
