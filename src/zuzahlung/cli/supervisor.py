"""Keeps the processes of the house running, starts again what fell over, and stops all of it in order."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from zuzahlung.cli.errors import HouseError
from zuzahlung.cli.postgres import (
    PR_SET_PDEATHSIG,
    EmbeddedPostgres,
    PostgresError,
    dies_with_parent,
    for_owner_alone,
)

STOPPING = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
LOOK_SECONDS = 1.0
GRACE_SECONDS = 25.0
# Something that falls over this often in this time will not mend itself.
MANY_FALLS = 4
FALLS_SECONDS = 30.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Program:
    """A process of the house: its German name, its command, and how its environment differs from ours.

    Without `log` it writes to our terminal. `orphaned` is the signal it gets when we die without stopping it.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str | None]
    log: Path | None = None
    orphaned: signal.Signals = signal.SIGTERM


class Running:
    """One program and its process, in a session of its own so that Ctrl-C reaches only the supervisor."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.falls: list[float] = []
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        environment = {**os.environ, **self.program.environment}
        with _output(self.program.log) as output:
            return subprocess.Popen(
                self.program.command,
                env={name: value for name, value in environment.items() if value is not None},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=dies_with_parent(self.program.orphaned),  # noqa: PLW1509 - only ever from our one thread
            )

    def start_again(self) -> None:
        """Replaces a dead process; what it left behind in its session goes with it."""
        self.signal(signal.SIGKILL)
        self.falls = [*self.falls, time.monotonic()][-MANY_FALLS:]
        self.process = self._start()

    @property
    def is_beyond_help(self) -> bool:
        """Whether it fell over so often lately that starting it again is no use."""
        return len(self.falls) == MANY_FALLS and self.falls[-1] - self.falls[0] < FALLS_SECONDS

    def signal(self, number: signal.Signals) -> None:
        """Sends a signal to the whole session."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)


@contextmanager
def _output(log: Path | None) -> Iterator[IO[bytes] | None]:
    if log is None:
        yield None
        return
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "ab", opener=for_owner_alone) as file:
        yield file


class Supervisor:
    """Runs programs, and the embedded database below them, until a signal ends it all."""

    def __init__(self, server: EmbeddedPostgres | None, *, say: Callable[[str], None]) -> None:
        self._server = server
        self._say = say
        self._running: list[Running] = []
        self._database_falls: list[float] = []

    def start(self, program: Program) -> None:
        """Starts one program more."""
        self._running.append(Running(program))

    def check(self) -> None:
        """Starts again what fell over; raises when something keeps falling."""
        self._check_database()
        for running in self._running:
            code = running.process.poll()
            if code is None:
                continue
            running.start_again()
            if running.is_beyond_help:
                log = f" Siehe {running.program.log}." if running.program.log else ""
                raise HouseError(f"{running.program.name} endet immer wieder (zuletzt mit {code}).{log}")
            self._say(f"{running.program.name} endete mit {code} und wurde neu gestartet.")

    def _check_database(self) -> None:
        """Takes the embedded database over when it fell, or when whoever ran it before has gone."""
        if self._server is None or self._server.is_running():
            return
        self._database_falls = [*self._database_falls, time.monotonic()][-MANY_FALLS:]
        try:
            self._server.start()
        except PostgresError:
            falls = self._database_falls
            if len(falls) == MANY_FALLS and falls[-1] - falls[0] < FALLS_SECONDS:
                raise
            return
        self._say("Die Datenbank war fort und wurde neu gestartet.")

    def wait(self, tell: Callable[[], None] = lambda: None) -> signal.Signals:
        """Looks after everything until a signal asks to stop; says which. `tell` is called once it listens.

        From then on signals wait to be fetched by `stop`, so that a second one shortens it and breaks nothing off.
        """
        before = block_signals()
        try:
            tell()
            while True:
                info = signal.sigtimedwait(STOPPING | {signal.SIGCHLD}, LOOK_SECONDS)
                if info is not None and info.si_signo in STOPPING:
                    return signal.Signals(info.si_signo)
                self.check()
        except BaseException:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            raise

    def stop(self) -> None:
        """Stops web and worker first, and the database after them; a second signal makes it short."""
        with signals_blocked():
            for running in self._running:
                if running.process.poll() is None:
                    running.process.terminate()
            self._wait_for_all(time.monotonic() + GRACE_SECONDS)
            for running in self._running:
                running.signal(signal.SIGKILL)
                running.process.wait()
            self._running.clear()
            if self._server is not None:
                self._server.stop()

    def _wait_for_all(self, end: float) -> None:
        while any(running.process.poll() is None for running in self._running):
            left = end - time.monotonic()
            if left <= 0:
                return
            info = signal.sigtimedwait(STOPPING | {signal.SIGCHLD}, min(left, 0.2))
            if info is not None and info.si_signo in STOPPING:
                return


@contextmanager
def signals_blocked() -> Iterator[None]:
    """Lets signals wait to be fetched, so that none arrives in the middle of a step."""
    before = block_signals()
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def block_signals() -> set[int]:
    """Lets signals wait to be fetched from now on; gives those that were waiting already."""
    return {int(one) for one in signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING | {signal.SIGCHLD})}


def stop_like_ctrl_c() -> None:
    """Makes SIGTERM and a closed terminal end us as Ctrl-C does, also before anybody waits for signals."""

    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)


def end_with_parent() -> None:
    """Asks the kernel to stop us when the program that started us dies."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)
