"""How long an entry of the journal is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """What the house decides about its journal; three years follow § 309 SGB V by analogy."""

    kept_years: int = 3


def kept_until(made_on: date, *, settings: Settings) -> date:
    """The last day of the calendar year that lies `kept_years` after the year of the entry."""
    return date(made_on.year + settings.kept_years, 12, 31)
