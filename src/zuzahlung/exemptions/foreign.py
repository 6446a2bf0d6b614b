"""How a fund's own system is asked: whatever it does, an answer or „zurzeit keine Auskunft" is there in time."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TookTooLong
from datetime import UTC, date, datetime, timedelta
from threading import BoundedSemaphore, Lock, Thread
from time import monotonic
from typing import TypeVar

from django.conf import settings

from zuzahlung.exemptions.source import Found, RegistryUnavailable, made
from zuzahlung.standards.numbers.kvnr import KVNR

AT_ONCE = 16
STAND_KEPT_FOR = timedelta(seconds=10)

_places = BoundedSemaphore(AT_ONCE)
# What anybody may look at must not take the places of those who ask for a status.
_place_for_stand = BoundedSemaphore(1)
_log = logging.getLogger(__name__)
_Answer = TypeVar("_Answer", Found, date)


def find(dotted: str, kvnr: KVNR) -> Found:
    """What the source says of this insured; raises `RegistryUnavailable`."""
    return _ask(lambda: made(dotted).find(kvnr), Found, _places)


def find_stand(dotted: str, now: datetime) -> date | None:
    """The day of its data, or None while it does not say so.

    It is asked once in ten seconds at most, since everybody may open the page that shows it.
    """
    return _told.stand(dotted, now)


class _Told:
    """What the source said last about the day of its data."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._source = ""
        self._at = datetime.min.replace(tzinfo=UTC)
        self._day: date | None = None

    def stand(self, dotted: str, now: datetime) -> date | None:
        with self._lock:
            if dotted != self._source or not self._at <= now < self._at + STAND_KEPT_FOR:
                self._source, self._at, self._day = dotted, now, _ask_for_stand(dotted)
            return self._day


_told = _Told()


def _ask_for_stand(dotted: str) -> date | None:
    try:
        return _ask(lambda: made(dotted).stand(), date, _place_for_stand)
    except RegistryUnavailable:
        return None


def _ask(question: Callable[[], _Answer], kind: type[_Answer], places: BoundedSemaphore) -> _Answer:
    """The answer, or `RegistryUnavailable` when the time is over or anything goes wrong."""
    seconds = settings.HOUSE.exemptions.registry_timeout_seconds
    end = monotonic() + seconds
    if not places.acquire(timeout=seconds):
        raise _unavailable("every place hangs")
    try:
        given = _asked(question, places).result(timeout=max(0.0, end - monotonic()))
    except RegistryUnavailable:
        raise
    except TookTooLong:
        raise _unavailable("timeout") from None
    except Exception as error:  # noqa: BLE001 - whatever goes wrong there, here it is no information
        raise _unavailable(type(error).__name__) from None
    if not isinstance(given, kind):
        raise _unavailable(f"{type(given).__name__} instead of {kind.__name__}")
    return given


def _asked(question: Callable[[], _Answer], places: BoundedSemaphore) -> Future[_Answer]:
    """Asks in a thread of its own that nobody waits for, not even at the end of the process.

    One that hangs for ever costs its place, and when no place is free nothing is asked any more.
    """
    answer: Future[_Answer] = Future()

    def ask() -> None:
        try:
            answer.set_result(question())
        except Exception as error:  # noqa: BLE001 - it is raised again where the answer is waited for
            answer.set_exception(error)
        finally:
            places.release()

    Thread(target=ask, name="registry", daemon=True).start()
    return answer


def _unavailable(why: str) -> RegistryUnavailable:
    # The text of an error may carry the number that was asked about, so only its kind is told.
    _log.error("the source of exemptions gave no answer: %s", why)
    return RegistryUnavailable()
