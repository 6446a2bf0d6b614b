"""Stand-ins for a fund's own system behind the interface `Registry`."""

from __future__ import annotations

import threading
import time
from datetime import date

import psycopg

from zuzahlung.exemptions.rules import Insured
from zuzahlung.exemptions.source import Found, RegistryUnavailable
from zuzahlung.standards.copayment.periods import Period
from zuzahlung.standards.numbers.kvnr import KVNR

STAND = date(2026, 11, 18)
may_end = threading.Event()
"""Until it is set, a source that hangs does so; tests set it when they are done."""

stands_asked: list[str] = []
"""Whose stand was asked for, once for each time."""

database = {"as superuser": ""}
seen: list[list[str]] = []
"""What the sessions of the house in that database were doing, once for each question."""


class Answers:
    """Knows everybody as exempt in 2026."""

    def find(self, kvnr: KVNR) -> Found:
        periods = (Period(date(2026, 1, 1), date(2026, 12, 31)),)
        return Found(stand=STAND, insured=Insured(initials="F. Q.", adult_on=None, periods=periods))

    def stand(self) -> date:
        stands_asked.append(type(self).__name__)
        return STAND


class Looks(Answers):
    """Looks, when it is asked, at what the sessions of the house are doing meanwhile."""

    def find(self, kvnr: KVNR) -> Found:
        with psycopg.connect(database["as superuser"]) as connection:
            rows = connection.execute(
                "select state from pg_stat_activity where datname = current_database()"
                " and pid <> pg_backend_pid() and backend_type = 'client backend'"
            ).fetchall()
        seen.append([state for (state,) in rows])
        return super().find(kvnr)


class KnowsNobody(Answers):
    """Has no data of anybody."""

    def find(self, kvnr: KVNR) -> Found:
        return Found(stand=STAND, insured=None)


class Hangs:
    """Gives no answer as long as it likes."""

    def find(self, kvnr: KVNR) -> Found:
        may_end.wait()
        raise RegistryUnavailable

    def stand(self) -> date:
        stands_asked.append(type(self).__name__)
        may_end.wait()
        raise RegistryUnavailable


class IsMadeOnce(Answers):
    """Counts how often it was made, and takes its time over it."""

    made = 0

    def __init__(self) -> None:
        time.sleep(0.05)
        type(self).made += 1


class HangsWhileItIsMade(Answers):
    """Does not even begin."""

    def __init__(self) -> None:
        may_end.wait()


class FailsWhileItIsMade(Answers):
    """Cannot begin."""

    def __init__(self) -> None:
        raise OSError("no address of the fund's system")


class Raises:
    """Fails, and says about whom."""

    def find(self, kvnr: KVNR) -> Found:
        raise ConnectionError(f"no route to the record of {kvnr}")

    def stand(self) -> date:
        raise ConnectionError("no route")


class SaysUnavailable:
    """Says itself that it has no answer."""

    def find(self, kvnr: KVNR) -> Found:
        raise RegistryUnavailable

    def stand(self) -> date:
        raise RegistryUnavailable


class SaysSomethingElse:
    """Gives what is no answer."""

    def find(self, kvnr: KVNR) -> Found:
        return None  # type: ignore[return-value]

    def stand(self) -> date:
        return "gestern"  # type: ignore[return-value]


class FindsNothing:
    """Has no method to ask it."""


class FindsWithoutNumber:
    """Has a method that does not take the number."""

    def find(self) -> Found:
        raise RegistryUnavailable


class HasNoStand:
    """Cannot say of which day its data are."""

    def find(self, kvnr: KVNR) -> Found:
        raise RegistryUnavailable


class WantsAnAddress(Answers):
    """Cannot be made without being told something."""

    def __init__(self, address: str) -> None:
        self.address = address


def function(kvnr: KVNR) -> Found:
    """Is no class."""
    raise RegistryUnavailable
