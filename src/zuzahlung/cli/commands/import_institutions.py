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
    for count, one, many in _counts(report):
        if count:
            print(f"{german(count):>10} {one if count == 1 else many}")
    return 0


_WITHDRAWN = "zurückgezogen: Die Anschrift ist geändert oder fehlt jetzt; wo eine neue da ist, neu bestellt"
_MISSING = "jetzt im Verzeichnis; an sie gehen keine Briefe, anmelden"


def _counts(report: ImportReport) -> tuple[tuple[int, str, str], ...]:
    """Each count with its words for one and for several."""
    return (
        (report.lines, "Zeile gelesen", "Zeilen gelesen"),
        _same(report.faulty, "davon fehlerhaft und ausgelassen"),
        (report.new, "Einrichtung neu", "Einrichtungen neu"),
        _same(report.moved, "mit geändertem Namen oder geänderter Anschrift"),
        _same(report.changed, "mit geänderten Leistungsarten"),
        _same(report.returned, "wieder im Verzeichnis"),
        (
            report.missing,
            f"fehlt {_MISSING} kann sie sich weiter",
            f"fehlen {_MISSING} können sie sich weiter",
        ),
        _same(report.unnamed, "nicht genannt und unverändert gelassen"),
        _same(report.without_address, "ohne vollständige Anschrift; an sie gehen keine Briefe"),
        (report.letters_withdrawn, f"Brief {_WITHDRAWN}", f"Briefe {_WITHDRAWN}"),
    )


def _same(count: int, words: str) -> tuple[int, str, str]:
    return count, words, words
