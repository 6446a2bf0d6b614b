"""Slows down guessing of keys by network, and costs a good key nothing: it asks the database about failures only."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime

from zuzahlung.accounts.services import throttle

ALLOWANCE = 20
"""So many different wrong keys are heard from one network; then it has to wait."""
_MOST_NETWORKS = 10_000
_MOST_KEYS = 10_000


class Guessing:
    """What this process knows of keys: networks that must wait, keys that were good, and keys that were wrong.

    The count itself is in the database, for all processes. A network that has to wait is heard with keys that were in
    use before, and a wrong key counts once however often it comes, so that a forgotten program stops nobody.
    """

    def __init__(self) -> None:
        self._waiting: dict[str, datetime] = {}
        self._good = _Latest()
        self._wrong = _Latest()

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
        """Remembers a key that was in use."""
        self._good.note(token_hash)

    def was_wrong(self, network: str, token_hash: bytes, now: datetime) -> None:
        """Counts a wrong key, once; past the allowance its network has to wait, twice as long each time."""
        self._good.pop(token_hash, None)
        if token_hash in self._wrong:
            return
        self._wrong.note(token_hash)
        bucket = throttle.bucket("api-key", network)
        throttle.count_failure([(bucket, ALLOWANCE - 1)], now)
        until = throttle.blocked_until([bucket], now)
        if until is not None:
            if len(self._waiting) >= _MOST_NETWORKS:
                self._waiting.clear()
            self._waiting[network] = until


class _Latest(OrderedDict[bytes, None]):
    """The latest names noted; the one noted longest ago is forgotten first."""

    def note(self, name: bytes) -> None:
        if name not in self:
            self[name] = None
            if len(self) > _MOST_KEYS:
                self.popitem(last=False)


guessing = Guessing()
