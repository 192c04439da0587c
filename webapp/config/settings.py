"""Settings. Everything a deployment sets comes from the environment; with nothing set, all of it is embedded:
SQLite and artifacts in the data directory, and the Valkey server that `manage.py up` starts.
"""

import os
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

import dj_database_url
import django_stubs_ext
from django.core.exceptions import ImproperlyConfigured

from base.data_dir import generated_once, read_private

# Django's generic classes take their type arguments at run time too: `admin.ModelAdmin[Run]`.
django_stubs_ext.monkeypatch()

WEBAPP_DIR = Path(__file__).resolve().parent.parent
REPO_DIR = WEBAPP_DIR.parent


def _csv(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


def _port() -> int:
    text = os.environ.get("PORT", "8000")
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise ImproperlyConfigured(f"PORT={text!r}: a whole number from 1 to 65535 is needed")
    return int(text)


PORT = _port()
ABP_DATA_DIR = Path(os.environ.get("ABP_DATA_DIR") or REPO_DIR / "data").absolute()
SECRET_KEY = os.environ.get("ABP_SECRET_KEY") or generated_once(ABP_DATA_DIR / "secret-key")
DEBUG = False
ALLOWED_HOSTS = _csv("ABP_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")

# Browser apps of these origins may use the API with the session's cookies.
CORS_ALLOWED_ORIGINS = CSRF_TRUSTED_ORIGINS = _csv("ABP_CORS_ORIGINS")
CORS_URLS_REGEX = r"^/(api|health$)"
CORS_ALLOW_CREDENTIALS = True
CORS_ALLOW_METHODS = ("GET", "POST", "DELETE")
CORS_ALLOW_HEADERS = ("content-type", "x-csrftoken")
CORS_PREFLIGHT_MAX_AGE = 600

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "corsheaders",
    "channels",
    "ninja",  # its own copy of the API page, so that /api/docs loads nothing from elsewhere
    "base",
    "runs",
    "replays",
    "play",
    "benchmarks",
    "stack",
]

MIDDLEWARE = [
    "corsheaders.middleware.CorsMiddleware",
    "base.api_errors.api_errors",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
APPEND_SLASH = True
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# Database: SQLite in WAL mode, or DATABASE_URL. A SQLite transaction takes the write lock when it begins
# (IMMEDIATE), so a read followed by a write can't fail half way because another process wrote between them.
DATABASE_URL = os.environ.get("DATABASE_URL") or f"sqlite:///{ABP_DATA_DIR / 'abp.sqlite3'}"
DATABASES = {"default": dj_database_url.parse(DATABASE_URL)}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
    # A file, so that the processes and threads of one test run see the same tables.
    DATABASES["default"]["TEST"] = {"NAME": str(Path(tempfile.gettempdir()) / f"abp-test-{os.getpid()}.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Broker and channel layer: REDIS_URL, or the embedded server that `manage.py up` runs, whose URL it leaves in
# the data directory. With neither, tasks wait in the database until a worker's reaper finds them.
REDIS_URL = os.environ.get("REDIS_URL") or read_private(ABP_DATA_DIR / "broker-url")
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        "CONFIG": {
            # Longer than the 5 seconds that the layer waits for a message at a time.
            "hosts": [{"address": REDIS_URL, "socket_connect_timeout": 5, "socket_timeout": 20}],
            "capacity": 1000,
            "expiry": 30,
        },
    }
    if REDIS_URL
    else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
}

CELERY_BROKER_URL = REDIS_URL or "memory://"
# A task is a hint that a run waits; the run's row and its lease are the truth, and the reaper sends again what is
# lost. So a task is acknowledged when it begins: it may last for days, and an unacknowledged one would be
# redelivered every `visibility_timeout` (harmless, since the lease makes the copy return, but useless), and kombu
# can't restore those when the broker goes away. For the same reason a worker takes no task before it has a free slot.
CELERY_TASK_ACKS_LATE = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_DISABLE_PREFETCH = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600, "socket_connect_timeout": 5}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 2, "interval_start": 0, "interval_step": 0.2}
# Supervisors wait for a child process almost all of their time: threads of one process are enough, and a warm
# shutdown reaches them as a signal handler in the same process.
CELERY_WORKER_POOL = "threads"
CELERY_WORKER_CONCURRENCY = max(2, os.cpu_count() or 1)
# Supervisors keep their slots for days, so what computes has a queue and a worker process of its own: only that one is
# started with `-Q benchmarks`, and no other consumes from it.
CELERY_TASK_ROUTES = {"benchmarks.*": {"queue": "benchmarks"}}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False

# Supervision of trainers, in seconds.
ABP_TRAINER_COMMAND = [sys.executable, "-m", "abp.train"]
ABP_LEASE_SECONDS = float(os.environ.get("ABP_LEASE_SECONDS", "15"))
ABP_STOP_FLAG_SECONDS = 30.0
ABP_STOP_TERM_SECONDS = 20.0
ABP_REDISPATCH_SECONDS = 30.0
ABP_MAX_RESTARTS = 3
# A worker that plays a part of a benchmark renews its claim between steps, of up to 1,024 ships.
ABP_PART_CLAIM_SECONDS = 4 * ABP_LEASE_SECONDS

# Play sessions are open to anybody, so their number, life and size are bounded.
ABP_PLAY_MAX_SESSIONS = 500
ABP_PLAY_SESSION_LIFE = timedelta(hours=1)
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    # Checkpoints and replays. The default is the run directories themselves; any other storage gets copies.
    "artifacts": {"BACKEND": "base.artifacts.WorkingDirectoryStorage"},
}
STATIC_URL = "/static/"
FRONTEND_DIST = REPO_DIR / "frontend" / "dist"
WHITENOISE_ROOT = FRONTEND_DIST if FRONTEND_DIST.is_dir() else None
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600
# Vite puts a hash of the content into these names.
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/assets/"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/admin/login/"
X_FRAME_OPTIONS = "DENY"
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
}
