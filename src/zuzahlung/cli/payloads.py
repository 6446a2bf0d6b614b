"""Abrechnungsdateien as commands take them: named on the command line, read in pieces, in a named charset."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from zuzahlung.cli.errors import reason
from zuzahlung.cli.terminal import shown
from zuzahlung.standards.edifact.charsets import Charset
from zuzahlung.standards.edifact.stream import CHUNK

STANDARD_INPUT = "-"


def add_charset(parser: argparse.ArgumentParser) -> None:
    """Adds --charset: the file does not say which one it uses, only the Auftragsdatei does."""
    parser.add_argument(
        "--charset",
        choices=[charset.name for charset in Charset],
        default=Charset.I1.name,
        help="Zeichensatz der Datei, wie ihn die Auftragsdatei nennt (üblich: I1 = ISO 8859-1)",
    )


class NotRead(Exception):
    """The operating system does not give us the file; the text says why, in German and without a full stop."""


def called(name: str) -> str:
    """Return how a file is called in a sentence."""
    return "Standardeingabe" if name == STANDARD_INPUT else shown(name)


def subject(name: str) -> str:
    """Return how a file is called at the beginning of a sentence."""
    return "Die Standardeingabe" if name == STANDARD_INPUT else shown(name)


def pieces(name: str) -> Iterator[bytes]:
    """Yields the bytes of the file as they are needed; `-` is what comes in by the standard input."""
    try:
        if name == STANDARD_INPUT:
            yield from _pieces(sys.stdin.buffer)
            return
        with Path(name).open("rb") as file:
            yield from _pieces(file)
    except OSError as error:
        raise NotRead(reason(error)) from error


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(CHUNK):
        yield piece
