"""`zuzahlung convert`: a § 302 file as JSON, and from the JSON the same file again, byte for byte."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from zuzahlung.cli import payloads
from zuzahlung.cli.drafts import draft, refuse_target
from zuzahlung.cli.errors import HouseError, reason
from zuzahlung.cli.lookalikes import Beginning
from zuzahlung.cli.terminal import german, say
from zuzahlung.standards.edifact.charsets import Charset
from zuzahlung.standards.edifact.stream import BrokenStream
from zuzahlung.standards.sgbv302.as_json import to_json
from zuzahlung.standards.sgbv302.from_json import MOST_FINDINGS, Refused, from_json
from zuzahlung.standards.sgbv302.json_text import NotJson

JSON, ESOL = "json", "esol"
UNREADABLE = 2
IN_MEMORY = 16_000_000
"""What goes to the standard output is held up to so many bytes in memory, and beyond that in a nameless file."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Takes the file, what to make of it, and where to put that."""
    parser.add_argument("file", metavar="DATEI", help="Abrechnungsdatei oder JSON; - ist die Standardeingabe")
    parser.add_argument("--to", choices=(JSON, ESOL), required=True, help="was daraus werden soll")
    parser.add_argument(
        "--out", type=Path, metavar="DATEI", help="Datei für das Ergebnis (sonst: Standardausgabe)"
    )
    payloads.add_charset(parser)
    # The JSON names the charset itself, so only a charset that was really given can be one too many.
    parser.set_defaults(charset=None)
    parser.epilog = (
        "Endet mit 0, wenn alles umgewandelt ist, mit 1, wenn das JSON abgelehnt wurde oder das Ergebnis sich nicht "
        "schreiben lässt, und mit 2, wenn die Datei sich nicht lesen lässt. Außer mit 0 wird nichts geschrieben."
    )


def run(given: argparse.Namespace) -> int:
    """Writes the whole result, or says why there is none."""
    if given.to == ESOL and given.charset is not None:
        return _unreadable("--charset gilt nur mit --to json; sonst nennt das JSON den Zeichensatz.")
    if given.out is not None:
        refuse_target(given.out, source=given.file)
    name, beginning = payloads.subject(given.file), Beginning()
    pieces = beginning.of(payloads.pieces(given.file))
    parts = from_json(pieces) if given.to == ESOL else to_json(pieces, Charset(given.charset or "I1"))
    try:
        _write(parts, given.out)
    except payloads.NotRead as error:
        return _unreadable(f"{name} lässt sich nicht lesen. {error}.")
    except NotJson as error:
        return _unreadable(f"{name} lässt sich nicht lesen. {error.text}")
    except BrokenStream as error:
        return _unreadable(f"{name} lässt sich nicht lesen. {_where(error)}{error.text}{beginning.advice}")
    except Refused as refused:
        _say_findings(refused)
        raise HouseError(f"{name} ist abgelehnt, es ist nichts geschrieben.") from None
    return 0


def _where(error: BrokenStream) -> str:
    if error.number:
        return f"Ab Byte {german(error.offset)} (Segment {german(error.number)}): "
    return f"Ab Byte {german(error.offset)}: " if error.offset else ""


def _unreadable(sentence: str) -> int:
    say(f"zuzahlung: {sentence}")
    return UNREADABLE


def _write(parts: Iterator[bytes], out: Path | None) -> None:
    if out is not None:
        with draft(out) as file:
            file.writelines(parts)
        return
    try:
        _print_whole(parts)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise HouseError(f"Die Standardausgabe lässt sich nicht schreiben. {reason(error)}.") from error


def _print_whole(parts: Iterator[bytes]) -> None:
    """Prints the bytes as they are, when all of them are there."""
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as file:
        file.writelines(parts)
        file.seek(0)
        shutil.copyfileobj(file, sys.stdout.buffer)
        sys.stdout.buffer.flush()


def _say_findings(refused: Refused) -> None:
    for finding in refused.findings:
        say(f"{_shown(finding.pointer)}: {finding.text}")
    if len(refused.findings) == MOST_FINDINGS:
        say(f"Nach {MOST_FINDINGS} Fehlern wurde nicht weiter gesucht.")


def _shown(pointer: str) -> str:
    """A name that somebody else chose, without what would move or colour our terminal."""
    return "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in pointer)
