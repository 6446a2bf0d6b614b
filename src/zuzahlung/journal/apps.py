"""Names the app to Django."""

from django.apps import AppConfig


class JournalConfig(AppConfig):
    """Who did what, for whom, on which permission: entries are added and never changed."""

    name = "zuzahlung.journal"
    label = "journal"
