"""What a command says while it works: notes on the error output, progress as a bar or as plain lines."""

from __future__ import annotations

import re
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
    print("\n".join(map(shown, sentence.split("\n"))), file=sys.stderr, flush=True)


def shown(text: str) -> str:
    """Return the text with everything visible that hides itself, ends lines, steers a terminal or turns the reading."""
    return text if text.isprintable() else _STEERING.sub(_by_its_code, text)


def _by_its_code(found: re.Match[str]) -> str:
    code = ord(found[0])
    # A lone surrogate stands for a byte that is no character.
    is_byte = code < 0xA0 or 0xD800 <= code <= 0xDFFF
    return f"<0x{code & 0xFF:02X}>" if is_byte else f"<U+{code:04X}>"


_STEERING = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)


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
