"""A file that a command writes: it appears under its name when it is complete, and for its owner alone."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import UnsupportedOperation
from pathlib import Path
from typing import BinaryIO

from zuzahlung.cli.errors import HouseError, reason
from zuzahlung.cli.payloads import STANDARD_INPUT


def refuse_target(out: Path, *, source: str) -> None:
    """Refuses a place where no file can be written, and the file that is read."""
    if not out.parent.is_dir():
        raise HouseError(f"Den Ordner {out.parent} gibt es nicht. Bitte legen Sie ihn zuerst an.")
    if out.is_dir():
        raise HouseError(f"{out} ist ein Ordner. Bitte nennen Sie eine Datei.")
    if out.exists() and not out.is_file():
        raise HouseError(f"{out} ist keine gewöhnliche Datei. Bitte wählen Sie einen anderen Namen.")
    if out.exists() and _is_source(out, source):
        raise HouseError(f"{out} ist die Datei, die gelesen wird. Bitte wählen Sie einen anderen Namen.")


def _is_source(out: Path, source: str) -> bool:
    try:
        read = os.fstat(sys.stdin.fileno()) if source == STANDARD_INPUT else Path(source).stat()
    except (OSError, UnsupportedOperation):
        return False
    return os.path.samestat(read, out.stat())


@contextmanager
def draft(out: Path) -> Iterator[BinaryIO]:
    """Gives a file to write bytes to; it takes its place when it is done, and nothing stays if it never is.

    A link to a file stays a link: what it points to is replaced.
    """
    import tempfile

    target = out.resolve()
    try:
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


def _not_written(out: Path, error: OSError) -> HouseError:
    return HouseError(f"{out} lässt sich nicht schreiben. {reason(error)}.")
