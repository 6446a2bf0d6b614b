"""What `serve`, `work` and `demo` share: a database, Django, and a supervisor that runs until a signal."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from zuzahlung.cli.terminal import say

if TYPE_CHECKING:
    from zuzahlung.cli.supervisor import Supervisor


def arguments(parser: argparse.ArgumentParser) -> None:
    """Takes what every running command takes."""
    parser.add_argument(
        "--with-parent", action="store_true", help="endet auch, wenn der aufrufende Prozess endet"
    )


def number(first: int, last: int) -> Callable[[str], int]:
    """What reads a number between these two for an argument, and refuses others with a sentence."""

    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and first <= int(text) <= last):
            raise argparse.ArgumentTypeError(f"„{text}“ ist keine Zahl von {first} bis {last}.")
        return int(text)

    return read


port = number(1, 65_535)


@contextmanager
def supervised(
    given: argparse.Namespace, *needed: str, settings: str, expect_tables: bool = True
) -> Iterator[Supervisor]:
    """Has database and Django ready, gives a supervisor, and stops everything in order at the end."""
    import os

    from zuzahlung.cli import database, preparation, supervisor

    supervisor.stop_like_ctrl_c()
    if given.with_parent:
        supervisor.end_with_parent()
    server = None
    if database.is_external():
        database.external_addresses(*needed)
    else:
        server = database.embedded(say)
    house = supervisor.Supervisor(server, say=say)
    try:
        if server is not None:
            server.start()
            database.ensure_roles(server)
            os.environ.update(database.addresses(server))
        preparation.start_django(settings)
        with preparation.faults_of_the_database_told():
            if expect_tables:
                preparation.refuse_old_tables()
            yield house
    finally:
        house.stop()
