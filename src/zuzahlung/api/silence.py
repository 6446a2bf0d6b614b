"""Cuts off a database that says nothing any more, so that nobody waits for it longer than for any answer.

The calls of `exemptions.prepared` wait inside libpq, which on a local socket waits for ever. Waiting in Python with
a limit would cost each query more than the rest of its work, so one thread looks once a second who waits too long.
"""

from __future__ import annotations

import os
import socket
import time
from contextlib import closing, suppress
from threading import Lock, Thread

from django.db.backends.base.base import BaseDatabaseWrapper

LIMIT_SECONDS = 17.0
"""A little more than the server itself gives a statement of ours: only one that hangs is cut off."""
LOOK_EVERY_SECONDS = 1.0


class Waiting:
    """A request that may be waiting for its database."""

    __slots__ = ("began", "database")

    def __init__(self, database: BaseDatabaseWrapper) -> None:
        self.began = time.monotonic()
        self.database = database


class Watch:
    """Knows which requests are under way in this process, and ends the connections of those that hang."""

    def __init__(self) -> None:
        self._waiting: set[Waiting] = set()
        self._lock = Lock()
        self._thread: Thread | None = None

    def begin(self, database: BaseDatabaseWrapper) -> Waiting:
        """Looks after a request from now on."""
        if self._thread is None:
            self._start()
        waiting = Waiting(database)
        self._waiting.add(waiting)
        return waiting

    def end(self, waiting: Waiting) -> None:
        """The request is over."""
        self._waiting.discard(waiting)

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = Thread(target=self._look, name="silence", daemon=True)
                self._thread.start()

    def _look(self) -> None:
        while True:
            time.sleep(LOOK_EVERY_SECONDS)
            since = time.monotonic() - LIMIT_SECONDS
            for waiting in tuple(self._waiting):
                if waiting.began < since:
                    self._cut(waiting)

    def _cut(self, waiting: Waiting) -> None:
        """Ends the connection below libpq, which then reads its end and gives up.

        The copy of the socket is made first: should the request end now, its number may soon be that of another.
        """
        connection = waiting.database.connection
        if connection is None:
            return
        # Whatever is closed already needs no cutting.
        with (
            suppress(OSError, ValueError),
            closing(socket.socket(fileno=os.dup(connection.pgconn.socket))) as copy,
        ):
            if waiting in self._waiting:
                copy.shutdown(socket.SHUT_RDWR)


watch = Watch()
