"""Settings of the operator's site: Django's admin on the operator's database role, with an own address and cookie."""

from __future__ import annotations

import os
from pathlib import Path

from zuzahlung.site.addresses import refuse_plain_names
from zuzahlung.site.settings import *  # noqa: F403 - the operator's site is the portal's house seen from inside
from zuzahlung.site.settings import ALLOWED_HOSTS, DATABASES, DEMO, HOUSE, SECRET_KEY, SECURE, VAR, database

DATABASES = {
    "default": database(
        os.environ.get(
            "DATABASE_OPERATOR_URL", f"postgresql://zuzahlung_operator@/zuzahlung?host={VAR / 'pg'}"
        )
    ),
    **{alias: settings for alias, settings in DATABASES.items() if alias == "owner"},
}
ROOT_URLCONF = "zuzahlung.site.urls_operator"
ALLOWED_HOSTS = os.environ.get("ZUZAHLUNG_OPERATOR_HOSTS", ",".join(ALLOWED_HOSTS)).split(",")
if not SECURE:
    refuse_plain_names("ZUZAHLUNG_OPERATOR_HOSTS", ALLOWED_HOSTS)
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [{"NAME": "zuzahlung.accounts.services.operators.OperatorPassword"}]
LOGIN_URL = "admin:login"
SECOND_FACTOR = not DEMO
# What one site has signed is worth nothing on the other: cookies, sessions, forms.
SECRET_KEY = f"operator {SECRET_KEY}"
OTP_TOTP_ISSUER = f"Serviceportal {HOUSE.fund.name} Betrieb"
SESSION_COOKIE_NAME = "__Host-betrieb" if SECURE else "betrieb"
CSRF_COOKIE_NAME = "__Host-betrieb-formular" if SECURE else "betrieb-formular"
CSRF_FAILURE_VIEW = "zuzahlung.site.operator_errors.csrf_failure"
ERROR_PAGES = "zuzahlung.site.operator_errors"
FORM_RENDERER = "zuzahlung.site.operator_forms.Renderer"
MIDDLEWARE = [
    "zuzahlung.site.middleware.Clock",
    "django.middleware.security.SecurityMiddleware",
    "zuzahlung.site.middleware.SecurityHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "zuzahlung.site.middleware.SessionsOfOneMoment",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "zuzahlung.site.middleware.SessionLimits",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
_templates = Path(__file__).with_name("templates")
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # Our own `admin/…` comes before Django's.
        "DIRS": [_templates / "operator", _templates],
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
