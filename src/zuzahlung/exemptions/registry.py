"""Where the status comes from: the registry imported into the house, or the source that the settings name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings

from zuzahlung.exemptions import foreign, prepared, source
from zuzahlung.exemptions.models import Stand
from zuzahlung.exemptions.rules import Insured
from zuzahlung.exemptions.source import Found, RegistryUnavailable
from zuzahlung.standards.copayment.periods import Period
from zuzahlung.standards.numbers.kvnr import KVNR
from zuzahlung.vault.services import vault

_DAY = timedelta(days=1)


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

    def stand(self) -> date:
        """The day of the served stand, as long as its key is there."""
        keys = [one.key_id for one in vault().fingerprints("kvnr", "")]
        served = Stand.objects.filter(state=Stand.SERVED, key_id__in=keys).first()
        if served is None:
            raise RegistryUnavailable
        return served.day

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


def is_foreign() -> bool:
    """Says whether a fund's own system answers, and not the registry in the house."""
    return source.kind_of(settings.EXEMPTION_REGISTRY) is not HouseRegistry


def find(kvnr: KVNR) -> Found:
    """Asks the source of the house, and a foreign one only for as long as the setting allows."""
    if is_foreign():
        return foreign.find(settings.EXEMPTION_REGISTRY, kvnr)
    return HouseRegistry().find(kvnr)


def find_stand(now: datetime) -> date | None:
    """The day of the data that answer, or None while there is no answer."""
    if is_foreign():
        return foreign.find_stand(settings.EXEMPTION_REGISTRY, now)
    try:
        return HouseRegistry().stand()
    except RegistryUnavailable:
        return None


def open_with_key(token_hash: bytes, kvnr: KVNR | None) -> tuple[KeyHolder | None, Callable[[], Found]]:
    """The institution behind a key, and a call that gives what the source says of the insured."""
    house = HouseRegistry()
    if not is_foreign():
        return house.open(token_hash, kvnr)
    holder, nobody = house.open(token_hash, None)
    return holder, nobody if kvnr is None else lambda: find(kvnr)
