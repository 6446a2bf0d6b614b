"""Stand-ins for a fund's own system behind the interface `Registry`."""

from __future__ import annotations

import threading
from datetime import date

from zuzahlung.exemptions.registry import Found, RegistryUnavailable
from zuzahlung.exemptions.rules import Insured
from zuzahlung.standards.copayment.periods import Period
from zuzahlung.standards.numbers.kvnr import KVNR

may_end = threading.Event()
"""Until it is set, a source that hangs does so; tests set it when they are done."""


class Answers:
    """Knows everybody as exempt in 2026."""

    def find(self, kvnr: KVNR) -> Found:
        periods = (Period(date(2026, 1, 1), date(2026, 12, 31)),)
        return Found(
            stand=date(2026, 11, 18), insured=Insured(initials="F. Q.", adult_on=None, periods=periods)
        )


class Hangs:
    """Gives no answer as long as it likes."""

    def find(self, kvnr: KVNR) -> Found:
        may_end.wait()
        raise RegistryUnavailable


class Raises:
    """Fails, and says about whom."""

    def find(self, kvnr: KVNR) -> Found:
        raise ConnectionError(f"no route to the record of {kvnr}")


class SaysUnavailable:
    """Says itself that it has no answer."""

    def find(self, kvnr: KVNR) -> Found:
        raise RegistryUnavailable
