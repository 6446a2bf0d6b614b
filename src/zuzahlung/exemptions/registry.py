"""Where the status comes from: the house's own registry, or a fund's system behind the same interface."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TookTooLong
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from threading import BoundedSemaphore, Thread
from time import monotonic
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from zuzahlung.exemptions import prepared
from zuzahlung.exemptions.rules import Insured
from zuzahlung.standards.copayment.periods import Period
from zuzahlung.standards.numbers.kvnr import KVNR
from zuzahlung.vault.services import vault

_DAY = timedelta(days=1)


class RegistryUnavailable(Exception):
    """The source gives no answer at present; what follows is „zurzeit keine Auskunft" and never a guess."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What the source said: the day its data speak of, and the insured, or None if it holds none."""

    stand: date
    insured: Insured | None


class Registry(Protocol):
    """A source of exemption data. It is asked outside of any transaction."""

    def find(self, kvnr: KVNR) -> Found:
        """What is known of this insured; raises `RegistryUnavailable`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyHolder:
    """The institution behind an API key."""

    key: UUID
    key_name: str
    scopes: tuple[str, ...]
    institution: UUID
    ik: str
    name: str
    service_kinds: tuple[str, ...]


class HouseRegistry:
    """The registry imported into the house; the lookup goes through the fingerprint of the number."""

    def find(self, kvnr: KVNR) -> Found:
        """What the served stand holds of this insured."""
        return self.open(None, kvnr)[1]()

    def open(
        self, token_hash: bytes | None, kvnr: KVNR | None
    ) -> tuple[KeyHolder | None, Callable[[], Found]]:
        """Looks up a key and an insured in one statement, since round trips cost most.

        The second value gives the finding when called, so that a key can be refused before anything else.
        """
        prints = vault().fingerprints("kvnr", kvnr) if kvnr is not None else []
        keys = [one.key_id for one in prints]
        row = prepared.statement(
            "select * from exemption_open(%s, %s, %s)",
            (token_hash, keys, [one.digest for one in prints]),
        )
        holder = None
        if row[0] is not None:
            holder = KeyHolder(
                key=row[0],
                key_name=row[1],
                scopes=tuple(row[2]),
                institution=row[3],
                ik=row[4],
                name=row[5],
                service_kinds=tuple(row[6]),
            )
        # A stand under a key that is gone finds nobody, which must not read as "not in the registry".
        stand = row[8] if row[9] in keys else None
        return holder, lambda: _found(stand, row[10], row[11], row[12])


def _found(stand: date | None, initials: str | None, adult_on: date | None, periods: str) -> Found:
    if stand is None:
        raise RegistryUnavailable
    if initials is None:
        return Found(stand=stand, insured=None)
    return Found(
        stand=stand, insured=Insured(initials=initials, adult_on=adult_on, periods=_periods(periods))
    )


def _periods(text: str) -> tuple[Period, ...]:
    """Reads PostgreSQL's text of a datemultirange, for example {[2026-01-01,2027-01-01)}."""
    if text == "{}":
        return ()
    days = text[2:-2].replace("),[", ",").split(",")
    return tuple(
        Period(first=date.fromisoformat(first), last=date.fromisoformat(after) - _DAY)
        for first, after in zip(days[::2], days[1::2], strict=True)
    )


@lru_cache(maxsize=4)
def _source(dotted: str) -> Registry:
    source: Registry = import_string(dotted)()
    return source


FOREIGN_AT_ONCE = 16
_free_places = BoundedSemaphore(FOREIGN_AT_ONCE)
_log = logging.getLogger(__name__)


def find(kvnr: KVNR) -> Found:
    """Asks the source of the house, and a foreign one only for as long as the setting allows."""
    source = _source(settings.EXEMPTION_REGISTRY)
    if isinstance(source, HouseRegistry):
        return source.find(kvnr)
    return _ask_foreign(source, kvnr, seconds=settings.HOUSE.exemptions.registry_timeout_seconds)


def _ask_foreign(source: Registry, kvnr: KVNR, *, seconds: float) -> Found:
    """Whatever a foreign source does, an answer or `RegistryUnavailable` is there when the time is over.

    Each question has a thread of its own that nobody waits for, not even at the end of the process: one
    that hangs for ever costs its place, and when no place is free nothing is asked any more.
    """
    end = monotonic() + seconds
    if not _free_places.acquire(timeout=seconds):
        _log.error("the source of exemptions answers none of %s questions", FOREIGN_AT_ONCE)
        raise RegistryUnavailable
    answer: Future[Found] = Future()

    def ask() -> None:
        try:
            answer.set_result(source.find(kvnr))
        except Exception as error:  # noqa: BLE001 - it is raised again where the answer is waited for
            answer.set_exception(error)
        finally:
            _free_places.release()

    Thread(target=ask, name="registry", daemon=True).start()
    try:
        return answer.result(timeout=max(0.0, end - monotonic()))
    except RegistryUnavailable:
        raise
    except TookTooLong:
        failure = "timeout"
    except Exception as error:  # noqa: BLE001 - whatever goes wrong there, here it is no information
        failure = type(error).__name__
    # The text of the error may carry the number that was asked about, so only its kind is told.
    _log.error("the source of exemptions gave no answer: %s", failure)
    raise RegistryUnavailable


def open_with_key(token_hash: bytes, kvnr: KVNR | None) -> tuple[KeyHolder | None, Callable[[], Found]]:
    """The institution behind a key, and a call that gives what the source says of the insured."""
    house = HouseRegistry()
    if isinstance(_source(settings.EXEMPTION_REGISTRY), HouseRegistry):
        return house.open(token_hash, kvnr)
    holder, nobody = house.open(token_hash, None)
    return holder, nobody if kvnr is None else lambda: find(kvnr)
