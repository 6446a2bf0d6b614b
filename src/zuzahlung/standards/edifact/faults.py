"""What can be wrong with one segment as it is written: each fault with its place, for the practice and for IT.

Source: TA1 V21, 5.1; TA1 V21, 5.2; TA1 V21, 6.2.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from zuzahlung.standards.edifact.forms import FIT, Form
from zuzahlung.standards.errors import MalformedInput

NUMBERS: Final = "TA1 V21, 5.1(8)-(10)"
EMPTY: Final = "TA1 V21, 5.2(2), (3)"
LENGTHS: Final = "TA1 V21, 5.1(8)"


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """One thing wrong with a segment: `place` is „6“ for an element, „1.2“ for a component, „“ for the whole.

    `text` is German and may repeat nothing but the label, `detail` is English; `source` names the chapter.
    """

    rule: str
    place: str
    text: str
    detail: str
    source: str


class Faulty(MalformedInput):
    """A segment cannot be read or written; `faults` says everything that is wrong with it."""

    phrase = "faulty segment"

    def __init__(self, tag: str, faults: Sequence[Fault]) -> None:
        super().__init__(" ".join(fault.text for fault in faults))
        self.tag = tag
        self.faults = tuple(faults)

    def __str__(self) -> str:
        return f"{self.phrase} {self.tag}: " + " ".join(
            f"{fault.place or '-'} {fault.rule}" for fault in self.faults
        )


def missing(label: str, place: str) -> Fault:
    """Return the fault of a mandatory field that is empty."""
    return Fault(
        rule="element.missing",
        place=place,
        text=f"Die Pflichtangabe „{label}“ fehlt.",
        detail="The mandatory element is empty.",
        source=EMPTY,
    )


def of_text(form: Form, label: str, place: str, text: str) -> Fault | None:
    """Return what is wrong with a text, freed from release characters, that should have this form."""
    if not FIT.fullmatch(text):
        return Fault(
            rule="element.characters",
            place=place,
            text=f"„{label}“ enthält ein Zeichen, das in keinem Text stehen darf.",
            detail="A control character, or a byte that the charset does not define.",
            source="TA1 V21, 5.1",
        )
    if not form.most:
        return Fault(
            rule="element.not-empty",
            place=place,
            text=f"„{label}“ bleibt immer leer.",
            detail="The element is defined, but kept empty.",
            source="TA1 V21, 5.5",
        )
    if form.decimals:
        return _of_decimal(form, label, place, text)
    if form.is_number and not _DIGITS.fullmatch(text):
        return _no_number(form, label, place)
    if not form.least <= len(text) <= form.most:
        return _wrong_length(form, label, place, len(text))
    return _of_value(form, label, place, text)


_DIGITS = re.compile("[0-9]+")
_DECIMAL = re.compile("-?[0-9]*(?:,([0-9]+))?")


def _of_decimal(form: Form, label: str, place: str, text: str) -> Fault | None:
    found = _DECIMAL.fullmatch(text)
    if found is None or text in {"-", ""}:
        return _no_number(form, label, place)
    if len(found[1] or "") != form.decimals:
        return Fault(
            rule="element.decimals",
            place=place,
            text=f"„{label}“ braucht genau {form.decimals} Stellen nach dem Komma.",
            detail=f"{form.printed} has exactly {form.decimals} decimals after a comma.",
            source=NUMBERS,
        )
    places = len(text.lstrip("-").split(",")[0])
    return None if places <= form.most else _wrong_length(form, label, place, places)


def _no_number(form: Form, label: str, place: str) -> Fault:
    wants = "eine Zahl mit Komma" if form.decimals else "nur Ziffern"
    return Fault(
        rule="element.not-a-number",
        place=place,
        text=f"In „{label}“ steht etwas anderes als eine Zahl; erlaubt {'ist' if form.decimals else 'sind'} {wants}.",
        detail=f"{form.printed} holds digits only, a minus and a comma where decimals are defined.",
        source=NUMBERS,
    )


def _wrong_length(form: Form, label: str, place: str, length: int) -> Fault:
    if form.least == form.most:
        wants = f"hat genau {form.most} Stellen"
    elif length > form.most:
        before = " vor dem Komma" if form.decimals else ""
        wants = f"hat höchstens {form.most} Stellen{before}"
    else:
        wants = f"hat mindestens {form.least} Stellen"
    return Fault(
        rule="element.length",
        place=place,
        text=f"„{label}“ {wants}, hier sind es {length}.",
        detail=f"{form.printed}, but the length is {length}.",
        source=LENGTHS,
    )


def _of_value(form: Form, label: str, place: str, text: str) -> Fault | None:
    try:
        form.read(text)
    except ValueError:
        return Fault(
            rule="element.no-such-day",
            place=place,
            text=f"„{label}“ nennt einen Tag, den es im Kalender nicht gibt.",
            detail="JJJJMMTT that is no day of the calendar.",
            source="TA1 V21, 6.3",
        )
    return None
