"""The register of the check: every rule it knows, what the rule says, how grave it is, and which document says so.

Rules are found where they stand, as constants of the modules beside this one, so none can be forgotten here.
Added are the faults of the form of a single segment, which are worded where segments are read.

Source: TA1 V21, 5.1; TA1 V21, 5.2; TA1 V21, 5.5; TA1 V21, 6; house, what is said of a rule in general.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType, ModuleType
from typing import Final

from zuzahlung.standards.edifact import faults
from zuzahlung.standards.sgbv302 import checks
from zuzahlung.standards.sgbv302.checks.rules import Rule, error


@cache
def register() -> tuple[Rule, ...]:
    """Return every rule, by Prüfstufe and id; each says in general what a finding says of a case.

    What is particular to a case stays a {name}. Faults of the form stand in Stufe 2, though a finding in
    UNB, UNH, UNT or UNZ belongs to Stufe 1.
    """
    return tuple(sorted([*FORMS, *_constants()], key=lambda rule: (rule.stufe, rule.id)))


def shown(text: str) -> str:
    """Return the text of a rule for people: what is particular to a case becomes „[…]“."""
    return re.sub(r"\{\w+\}", "[…]", text)


def _constants() -> Iterator[Rule]:
    seen: set[int] = set()
    for module in _modules():
        for value in vars(module).values():
            # A rule that another module imports is the same object, and stands here once.
            if isinstance(value, Rule) and id(value) not in seen:
                seen.add(id(value))
                yield _in_general(value)


def _in_general(rule: Rule) -> Rule:
    words = _IN_GENERAL.get(rule.id, {})
    return replace(
        rule,
        text=words.get("text", rule.text),
        detail=words.get("detail", rule.detail),
        source=words.get("source", rule.source),
    )


def _modules() -> Iterator[ModuleType]:
    for found in iter_modules(checks.__path__):
        yield import_module(f"{checks.__name__}.{found.name}")


def _form(id_: str, text: str, detail: str, source: str) -> Rule:
    return error(id_, 2, text, detail, source)


FORMS: Final = (
    _form("element.missing", "Eine Pflichtangabe fehlt.", "A mandatory element is empty.", faults.EMPTY),
    _form(
        "element.characters",
        "Ein Feld enthält ein Zeichen, das in keinem Text stehen darf.",
        "A control character, or a byte that the charset does not define.",
        "TA1 V21, 5.1",
    ),
    _form(
        "element.not-empty",
        "Ein Feld, das immer leer bleibt, ist ausgefüllt.",
        "The element is defined, but kept empty.",
        "TA1 V21, 5.5",
    ),
    _form(
        "element.decimals",
        "Eine Zahl hat zu viele oder zu wenige Stellen nach dem Komma.",
        "A number has exactly as many decimals after its comma as the table says.",
        faults.NUMBERS,
    ),
    _form(
        "element.not-a-number",
        "In einem Zahlenfeld steht etwas anderes als eine Zahl.",
        "A number holds digits only, a minus and a comma where decimals are defined.",
        faults.NUMBERS,
    ),
    _form(
        "element.length",
        "Ein Feld ist zu lang oder zu kurz.",
        "The length is not what the table says.",
        faults.LENGTHS,
    ),
    _form(
        "element.no-such-day",
        "Ein Datum nennt einen Tag, den es im Kalender nicht gibt.",
        "JJJJMMTT that is no day of the calendar.",
        "TA1 V21, 6.3",
    ),
    _form(
        "element.surplus",
        "Ein Feld besteht aus mehr Teilen, als es haben darf.",
        "More components than the table has, as when a : is not released.",
        "TA1 V21, 5.5",
    ),
    _form(
        "segment.surplus",
        "Ein Segment hat mehr Felder, als es haben darf.",
        "More elements than the table has.",
        "TA1 V21, 5.5",
    ),
    _form(
        "segment.trailing-separator",
        "Am Ende eines Segments oder Feldes steht ein Trennzeichen zu viel.",
        "Empty elements at the end are omitted with their separators.",
        faults.EMPTY,
    ),
)
"""What can be wrong with the form of one segment, in general; a finding names field, length and number."""

_IN_GENERAL: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "file.broken": {
            "text": "Ab hier lässt sich die Datei nicht in Segmente teilen: Sie bricht ab, oder ein Segment nimmt "
            "kein Ende.",
            "detail": "The file ends within a segment, or no terminator comes for 65,536 characters.",
        },
        "file.charset": {
            "text": "Die Datei sieht nach einem anderen Zeichensatz aus als dem angegebenen.",
            "detail": "Bytes look like another charset than the declared one.",
        },
        "key.unknown": {"source": "TA3 V21, 8.1"},
    }
)
"""For rules whose words, or whose document, come from elsewhere in each case: what they say in general."""
