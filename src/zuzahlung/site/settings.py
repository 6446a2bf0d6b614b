"""Settings of the portal: pages and JSON interface on the portal's database role."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict

from zuzahlung.site import addresses, configuration, proxy

VAR = Path(os.environ.get("ZUZAHLUNG_VAR", "var")).resolve()
DEMO = os.environ.get("ZUZAHLUNG_DEMO") == "1"
_file = os.environ.get("ZUZAHLUNG_SETTINGS")
HOUSE = configuration.read(Path(_file) if _file else None)

SECRET_KEY = configuration.secret_key(VAR / "keys" / "secret")
VAULT_KEYS = Path(os.environ.get("ZUZAHLUNG_VAULT", VAR / "keys" / "vault.keys"))
LETTERS = Path(os.environ.get("ZUZAHLUNG_LETTERS", VAR / "letters"))
PORTAL_URL = addresses.portal_url(os.environ.get("ZUZAHLUNG_URL", "http://127.0.0.1:8000"))

DEBUG = False
ALLOWED_HOSTS = os.environ.get(
    "ZUZAHLUNG_HOSTS", f"{urlsplit(PORTAL_URL).hostname},127.0.0.1,localhost,[::1]"
).split(",")
SECURE = PORTAL_URL.startswith("https://")
if not SECURE:
    addresses.refuse_plain_names("ZUZAHLUNG_HOSTS", ALLOWED_HOSTS)
if DEMO and SECURE:
    raise ImproperlyConfigured(
        "Die Vorführung hat keinen zweiten Faktor und zeigt ihre Passwörter; sie ist nicht für https da."
    )
if SECURE and not addresses.is_example(PORTAL_URL):
    configuration.refuse_example_fund(HOUSE.fund)
TRUSTED_PROXIES = proxy.networks(os.environ.get("ZUZAHLUNG_PROXIES", ""))

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    # Only its tables: pages of the admin exist on the operator's site alone, which names them one by one.
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.staticfiles",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "procrastinate.contrib.django",
    "zuzahlung.vault",
    "zuzahlung.journal",
    "zuzahlung.delivery",
    "zuzahlung.accounts",
    "zuzahlung.exemptions",
    "zuzahlung.portal",
    "zuzahlung.api",
]
MIDDLEWARE = [
    "zuzahlung.site.middleware.Clock",
    "django.middleware.security.SecurityMiddleware",
    "zuzahlung.site.middleware.SecurityHeaders",
    "zuzahlung.api.middleware.WholeProblems",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "zuzahlung.site.middleware.Methods",
    "zuzahlung.site.middleware.Outage",
    "zuzahlung.site.middleware.Sessions",
    "django.middleware.common.CommonMiddleware",
    "zuzahlung.site.middleware.Csrf",
    "zuzahlung.site.middleware.Authentication",
    "zuzahlung.site.middleware.SessionLimits",
    "zuzahlung.site.middleware.Messages",
]
ROOT_URLCONF = "zuzahlung.site.urls"
WSGI_APPLICATION = "zuzahlung.site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "zuzahlung.portal.context.house",
            ]
        },
    }
]
FORM_RENDERER = "zuzahlung.portal.forms_look.Renderer"


def database(address: str) -> dict[str, Any]:
    """Turns a PostgreSQL address into Django's form of it."""
    parts = conninfo_to_dict(address)
    known = {"dbname", "user", "password", "host", "port"}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.get("dbname", "zuzahlung"),
        "USER": parts.get("user", ""),
        "PASSWORD": parts.get("password", ""),
        "HOST": parts.get("host", ""),
        "PORT": parts.get("port", ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "application_name": "zuzahlung",
            # A server that is gone without a word is noticed after seconds, not after the minutes of TCP.
            "connect_timeout": "5",
            "tcp_user_timeout": "10000",
            **{name: value for name, value in parts.items() if name not in known},
        },
    }


_portal = os.environ.get("DATABASE_URL", f"postgresql://zuzahlung_portal@/zuzahlung?host={VAR / 'pg'}")
DATABASES = {"default": database(_portal)}
for _alias, _name in (("operator", "DATABASE_OPERATOR_URL"), ("owner", "DATABASE_OWNER_URL")):
    if _name in os.environ:
        DATABASES[_alias] = database(os.environ[_name])
PROCRASTINATE_ON_APP_READY = "zuzahlung.site.maintenance.add_tasks"
EXEMPTION_REGISTRY = HOUSE.exemptions.registry
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.Operator"
AUTHENTICATION_BACKENDS = ["zuzahlung.accounts.services.sign_in.PersonBackend"]
PASSWORD_HASHERS = ["zuzahlung.accounts.hashing.Argon2id"]
SESSION_ENGINE = "zuzahlung.accounts.sessions"
SESSION_COOKIE_NAME = "__Host-sitzung" if SECURE else "sitzung"
SESSION_COOKIE_AGE = HOUSE.accounts.session_absolute_hours * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = SECURE
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_NAME = "__Host-formular" if SECURE else "formular"
CSRF_COOKIE_AGE = None
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
ERROR_PAGES = "zuzahlung.portal.errors"
CSRF_FAILURE_VIEW = "zuzahlung.portal.errors.csrf_failure"
LOGIN_URL = "portal:sign_in"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
FILE_UPLOAD_HANDLERS = ["zuzahlung.portal.uploads.InMemory"]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

LANGUAGE_CODE = "de"
TIME_ZONE = "Europe/Berlin"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [Path(__file__).with_name("static")]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

EMAIL_BACKEND = os.environ.get(
    "ZUZAHLUNG_EMAIL_BACKEND",
    "django.core.mail.backends.filebased.EmailBackend"
    if DEMO
    else "django.core.mail.backends.smtp.EmailBackend",
)
EMAIL_FILE_PATH = str(VAR / "mail")
EMAIL_HOST = os.environ.get("ZUZAHLUNG_SMTP_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("ZUZAHLUNG_SMTP_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("ZUZAHLUNG_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("ZUZAHLUNG_SMTP_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("ZUZAHLUNG_SMTP_STARTTLS", "") == "1"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("ZUZAHLUNG_MAIL_FROM", HOUSE.fund.email)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "zuzahlung.site.logs.Line"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"level": "WARNING"},
        # Scanners call us by any name; each line would be an alarm about nothing.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "zuzahlung": {"level": "INFO"},
    },
}
