"""What a command says while it works: notes on the error output, progress as a bar or as plain lines."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

LINE_SECONDS = 5.0

Progress = Callable[[int, int | None], None]


def say(sentence: str) -> None:
    """One sentence for the person at the terminal; results alone go to the standard output."""
    print(sentence, file=sys.stderr, flush=True)


@contextmanager
def progress(title: str, *, unit: str = "Zeilen") -> Iterator[Progress]:
    """A function to call with what is done and, where known, of how much: a bar on a terminal, else lines."""
    if not sys.stderr.isatty():
        yield _PlainLines(title, unit)
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as RichProgress

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[count]}"),
        TimeElapsedColumn(),
    )
    with RichProgress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(title, total=None, count="")

        def advance(done: int, total: int | None) -> None:
            bar.update(task, completed=done, total=total, count=f"{german(done)} {unit}")

        yield advance


class _PlainLines:
    """Says how far it is every few seconds, for logs and pipes."""

    def __init__(self, title: str, unit: str) -> None:
        self._title = title
        self._unit = unit
        self._next = time.monotonic() + LINE_SECONDS

    def __call__(self, done: int, total: int | None) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + LINE_SECONDS
        of = f" von {german(total)}" if total else ""
        say(f"{self._title}: {german(done)}{of} {self._unit}")


def german(number: int) -> str:
    """A whole number with points between its thousands."""
    return f"{number:,}".replace(",", ".")
