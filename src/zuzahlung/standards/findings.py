"""What was found wrong, or worth a look, in something somebody handed us: one finding for each, all of them.

Source: house, how findings are told.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding weighs: an error refuses what was handed in, a warning and a note do not."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing found: which rule, how grave, where, and who says so.

    `rule` is a stable English id, `pointer` the place (a JSON pointer, or a segment and its field), `text`
    a German sentence for the practice, `detail` an English one for its software, `source` the document
    with its chapter. A text may repeat what stands at that place, so findings are shown and never logged.
    """

    rule: str
    severity: Severity
    pointer: str
    text: str
    detail: str
    source: str
