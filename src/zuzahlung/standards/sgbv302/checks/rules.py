"""A rule of the check, and what is told when it is broken: where in the file, in words for the practice and for IT.

Source: TA1 V21, 6; house, how findings are told.
"""

from __future__ import annotations

from dataclasses import dataclass

from zuzahlung.standards.edifact.stream import Piece
from zuzahlung.standards.findings import Finding, Severity

LONGEST_SHOWN = 400
"""How many characters of a segment a finding repeats."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FileFinding(Finding):
    """A finding in a file: the Prüfstufe it belongs to, and the segment it is about.

    `segment` counts from 1 (0: the file as a whole), `offset` is the byte it begins at, `place` is the
    element („6“) or component („1.2“) within it, `content` the segment as it stands, which may name people.
    """

    stufe: int
    segment: int
    offset: int
    place: str
    content: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One rule: `text` is German and `detail` English, both with {names} for what is particular to a case."""

    id: str
    stufe: int
    severity: Severity
    text: str
    detail: str
    source: str

    def broken_at(self, piece: Piece | None, place: str = "", **named: object) -> FileFinding:
        """Return the finding that the rule is broken at this segment, or by the file as a whole."""
        number, offset, text = piece or Piece(0, 0, "")
        tag = text.partition("+")[0][:10]
        return FileFinding(
            rule=self.id,
            severity=self.severity,
            pointer=f"{number}/{tag}.{place}" if place else f"{number}/{tag}" if number else "",
            text=self.text.format(**named),
            detail=self.detail.format(**named),
            source=self.source,
            stufe=self.stufe,
            segment=number,
            offset=offset,
            place=place,
            content=text[:LONGEST_SHOWN],
        )


def error(id_: str, stufe: int, text: str, detail: str, source: str) -> Rule:
    """Return a rule whose breach refuses the file."""
    return Rule(id=id_, stufe=stufe, severity=Severity.ERROR, text=text, detail=detail, source=source)


def warning(id_: str, stufe: int, text: str, detail: str, source: str) -> Rule:
    """Return a rule whose breach is worth a look and refuses nothing."""
    return Rule(id=id_, stufe=stufe, severity=Severity.WARNING, text=text, detail=detail, source=source)


def note(id_: str, stufe: int, text: str, detail: str, source: str) -> Rule:
    """Return a rule that tells something about the check itself."""
    return Rule(id=id_, stufe=stufe, severity=Severity.NOTE, text=text, detail=detail, source=source)
