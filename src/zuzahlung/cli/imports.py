"""What the two imports share: a file that is there, the operator's database role, and faults line by line."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from zuzahlung.cli.errors import HouseError
from zuzahlung.cli.places import refuse_missing_file
from zuzahlung.cli.terminal import say


def arguments(parser: argparse.ArgumentParser, what: str) -> None:
    """Takes the file."""
    parser.add_argument("file", type=Path, metavar="DATEI", help=what)


@contextmanager
def operators_house(file: Path) -> Iterator[datetime]:
    """The house on the operator's database role, and the time at which the import begins."""
    refuse_missing_file(file)
    from zuzahlung.cli import preparation

    with preparation.house("DATABASE_OPERATOR_URL", settings=preparation.OPERATOR_SETTINGS, say=say):
        from django.utils import timezone

        preparation.refuse_old_tables()
        yield timezone.now()


def say_faults(faults: Iterable[tuple[int, str]]) -> None:
    """Lists faulty lines, each with its number and what is wrong."""
    for line, text in faults:
        say(f"Zeile {line}: {text}")


def refused(reason: str) -> HouseError:
    """What ends an import that changed nothing."""
    return HouseError(f"Nicht eingespielt, alles bleibt wie es war. {reason}")
