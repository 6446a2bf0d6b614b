"""What a command says while it works: notes on the error output, progress as a bar or as plain lines."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

LINE_SECONDS = 5.0


class Progress(Protocol):
    """Hears how far the work is, as often as it likes."""

    def __call__(self, done: int, total: int | None) -> None:
        """So many are done, of so many where that is known."""

    def step(self, name: str, done: int, total: int | None) -> None:
        """The same, in a step of the work that has a name."""


def say(sentence: str) -> None:
    """One sentence for the person at the terminal; results alone go to the standard output."""
    print(sentence, file=sys.stderr, flush=True)


@contextmanager
def progress(title: str, *, unit: str = "Zeilen") -> Iterator[Progress]:
    """Shows a bar on a terminal, and plain lines where there is none."""
    if not sys.stderr.isatty():
        yield _PlainLines(title, unit)
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[count]}"),
        TimeElapsedColumn(),
    )
    with Bar(*columns, console=Console(stderr=True)) as bar:
        yield _Bar(bar, bar.add_task(title, total=None, count=""), unit)


class _Bar:
    """A bar that is drawn anew in its place."""

    def __init__(self, bar: Bar, task: TaskID, unit: str) -> None:
        self._bar = bar
        self._task = task
        self._unit = unit

    def __call__(self, done: int, total: int | None) -> None:
        self._bar.update(self._task, completed=done, total=total, count=f"{german(done)} {self._unit}")

    def step(self, name: str, done: int, total: int | None) -> None:
        self._bar.update(self._task, description=str(name))
        self(done, total)


class _PlainLines:
    """Says how far it is every few seconds, for logs and pipes, and names each new step at once."""

    def __init__(self, title: str, unit: str) -> None:
        self._title = title
        self._unit = unit
        self._next = time.monotonic() + LINE_SECONDS

    def __call__(self, done: int, total: int | None) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + LINE_SECONDS
        of = f" von etwa {german(total)}" if total else ""
        say(f"{self._title}: {german(done)}{of} {self._unit}")

    def step(self, name: str, done: int, total: int | None) -> None:
        if name != self._title:
            self._title = str(name)
            say(f"{self._title} …")
        self(done, total)


def german(number: int) -> str:
    """A whole number with points between its thousands."""
    return f"{number:,}".replace(",", ".")
