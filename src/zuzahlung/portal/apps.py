"""Names the pages to Django."""

from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from zuzahlung.portal.theme import check_theme


class PortalConfig(AppConfig):
    """The pages of the portal."""

    name = "zuzahlung.portal"
    label = "portal"

    def ready(self) -> None:
        """Refuses to start with colours that cannot be read."""
        register(check_colours)


def check_colours(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """The contrast of the fund's own colours, checked at start."""
    fund = settings.HOUSE.fund
    return [Error(fault, id="portal.E001") for fault in check_theme(fund.accent, fund.accent_dark)]
