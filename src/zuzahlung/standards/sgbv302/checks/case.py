"""Prüfstufe 3 of one case: its amounts, its keys together, its days.

Source: TA1 V21, 5.5.3.1; TA1 V21, 5.5.3.3; TA1 V21, 7.
"""

from __future__ import annotations

from collections.abc import Iterator

from zuzahlung.standards.sgbv302.checks.rules import FileFinding
from zuzahlung.standards.sgbv302.checks.seen import Case, File, Message


def of_case(case: Case, message: Message, file: File) -> Iterator[FileFinding]:
    """Yield what is wrong with a case of this message."""
    yield from ()
