"""Names the app to Django, and looks at the source of its answers before anybody is answered."""

from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class ExemptionsConfig(AppConfig):
    """Online-Hintergrund-Abfrage: is this insured exempt on this day? Permission, query, answer."""

    name = "zuzahlung.exemptions"
    label = "exemptions"

    def ready(self) -> None:
        """Refuses to start with a source that cannot answer."""
        # A source may need models, and they are there only now.
        from zuzahlung.exemptions.source import fault_of_source  # noqa: PLC0415

        if fault := fault_of_source(settings.EXEMPTION_REGISTRY):
            raise ImproperlyConfigured(fault)
