"""Slows down guessing by fingerprint of name, network and browser; nothing here ever locks for good."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection

from zuzahlung.accounts.models import Throttle
from zuzahlung.vault.services import vault

FORGOTTEN_AFTER = timedelta(hours=24)
NETWORK_ALLOWANCE = 20


def network(address: str) -> str:
    """The network of an address: the address itself, or for IPv6 its /64, which is one household or practice."""
    return ":".join(address.split(":")[:4]) if ":" in address else address


def bucket(kind: str, *parts: str) -> bytes:
    """The fingerprint under which tries of this kind are counted."""
    return vault().fingerprint("throttle", "\x1f".join((kind, *parts))).digest


def blocked_until(buckets: Sequence[bytes], now: datetime) -> datetime | None:
    """The moment from which another try is heard, or None when it is heard now."""
    times = Throttle.objects.filter(fingerprint__in=list(buckets), blocked_until__gt=now)
    return max(times.values_list("blocked_until", flat=True), default=None)


def count_failure(buckets: Sequence[tuple[bytes, int]], now: datetime) -> None:
    """Counts one failure in each bucket; past its allowance the waiting time doubles up to 15 minutes."""
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            insert into accounts_throttle as t (fingerprint, failures, last_at, blocked_until)
            values (%s, 1, %s, %s)
            on conflict (fingerprint) do update set
                failures = case when t.last_at < %s then 1 else t.failures + 1 end,
                last_at = excluded.last_at,
                blocked_until = excluded.last_at + make_interval(secs => case
                    when t.last_at < %s or t.failures + 1 <= %s then 0
                    else least(power(2, least(t.failures + 1 - %s, 12)), 900) end)
            """,
            [
                (name, now, now, now - FORGOTTEN_AFTER, now - FORGOTTEN_AFTER, allowance, allowance)
                for name, allowance in buckets
            ],
        )


def forget(buckets: Sequence[bytes]) -> None:
    """Forgets failures after a success."""
    Throttle.objects.filter(fingerprint__in=list(buckets)).delete()
