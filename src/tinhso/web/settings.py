"""Django's settings. What an operator may choose is in `configuration`; the rest is fixed here."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import dj_database_url
from django.utils.translation import gettext_lazy as _

from tinhso.web import configuration

WEB = Path(__file__).resolve().parent

SECRET_KEY = configuration.secret(configuration.SECRET_KEY)
DEBUG = configuration.debug()
ALLOWED_HOSTS = [host.strip() for host in configuration.ALLOWED_HOSTS.get().split(",")]

INSTALLED_APPS = [
    # Before django-allauth: our templates stand for its own.
    "tinhso.web",
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
    "leaflet",
    "tinhso.kernel.units",
    "tinhso.kernel.ledger",
    "tinhso.kernel.people",
    "tinhso.kernel.files",
    "tinhso.kernel.clock",
    "tinhso.kernel.cases",
    "tinhso.modules.plan",
    "tinhso.modules.tasks",
    "tinhso.modules.scorecards",
    "tinhso.modules.reporting",
    "tinhso.modules.urging",
    "tinhso.modules.documents",
    "tinhso.modules.shares",
    "tinhso.modules.feedback",
    "tinhso.modules.surveys",
    "tinhso.modules.questions",
]

MIDDLEWARE = [
    "tinhso.web.watch.requests.watched",
    "tinhso.web.security.headers",
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
    "tinhso.kernel.people.signin.lifetime.SignInMiddleware",
    "tinhso.web.security.keep_nothing_of_those_signed_in",
    "tinhso.web.limits.LimitsMiddleware",
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
                "django.contrib.messages.context_processors.messages",
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
    # FULL: what was acknowledged outlives a power cut. WAL lets readers go on while one writes; IMMEDIATE makes two writers wait instead of failing.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
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
#: The preview of an annex has eight fields a row, and at most 200 rows.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
WHITENOISE_MAX_AGE = 3600
WHITENOISE_ALLOW_ALL_ORIGINS = False

AUTH_USER_MODEL = "people.Account"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
    )
] + [
    {
        "NAME": "tinhso.kernel.people.signin.forms.NotLikeOneself",
        "OPTIONS": {"user_attributes": ("username", "name", "email")},
    },
    {"NAME": "tinhso.kernel.people.signin.words.NotOfThePlace"},
]
# scrypt makes guessing dear in memory as well as in time, and needs no package; older passwords
# are read with PBKDF2 and hashed anew when they are next used.
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
SESSION_COOKIE_AGE = (
    12 * 3600
)  # without use; kernel/people/signin/lifetime.py says how long at most

ACCOUNT_ADAPTER = "tinhso.kernel.people.signin.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_FORMS = {"reset_password": "tinhso.kernel.people.signin.forms.ResetPasswordForm"}
# Our own throttle counts failed sign-ins, so that an owner is never locked out.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None}
MFA_ADAPTER = "tinhso.kernel.people.signin.adapters.MFAAdapter"
MFA_FORMS = {
    "authenticate": "tinhso.kernel.people.signin.forms.FactorForm",
    "reauthenticate": "tinhso.kernel.people.signin.forms.FactorAgainForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1
# Accounts come by invitation: an address that is not confirmed yet is no stranger's.
MFA_ALLOW_UNVERIFIED_EMAIL = True
TINHSO_OIDC = configuration.oidc()
SOCIALACCOUNT_ADAPTER = "tinhso.kernel.people.signin.adapters.SocialAdapter"
SOCIALACCOUNT_PROVIDERS = TINHSO_OIDC.allauth() if TINHSO_OIDC else {}
SOCIALACCOUNT_REQUESTS_TIMEOUT = 8
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "urging:today"
LOGOUT_REDIRECT_URL = "home"

SECURE_CONTENT_TYPE_NOSNIFF = True
if configuration.HTTPS.get() == "1":
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    # Browsers keep such a cookie only from this host, over HTTPS, for all paths.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
# Not Strict: coming back from the national e-identity is a visit from another site.
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
# In the session, not in a cookie of its own.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CSRF_FAILURE_VIEW = "tinhso.web.errors.csrf_failure"

globals().update(configuration.mail_settings())

TINHSO_LEDGER_SEAL_KEY = configuration.secret(configuration.LEDGER_SEAL_KEY)
# Read when a head is signed: only the sequencer ever holds the key.
TINHSO_LEDGER_SIGNING_KEY = partial(configuration.secret, configuration.LEDGER_SIGNING_KEY)
TINHSO_LEDGER_FOLDER = configuration.home() / "ledger"
TINHSO_IDENTITY_KEYS = configuration.home() / "secrets" / "identity"
TINHSO_FILES = configuration.home() / "files"
TINHSO_SMALL_PICTURES = configuration.home() / "small"
TINHSO_CLAMD = configuration.CLAMD.get()
TINHSO_SIGNING_PKCS12 = configuration.SIGNING_PKCS12.get()
# Read when something is signed.
TINHSO_SIGNING_PASSWORD = configuration.SIGNING_PASSWORD.get
# For links in mails; "" leaves them out.
TINHSO_SITE = configuration.SITE.get().rstrip("/")
# Who may show pages made for it in a frame of theirs.
TINHSO_EMBEDDERS = configuration.EMBEDDERS.get().split()
TINHSO_PROXIES = int(configuration.number(configuration.PROXIES))
TINHSO_PACKS = configuration.pack_folders()
TINHSO_RULES = configuration.rules()
TINHSO_CALENDAR = configuration.calendar()
TINHSO_LAKE = configuration.lake_settings()
TINHSO_ENGINE = configuration.engine()
TINHSO_CUBES = configuration.home() / "cubes"
TINHSO_MAP_TILES = configuration.map_tiles()
TINHSO_FETCH_MEDIA = configuration.FETCH_MEDIA.get() == "1"
TINHSO_MAILBOX = configuration.mailbox()
TINHSO_ZALO = configuration.zalo()
# Read when something is checked or sent.
TINHSO_ZALO_SECRETS = configuration.zalo_secrets
TINHSO_SECRETS = configuration.home() / "secrets"
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
