"""The table of single defects: what is damaged in which good file, and all that is to be found for it."""

from __future__ import annotations

from typing import Final

from tests.standards.sgbv302.seeded import case_defects, file_defects, form_defects, invoice_defects
from tests.standards.sgbv302.seeded.damage import Defect

DEFECTS: Final[tuple[Defect, ...]] = (
    *file_defects.DEFECTS,
    *form_defects.DEFECTS,
    *case_defects.DEFECTS,
    *invoice_defects.DEFECTS,
)
"""In the order of the Prüfstufen."""

NOT_SEEDED: Final = {
    "unh.too-many": "It takes 100,000 messages.",
    "case.too-large": "It takes a case of 5,001 positions: `test_endless.py`.",
    "unt.too-many": "It takes a message of a million segments.",
}
"""Rules that no defect of the table breaks, and why."""
