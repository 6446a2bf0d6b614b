"""Names the app to Django."""

from django.apps import AppConfig


class ExemptionsConfig(AppConfig):
    """Online-Hintergrund-Abfrage: is this insured exempt on this day? Permission, query, answer."""

    name = "zuzahlung.exemptions"
    label = "exemptions"
