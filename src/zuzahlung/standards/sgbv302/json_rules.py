"""What can be wrong with the JSON of a § 302 file: each rule with its sentence for people and one for their software.

Source: house, how a file stands in JSON.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from zuzahlung.standards.edifact.charsets import Charset
from zuzahlung.standards.edifact.forms import Form
from zuzahlung.standards.sgbv302.as_json import FORMAT

SOURCE: Final = "docs/formats/esol-json.md"
"""Where the format is written down."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One rule: `text` is German, `detail` English."""

    id: str
    text: str
    detail: str


def expected(form: Form) -> Rule:
    """Return the rule that is broken where a value of this form is written in another way."""
    if form.read is int:
        return NOT_WHOLE
    if form.read is str:
        return NOT_TEXT
    if not form.decimals:
        return NOT_A_DAY
    example = f"1.{'0' * form.decimals}"
    return Rule(
        id="json.not-an-amount",
        text=f'Hier wird eine Zahl als Text mit Punkt und {form.decimals} Ziffern danach erwartet, wie "{example}".',
        detail=f"A string is expected: digits, a point, {form.decimals} decimals, no zeros in front.",
    )


OTHER_FORMAT: Final = Rule(
    id="json.format",
    text=f"Hier muss „{FORMAT}“ stehen; ein anderes Format oder eine andere Fassung ist nicht bekannt.",
    detail="Another format, or another version of it.",
)
OTHER_CHARSET: Final = Rule(
    id="json.charset",
    text=f"Hier muss der Zeichensatz der Datei stehen: {', '.join(one.value for one in Charset)}.",
    detail="The charset is missing or unknown.",
)
NO_BEGINNING: Final = Rule(
    id="json.before",
    text="Vor dem ersten Segment darf nur ein UNA mit den üblichen Trennzeichen und Leerraum stehen.",
    detail="Nothing but a UNA that is understood and white space may stand before the first segment.",
)
NOT_BLANK: Final = Rule(
    id="json.white-space",
    text='Hier muss stehen, was auf ein Segment folgt: "\\r\\n", "\\n", "" oder anderer Leerraum.',
    detail="White space is expected: spaces, tabs, carriage returns, line feeds, or none.",
)
NO_SEGMENTS: Final = Rule(
    id="json.segments",
    text="Die Liste der Segmente („segments“) fehlt oder ist leer.",
    detail="The list of segments is missing or empty.",
)
AFTER_THE_SEGMENTS: Final = Rule(
    id="json.order",
    text="„segments“ muss das letzte Element sein, damit Dateien jeder Größe gelesen werden können.",
    detail="The member segments must come last, so that documents of any size can be read.",
)
NO_SEGMENT: Final = Rule(
    id="json.segment",
    text='Jedes Segment ist ein Objekt und nennt seine Kennung, zum Beispiel {"segment": "EHE"}.',
    detail="A segment is an object that names its tag.",
)
NO_TABLE: Final = Rule(
    id="json.no-table",
    text="Dieses Segment ist hier nicht bekannt; es kann nur mit seinem Text in „wire“ stehen.",
    detail="No table for this tag here: unknown, out of place, or in a message or version whose tables are not held.",
)
UNKNOWN_MEMBER: Final = Rule(
    id="json.unknown-member",
    text="Dieses Element ist hier nicht bekannt.",
    detail="An unknown member.",
)
REPEATED: Final = Rule(
    id="json.repeated-member",
    text="Dieses Element steht mehrfach da.",
    detail="A member that stands more than once.",
)
NOT_TEXT: Final = Rule(
    id="json.not-text",
    text="Hier wird Text in Anführungszeichen erwartet; was nicht angegeben ist, bleibt ganz weg.",
    detail="A string with at least one character is expected; leave out what is not given.",
)
NOT_WHOLE: Final = Rule(
    id="json.not-whole",
    text="Hier wird eine ganze Zahl ohne Anführungszeichen erwartet.",
    detail="A whole number is expected, of at most 18 digits.",
)
NOT_A_DAY: Final = Rule(
    id="json.not-a-day",
    text='Hier wird ein Tag des Kalenders als Text erwartet, zum Beispiel "2026-09-07".',
    detail="A string YYYY-MM-DD is expected that is a day of the calendar.",
)
NOT_AN_OBJECT: Final = Rule(
    id="json.not-an-object",
    text="Hier wird ein Objekt mit den einzelnen Teilen erwartet.",
    detail="An object with the components is expected.",
)
NOT_ONE_SEGMENT: Final = Rule(
    id="json.wire",
    text="In „wire“ muss genau ein Segment stehen, ohne das ' am Ende und ohne Leerraum davor.",
    detail="The text is not exactly one segment without its terminator.",
)
ADVICE_IS_NO_SEGMENT: Final = Rule(
    id="json.wire",
    text="Ein UNA ist kein Segment; es gehört in „before“.",
    detail="A service string advice belongs into the member before.",
)
OTHER_TAG: Final = Rule(
    id="json.other-tag",
    text="„wire“ beginnt mit einer anderen Kennung.",
    detail="The text in wire has another tag.",
)
OTHER_VALUES: Final = Rule(
    id="json.other-values",
    text="Die Felder sagen etwas anderes als „wire“. Wenn Sie ein Feld geändert haben, löschen Sie „wire“.",
    detail="The members differ from what the text in wire says; delete wire to have the members written.",
)
