"""How long the outbox remembers what is done."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """What the house decides about its outbox: days after a letter or a mail was done with."""

    letter_kept_days: int = 365
    mail_kept_days: int = 90
