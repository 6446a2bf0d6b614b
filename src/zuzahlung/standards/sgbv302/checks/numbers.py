"""Prüfstufe 3 of Rechnungsnummern: their form, each used once, and no invoice torn apart into several.

Source: TA1 V21, 5.5.2 REC; RL, § 7(1); house, the same number for two Krankenkassen is worth a look.
"""

from __future__ import annotations

from collections.abc import Iterator

from zuzahlung.standards.sgbv302.checks.heading import Heading
from zuzahlung.standards.sgbv302.checks.known import Known
from zuzahlung.standards.sgbv302.checks.rules import FileFinding, error, warning
from zuzahlung.standards.sgbv302.grouping import MIT_INKASSO
from zuzahlung.standards.sgbv302.numbering import MOST_SEGMENTS, is_einzelnummer, is_sammelnummer

_REC = "TA1 V21, 5.5.2 REC"

FORM = error(
    "rec.number-form",
    3,
    "Die {which} „{number}“ enthält ein Zeichen, das dort nicht stehen darf. Erlaubt sind Buchstaben von A bis Z, "
    "Ziffern und dazwischen einzelne Bindestriche oder Schrägstriche.",
    "Letters and digits, grouped by single - or / that neither begin nor end the number.",
    _REC,
)
TWICE = error(
    "rec.number-twice",
    3,
    "Die Rechnungsnummer {number} hat in dieser Datei schon eine andere Rechnung an dieselbe Krankenkasse.",
    "A Rechnungsnummer names one single invoice for a Krankenkasse, through all years.",
    _REC,
)
OF_ANOTHER = error(
    "rec.number-of-another",
    3,
    "Die Rechnungsnummer {number} hat schon die Rechnung eines anderen Leistungserbringers. Jeder braucht in "
    "der Sammelrechnung seine eigene Einzel-Rechnungsnummer.",
    "Under a Sammelrechnung of an Abrechnungsstelle each Leistungserbringer has his own single number.",
    _REC,
)
REUSED = warning(
    "rec.number-reused",
    3,
    "Die Rechnungsnummer {number} hat in dieser Datei auch eine Rechnung an eine andere Krankenkasse.",
    "The same Rechnungsnummer for another Krankenkasse; unique for each, but easily mixed up.",
    _REC,
)
TORN_APART = error(
    "invoice.torn-apart",
    3,
    "Für dieselbe Krankenkasse und dasselbe Rechnungsdatum steht schon eine Rechnung dieses Leistungserbringers "
    "in der Datei. Alle Fälle gehören in eine Rechnung.",
    "One Leistungserbringer, Krankenkasse, day and Verarbeitungskennzeichen make one Gesamtrechnung, "
    "unless its segments could not be counted.",
    "RL, § 7(1)",
)


def of_form(heading: Heading) -> Iterator[FileFinding]:
    """Yield each part of a number that has not the form of one."""
    if heading.rec is None:
        return
    for place, which, number, is_fit in (
        ("1.1", "Rechnungsnummer", heading.sammelnummer, is_sammelnummer),
        ("1.2", "Einzel-Rechnungsnummer", heading.einzelnummer, is_einzelnummer),
    ):
        if number is not None and not is_fit(number):
            yield FORM.broken_at(heading.rec.piece, place, which=which, number=number)


def of_use(heading: Heading, known: Known, *, is_sammel: bool) -> Iterator[FileFinding]:
    """Yield that another invoice of the file has this number already."""
    first, second, rec = heading.sammelnummer, heading.einzelnummer, heading.rec
    billed = heading.ik_kostentraeger if is_sammel else heading.ik_krankenkasse
    if rec is None or first is None or second is None or billed is None:
        return
    used = known.numbers.setdefault((first, "J" if is_sammel else second), {})
    provider = heading.ik_rechnungssteller
    number = f"{first}:{second}"
    if billed in used:
        yield TWICE.broken_at(rec.piece, "1", number=number)
    elif used and is_sammel:
        known.told.add((REUSED.id, first))
        yield REUSED.broken_at(rec.piece, "1", number=number)
    elif (REUSED.id, first) in known.told:
        pass  # It was told of the Sammelrechnung.
    elif used and heading.rechnungsart != MIT_INKASSO:
        yield REUSED.broken_at(rec.piece, "1", number=number)
    elif used and provider not in used.values():
        yield OF_ANOTHER.broken_at(rec.piece, "1.2", number=number)
    used[billed] = provider


def of_group(heading: Heading, known: Known, *, segments: int) -> Iterator[FileFinding]:
    """Yield that an earlier invoice should have held the cases of this one, whose SLLA has so many segments."""
    group = (
        heading.ik_rechnungssteller,
        heading.ik_kostentraeger,
        heading.ik_krankenkasse,
        heading.vkz,
        str(heading.rechnungsdatum),
    )
    if heading.fkt is None or heading.rechnungsdatum is None or None in group:
        return
    number = f"{heading.sammelnummer}:{heading.einzelnummer}"
    before, last_number = known.groups.get(group, (0, ""))
    if before and before + segments <= MOST_SEGMENTS and number != last_number:
        yield TORN_APART.broken_at(heading.fkt.piece)
    known.groups[group] = (before + segments, number)
