"""Names the pages to Django."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The pages of the portal."""

    name = "zuzahlung.portal"
    label = "portal"
