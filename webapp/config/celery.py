"""The Celery application. Its tasks supervise trainers and never train; those of a second queue play benchmarks."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("abp")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add("base.worker:WorkerStep")
