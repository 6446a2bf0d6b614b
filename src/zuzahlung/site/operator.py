"""Settings of the operator's site: Django's admin on the operator's database role, with an own address and cookie."""

from __future__ import annotations

import os

from zuzahlung.site.settings import *  # noqa: F403 - the operator's site is the portal's house seen from inside
from zuzahlung.site.settings import DATABASES, DEMO, SECURE, VAR, database

DATABASES = {
    "default": database(
        os.environ.get("DATABASE_OPERATOR_URL", f"postgresql://zuzahlung_operator@/zuzahlung?host={VAR / 'pg'}")
    ),
    **{alias: settings for alias, settings in DATABASES.items() if alias == "owner"},
}
ROOT_URLCONF = "zuzahlung.site.urls_operator"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
SECOND_FACTOR = not DEMO
SESSION_COOKIE_NAME = "__Host-betrieb" if SECURE else "betrieb"
CSRF_COOKIE_NAME = "__Host-betrieb-formular" if SECURE else "betrieb-formular"
CSRF_FAILURE_VIEW = "django.views.csrf.csrf_failure"
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
MIDDLEWARE = [
    "zuzahlung.site.middleware.Clock",
    "django.middleware.security.SecurityMiddleware",
    "zuzahlung.site.middleware.SecurityHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
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
            ]
        },
    }
]
