"""One more version of the Nutzungsbedingungen, invented, for tests of what follows when there is a new one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

VERSION = "2027-03"


@contextmanager
def newer_terms() -> Iterator[str]:
    """While this lasts, the house has a version that nobody accepted yet; gives its name."""
    from django.conf import settings
    from django.test import override_settings

    from zuzahlung.accounts import rules

    (engine,) = settings.TEMPLATES
    templates = [{**engine, "DIRS": [Path(__file__).parent]}]
    with (
        override_settings(TEMPLATES=templates),
        patch.object(rules, "TERMS_VERSIONS", (*rules.TERMS_VERSIONS, VERSION)),
    ):
        yield VERSION
