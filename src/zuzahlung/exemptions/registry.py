"""Where the status comes from: the house's own registry, or a fund's system behind the same interface."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Protocol
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

    def open(self, token_hash: bytes | None, kvnr: KVNR | None) -> tuple[KeyHolder | None, Callable[[], Found]]:
        """Looks up a key and an insured in one statement, since round trips cost most.

        The second value gives the finding when called, so that a key can be refused before anything else.
        """
        prints = vault().fingerprints("kvnr", kvnr) if kvnr is not None else []
        row = prepared.statement(
            "select * from exemption_open(%s, %s, %s)",
            (token_hash, [one.key_id for one in prints], [one.digest for one in prints]),
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
        return holder, lambda: _found(row[8], row[10], row[11], row[12])


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


_waiting_room = ThreadPoolExecutor(max_workers=16, thread_name_prefix="registry")


def find(kvnr: KVNR) -> Found:
    """Asks the source of the house, and a foreign one only for as long as the setting allows."""
    source = _source(settings.EXEMPTION_REGISTRY)
    if isinstance(source, HouseRegistry):
        return source.find(kvnr)
    try:
        return _waiting_room.submit(source.find, kvnr).result(
            timeout=settings.HOUSE.exemptions.registry_timeout_seconds
        )
    except TookTooLong:
        raise RegistryUnavailable from None


def open_with_key(token_hash: bytes, kvnr: KVNR | None) -> tuple[KeyHolder | None, Callable[[], Found]]:
    """The institution behind a key, and a call that gives what the source says of the insured."""
    house = HouseRegistry()
    if isinstance(_source(settings.EXEMPTION_REGISTRY), HouseRegistry):
        return house.open(token_hash, kvnr)
    holder, _ = house.open(token_hash, None)
    return holder, lambda: find(kvnr) if kvnr is not None else None
