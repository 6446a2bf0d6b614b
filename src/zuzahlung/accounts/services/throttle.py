"""Slows down guessing by fingerprint of name, network and browser; nothing here ever locks for good."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from ipaddress import IPv4Address, ip_address, ip_network

from django.db import connection, transaction

from zuzahlung.accounts import rules
from zuzahlung.accounts.models import Throttle
from zuzahlung.accounts.rules import Settings, Tries
from zuzahlung.vault.services import vault

FORGET_ONE_AFTER = timedelta(minutes=15)
MOST_BEYOND = 12
KEPT_FOR = timedelta(days=30)


@lru_cache(maxsize=4096)
def network(address: str) -> str:
    """The network of an address: the address itself, or for IPv6 its /64, which is one household or practice."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv4Address):
        return str(parsed)
    return str(parsed.ipv4_mapped or ip_network((parsed, 64), strict=False).network_address)


def bucket(kind: str, *parts: str) -> bytes:
    """The fingerprint under which tries of this kind are counted."""
    return vault().fingerprint("throttle", "\x1f".join((kind, *parts))).digest


def blocked_until(
    buckets: Sequence[bytes], now: datetime, *, unless: tuple[bytes, bytes] | None = None
) -> datetime | None:
    """The moment from which another try is heard, or None when it is heard now.

    `unless` names a home and a bucket that does not count for whoever is at home there.
    """
    home, not_at_home = unless or (b"", b"")
    asked = [*buckets, home] if home else list(buckets)
    rows = Throttle.objects.filter(fingerprint__in=asked).values_list("fingerprint", "blocked_until")
    known = {bytes(fingerprint): until for fingerprint, until in rows}
    if home in known:
        known.pop(not_at_home, None)
    return max((until for until in known.values() if until > now), default=None)


def count_failure(buckets: Sequence[tuple[bytes, int]], now: datetime) -> None:
    """Counts one failure in each bucket; past its allowance the waiting time doubles up to 15 minutes.

    With every quarter of an hour that passes, one failure is forgotten, so a busy network never gets stuck.
    """
    fingerprints, allowances = zip(*buckets, strict=True)
    delays = [int(rules.throttle_delay(beyond).total_seconds()) for beyond in range(1, MOST_BEYOND + 1)]
    with connection.cursor() as cursor:
        # The order of the rows is that of every other count, so two at once wait and never block each other.
        cursor.execute(
            """
            insert into accounts_throttle as t (fingerprint, failures, last_at, blocked_until)
            select b.fingerprint, 1, %(now)s, %(now)s
              from unnest(%(fingerprints)s::bytea[]) as b(fingerprint) order by 1
            on conflict (fingerprint) do update set
                failures = least(1 + greatest(
                    0, t.failures - floor(extract(epoch from %(now)s - t.last_at) / %(forget)s)), 1000),
                last_at = excluded.last_at
            """,
            {"now": now, "fingerprints": list(fingerprints), "forget": FORGET_ONE_AFTER.total_seconds()},
        )
        cursor.execute(
            """
            update accounts_throttle t
               set blocked_until = t.last_at + make_interval(secs =>
                   coalesce((%(delays)s::int[])[least(t.failures - b.allowance, %(most)s)], 0))
              from unnest(%(fingerprints)s::bytea[], %(allowances)s::int[]) as b(fingerprint, allowance)
             where t.fingerprint = b.fingerprint
            """,
            {
                "delays": delays,
                "most": MOST_BEYOND,
                "fingerprints": list(fingerprints),
                "allowances": list(allowances),
            },
        )


def count_try(name: bytes, *, now: datetime, settings: Settings) -> datetime | None:
    """Counts one wrong Prüfnummer; returns until when no more are heard if this was the last one allowed."""
    with transaction.atomic():
        row, _ = Throttle.objects.select_for_update().get_or_create(
            fingerprint=name, defaults={"failures": 0, "last_at": now, "blocked_until": now}
        )
        tries = rules.after_wrong_pruefnummer(
            Tries(failures=row.failures, paused_until=None), now=now, settings=settings
        )
        row.failures, row.last_at = tries.failures, now
        row.blocked_until = tries.paused_until or row.blocked_until
        row.save()
    return tries.paused_until


def note_home(home: bytes, now: datetime) -> None:
    """Notes that somebody was let in here."""
    Throttle.objects.update_or_create(
        fingerprint=home, defaults={"failures": 0, "last_at": now, "blocked_until": now}
    )


def forget(buckets: Sequence[bytes]) -> None:
    """Forgets failures after a success."""
    Throttle.objects.filter(fingerprint__in=list(buckets)).delete()


def tidy(now: datetime) -> None:
    """Erases counts that have had no influence for long."""
    Throttle.objects.filter(last_at__lt=now - KEPT_FOR, blocked_until__lt=now).delete()
