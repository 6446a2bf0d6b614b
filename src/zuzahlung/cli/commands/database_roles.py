"""`zuzahlung database-roles`: the SQL for a PostgreSQL server that the house does not start itself."""

from __future__ import annotations

import argparse
import re

from zuzahlung.cli import roles


def arguments(parser: argparse.ArgumentParser) -> None:
    """Takes the name of the database."""
    parser.add_argument(
        "--database", type=_plain_name, default=roles.DATABASE, metavar="NAME", help="Name der Datenbank"
    )


def run(given: argparse.Namespace) -> int:
    """Prints the script."""
    print(roles.script(given.database))
    return 0


def _plain_name(text: str) -> str:
    """A name that needs no quotation marks in SQL."""
    if not re.fullmatch("[a-z_][a-z0-9_]{0,62}", text):
        raise ValueError(text)
    return text
