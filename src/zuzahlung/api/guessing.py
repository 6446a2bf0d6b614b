"""Slows down guessing of keys by network, and costs a good key nothing: it asks the database about failures only."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime

from zuzahlung.accounts.services import throttle

ALLOWANCE = 20
_MOST_NETWORKS = 10_000
_MOST_KEYS = 10_000


class Guessing:
    """What this process knows of wrong keys: networks that must wait, and keys that were good a short while ago.

    The count itself is in the database, for all processes. A network that has to wait is heard with keys that
    were in use before, so that one forgotten program does not stop a whole practice.
    """

    def __init__(self) -> None:
        self._waiting: dict[str, datetime] = {}
        self._good: OrderedDict[bytes, None] = OrderedDict()

    def must_wait_until(self, network: str, token_hash: bytes | None, now: datetime) -> datetime | None:
        """Until when keys from this network are not looked at, or None when this one is."""
        if not self._waiting:
            return None
        until = self._waiting.get(network)
        if until is None or token_hash in self._good:
            return None
        if until <= now:
            self._waiting.pop(network, None)
            return None
        return until

    def was_good(self, token_hash: bytes) -> None:
        """Remembers a key that was in use, and forgets the one remembered longest ago."""
        if token_hash not in self._good:
            self._good[token_hash] = None
            if len(self._good) > _MOST_KEYS:
                self._good.popitem(last=False)

    def was_wrong(self, network: str, token_hash: bytes, now: datetime) -> None:
        """Counts a wrong key; past the allowance its network has to wait, twice as long each time."""
        self._good.pop(token_hash, None)
        bucket = throttle.bucket("api-key", network)
        throttle.count_failure([(bucket, ALLOWANCE)], now)
        until = throttle.blocked_until([bucket], now)
        if until is not None:
            if len(self._waiting) >= _MOST_NETWORKS:
                self._waiting.clear()
            self._waiting[network] = until


guessing = Guessing()
