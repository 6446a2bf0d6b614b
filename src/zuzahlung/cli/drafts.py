"""A file that a command writes: it appears under its name when it is complete, and for its owner alone."""

from __future__ import annotations

import os
import signal
import stat
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import UnsupportedOperation
from pathlib import Path
from typing import BinaryIO, NoReturn

from zuzahlung.cli.errors import HouseError, reason
from zuzahlung.cli.payloads import STANDARD_INPUT
from zuzahlung.cli.terminal import shown


def refuse_target(out: Path, *, source: str) -> None:
    """Refuses a place where no file can be written, and the file that is read."""
    try:
        _refuse_target(out, source)
    except OSError as error:
        raise _not_written(out, error) from error


def _refuse_target(out: Path, source: str) -> None:
    if not out.parent.is_dir():
        raise HouseError(f"Den Ordner {shown(str(out.parent))} gibt es nicht. Bitte legen Sie ihn zuerst an.")
    with suppress(FileNotFoundError):
        # Links that lead in a circle and names that are too long are told here.
        out.stat()
    if out.is_dir():
        raise HouseError(f"{shown(str(out))} ist ein Ordner. Bitte nennen Sie eine Datei.")
    if out.exists() and not out.is_file():
        raise HouseError(
            f"{shown(str(out))} ist keine gewöhnliche Datei. Bitte wählen Sie einen anderen Namen."
        )
    if out.exists() and _is_source(out, source):
        raise HouseError(
            f"{shown(str(out))} ist die Datei, die gelesen wird. Bitte wählen Sie einen anderen Namen."
        )
    if out.exists() and _is_printed_to(out):
        # By the name /dev/stdout, too: what others have written there would be gone.
        raise HouseError(f"{shown(str(out))} ist die Standardausgabe. Bitte nennen Sie eine andere Datei.")


def _is_source(out: Path, source: str) -> bool:
    try:
        read = os.fstat(sys.stdin.fileno()) if source == STANDARD_INPUT else Path(source).stat()
    except (OSError, UnsupportedOperation):
        return False
    return os.path.samestat(read, out.stat())


def _is_printed_to(out: Path) -> bool:
    try:
        printed = os.fstat(sys.stdout.fileno())
    except (OSError, UnsupportedOperation):
        return False
    return os.path.samestat(printed, out.stat())


@contextmanager
def draft(out: Path) -> Iterator[BinaryIO]:
    """Gives a file to write bytes to; it takes its place when it is done, and nothing stays if it never is.

    A link to a file stays a link: what it points to is replaced. In a folder that everybody may write to, the link
    itself is: somebody may have laid it there for us.
    """
    with _ended_in_order(), _draft(out) as file:
        yield file


@contextmanager
def _draft(out: Path) -> Iterator[BinaryIO]:
    import tempfile

    try:
        target = out if _is_everybodys(out.parent) else Path(os.path.realpath(out))
        number, name = tempfile.mkstemp(prefix=".zuzahlung-", dir=target.parent)
    except OSError as error:
        raise _not_written(out, error) from error
    unfinished = Path(name)
    try:
        with os.fdopen(number, "wb") as file:
            yield file
            file.flush()
            os.fsync(number)
        unfinished.replace(target)
    except OSError as error:
        raise _not_written(out, error) from error
    finally:
        unfinished.unlink(missing_ok=True)


def _is_everybodys(folder: Path) -> bool:
    return bool(folder.stat().st_mode & stat.S_IWOTH)


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """Lets no half file stay behind when the terminal is closed, or the program is ended from outside."""
    ends = [number for number in _ENDS if signal.getsignal(number) is signal.SIG_DFL]
    if threading.current_thread() is not threading.main_thread():
        ends = []
    for number in ends:
        signal.signal(number, _end)
    try:
        yield
    finally:
        for number in ends:
            signal.signal(number, signal.SIG_DFL)


_ENDS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
"""What is ignored stays ignored (`nohup`), and not every system knows both."""


def _end(number: int, _frame: object) -> NoReturn:
    raise SystemExit(128 + number)


def _not_written(out: Path, error: OSError) -> HouseError:
    return HouseError(f"{shown(str(out))} lässt sich nicht schreiben. {reason(error)}.")
