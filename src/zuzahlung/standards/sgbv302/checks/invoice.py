"""Prüfstufe 3 of invoices: what SLGA and SLLA say of each other, the numbers and sums of a file as a whole.

Source: TA1 V21, 5.3; TA1 V21, 5.5.2; TA1 V21, 7.
"""

from __future__ import annotations

from collections.abc import Iterator

from zuzahlung.standards.sgbv302.checks.rules import FileFinding
from zuzahlung.standards.sgbv302.checks.seen import At, Case, Message


class Invoices:
    """The invoices of one file as they pass by."""

    def begin(self, unb: At) -> None:
        """Remember the head of the file."""

    def open(self, message: Message) -> None:
        """A message begins."""

    def add(self, case: Case, message: Message) -> Iterator[FileFinding]:
        """Yield what is wrong with a case beside the others of its invoice."""
        yield from ()

    def close(self, message: Message) -> Iterator[FileFinding]:
        """Yield what is wrong with a message that ends here, and with the pair it completes."""
        yield from ()

    def end(self) -> Iterator[FileFinding]:
        """Yield what is wrong with the file as a whole."""
        yield from ()
