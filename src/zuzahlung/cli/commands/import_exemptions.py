"""`zuzahlung import-exemptions`: a new stand of the registry of exemptions from the fund's delivery."""

from __future__ import annotations

import argparse
from datetime import date
from typing import TYPE_CHECKING, assert_never

from zuzahlung.cli import imports
from zuzahlung.cli.errors import HouseError
from zuzahlung.cli.terminal import german, progress, say

if TYPE_CHECKING:
    from zuzahlung.exemptions.imports import Imported


def arguments(parser: argparse.ArgumentParser) -> None:
    """Takes the file and the day that the delivery speaks of."""
    imports.arguments(
        parser, "NDJSON (ein Versicherter je Zeile) oder CSV (ein Zeitraum je Zeile), auch mit gzip"
    )
    parser.add_argument(
        "--day",
        type=date.fromisoformat,
        metavar="JJJJ-MM-TT",
        help="Tag, für den die Lieferung gilt (sonst: heute)",
    )
    parser.epilog = (
        "Endet mit 0, wenn der neue Stand gilt, mit 1, wenn die Datei abgelehnt wurde, "
        "und mit 3, wenn der Stand auf den Betreiber wartet."
    )


def run(given: argparse.Namespace) -> int:
    """Takes the delivery in; exit code 3 says that the new stand waits for the operator."""
    with imports.operators_house(given.file) as now:
        from zuzahlung.exemptions.imports import (
            AnotherRuns,
            Imported,
            NotImported,
            Step,
            import_delivery,
        )
        from zuzahlung.standards.days import german_day

        day = given.day or german_day(now)
        with progress(Step.READING) as advance:
            outcome = import_delivery(given.file, day=day, now=now, tell=advance.step)
    match outcome:
        case Imported():
            return _say(outcome)
        case NotImported():
            place = f"Zeile {outcome.line}: " if outcome.line else ""
            raise imports.refused(f"{place}{outcome.reason}")
        case AnotherRuns():
            raise HouseError("Es läuft schon ein Import. Bitte warten Sie, bis er fertig ist.")
        case _:
            assert_never(outcome)


_MISSING = "gegenüber dem bisherigen Stand fehlend"
_ONE_LEFT_OUT = "Versicherter ganz ausgelassen, weil eine andere seiner Zeilen fehlerhaft ist"
_LEFT_OUT = "Versicherte ganz ausgelassen, weil eine andere ihrer Zeilen fehlerhaft ist"


def _say(done: Imported) -> int:
    """What was read, what was left out and where that is listed, and whether the stand is served."""
    imports.say_faults(done.first_faults)
    if done.fault_file is not None:
        say(f"Alle fehlerhaften Zeilen stehen in {done.fault_file}.")
    counts = (
        (done.lines, "gelesene Zeile", "gelesene Zeilen"),
        (done.insured, "Versicherter", "Versicherte"),
        (done.faulty, "fehlerhafte Zeile ausgelassen", "fehlerhafte Zeilen ausgelassen"),
        (done.insured_left_out, _ONE_LEFT_OUT, _LEFT_OUT),
        (done.missing, _MISSING, _MISSING),
    )
    if done.waits:
        print(f"Der Stand vom {done.day:%d.%m.%Y} wartet auf den Betreiber; der bisherige gilt weiter.")
        for reason in done.waits:
            print(f"  {reason}")
    else:
        print(f"Der Stand vom {done.day:%d.%m.%Y} gilt.")
    for count, one, many in counts:
        if count:
            print(f"  {german(count):>12} {one if count == 1 else many}")
    if done.note:
        print(f"  {done.note}")
    seconds = f"{done.seconds:.1f}".replace(".", ",")
    print(f"  {seconds:>12} Sekunden, {german(round(done.lines / done.seconds))} Zeilen/s")
    return 3 if done.waits else 0
