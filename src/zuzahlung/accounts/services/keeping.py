"""What accounts no longer need is erased: settled requests, invitations that are over, old notices, ended secrets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection


@dataclass(frozen=True, kw_only=True, slots=True)
class Forgotten:
    """How many rows were erased."""

    registrations: int
    invitations: int
    notices: int
    secrets: int


def forget(now: datetime) -> Forgotten:
    """Erases what was settled longer ago than the settings say, of all institutions.

    Open requests, valid secrets, and notices that an owner has yet to confirm stay, however old. The database
    looks at its own clock too, so that a wrong `now` erases nothing early.
    """
    days = settings.HOUSE.accounts
    # An earlier request says how long the next one has to wait.
    registrations = max(
        days.registration_kept_days, days.registration_cooldown_days, days.objection_cooldown_days
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "select registrations, invitations, notices, secrets from accounts_forget(%s, %s, %s, %s, %s)",
            [now, registrations, days.invitation_kept_days, days.notice_kept_days, days.secret_kept_days],
        )
        row = cursor.fetchone()
    return Forgotten(registrations=row[0], invitations=row[1], notices=row[2], secrets=row[3])
