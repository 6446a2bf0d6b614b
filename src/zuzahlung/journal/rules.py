"""What an entry of the journal may say, and how long it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from zuzahlung.standards.numbers import kvnr

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """What the house decides about its journal; three years follow § 309 SGB V by analogy."""

    kept_years: int = 3


def kept_until(made_on: date, *, settings: Settings) -> date:
    """The last day of the calendar year that lies `kept_years` after the year of the entry."""
    return date(made_on.year + settings.kept_years, 12, 31)


def first_id(at: datetime) -> UUID:
    """An identifier not greater than any made from this time on, and greater than those made before."""
    return UUID(int=max((at - _EPOCH) // _MILLISECOND, 0) << 80)


def fault_of_reason(reason: str) -> str | None:
    """Why a typed reason cannot stand in the journal, as a sentence, or None: it names no insured."""
    if not kvnr.stands_in(reason):
        return None
    return (
        "Darin steht eine Krankenversichertennummer, und die gehört nicht ins Journal. Bitte nennen Sie stattdessen "
        "den Vorgang, zum Beispiel mit Aktenzeichen oder Datum."
    )
