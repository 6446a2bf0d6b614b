"""Prüfstufe 3 of a case: who is insured, and where the picture of the voucher lies.

Source: TA1 V21, 5.5.3.1 INV, NAD, IMG; TA1 V21, 6.3; KVNR-A1, Prüfziffernberechnung; house, an old number of
digits alone is no KVNR and is left as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from zuzahlung.standards.keys.versichertenstatus import is_versichertenstatus
from zuzahlung.standards.numbers import kvnr
from zuzahlung.standards.sgbv302.checks.facts import IS_IK, Facts
from zuzahlung.standards.sgbv302.checks.rules import FileFinding, Rule, error, warning
from zuzahlung.standards.sgbv302.checks.seen import At
from zuzahlung.standards.sgbv302.slla import IMG, NAD

_INV = "TA1 V21, 5.5.3.1 INV"
_NAD = "TA1 V21, 5.5.3.1 NAD"

KVNR_CHECK = warning(
    "inv.kvnr-check-digit",
    3,
    "Die Prüfziffer der Krankenversichertennummer passt nicht. Bitte vergleichen Sie mit der Karte.",
    "The check digit of the KVNR does not fit; TA1 asks for none.",
    "KVNR-A1, Prüfziffernberechnung",
)
KVNR_FORM = warning(
    "inv.kvnr-form",
    3,
    "Eine Krankenversichertennummer besteht aus einem Großbuchstaben und neun Ziffern. "
    "Bitte vergleichen Sie mit der Karte.",
    "The number is neither a KVNR nor an old one of 6 to 12 digits; TA1 asks for no form.",
    "KVNR-A1, Prüfziffernberechnung",
)
STATUS_FORM = warning(
    "inv.status-form",
    3,
    "Der Versichertenstatus hat fünf Stellen: vier Ziffern, dann eine Ziffer oder ein Großbuchstabe.",
    "INV.2 is not four digits and a digit or a capital letter.",
    _INV,
)
ADDRESS = error(
    "nad.address",
    3,
    "Versichertennummer oder Versichertenstatus fehlt. Dann muss die Anschrift angegeben werden; es fehlt: "
    "{missing}.",
    "NAD.4 to NAD.6 are mandatory where INV.1 or INV.2 is empty.",
    _NAD,
)
POSTCODE = error(
    "nad.postcode",
    3,
    "Die Postleitzahl einer Anschrift im Inland hat fünf Ziffern. "
    "Bei einer Anschrift im Ausland fehlt das Länderkennzeichen.",
    "NAD.5 has five digits inland; abroad NAD.7 is mandatory (INV.1 or INV.2 is empty).",
    _NAD,
)
BIRTH = error(
    "nad.birth-date",
    3,
    "Dieses Geburtsdatum gibt es im Kalender nicht.",
    "NAD.3 is no day; only 00 for the day, or 0000 for month and day, may stand for what is unknown.",
    _NAD,
)
BIRTH_AFTER = error(
    "nad.birth-after-prescription",
    3,
    "Das Geburtsdatum liegt nach dem Verordnungsdatum.",
    "NAD.3 is after ZHE.3.",
    "TA1 V21, 6.3",
)
IMAGE_MONTH = error(
    "img.month",
    3,
    "Der Abrechnungsmonat hat zwei Ziffern, von 01 bis 12.",
    "IMG.2 is a month with a leading zero.",
    "TA1 V21, 5.5.3.1 IMG",
)
IMAGE_IK = warning(
    "img.ik-check-digit",
    3,
    "Die Prüfziffer des Institutionskennzeichens der Image-Stelle passt nicht.",
    "The check digit of IMG.3 does not fit; TA1 asks for none.",
    "Anh1, 4.2",
)

INLAND: Final = frozenset({None, "D"})
"""What NAD.7 holds for an address in Germany."""

_MONTHS: Final = frozenset(f"{month:02}" for month in range(1, 13))


def of_case(facts: Facts) -> Iterator[FileFinding]:
    """Yield what is wrong with the insured of a case."""
    case, inv, nad = facts.case, facts.inv, facts.nad
    if inv is not None and case.inv is not None:
        number, status = inv.versichertennummer, inv.versichertenstatus
        if number is not None and not kvnr.is_checked(number) and (rule := _of_number(number)):
            yield rule.broken_at(case.inv.piece, "1")
        if status is not None and not is_versichertenstatus(status):
            yield STATUS_FORM.broken_at(case.inv.piece, "2")
        if nad is not None and case.nad is not None and (number is None or status is None):
            yield from _of_address(case.nad, nad)
    if nad is not None and case.nad is not None:
        yield from _of_birth(facts, case.nad, nad)
    if case.img is not None:
        yield from _of_image(case.img)


def _of_number(number: str) -> Rule | None:
    if _is_digits(number) and len(number) >= 6:
        return None
    is_shaped = len(number) == 10 and "A" <= number[0] <= "Z" and _is_digits(number[1:])
    return KVNR_CHECK if is_shaped else KVNR_FORM


def _of_address(at: At, nad: NAD) -> Iterator[FileFinding]:
    parts = (("4", "Straße", nad.strasse), ("5", "Postleitzahl", nad.plz), ("6", "Wohnort", nad.wohnort))
    missing = [(place, label) for place, label, value in parts if value is None]
    if missing:
        yield ADDRESS.broken_at(at.piece, missing[0][0], missing=", ".join(label for _, label in missing))
    elif nad.laenderkennzeichen in INLAND and not (_is_digits(nad.plz or "") and len(nad.plz or "") == 5):
        yield POSTCODE.broken_at(at.piece, "5")


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _of_birth(facts: Facts, at: At, nad: NAD) -> Iterator[FileFinding]:
    born = _earliest_birth(nad.geburtsdatum)
    if born is None:
        yield BIRTH.broken_at(at.piece, "3")
    elif facts.zhe is not None and facts.zhe.verordnungsdatum < born:
        yield BIRTH_AFTER.broken_at(at.piece, "3")


def _earliest_birth(text: str) -> date | None:
    """Return the first day that JJJJMMTT can mean, with 00 or 0000 for what is unknown; None if it means none."""
    if text.endswith("0000"):
        text = text[:4] + "0101"
    elif text.endswith("00"):
        text = text[:6] + "01"
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _of_image(at: At) -> Iterator[FileFinding]:
    img: IMG = at.row
    if img.abrechnungsmonat not in _MONTHS:
        yield IMAGE_MONTH.broken_at(at.piece, "2")
    if not IS_IK[img.ik_image_stelle]:
        yield IMAGE_IK.broken_at(at.piece, "3")
