"""Django settings, read from the environment once (`config.options` lists every variable)."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url

from config.options import ConfigError, known, values

known(os.environ)
_VALUES = values(os.environ)
HORIZONSCAN_DATA_DIR: str = _VALUES["HORIZONSCAN_DATA_DIR"]
HORIZONSCAN_SECRET_KEY: str = _VALUES["HORIZONSCAN_SECRET_KEY"]
HORIZONSCAN_SOURCES: str = _VALUES["HORIZONSCAN_SOURCES"]
HORIZONSCAN_LIVE: bool = _VALUES["HORIZONSCAN_LIVE"]
HORIZONSCAN_CONTACT: str = _VALUES["HORIZONSCAN_CONTACT"]
HORIZONSCAN_ALLOW_PRIVATE: list[str] = _VALUES["HORIZONSCAN_ALLOW_PRIVATE"]
HORIZONSCAN_PROXY: str = _VALUES["HORIZONSCAN_PROXY"]
HORIZONSCAN_CA_BUNDLE: str = _VALUES["HORIZONSCAN_CA_BUNDLE"]
HORIZONSCAN_HOST_DELAY: float = _VALUES["HORIZONSCAN_HOST_DELAY"]
HORIZONSCAN_FETCH_TIMEOUT: float = _VALUES["HORIZONSCAN_FETCH_TIMEOUT"]
HORIZONSCAN_MAX_BODY: int = _VALUES["HORIZONSCAN_MAX_BODY"]
HORIZONSCAN_INGEST_WORKERS: int = _VALUES["HORIZONSCAN_INGEST_WORKERS"]
HORIZONSCAN_SWEEP_SECONDS: float = _VALUES["HORIZONSCAN_SWEEP_SECONDS"]
HORIZONSCAN_INDEX_NAME: str = _VALUES["HORIZONSCAN_INDEX_NAME"]
HORIZONSCAN_KEEP_BODY_HOURS: int = _VALUES["HORIZONSCAN_KEEP_BODY_HOURS"]
HORIZONSCAN_KEEP_QUARANTINE_DAYS: int = _VALUES["HORIZONSCAN_KEEP_QUARANTINE_DAYS"]
HORIZONSCAN_KEEP_UNSORTED_DAYS: int = _VALUES["HORIZONSCAN_KEEP_UNSORTED_DAYS"]
HORIZONSCAN_KEEP_DAYS: int = _VALUES["HORIZONSCAN_KEEP_DAYS"]
HORIZONSCAN_LOG_JSON: bool = _VALUES["HORIZONSCAN_LOG_JSON"]
HORIZONSCAN_LOG_LEVEL: str = _VALUES["HORIZONSCAN_LOG_LEVEL"]
HORIZONSCAN_CANARY_TO: str = _VALUES["HORIZONSCAN_CANARY_TO"]
HORIZONSCAN_CANARY_MINUTES: float = _VALUES["HORIZONSCAN_CANARY_MINUTES"]
HORIZONSCAN_URL: str = _VALUES["HORIZONSCAN_URL"]
HORIZONSCAN_HOSTS: list[str] = _VALUES["HORIZONSCAN_HOSTS"]
HORIZONSCAN_BIND: str = _VALUES["HORIZONSCAN_BIND"]
HORIZONSCAN_TRUSTED_PROXY: str = _VALUES["HORIZONSCAN_TRUSTED_PROXY"]
HORIZONSCAN_MAIL_FROM: str = _VALUES["HORIZONSCAN_MAIL_FROM"]
HORIZONSCAN_TLP: str = _VALUES["HORIZONSCAN_TLP"]
HORIZONSCAN_BANNER: str = _VALUES["HORIZONSCAN_BANNER"]
HORIZONSCAN_TEST_DATA: str = _VALUES["HORIZONSCAN_TEST_DATA"]
DATABASE_URL: str = _VALUES["DATABASE_URL"]
REDIS_URL: str = _VALUES["REDIS_URL"]
ELASTICSEARCH_URL: str = _VALUES["ELASTICSEARCH_URL"]
EMAIL_URL: str = _VALUES["EMAIL_URL"]


def _data_dir() -> Path:
    named = _VALUES["HORIZONSCAN_DATA_DIR"]
    share = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    folder = Path(named).expanduser().resolve() if named else share / "horizonscan"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"the data folder {folder} cannot be made: {error.strerror}") from None
    return folder


DATA_DIR = _data_dir()
CONFIG_DIR = Path(__file__).resolve().parent


def _secret_key() -> str:
    """The operator's key, else one made once and kept readable by this user only."""
    if _VALUES["HORIZONSCAN_SECRET_KEY"]:
        return str(_VALUES["HORIZONSCAN_SECRET_KEY"])
    path = DATA_DIR / "secret.key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        try:
            return path.read_text().strip() or secrets.token_urlsafe(50)
        except OSError as error:
            raise ConfigError(
                f"{path} cannot be read: {error.strerror}; the data folder is another's"
            ) from None
    except OSError as error:
        raise ConfigError(f"the data folder {DATA_DIR} cannot be written: {error.strerror}") from None
    key = secrets.token_urlsafe(50)
    with os.fdopen(descriptor, "w") as file:
        file.write(key)
    return key


SECRET_KEY = _secret_key()
DEBUG = False
ROOT_URLCONF = "config.urls"
APPEND_SLASH = False
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", "Nederlands"), ("en", "English")]
LOCALE_PATHS = [CONFIG_DIR / "locale"]
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "accounts",
    "ingest",
    "search",
    "crawlers",
    "notify",
    "web",
]
MIDDLEWARE = [
    "web.metrics.Durations",
    "web.middleware.Headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "web.middleware.Person",
    "web.middleware.Roles",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "web.context.page",
            ],
        },
    }
]
# Pages
#: Where pages are reached, as links in mail say it.
ORIGIN: str = HORIZONSCAN_URL.rstrip("/")
_SECURE = ORIGIN.startswith("https://")
ALLOWED_HOSTS: list[str] = [urlsplit(ORIGIN).hostname or "localhost", "localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS += HORIZONSCAN_HOSTS
CSRF_TRUSTED_ORIGINS = [ORIGIN] if ORIGIN else []
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _SECURE else None
SECURE_REFERRER_POLICY = "no-referrer"
SESSION_COOKIE_NAME = "horizonscan"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_USE_SESSIONS = False
CSRF_FAILURE_VIEW = "web.views.errors.forged"
LOGIN_URL = "sign-in"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 3600


def database_options(found: dict[str, Any]) -> dict[str, Any]:
    """Adds to a parsed database URL what each kind of store needs from us."""
    options = dict(found.get("OPTIONS") or {})
    if str(found.get("ENGINE", "")).endswith("sqlite3"):
        # WAL: readers go on while one writes. IMMEDIATE: a transaction that will write waits for its
        # turn at the start, where waiting is safe, and never fails half-way with "database is locked".
        options |= {
            "transaction_mode": "IMMEDIATE",
            "timeout": 10,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON",
        }
    else:
        options.setdefault("connect_timeout", 10)
    found["OPTIONS"] = options
    return found


def _database() -> dict[str, Any]:
    url = _VALUES["DATABASE_URL"] or f"sqlite:///{DATA_DIR / 'horizonscan.sqlite3'}"
    try:
        found = dict(dj_database_url.parse(url))
    except (ValueError, KeyError):
        found = {}
    if str(found.get("ENGINE", "")).rpartition(".")[2] not in ("sqlite3", "postgresql"):
        raise ConfigError("DATABASE_URL cannot be read; use postgresql://user:password@host/name")
    return database_options(found)


DATABASES = {"default": _database()}
LOGGING_CONFIG = None
