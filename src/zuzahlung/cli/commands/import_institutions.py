"""`zuzahlung import-institutions`: the directory of institutions from a CSV file."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from zuzahlung.cli import imports
from zuzahlung.cli.terminal import german, progress, say

if TYPE_CHECKING:
    from zuzahlung.accounts.services.directory import ImportReport


def arguments(parser: argparse.ArgumentParser) -> None:
    """Takes the file, and whether it names all institutions."""
    imports.arguments(parser, "CSV in UTF-8 mit IK, Name, Straße, PLZ, Ort, Leistungsarten")
    parser.add_argument(
        "--complete",
        action="store_true",
        help="die Datei nennt alle: Wer fehlt, bekommt keine Briefe mehr und wird vermerkt",
    )
    parser.add_argument(
        "--missing-ok",
        action="store_true",
        help="mit --complete: auch dann, wenn ungewöhnlich viele fehlen",
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
                    is_complete=given.complete,
                    may_miss_many=given.missing_ok,
                    actor=COMMAND_LINE,
                    now=now,
                    progress=advance,
                )
        except DirectoryRefused as refused:
            imports.say_faults((fault.line, fault.text) for fault in refused.faults)
            raise imports.refused(refused.text) from None
    imports.say_faults((fault.line, fault.text) for fault in report.faults)
    if report.faulty > len(report.faults):
        say(f"… und {german(report.faulty - len(report.faults))} weitere fehlerhafte Zeilen.")
    print("Das Verzeichnis ist eingespielt.")
    for count, words in _counts(report):
        if count:
            print(f"{german(count):>10} {words}")
    return 0


def _counts(report: ImportReport) -> tuple[tuple[int, str], ...]:
    return (
        (report.lines, "Zeilen gelesen"),
        (report.faulty, "davon fehlerhaft und ausgelassen"),
        (report.new, "Einrichtungen neu"),
        (report.moved, "mit geändertem Namen oder geänderter Anschrift"),
        (report.changed, "mit geänderten Leistungsarten"),
        (report.returned, "wieder im Verzeichnis"),
        (
            report.missing,
            "fehlen jetzt im Verzeichnis; an sie gehen keine Briefe, anmelden können sie sich weiter",
        ),
        (report.unnamed, "nicht genannt und unverändert gelassen"),
        (report.without_address, "ohne vollständige Anschrift; an sie gehen keine Briefe"),
        (report.letters_withdrawn, "Briefe mit alter Anschrift zurückgezogen, wo möglich neu bestellt"),
    )
