"""`zuzahlung explain`: a § 302 file as a person reads it, on the terminal or as a page."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Container, Iterable, Iterator
from pathlib import Path

from zuzahlung.cli import payloads
from zuzahlung.cli.explanation_blocks import Block
from zuzahlung.cli.explanation_outline import outline
from zuzahlung.cli.explanation_text import lines
from zuzahlung.cli.lookalikes import Beginning
from zuzahlung.cli.terminal import say, shown
from zuzahlung.standards.edifact import stream
from zuzahlung.standards.edifact.charsets import Charset, Suspicion, suspicion
from zuzahlung.standards.sgbv302.explanation.walk import NoPayload, explain

UNREADABLE = 2


def arguments(parser: argparse.ArgumentParser) -> None:
    """Takes the file, its charset, and where the page goes."""
    parser.add_argument("file", metavar="DATEI", help="Abrechnungsdatei, - für die Standardeingabe")
    parser.add_argument(
        "--html", type=Path, metavar="SEITE", help="schreibt eine HTML-Seite in diese Datei (sonst: Text)"
    )
    payloads.add_charset(parser)
    parser.epilog = (
        "Endet mit 0, wenn die Datei erklärt ist, auch wenn sie Fehler hat (was falsch ist, sagt „zuzahlung check“), "
        "mit 1, wenn sich die Seite nicht schreiben lässt, und mit 2, wenn die Datei sich nicht lesen lässt."
    )


def run(given: argparse.Namespace) -> int:
    """Explains the file; nothing of a page is left where there is nothing to explain."""
    if given.html is not None:
        from zuzahlung.cli.drafts import refuse_target

        refuse_target(given.html, source=given.file)
    chunks = _Chunks(given.file, Charset(given.charset))
    blocks = outline(explain(stream.segments(chunks, chunks.charset.decode)))
    try:
        if given.html is None:
            sys.stdout.writelines(f"{line}\n" for line in lines(blocks))
        else:
            _write_page(blocks, given.html)
    except (payloads.NotRead, NoPayload) as error:
        name = payloads.subject(given.file)
        advice = chunks.beginning.advice
        say(f"zuzahlung: {name} lässt sich nicht lesen. {_why(error)}{advice}")
        if not advice:
            # Of a picture any charset could be suspected, but these two explain why no UNB is found.
            _say_suspicion(chunks, only={"UTF-8", "UTF-16"})
        return UNREADABLE
    _say_suspicion(chunks)
    return 0


def _write_page(blocks: Iterable[Block], out: Path) -> None:
    from zuzahlung.cli.drafts import draft
    from zuzahlung.cli.explanation_page import write_page

    with draft(out) as file:
        write_page(blocks, lambda text: file.write(text.encode("utf-8")))
    print(
        f"Die Seite steht in {shown(str(out))}. Sie enthält Daten von Versicherten; lesen kann sie nur Ihr Benutzer."
    )


class _Chunks:
    """The bytes of the file, looked at for signs of another charset as they go by."""

    def __init__(self, name: str, charset: Charset) -> None:
        self.charset = charset
        self.suspicion: Suspicion | None = None
        self.beginning = Beginning()
        self._name = name

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self.beginning.of(payloads.pieces(self._name)):
            self.suspicion = self.suspicion or suspicion(chunk, self.charset)
            yield chunk


def _why(error: payloads.NotRead | NoPayload) -> str:
    return error.text if isinstance(error, NoPayload) else f"{error}."


def _say_suspicion(chunks: _Chunks, *, only: Container[str] | None = None) -> None:
    found = chunks.suspicion
    if found is not None and (only is None or found.meant in only):
        advice = f" Dann hilft --charset {found.meant}." if found.meant in Charset.__members__ else ""
        say(f"Hinweis: {found.text}{advice}")
