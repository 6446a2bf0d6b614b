"""The operator's hand on quotas: own limits of one institution, and a fresh start for today."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from zuzahlung.exemptions.models import Quota
from zuzahlung.journal import services as journal
from zuzahlung.journal.services import Actor
from zuzahlung.standards.days import german_day


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """An institution's own limits; None is the one of the house."""

    per_day: int | None
    per_burst: int | None
    unknown_per_day: int | None


def limits_of(row: Quota) -> Limits:
    """The own limits in a row."""
    return Limits(per_day=row.per_day, per_burst=row.per_burst, unknown_per_day=row.unknown_per_day)


def row_of(institution: UUID, now: datetime) -> Quota:
    """The row of an institution as it is today, or a fresh one that is not stored."""
    row = Quota.objects.filter(institution=institution).first() or Quota(institution=institution)
    today = german_day(now)
    if row.on_day != today:
        row.on_day, row.used, row.unknown = today, 0, 0
    return row


def set_limits(institution: UUID, limits: Limits, *, reason: str, actor: Actor, now: datetime) -> None:
    """Gives an institution its own limits; what it has used today stays counted."""
    with transaction.atomic():
        row = _locked(institution, now)
        before = limits_of(row)
        row.per_day, row.per_burst, row.unknown_per_day = (
            limits.per_day,
            limits.per_burst,
            limits.unknown_per_day,
        )
        row.save(update_fields=["per_day", "per_burst", "unknown_per_day"])
        detail = {"before": asdict(before), "after": asdict(limits), "reason": reason}
        journal.add("quota-changed", actor=actor, institution=institution, now=now, detail=detail)


def start_afresh(institution: UUID, *, reason: str, actor: Actor, now: datetime) -> None:
    """Forgets what was used today, so that an institution that was stopped can go on."""
    with transaction.atomic():
        row = _locked(institution, now)
        today = german_day(now)
        used, unknown = (row.used, row.unknown) if row.on_day == today else (0, 0)
        row.on_day, row.used, row.unknown, row.burst_at, row.burst_used = today, 0, 0, None, 0
        row.save(update_fields=["on_day", "used", "unknown", "burst_at", "burst_used"])
        detail = {"used": used, "unknown": unknown, "reason": reason}
        journal.add("quota-reset", actor=actor, institution=institution, now=now, detail=detail)


def _locked(institution: UUID, now: datetime) -> Quota:
    """The row, made where it was missing, and ours until the commit: queries of the institution wait for it."""
    fresh = Quota(institution=institution, on_day=german_day(now))
    Quota.objects.bulk_create([fresh], ignore_conflicts=True)
    return Quota.objects.select_for_update().get(institution=institution)
