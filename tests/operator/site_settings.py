"""The operator's site as tests serve it: style sheets come from the sources, nothing is collected for them."""

from __future__ import annotations

from zuzahlung.site.operator import *  # noqa: F403 - the same site but for what is said below
from zuzahlung.site.operator import MIDDLEWARE, STORAGES

STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
MIDDLEWARE = ["tests.operator.counting.CountStatements", *MIDDLEWARE]
