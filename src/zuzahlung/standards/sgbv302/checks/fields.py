"""Prüfstufen 2 and 3 of single segments: type, length and presence of each field, and the codes of the key tables.

Source: TA1 V21, 5.1; TA1 V21, 6.2; TA1 V21, 6.3; TA3 V21, 8.1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Any

from zuzahlung.standards.edifact.faults import Fault
from zuzahlung.standards.edifact.kept import once
from zuzahlung.standards.edifact.stream import Piece
from zuzahlung.standards.edifact.tables import Field, Segment, Table, table_of
from zuzahlung.standards.findings import Severity
from zuzahlung.standards.keys.schluessel import Schluessel
from zuzahlung.standards.sgbv302.checks.rules import FileFinding, Rule, error

UNKNOWN_CODE = error(
    "key.unknown",
    3,
    "„{code}“ ist kein Schlüssel für „{label}“.",
    "The code {code} is not in the key table {table}.",
    "{source}",
)

Key = tuple[Callable[[Any], Any], frozenset[str], str, Field]


def of_faults(piece: Piece, faults: Sequence[Fault], *, stufe: int) -> Iterator[FileFinding]:
    """Yield a finding for each fault of a segment that could not be read; the envelope belongs to Stufe 1."""
    for fault in faults:
        rule = Rule(
            id=fault.rule,
            stufe=stufe,
            severity=Severity.ERROR,
            text="{text}",
            detail="{detail}",
            source=fault.source,
        )
        yield rule.broken_at(piece, fault.place, text=fault.text, detail=fault.detail)


def of_codes(piece: Piece, row: Segment, keys: Sequence[Key]) -> Sequence[FileFinding]:
    """Return a finding for each field whose code is not in its table; `keys` are those of the row's class."""
    found: Sequence[FileFinding] = ()
    for get, codes, place, field in keys:
        value = get(row)
        if value is not None and value not in codes:
            found = [*found, _unknown_code(piece, place, field, value)]
    return found


def _unknown_code(piece: Piece, place: str, field: Field, value: str) -> FileFinding:
    table: Schluessel = field.note(Schluessel)
    rule = replace(UNKNOWN_CODE, source=table.fundstelle)
    return rule.broken_at(piece, place, code=value, label=field.label, table=table.nummer)


@once
def keys_of(segment: type[Any]) -> Sequence[Key]:
    """Return how to get each coded field of a segment, the codes it may hold, its place and the field."""
    return tuple(_keys(table_of(segment), "", ""))


def _keys(table: Table, path: str, before: str) -> Iterator[Key]:
    for field in table.fields:
        if field.composite is not None:
            yield from _keys(field.composite, f"{path}{field.name}.", f"{before}{field.place}.")
        elif (key := field.note(Schluessel)) is not None:
            yield attrgetter(path + field.name), key.codes, f"{before}{field.place}", field
