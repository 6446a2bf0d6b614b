"""What the worker does for accounts; each task is named by the row it advances and may be repeated."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app

from zuzahlung.accounts.services import registration as registrations


@app.task(queue="accounts", name="accounts.settle_registration")
def settle_registration(registration: str) -> None:
    """Decides what follows from a request for an account."""
    registrations.settle(UUID(registration), timezone.now())
