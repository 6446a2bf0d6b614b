"""What the worker does for the outbox; each run takes what is due and may be repeated."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from zuzahlung.delivery import services


@app.periodic(cron="* * * * *")
@app.task(queue="out", queueing_lock="print-letters", name="delivery.print_letters")
def print_letters(timestamp: int = 0) -> None:
    """Prints the letters that are due."""
    services.print_due(timezone.now())


@app.periodic(cron="* * * * *")
@app.task(queue="out", queueing_lock="send-mails", name="delivery.send_mails")
def send_mails(timestamp: int = 0) -> None:
    """Sends the mails that are due."""
    services.send_due(timezone.now())


@app.periodic(cron="11 * * * *")
@app.task(queue="maintenance", queueing_lock="forget-delivery", name="delivery.forget")
def forget(timestamp: int = 0) -> None:
    """Erases letters and mails that were done with long ago."""
    services.forget(timezone.now())
