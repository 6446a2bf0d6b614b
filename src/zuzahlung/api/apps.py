"""Names the JSON interface to Django."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The JSON interface."""

    name = "zuzahlung.api"
    label = "api"
