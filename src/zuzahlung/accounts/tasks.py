"""What the worker does for accounts; each task is named by the row it advances and may be repeated."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app

from zuzahlung.accounts.services import captcha, keeping, letters, passwords, sessions, throttle
from zuzahlung.accounts.services import registration as registrations


@app.task(queue="accounts", name="accounts.settle_registration")
def settle_registration(registration: str) -> None:
    """Decides what follows from a request for an account."""
    registrations.settle(UUID(registration), timezone.now())


@app.task(queue="accounts", name="accounts.recovery_paused")
def recovery_paused(person: str, until: str) -> None:
    """Tells an institution that its Prüfnummer was wrong too often; for an unknown id nothing happens."""
    passwords.settle_pause(UUID(person), datetime.fromisoformat(until), timezone.now())


@app.periodic(cron="17 * * * *")
@app.task(queue="maintenance", queueing_lock="accounts-tidy", name="accounts.tidy")
def tidy(timestamp: int = 0) -> None:
    """Erases what has had its time: sessions, counts of failures, addresses of requests, what was settled long ago."""
    now = timezone.now()
    registrations.forget_addresses()
    sessions.tidy(now)
    throttle.tidy(now)
    captcha.tidy(now)
    keeping.forget(now)


@app.periodic(cron="19 * * * *")
@app.task(queue="maintenance", queueing_lock="accounts-expire", name="accounts.expire_initial_secrets")
def expire_initial_secrets(timestamp: int = 0) -> None:
    """Marks each Initialkennwort whose days are over."""
    letters.expire_initial_secrets(timezone.now())
