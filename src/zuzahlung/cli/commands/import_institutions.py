"""`zuzahlung import-institutions`: the directory of institutions from a CSV file."""

from __future__ import annotations

import argparse

from zuzahlung.cli import imports
from zuzahlung.cli.terminal import german, progress, say


def arguments(parser: argparse.ArgumentParser) -> None:
    """Takes the file, and whether it names all institutions."""
    imports.arguments(parser, "CSV mit IK, Name, Straße, PLZ, Ort, Leistungsarten")
    parser.add_argument(
        "--supplement",
        action="store_true",
        help="die Datei ergänzt nur: Einrichtungen, die sie nicht nennt, bleiben im Verzeichnis",
    )
    parser.add_argument(
        "--missing-ok",
        action="store_true",
        help="spielt auch ein, wenn ungewöhnlich viele Einrichtungen fehlen",
    )


def run(given: argparse.Namespace) -> int:
    """Takes the directory in, wholly or not at all, and says what changed."""
    with imports.operators_house(given.file) as now:
        from zuzahlung.accounts.services.directory import DirectoryRefused, import_institutions
        from zuzahlung.accounts.services.operators import COMMAND_LINE

        try:
            with progress("Einrichtungen") as advance:
                report = import_institutions(
                    given.file,
                    is_complete=not given.supplement,
                    may_miss_many=given.missing_ok,
                    actor=COMMAND_LINE,
                    now=now,
                    progress=advance,
                )
        except DirectoryRefused as refused:
            imports.say_faults((fault.line, fault.text) for fault in refused.faults)
            raise imports.refused(refused.text) from None
    imports.say_faults((fault.line, fault.text) for fault in report.faults)
    print("Das Verzeichnis ist eingespielt.")
    counts = (
        ("gelesene Zeilen", report.lines),
        ("neu", report.new),
        ("wieder da", report.returned),
        ("mit neuer Anschrift", report.moved),
        ("sonst geändert", report.changed),
        ("entfernt", report.removed),
        ("nicht genannt und behalten", report.missing),
        ("ohne Anschrift", report.without_address),
        ("Briefe neu bestellt oder zurückgezogen", report.letters_withdrawn),
        ("fehlerhafte Zeilen ausgelassen", report.faulty),
    )
    for what, count in counts:
        if count:
            print(f"  {german(count):>10} {what}")
    if report.faulty > len(report.faults):
        say(f"Gezeigt sind die ersten {len(report.faults)} fehlerhaften Zeilen.")
    return 0
