"""`zuzahlung backup`: the database in one file, without the keys that open what is sealed in it."""

from __future__ import annotations

import argparse
from pathlib import Path

from zuzahlung.cli.terminal import say


def arguments(parser: argparse.ArgumentParser) -> None:
    """Takes the file to write."""
    parser.add_argument("file", type=Path, metavar="DATEI", help="neue Datei für die Sicherung")


def run(given: argparse.Namespace) -> int:
    """Saves the database."""
    from zuzahlung.cli import dumps

    dumps.backup(given.file)
    print(f"Gesichert in {given.file}.")
    say(
        "Die Schlüssel des Tresors sind nicht darin und gehören auch nicht daneben: "
        "Sichern Sie den Ordner mit der Schlüsseldatei (var/keys) getrennt."
    )
    return 0
