"""`zuzahlung create-operator`: somebody who may sign in on the operator's site."""

from __future__ import annotations

import argparse
import getpass
import sys

from zuzahlung.cli.errors import HouseError
from zuzahlung.cli.terminal import say


def arguments(parser: argparse.ArgumentParser) -> None:
    """Takes the name; the password is asked for, or read from the input, and never stands in a command."""
    parser.add_argument("name", metavar="NAME", help="Benutzername; das Passwort wird abgefragt")
    parser.add_argument(
        "--password-stdin",
        action="store_true",
        help="liest das Passwort als eine Zeile von der Standardeingabe",
    )
    parser.add_argument(
        "--replace",
        action="store_true",
        help="setzt ein neues Passwort und verlangt einen neuen zweiten Faktor",
    )
    parser.add_argument(
        "--unblock", action="store_true", help="mit --replace: öffnet einen gesperrten Zugang wieder"
    )


def run(given: argparse.Namespace) -> int:
    """Makes the operator, or gives an existing one a new password."""
    if given.unblock and not given.replace:
        raise HouseError("--unblock geht nur zusammen mit --replace.")
    password = _password(from_input=given.password_stdin)
    from zuzahlung.cli import preparation

    with preparation.house("DATABASE_OPERATOR_URL", settings=preparation.OPERATOR_SETTINGS, say=say):
        from django.utils import timezone

        from zuzahlung.accounts.services.operators import create_operator

        preparation.refuse_old_tables()
        fault = create_operator(
            given.name, password, timezone.now(), replaces=given.replace, unblocks=given.unblock
        )
    if fault is not None:
        raise HouseError(fault)
    print(
        "Die Anmeldung ist eingerichtet. Der zweite Faktor folgt bei der ersten Anmeldung auf der Betreiberseite."
    )
    return 0


def _password(*, from_input: bool) -> str:
    """Reads one line where that was asked for; else asks twice on the terminal."""
    if from_input:
        return sys.stdin.readline().rstrip("\n")
    if not sys.stdin.isatty():
        raise HouseError(
            "Hier ist kein Terminal. Von der Standardeingabe liest das Passwort --password-stdin."
        )
    password = getpass.getpass("Passwort: ")
    if getpass.getpass("Noch einmal: ") != password:
        raise HouseError("Die beiden Eingaben sind verschieden.")
    return password
