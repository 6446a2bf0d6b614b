"""`zuzahlung restore`: a backup played into an empty database."""

from __future__ import annotations

import argparse
from pathlib import Path

from zuzahlung.cli.terminal import say


def arguments(parser: argparse.ArgumentParser) -> None:
    """Takes the file to read."""
    parser.add_argument(
        "file", type=Path, metavar="DATEI", help="Datei, die zuzahlung backup geschrieben hat"
    )


def run(given: argparse.Namespace) -> int:
    """Fills the empty database."""
    from zuzahlung.cli import dumps

    dumps.restore(given.file)
    print(f"Eingespielt aus {given.file}.")
    say("Legen Sie nun die Schlüsseldatei des Tresors an ihren Ort, dann: zuzahlung migrate")
    return 0
