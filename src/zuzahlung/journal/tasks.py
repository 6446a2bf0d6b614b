"""What the worker does for the journal: entries whose time is over are deleted."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from zuzahlung.journal import services


@app.periodic(cron="41 2 * * *")
@app.task(queue="maintenance", queueing_lock="expire-journal", name="journal.expire")
def expire(timestamp: int = 0) -> None:
    """Deletes the entries that were kept long enough."""
    services.expire(timezone.now())
