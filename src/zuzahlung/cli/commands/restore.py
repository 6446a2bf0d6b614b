"""`zuzahlung restore`: a backup played into an empty database, and what may have been revoked since switched off."""

from __future__ import annotations

import argparse
from pathlib import Path

from zuzahlung.cli.terminal import german, say


def arguments(parser: argparse.ArgumentParser) -> None:
    """Takes the file to read, and whether anything happened after it was written."""
    parser.add_argument(
        "file", type=Path, metavar="DATEI", help="Datei, die zuzahlung backup geschrieben hat"
    )
    parser.add_argument(
        "--nothing-lost",
        action="store_true",
        help="seit der Sicherung ist nichts geschehen (geplanter Umzug): Schlüssel und Einladungen gelten weiter",
    )


def run(given: argparse.Namespace) -> int:
    """Fills the empty database."""
    from zuzahlung.cli import dumps, preparation
    from zuzahlung.cli.places import refuse_missing_file

    refuse_missing_file(given.file)
    preparation.start_django(preparation.PORTAL_SETTINGS)
    from django.utils import timezone

    ended = dumps.restore(given.file, now=timezone.now(), nothing_lost=given.nothing_lost)
    print(f"Eingespielt aus {given.file}.")
    if ended is not None:
        print("Was seit der Sicherung widerrufen wurde, wäre sonst wieder gültig. Darum sind jetzt:")
        print(f"{german(ended.keys):>10} Schlüssel für Programme abgeschaltet")
        print(f"{german(ended.invitations):>10} offene Einladungen zurückgenommen")
        print(f"{german(ended.institutions):>10} Einrichtungen gebeten, Personen und Schlüssel zu prüfen")
    say("Legen Sie nun die Schlüsseldatei des Tresors an ihren Ort, dann: zuzahlung migrate")
    return 0
