"""Django's settings. What an operator may choose is in `configuration`; the rest is fixed here."""

from __future__ import annotations

from pathlib import Path

import dj_database_url
from django.utils.translation import gettext_lazy as _

from tinhso.web import configuration

WEB = Path(__file__).resolve().parent

SECRET_KEY = configuration.secret(configuration.SECRET_KEY)
DEBUG = configuration.DEBUG.get() == "1"
ALLOWED_HOSTS = [host.strip() for host in configuration.ALLOWED_HOSTS.get().split(",")]

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "django_htmx",
    "tinhso.kernel.units",
    "tinhso.kernel.ledger",
    "tinhso.kernel.people",
    "tinhso.modules.plan",
    "tinhso.web",
]

MIDDLEWARE = [
    "tinhso.web.watch.requests.watched",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "tinhso.web.security.content_security_policy",
    "tinhso.web.access.AccessMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "tinhso.web.urls"
WSGI_APPLICATION = "tinhso.web.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "tinhso.web.shell.shell",
            ],
            "builtins": ["tinhso.web.templatetags.figures"],
        },
    }
]

DATABASES = {
    "default": dj_database_url.parse(
        configuration.DATABASE_URL.get() or f"sqlite:///{configuration.home() / 'site.sqlite3'}",
        conn_max_age=600,
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # WAL lets readers go on while one writes; IMMEDIATE makes two writers wait instead of failing.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Vietnamese is the language that texts are written in; English is its translation.
LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Tiếng Việt")), ("en", _("Tiếng Anh"))]
LOCALE_PATHS = [WEB / "locale"]
USE_I18N = True
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True

STATIC_URL = "static/"
STATICFILES_DIRS = [("fonts", configuration.home() / "fonts")]
STATIC_ROOT = configuration.home() / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 3600

AUTH_USER_MODEL = "people.Account"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
        ("UserAttributeSimilarityValidator", {"user_attributes": ("username", "name", "email")}),
    )
]
ACCOUNT_LOGIN_METHODS = {"username", "email"}
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"

SECURE_CONTENT_TYPE_NOSNIFF = True
if configuration.HTTPS.get() == "1":
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"

TINHSO_LEDGER_SEAL_KEY = configuration.secret(configuration.LEDGER_SEAL_KEY)
TINHSO_PROXIES = int(configuration.number(configuration.PROXIES))
TINHSO_PACKS = configuration.pack_folders()
TINHSO_LAKE = configuration.lake_settings()
TINHSO_CUBES = configuration.home() / "cubes"
TINHSO_DEFAULT_PLAN = configuration.DEFAULT_PLAN.get()

CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    # Rendered pages, shared by all processes; a page's key changes with its figures, so nothing
    # goes stale.
    "pages": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": str(configuration.home() / "pages"),
        "TIMEOUT": 7 * 24 * 3600,
        "OPTIONS": {"MAX_ENTRIES": 5000},
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request": {"()": "tinhso.web.watch.logs.WithRequestId"}},
    "formatters": {
        "line": {"()": "tinhso.web.watch.logs.Lines"},
        "json": {"()": "tinhso.web.watch.logs.JsonLines"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": configuration.LOG.get(),
            "filters": ["request"],
        }
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    # The font tools tell every glyph.
    "loggers": {"fontTools": {"level": "WARNING"}},
}
