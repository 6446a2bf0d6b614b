"""Prüfstufe 3 of one case: every family of rules in turn, and their findings in the order of the file.

Source: TA1 V21, 5.5.3.1; TA1 V21, 5.5.3.3; TA1 V21, 6.3; TA1 V21, 7.
"""

from __future__ import annotations

from collections.abc import Iterator

from zuzahlung.standards.sgbv302.checks import (
    amounts,
    corrections,
    deadlines,
    facts,
    insured,
    liability,
    positions,
    prescription,
    prices,
)
from zuzahlung.standards.sgbv302.checks.rules import FileFinding
from zuzahlung.standards.sgbv302.checks.seen import Case, File, Message


def of_case(case: Case, message: Message, file: File) -> Iterator[FileFinding]:
    """Yield what is wrong with a case of this message; the case then knows whether its sums hold."""
    known = facts.of_case(case, message, file)
    found = [
        *insured.of_case(known),
        *corrections.of_case(known),
        *positions.of_case(known),
        *prices.of_case(known),
        # The amounts tell which Zuzahlung is missing for sure, before it is asked which may be.
        *amounts.of_case(known),
        *liability.of_case(known),
        *prescription.of_case(known),
        *deadlines.of_case(known),
    ]
    if found:
        yield from sorted(found, key=lambda finding: finding.segment)
