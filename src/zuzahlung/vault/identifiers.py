"""Identifiers of answers: UUIDv7 that already differ in the 69 bits an Auskunft-Nummer shows.

Source: RFC 9562, 5.7 and 6.2 (fixed-length counter, method 1).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Lock
from uuid import UUID

COUNTER_BITS = 27
RANDOM_BITS = 47
_RAND_B_OF_COUNTER = 15
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_REMEMBERED = 256


class Identifiers:
    """Makes UUIDv7 for a given time; two of one millisecond have different numbers. Safe among threads.

    After the 48 bits of time come a counter of 27 bits with a random start and 47 random bits. Usual packages
    count with longer counters or not at all: then answers of one list query could share their number.
    """

    def __init__(self, random_bytes: Callable[[int], bytes] = secrets.token_bytes) -> None:
        self._random_bytes = random_bytes
        self._lock = Lock()
        self._counters: dict[int, int] = {}

    def at(self, now: datetime) -> UUID:
        """A new identifier for this time; later calls for the same time give greater ones."""
        millisecond = (now - _EPOCH) // _MILLISECOND
        counter = self._next(millisecond)
        rand_a, counter_low = divmod(counter, 1 << _RAND_B_OF_COUNTER)
        tail = self._random(RANDOM_BITS)
        return UUID(
            int=millisecond << 80 | 7 << 76 | rand_a << 64 | 0b10 << 62 | counter_low << RANDOM_BITS | tail
        )

    def _next(self, millisecond: int) -> int:
        with self._lock:
            last = self._counters.get(millisecond)
            if last is None:
                self._forget_oldest()
                # The start lies in the lower half: 67 million in one millisecond cannot overflow it.
                self._counters[millisecond] = self._random(COUNTER_BITS - 1)
            else:
                self._counters[millisecond] = last + 1
            return self._counters[millisecond]

    def _forget_oldest(self) -> None:
        if len(self._counters) >= _REMEMBERED:
            del self._counters[next(iter(self._counters))]

    def _random(self, bits: int) -> int:
        return int.from_bytes(self._random_bytes(8)) >> (64 - bits)


answer_identifiers = Identifiers()
